//! What the desk learns from this server: its process, its carriers, the count of people.

use std::fmt;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use saqta_data::clock::Timestamp;
use saqta_data::desk::pulse::{Census, Process};
use saqta_data::desk::{CarrierFigures, Counter, DeskError, Host, StatusSms, Tally};
use saqta_data::iin::Iin;
use saqta_data::journal::Entry;
use saqta_data::office::Office;
use saqta_data::phone::Msisdn;
use saqta_gateway::exchange::Exchange;
use saqta_gateway::state::Gateway;

use crate::listen::Stop;

/// How often the day's count goes on. What comes meanwhile is a few thousand lines on a busy day.
const TALLY_INTERVAL: Duration = Duration::from_secs(5);
/// How often it is looked whether the people are to be counted anew.
const CENSUS_INTERVAL: Duration = Duration::from_secs(10);

/// The server, as the desk sees it.
pub(crate) struct ServerHost {
    pub(crate) gateway: Gateway,
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) started_at: Timestamp,
    pub(crate) counter: Arc<Counter>,
}

impl fmt::Debug for ServerHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHost")
            .field("started_at", &self.started_at)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Host for ServerHost {
    async fn carriers(&self) -> Vec<CarrierFigures> {
        let mut figures = self.gateway.figures();
        self.exchange.outbox().complete(&mut figures);
        figures
    }

    fn process(&self) -> Process {
        Process {
            started_at: self.started_at,
            resident_bytes: resident_bytes(),
        }
    }

    fn census(&self) -> (Option<Census>, Option<u64>) {
        self.counter.state()
    }

    async fn send_status(&self, iin: Iin, to: Msisdn, seen: &str, entry: Entry) -> Result<(), DeskError> {
        let instances = self.gateway.instances();
        let whom = (iin, to);
        self.exchange.send_status(&instances, whom, seen, entry).await
    }

    async fn status_sms(&self, iin: Iin, to: Msisdn) -> Result<StatusSms, DeskError> {
        let instances = self.gateway.instances();
        self.exchange.status_sms(&instances, iin, to).await
    }
}

/// The resident memory of this process, as Linux says; `None` elsewhere.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Keeps the count of the day up with the journal, until the order to stop.
pub(crate) async fn keep_tally(office: Office, tally: Arc<Tally>, mut stop: Stop) {
    loop {
        let caught_up = match tally.step(&office).await {
            Ok((_, caught_up)) => caught_up,
            Err(error) => {
                tracing::warn!(%error, "could not count the journal of the day");
                true
            }
        };
        // After a start in the middle of a busy day the steps follow one another, but leave room for citizens.
        let pause = if caught_up {
            TALLY_INTERVAL
        } else {
            TALLY_INTERVAL / 50
        };
        tokio::select! {
            () = stop.ordered() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Counts the people at the start, each day and after imports, until the order to stop.
pub(crate) async fn keep_census(office: Office, counter: Arc<Counter>, mut stop: Stop) {
    loop {
        if let Err(error) = counter.count_if_due(&office).await {
            tracing::warn!(%error, "could not count the people");
        }
        tokio::select! {
            () = stop.ordered() => return,
            () = tokio::time::sleep(CENSUS_INTERVAL) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_some_memory() {
        let resident = resident_bytes().unwrap();
        assert!((1 << 20..1 << 36).contains(&resident), "{resident}");
    }
}
