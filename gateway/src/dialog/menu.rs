//! The USSD menu as data: which number chooses what, and the text that names it. Numbers never shift: an item that is
//! not offered leaves its number unused.

/// What a number of the menu chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The status of the person bound to the phone.
    MyStatus,
    /// A status by a typed IIN.
    ByIin,
    /// The language.
    Language,
    /// The last answer of a session that was dropped.
    Resume,
    /// The payments of the person shown.
    Payments,
    /// The debt of the person shown.
    Debt,
    /// The clinic of the person shown.
    Clinic,
    /// The status shown, by SMS.
    SendSms,
    /// One page back.
    Back,
    /// The start page.
    Start,
    /// The next screen of a page that was cut.
    More,
}

/// An item of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is typed.
    pub key: &'static str,
    /// What that chooses.
    pub choice: Choice,
    /// The key of its label in `texts/*.ftl`.
    pub label: &'static str,
}

const fn item(key: &'static str, choice: Choice, label: &'static str) -> Item {
    Item { key, choice, label }
}

/// The start page.
pub const MAIN: [Item; 4] = [
    item("1", Choice::MyStatus, "ussd-item-my-status"),
    item("2", Choice::ByIin, "ussd-item-by-iin"),
    item("3", Choice::Language, "ussd-item-language"),
    item("4", Choice::Resume, "ussd-item-resume"),
];

/// Under a status, for a phone bound to the person.
pub const STATUS: [Item; 4] = [
    item("1", Choice::Payments, "ussd-item-payments"),
    item("2", Choice::Debt, "ussd-item-debt"),
    item("3", Choice::Clinic, "ussd-item-clinic"),
    item("4", Choice::SendSms, "ussd-item-sms"),
];

/// One page back.
pub const BACK: Item = item("0", Choice::Back, "ussd-item-back");
/// To the start page.
pub const START: Item = item("00", Choice::Start, "ussd-item-start");
/// The next screen of a page that was cut.
pub const MORE: Item = item("98", Choice::More, "ussd-item-more");

/// The most people that a page or an SMS offers to choose from, by the numbers 1 to 9; others are asked for by IIN.
pub const MAX_PEOPLE: usize = 9;

/// What `typed` chooses among `items`.
#[must_use]
pub fn choose(items: &[Item], typed: &str) -> Option<Choice> {
    items
        .iter()
        .find(|item| item.key == typed)
        .map(|item| item.choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_chooses_one_thing_on_a_page() {
        for page in [MAIN.as_slice(), STATUS.as_slice()] {
            let items: Vec<Item> = page.iter().chain([&BACK, &START, &MORE]).copied().collect();
            for item in &items {
                assert_eq!(choose(&items, item.key), Some(item.choice));
            }
        }
        assert_eq!(choose(&MAIN, "5"), None);
    }
}
