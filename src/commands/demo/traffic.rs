//! Invented handsets that text and dial all the time, so that an operator has something to see.

use std::time::Duration;

use saqta_data::phone::Msisdn;

use super::inbox::Inbox;
use super::story::Citizen;
use crate::handset::{Handset, Session};
use crate::listen::Stop;

/// The shortest and the longest pause between two handsets.
const PAUSES_MS: (u64, u64) = (150, 1_200);
/// The first of the numbers from which nobody's phone calls.
const STRANGERS: u64 = 77_990_000_100;
/// How many strangers take turns, so that none runs into the limits at once.
const STRANGER_COUNT: u64 = 200;

/// A small generator of numbers (splitmix64): the same from the same seed.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `below`.
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below.max(1)
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = self.roll(u64::try_from(items.len()).unwrap_or(u64::MAX));
        items.get(usize::try_from(at).unwrap_or(usize::MAX))
    }
}

/// Texts and dials until the order to stop.
pub(super) async fn run(line: Handset, mut inbox: Inbox, citizens: Vec<Citizen>, seed: u64, mut stop: Stop) {
    let mut dice = Dice::new(seed);
    loop {
        let pause = PAUSES_MS.0 + dice.roll(PAUSES_MS.1 - PAUSES_MS.0);
        tokio::select! {
            () = stop.ordered() => return,
            // An SMS that is no answer is read and lies there.
            Some(_) = inbox.next() => continue,
            () = tokio::time::sleep(Duration::from_millis(pause)) => {}
        }
        let Some(citizen) = dice.pick(&citizens) else {
            return;
        };
        // A handset that gets no answer tries again later, like a person.
        if let Err(failure) = call(&line, citizen, &mut dice).await {
            tracing::debug!(%failure, "a handset of the demo got no answer");
        }
    }
}

async fn call(line: &Handset, citizen: &Citizen, dice: &mut Dice) -> Result<(), crate::failure::Failure> {
    let iin = citizen.person.iin.reveal();
    let stranger = Msisdn::from_number(STRANGERS + dice.roll(STRANGER_COUNT));
    let own = citizen.phone.or(stranger);
    match (dice.roll(10), own, stranger) {
        (0..=2, Some(own), _) => text(line, own, &iin).await,
        (3..=5, Some(own), _) => {
            let words = [
                "статус",
                "мәртебе",
                "pay",
                "долг",
                "қарыз",
                "емхана",
                "платежи",
                "төлем",
                "debt",
            ];
            text(line, own, dice.pick(&words).unwrap_or(&"help")).await
        }
        (6, _, Some(stranger)) => text(line, stranger, &format!("RU {iin}")).await,
        (7, _, Some(stranger)) => {
            let slips = ["салем", "90010130000", "900101300008", "160440007161", "көмек"];
            text(line, stranger, dice.pick(&slips).unwrap_or(&"help")).await
        }
        (_, Some(own), _) => dial(line, own, dice).await,
        _ => Ok(()),
    }
}

async fn text(line: &Handset, from: Msisdn, words: &str) -> Result<(), crate::failure::Failure> {
    line.of(from).text("1414", words).await.map(|_| ())
}

async fn dial(line: &Handset, from: Msisdn, dice: &mut Dice) -> Result<(), crate::failure::Failure> {
    let phone = line.of(from);
    let mut session = Session::new("*1414#");
    phone.press(&mut session, "").await?;
    for input in ["1", "1", dice.pick(&["1", "2", "3", "0"]).unwrap_or(&"0")] {
        if phone.press(&mut session, input).await?.end {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dice_fall_the_same_for_the_same_seed() {
        let rolls = |seed| {
            let mut dice = Dice::new(seed);
            (0..50).map(|_| dice.roll(6)).collect::<Vec<_>>()
        };
        assert_eq!(rolls(1), rolls(1));
        assert_ne!(rolls(1), rolls(2));
        assert_eq!((0..6).filter(|face| rolls(1).contains(face)).count(), 6);
        assert_eq!(Dice::new(1).pick::<u8>(&[]), None);
    }
}
