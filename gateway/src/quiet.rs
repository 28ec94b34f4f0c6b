//! Keeping the log readable while somebody tries secrets or sends rubbish: one line a minute for each source and kind of
//! refusal, with how many it stands for.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use saqta_data::clock::Timestamp;

/// How long a source is passed over in silence after a line about it.
const SILENCE: Duration = Duration::from_secs(60);
/// The most sources that are told apart, each once for a kind of refusal: some tens of kilobytes. Beyond them all others of a
/// kind share one line.
const MAX_SOURCES: usize = 1_024;

/// Which sources were told of lately, for what. No address stands for those that are not told apart.
#[derive(Debug, Default)]
pub(crate) struct Quiet(Mutex<BTreeMap<(Option<IpAddr>, &'static str), Told>>);

/// A line about a source.
#[derive(Clone, Copy, Debug)]
struct Told {
    at: Timestamp,
    /// How many were passed over since.
    passed_over: u64,
}

impl Quiet {
    /// How many refusals of this `kind` to `source` were passed over since it was last told of, if it is to be told of at
    /// `now`; `None`: pass this one over too.
    pub(crate) fn turn(&self, (source, kind): (Option<IpAddr>, &'static str), now: Timestamp) -> Option<u64> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MAX_SOURCES && !told.contains_key(&(source, kind)) {
            told.retain(|_, told| now.since(told.at) < SILENCE);
        }
        let is_known = told.contains_key(&(source, kind));
        let source = (source.filter(|_| is_known || told.len() < MAX_SOURCES), kind);
        let fresh = Told {
            at: now,
            passed_over: 0,
        };
        let Some(last) = told.get_mut(&source) else {
            told.insert(source, fresh);
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

    fn source(number: u32) -> IpAddr {
        Ipv4Addr::from(number).into()
    }

    #[test]
    fn a_source_is_told_of_once_a_minute_with_what_was_passed_over() {
        let quiet = Quiet::default();
        assert_eq!(quiet.turn((Some(source(1)), "forbidden"), at(0)), Some(0));
        assert_eq!(quiet.turn((Some(source(1)), "forbidden"), at(1)), None);
        assert_eq!(quiet.turn((Some(source(2)), "forbidden"), at(2)), Some(0));
        assert_eq!(quiet.turn((Some(source(1)), "forbidden"), at(59)), None);
        assert_eq!(quiet.turn((Some(source(1)), "forbidden"), at(60)), Some(2));
        assert_eq!(quiet.turn((Some(source(1)), "forbidden"), at(61)), None);
        // What else it does is told by itself.
        assert_eq!(quiet.turn((Some(source(1)), "unknown_path"), at(61)), Some(0));
    }

    #[test]
    fn many_sources_share_a_line_and_old_ones_make_room() {
        let quiet = Quiet::default();
        let most = u32::try_from(MAX_SOURCES).unwrap();
        let told = (0..2 * most).filter_map(|number| quiet.turn((Some(source(number)), "forbidden"), at(0)));
        assert_eq!(told.count(), MAX_SOURCES + 1);
        assert_eq!(quiet.0.lock().unwrap().len(), MAX_SOURCES + 1);
        assert_eq!(quiet.turn((Some(source(0)), "forbidden"), at(1)), None);
        assert_eq!(quiet.turn((Some(source(9 * most)), "forbidden"), at(61)), Some(0));
        assert_eq!(quiet.0.lock().unwrap().len(), 1);
    }
}
