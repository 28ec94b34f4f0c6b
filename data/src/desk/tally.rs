//! What was asked today, kept up with the journal line by line, so that nobody ever counts the whole of it.

use chrono::{NaiveDate, Timelike};
use tokio::sync::Mutex;

use super::pulse::Today;
use crate::journal::{Door, Entry, JournalPage, Who};
use crate::office::{MAX_JOURNAL_PAGE, Office};
use crate::store::StoreError;

/// Pages of the journal read in one step: some tens of milliseconds.
const PAGES: usize = 20;
/// Halvings that find the first line of a day among any number of lines.
const HALVINGS: usize = 64;

#[derive(Debug, Default)]
struct State {
    today: Today,
    /// The last line counted.
    reached: u64,
}

/// Counts the lines of the day. One is shared by all desks of a process.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Option<State>>);

impl Tally {
    /// Counts lines that came since the last step, at most 20,000 of them; what is counted so far of the day. False: there
    /// are more.
    ///
    /// # Errors
    /// Whatever the store says.
    pub async fn step(&self, office: &Office) -> Result<(Today, bool), StoreError> {
        let day = office.clock().today();
        // Held over the step, so that two desks that ask at once do not count the same lines, and a step that is cut off
        // loses nothing: what it has counted stays.
        let mut held = self.0.lock().await;
        if held.is_none() {
            *held = Some(State {
                today: empty(day),
                reached: last_before(office, day).await?,
            });
        }
        let state = held.get_or_insert_with(State::default);
        if state.today.day < day {
            state.today = empty(day);
        }
        for _ in 0..PAGES {
            let page = JournalPage::After(state.reached);
            let lines = office.journal(page, MAX_JOURNAL_PAGE).await?;
            let caught_up = lines.len() < MAX_JOURNAL_PAGE;
            for line in lines {
                if line.entry.at.day() > state.today.day {
                    // Midnight has passed while it was read.
                    state.today = empty(line.entry.at.day());
                }
                state.reached = line.seq;
                if line.entry.at.day() == state.today.day {
                    add(&mut state.today, &line.entry);
                }
            }
            if caught_up {
                return Ok((state.today.clone(), true));
            }
        }
        Ok((state.today.clone(), false))
    }
}

fn empty(day: NaiveDate) -> Today {
    Today {
        day,
        hours: vec![0; 24],
        ..Today::default()
    }
}

fn add(today: &mut Today, entry: &Entry) {
    let hour = usize::try_from(entry.at.local().hour()).ok();
    if let Some(count) = hour.and_then(|hour| today.hours.get_mut(hour)) {
        *count += 1;
    }
    let door = match entry.door {
        Door::Sms(_) => "sms",
        Door::Ussd(_) => "ussd",
        Door::Console => "console",
        Door::Command(_) => "command",
    };
    *today.doors.entry(door.to_owned()).or_default() += 1;
    let outcome = entry.outcome.code().to_owned();
    *today.outcomes.entry(outcome).or_default() += 1;
    if !matches!(entry.who, Who::Operator(_)) {
        *today.languages.entry(entry.language).or_default() += 1;
    }
}

/// The last line from before `day`, 0 if there is none. Lines are in the order of time, but for milliseconds.
async fn last_before(office: &Office, day: NaiveDate) -> Result<u64, StoreError> {
    let newest = office.journal(JournalPage::Newest, 1).await?;
    let (mut low, mut high) = (0, newest.first().map_or(0, |line| line.seq));
    for _ in 0..HALVINGS {
        if low >= high {
            break;
        }
        let middle = low + (high - low).div_ceil(2);
        // The first line that is kept from there on.
        let line = office.journal(JournalPage::After(middle - 1), 1).await?;
        match line.first() {
            Some(line) if line.entry.at.day() < day => low = line.seq.max(middle),
            _ => high = middle - 1,
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::noon;
    use crate::journal::{Outcome, Particulars};
    use crate::language::Language;
    use crate::office::testing::{day, office};
    use crate::phone::Msisdn;

    async fn write(office: &Office, count: usize, who: Who) {
        for _ in 0..count {
            let mut unit = office.begin();
            let entry = Entry {
                at: office.clock().now(),
                door: Door::Sms("kcell".into()),
                who: who.clone(),
                subject: None,
                outcome: Outcome::Full,
                topic: "status".into(),
                language: Language::Russian,
                took_us: 0,
                particulars: Particulars::default(),
            };
            unit.journal(&entry, None);
            unit.commit().await.unwrap();
        }
    }

    fn citizen() -> Who {
        Who::Phone(Msisdn::parse("+77010000001").unwrap())
    }

    #[tokio::test]
    async fn only_the_lines_of_the_day_count_wherever_it_begins() {
        for before in [0, 1, 2, 7, 64, 100] {
            let office = office();
            office.clock().set(noon(day("2026-11-21")));
            write(&office, before, citizen()).await;
            office.clock().set(noon(day("2026-11-22")));
            write(&office, 3, citizen()).await;
            write(&office, 2, Who::Operator("aigul".into())).await;
            let (today, caught_up) = Tally::default().step(&office).await.unwrap();
            assert!(caught_up);
            assert_eq!((today.day, today.hours[12]), (day("2026-11-22"), 5), "{before}");
            assert_eq!(today.hours.iter().sum::<u64>(), 5);
            assert_eq!(today.languages.get(&Language::Russian), Some(&3), "citizens only");
            assert_eq!(today.outcomes.get("full"), Some(&5));
            assert_eq!(today.doors.get("sms"), Some(&5));
        }
    }

    #[tokio::test]
    async fn it_goes_on_where_it_was_and_begins_anew_at_midnight() {
        let office = office();
        let tally = Tally::default();
        write(&office, 2, citizen()).await;
        tally.step(&office).await.unwrap();
        write(&office, 3, citizen()).await;
        let (today, _) = tally.step(&office).await.unwrap();
        assert_eq!(today.hours[12], 5, "no line twice");
        office.clock().advance(Duration::from_secs(13 * 3_600));
        write(&office, 1, citizen()).await;
        let (today, _) = tally.step(&office).await.unwrap();
        assert_eq!((today.day, today.hours[1]), (day("2026-11-23"), 1));
        assert_eq!(today.hours.iter().sum::<u64>(), 1);
    }
}
