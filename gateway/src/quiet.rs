//! Keeping the log readable while somebody tries secrets or sends rubbish: one line a minute for each source, carrier
//! instance and kind of refusal, with how many it stands for.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use saqta_data::clock::Timestamp;

/// How long a source is passed over in silence after a line about it.
const SILENCE: Duration = Duration::from_secs(60);
/// The most sources that are told apart, each once for an instance and a kind of refusal: some hundred kilobytes. Beyond them all
/// others of an instance and a kind share one line.
const MAX_SOURCES: usize = 1_024;

/// Which sources were told of lately, for what.
#[derive(Debug, Default)]
pub(crate) struct Quiet(Mutex<BTreeMap<Of, Told>>);

/// What a line is about: the source, the instance that was called, and the kind of refusal. No address stands for those that are
/// not told apart, an empty name for no instance: several carriers may come through one proxy.
type Of = (Option<IpAddr>, String, &'static str);

/// A line about a source.
#[derive(Clone, Copy, Debug)]
struct Told {
    at: Timestamp,
    /// How many were passed over since.
    passed_over: u64,
}

impl Quiet {
    /// How many such refusals were passed over since `of` was last told of, if it is to be told of at `now`; `None`: pass
    /// this one over too.
    pub(crate) fn turn(&self, mut of: Of, now: Timestamp) -> Option<u64> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MAX_SOURCES && !told.contains_key(&of) {
            told.retain(|_, told| now.since(told.at) < SILENCE);
        }
        if told.len() >= MAX_SOURCES && !told.contains_key(&of) {
            of.0 = None;
        }
        let fresh = Told {
            at: now,
            passed_over: 0,
        };
        let Some(last) = told.get_mut(&of) else {
            told.insert(of, fresh);
            return Some(0);
        };
        if now.since(last.at) < SILENCE {
            last.passed_over = last.passed_over.saturating_add(1);
            return None;
        }
        Some(std::mem::replace(last, fresh).passed_over)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + seconds * 1_000)
    }

    /// Such a refusal of the address `number`, at the instance `kcell`.
    fn of(number: u32, kind: &'static str) -> Of {
        (Some(Ipv4Addr::from(number).into()), "kcell".into(), kind)
    }

    #[test]
    fn a_source_is_told_of_once_a_minute_with_what_was_passed_over() {
        let quiet = Quiet::default();
        assert_eq!(quiet.turn(of(1, "forbidden"), at(0)), Some(0));
        assert_eq!(quiet.turn(of(1, "forbidden"), at(1)), None);
        assert_eq!(quiet.turn(of(2, "forbidden"), at(2)), Some(0));
        assert_eq!(quiet.turn(of(1, "forbidden"), at(59)), None);
        assert_eq!(quiet.turn(of(1, "forbidden"), at(60)), Some(2));
        assert_eq!(quiet.turn(of(1, "forbidden"), at(61)), None);
        // What else it does is told by itself.
        assert_eq!(quiet.turn(of(1, "unknown_path"), at(61)), Some(0));
        // So is another carrier that comes through the same proxy.
        let (proxy, _, kind) = of(1, "forbidden");
        assert_eq!(quiet.turn((proxy, "altel".into(), kind), at(61)), Some(0));
    }

    #[test]
    fn many_sources_share_a_line_and_old_ones_make_room() {
        let quiet = Quiet::default();
        let most = u32::try_from(MAX_SOURCES).unwrap();
        let told = (0..2 * most).filter_map(|number| quiet.turn(of(number, "forbidden"), at(0)));
        assert_eq!(told.count(), MAX_SOURCES + 1);
        assert_eq!(quiet.0.lock().unwrap().len(), MAX_SOURCES + 1);
        assert_eq!(quiet.turn(of(0, "forbidden"), at(1)), None);
        assert_eq!(quiet.turn(of(9 * most, "forbidden"), at(61)), Some(0));
        assert_eq!(quiet.0.lock().unwrap().len(), 1);
    }
}
