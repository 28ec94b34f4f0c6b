//! The USSD menu as data: which number chooses what, and the text that names it. Numbers never shift: an item that is
//! not offered leaves its number unused. The compiled-in menu is `gateway/dialog.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is typed.
    pub key: String,
    /// What that chooses.
    pub choice: Choice,
    /// The key of its label in `texts/*.ftl`.
    pub label: &'static str,
}

/// The menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// The start page.
    pub main: Vec<Item>,
    /// Under a status, for a phone bound to the person.
    pub status: Vec<Item>,
    /// One page back.
    pub back: Item,
    /// To the start page.
    pub start: Item,
    /// The next screen of a page that was cut.
    pub more: Item,
}

/// The most people that a page or an SMS offers to choose from, by the numbers 1 to 9; others are asked for by IIN.
pub const MAX_PEOPLE: usize = 9;
/// The longest code of a menu; what is longer behind our code is an IIN.
pub const MAX_CODE_CHARS: usize = 2;

/// Where the numbers of a page may lead: the name in the file, the choice, its label, and whether it must be there.
type Target = (&'static str, Choice, &'static str, bool);

const MAIN: [Target; 4] = [
    ("my-status", Choice::MyStatus, "ussd-item-my-status", true),
    ("by-iin", Choice::ByIin, "ussd-item-by-iin", true),
    ("language", Choice::Language, "ussd-item-language", true),
    ("last-answer", Choice::Resume, "ussd-item-resume", false),
];
const STATUS: [Target; 4] = [
    ("payments", Choice::Payments, "ussd-item-payments", true),
    ("debt", Choice::Debt, "ussd-item-debt", true),
    ("clinic", Choice::Clinic, "ussd-item-clinic", true),
    ("sms", Choice::SendSms, "ussd-item-sms", false),
];

/// What is wrong with a menu.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}:{line}: {problem}")]
pub struct MenuError {
    /// The file.
    pub file: String,
    /// The line, from 1 on.
    pub line: usize,
    /// The key and what is wrong with it.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    codes: Codes,
    main: Spanned<Numbers>,
    status: Spanned<Numbers>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    back: Spanned<String>,
    start: Spanned<String>,
    more: Spanned<String>,
}

/// What the numbers of a page lead to, by number.
type Numbers = BTreeMap<Spanned<String>, Spanned<String>>;

static BUILTIN: LazyLock<Menu> = LazyLock::new(|| {
    // A test reads it as a file of a deployment is read.
    Menu::parse("dialog.toml", include_str!("../../dialog.toml")).unwrap_or_else(|_| Menu::bare())
});

impl Menu {
    /// The compiled-in menu.
    #[must_use]
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// The menu of `text`, checked: codes are no numbers of items and differ, every number leads somewhere, and every
    /// place is led to once. `file` is named in errors.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self, MenuError> {
        let source = Source { file, text };
        let read: File = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            source.error(at, error.message())
        })?;
        let Codes { back, start, more } = &read.codes;
        source.check_codes([("back", back), ("start", start), ("more", more)])?;
        let code = |code: &Spanned<String>, choice, label| item(code.get_ref(), choice, label);
        Ok(Self {
            main: source.items("main", &read.main, &MAIN)?,
            status: source.items("status", &read.status, &STATUS)?,
            back: code(back, Choice::Back, "ussd-item-back"),
            start: code(start, Choice::Start, "ussd-item-start"),
            more: code(more, Choice::More, "ussd-item-more"),
        })
    }

    /// A menu of the codes alone.
    fn bare() -> Self {
        Self {
            main: Vec::new(),
            status: Vec::new(),
            back: item("0", Choice::Back, "ussd-item-back"),
            start: item("00", Choice::Start, "ussd-item-start"),
            more: item("98", Choice::More, "ussd-item-more"),
        }
    }

    /// What `typed` chooses on every page.
    #[must_use]
    pub fn code(&self, typed: &str) -> Option<Choice> {
        let codes = [&self.more, &self.back, &self.start];
        codes
            .iter()
            .find(|item| item.key == typed)
            .map(|item| item.choice)
    }
}

/// What `typed` chooses among `items`.
#[must_use]
pub fn choose(items: &[Item], typed: &str) -> Option<Choice> {
    items
        .iter()
        .find(|item| item.key == typed)
        .map(|item| item.choice)
}

fn item(key: &str, choice: Choice, label: &'static str) -> Item {
    Item {
        key: key.to_owned(),
        choice,
        label,
    }
}

/// True for a number of an item, of a person and of a language.
fn is_number(key: &str) -> bool {
    matches!(key.as_bytes(), [b'1'..=b'9'])
}

/// A file, to say where something is wrong.
struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn error(&self, at: usize, problem: impl Into<String>) -> MenuError {
        let before = self.text.bytes().take(at);
        MenuError {
            file: self.file.to_owned(),
            line: before.filter(|byte| *byte == b'\n').count() + 1,
            problem: problem.into(),
        }
    }

    fn check_codes(&self, codes: [(&str, &Spanned<String>); 3]) -> Result<(), MenuError> {
        for (at, (name, code)) in codes.iter().enumerate() {
            let error =
                |problem: String| Err(self.error(code.span().start, format!("codes.{name}: {problem}")));
            let text = code.get_ref();
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || !(1..=MAX_CODE_CHARS).contains(&text.len()) {
                return error("one or two digits".into());
            }
            if is_number(text) {
                return error("1 to 9 are the numbers of items".into());
            }
            let same = codes.iter().take(at).find(|(_, other)| other.get_ref() == text);
            if let Some((other, _)) = same {
                return error(format!("the same as codes.{other}"));
            }
        }
        Ok(())
    }

    fn items(
        &self,
        page: &str,
        numbers: &Spanned<Numbers>,
        targets: &[Target],
    ) -> Result<Vec<Item>, MenuError> {
        let mut items: Vec<Item> = Vec::new();
        for (number, to) in numbers.get_ref() {
            let (key, name) = (number.get_ref(), to.get_ref());
            if !is_number(key) {
                let problem = format!("{page}.{key}: the number of an item is one digit, 1 to 9");
                return Err(self.error(number.span().start, problem));
            }
            let error = |problem| Err(self.error(to.span().start, format!("{page}.{key}: {problem}")));
            let Some((_, choice, label, _)) = targets.iter().find(|(known, ..)| known == name) else {
                let names: Vec<_> = targets.iter().map(|(name, ..)| *name).collect();
                return error(format!("leads to one of {}", names.join(", ")));
            };
            if let Some(other) = items.iter().find(|item| item.choice == *choice) {
                return error(format!("{name} is number {} already", other.key));
            }
            items.push(item(key, *choice, label));
        }
        let is_led_to = |choice| items.iter().any(|item| item.choice == choice);
        match targets
            .iter()
            .find(|(_, choice, _, must)| *must && !is_led_to(*choice))
        {
            Some((name, ..)) => {
                let problem = format!("{page}: no number leads to {name}");
                Err(self.error(numbers.span().start, problem))
            }
            None => Ok(items),
        }
    }
}

#[cfg(test)]
mod tests;
