//! The count of all people by status: in the background, at a pace that leaves the store to the citizens.

use std::sync::{Mutex, PoisonError};

use super::local::newest_change;
use super::pulse::Census;
use crate::coverage::reason::Reason;
use crate::office::Office;
use crate::person::Person;
use crate::store::unit::Record;
use crate::store::{Scan, StoreError, Tree};

/// People read at a time: about a millisecond of work.
const PAGE: usize = 256;
/// After a page it rests so many times as long as the page took, so it has a fifth of one core at the most.
const REST: u32 = 4;

#[derive(Debug, Default)]
struct State {
    done: Option<Census>,
    counting: Option<u64>,
}

/// Counts people, one count at a time.
#[derive(Debug, Default)]
pub struct Counter(Mutex<State>);

impl Counter {
    /// The last count, and how many people the one under way has come to.
    #[must_use]
    pub fn state(&self) -> (Option<Census>, Option<u64>) {
        self.with(|state| (state.done.clone(), state.counting))
    }

    /// Counts all people if the last count is of another day, or older than an import.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn count_if_due(&self, office: &Office) -> Result<(), StoreError> {
        let (done, counting) = self.state();
        let today = office.clock().today();
        let due = match &done {
            None => true,
            Some(census) => {
                census.day != today || newest_change(office).await?.is_some_and(|at| at > census.at)
            }
        };
        if due && counting.is_none() {
            self.with(|state| state.counting = Some(0));
            let census = self.count(office).await;
            self.with(|state| state.counting = None);
            let census = census?;
            self.with(|state| state.done = Some(census));
        }
        Ok(())
    }

    async fn count(&self, office: &Office) -> Result<Census, StoreError> {
        let watch = office.clock().stopwatch();
        let mut census = Census {
            day: office.clock().today(),
            // What is imported meanwhile may be missed, so this is the age of the count.
            at: office.clock().now(),
            ..Census::default()
        };
        let mut after = None;
        loop {
            let started = office.clock().stopwatch();
            let scan = Scan {
                after,
                ..Scan::of(Tree::People, PAGE)
            };
            let page = office.store().scan(scan).await?;
            for (_, value) in &page {
                // A damaged value is for `saqta check` to report; the others are counted all the same.
                if let Ok(person) = Person::decode(value) {
                    add(&mut census, office, &person);
                }
            }
            self.with(|state| state.counting = Some(census.people));
            after = page.last().map(|(key, _)| key.clone());
            if page.len() < PAGE {
                break;
            }
            tokio::time::sleep(started.elapsed() * REST).await;
        }
        census.took_ms = u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(census)
    }

    fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn add(census: &mut Census, office: &Office, person: &Person) {
    let coverage = office.coverage(person, census.day);
    census.people += 1;
    *census.by_status.entry(coverage.status).or_default() += 1;
    if let Some(reason) = Reason::of(person, &coverage) {
        *census.reasons.entry(reason.code().to_owned()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::Status;
    use crate::office::testing::{import, office};
    use crate::registry::Registry;

    const PEOPLE: &str = "900101300007,Кимова,Анна,,1990-01-01,f,independent\n\
                          900101300017,Ким,Борис,,1990-01-01,m,none\n";

    #[tokio::test(start_paused = true)]
    async fn people_are_counted_by_status_and_reason() {
        let office = office();
        import(&office, Registry::People, PEOPLE).await;
        import(
            &office,
            Registry::Temporary,
            "900101300007,2026-11-01,2026-11-30\n",
        )
        .await;
        let counter = Counter::default();
        assert_eq!(counter.state(), (None, None));
        counter.count_if_due(&office).await.unwrap();
        let (census, counting) = counter.state();
        let census = census.unwrap();
        assert_eq!((census.people, counting), (2, None));
        assert_eq!(census.day, office.clock().today());
        let by_status: Vec<_> = census.by_status.into_iter().collect();
        assert_eq!(
            by_status,
            [(Status::NotInsured, 1), (Status::TemporarilyInsured, 1)]
        );
        let reasons: Vec<_> = census.reasons.into_iter().collect();
        assert_eq!(reasons, [("never_paid".to_owned(), 1)]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_counts_again_on_another_day_only() {
        let office = office();
        let counter = Counter::default();
        counter.count_if_due(&office).await.unwrap();
        import(&office, Registry::People, PEOPLE).await;
        counter.count_if_due(&office).await.unwrap();
        assert_eq!(
            counter.state().0.unwrap().people,
            0,
            "nothing says that there are more"
        );
        office.clock().advance(std::time::Duration::from_secs(24 * 3_600));
        counter.count_if_due(&office).await.unwrap();
        assert_eq!(counter.state().0.unwrap().people, 2);
    }
}
