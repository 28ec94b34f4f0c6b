//! The USSD menu: from a session and what was typed to the page that is shown. Pure.

use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::phone::Msisdn;
use serde::{Deserialize, Serialize};

use super::answer::{IinSlip, Page, Topic};
use super::finding::Finding;
use super::menu::{Choice, MAX_PEOPLE, Menu, choose};
use super::words::{Number, clean, understand};

pub use step::{Mark, Step};

mod step;
#[cfg(test)]
mod tests;

/// A session that was silent for so long is dead. Aggregators end theirs after 120-180 s, most without a word.
pub const IDLE: Duration = Duration::from_secs(180);
/// A session that began so long ago is dead, however lively.
pub const LONGEST: Duration = Duration::from_secs(300);
/// How long after a session was dropped a new one of the phone offers its last answer again.
pub const RESUMED_FOR: Duration = Duration::from_secs(300);
/// The most places that `0` leads back through; the menu is five deep.
const MAX_TRAIL: usize = 8;
/// The most screens of one page that are kept for `98`.
const MAX_SCREENS: usize = 12;

/// A place in the menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The choice of language.
    Languages,
    /// The start.
    Main,
    /// Waits for an IIN; what was wrong with the last one.
    TypeIin(Option<IinSlip>),
    /// Waits for the number of one of these people.
    WhichPerson(Vec<Iin>),
    /// Shows something about a person.
    About {
        /// The person.
        iin: Iin,
        /// What.
        topic: Topic,
    },
    /// The phone is bound to nobody.
    NotBound,
    /// The status of a person goes out by SMS.
    Send(Iin),
}

/// A session. It holds what the handset shows, so that a repeated step gets the same page.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Digest of the carrier instance and its session id.
    pub key: [u8; 16],
    /// The last step.
    last: Mark,
    /// All that was typed, at carriers that send it all with every step.
    history: String,
    started: Timestamp,
    touched: Timestamp,
    /// The carrier said that it is over.
    ended: bool,
    /// It began with the choice of language, which a replay of its history must do too.
    asked_language: bool,
    /// The way here; the last is where the session is. Never empty.
    trail: Vec<Place>,
    screens: Vec<String>,
    shown: usize,
    /// The last person whose page was shown.
    asked: Option<(Iin, Topic)>,
    /// What the session before this one was about.
    resume: Option<Resume>,
}

/// A [`Session`] as earlier versions wrote it, to read past it: key, step, times, trail, screens, the one shown.
pub type FormerSession = (
    [u8; 16],
    (u32, u64),
    Timestamp,
    Timestamp,
    Vec<Place>,
    Vec<String>,
    usize,
);

/// What a session was about that was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Resume {
    iin: Iin,
    topic: Topic,
    /// Until when it is offered.
    until: Timestamp,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(..)")
    }
}

/// Who types.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The phone.
    pub phone: Msisdn,
    /// The people to whom the phone is bound; none if the sender cannot be believed.
    pub people: &'a [Iin],
    /// A language was chosen before.
    pub knows_language: bool,
    /// A status can be sent by SMS.
    pub can_send_sms: bool,
    /// The menu.
    pub menu: &'a Menu,
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// The session went to a place, whose page is to be made: [`Session::place`].
    Moved,
    /// The same after this language was chosen.
    Chose(Language),
    /// Another screen of the same page, or the same one again: [`Session::screen`].
    Stayed,
}

impl Session {
    /// A session whose inputs `path` are to be [pressed](Session::press) next, without the first of them that is an IIN
    /// dialled behind our code. `before` is the last session of the phone.
    #[must_use]
    pub fn start(
        key: [u8; 16],
        path: &mut Vec<String>,
        before: Option<&Self>,
        caller: Caller<'_>,
        now: Timestamp,
    ) -> Self {
        let same = before.filter(|before| before.key == key);
        let trail = match path.first() {
            None => vec![start_place(caller)],
            Some(first) if step::is_key(first) => {
                let asked_language = same.is_some_and(|session| session.asked_language);
                vec![if asked_language {
                    Place::Languages
                } else {
                    Place::Main
                }]
            }
            Some(_) => vec![Place::Main, read_iin(&path.remove(0))],
        };
        Self {
            key,
            last: Mark::default(),
            history: String::new(),
            started: now,
            touched: now,
            ended: false,
            asked_language: trail == [Place::Languages],
            trail,
            screens: Vec::new(),
            shown: 0,
            asked: None,
            resume: before.and_then(|before| before.resumed(now)),
        }
    }

    /// Remembers the step that led here.
    pub fn mark(&mut self, mark: Mark, history: &str) {
        self.last = mark;
        history.clone_into(&mut self.history);
    }

    /// True while the session goes on.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        !self.ended && now.since(self.touched) < IDLE && now.since(self.started) < LONGEST
    }

    /// True while the session goes on, or a new one may offer its answer.
    #[must_use]
    pub fn is_remembered(&self, now: Timestamp) -> bool {
        self.is_alive(now) || now.since(self.touched) < RESUMED_FOR
    }

    /// Ends the session.
    pub fn end(&mut self, now: Timestamp) {
        self.ended = true;
        self.touched = now;
    }

    /// What a session that begins now may offer again.
    fn resumed(&self, now: Timestamp) -> Option<Resume> {
        let dropped = if self.is_alive(now) { now } else { self.touched };
        let until = dropped.plus(RESUMED_FOR);
        let asked = self.asked.map(|(iin, topic)| Resume { iin, topic, until });
        asked.or(self.resume).filter(|resume| now < resume.until)
    }

    /// Where the session is.
    #[must_use]
    pub fn place(&self) -> &Place {
        self.trail.last().unwrap_or(&Place::Main)
    }

    /// The screen that the handset shows.
    #[must_use]
    pub fn screen(&self) -> &str {
        self.screens.get(self.shown).map_or("", String::as_str)
    }

    /// Shows a page cut into screens.
    pub fn show(&mut self, mut screens: Vec<String>) {
        screens.truncate(MAX_SCREENS);
        self.screens = screens;
        self.shown = 0;
    }

    /// Takes what was typed.
    pub fn press(&mut self, typed: &str, caller: Caller<'_>, now: Timestamp) -> Pressed {
        self.touched = now;
        let keys = keys(typed);
        match caller.menu.code(&keys) {
            Some(Choice::More) if self.shown + 1 < self.screens.len() => {
                self.shown += 1;
                Pressed::Stayed
            }
            Some(Choice::Back) if self.shown > 0 => {
                self.shown -= 1;
                Pressed::Stayed
            }
            Some(Choice::Back) if self.trail.len() > 1 => {
                self.trail.pop();
                Pressed::Moved
            }
            Some(Choice::Start) => {
                self.trail = vec![start_place(caller)];
                Pressed::Moved
            }
            _ => match self.next(&keys, typed, caller) {
                Some(place) => self.go(place),
                None if *self.place() == Place::Languages => self.choose_language(&keys),
                None => Pressed::Stayed,
            },
        }
    }

    /// The place that `keys` lead to from here, if they lead anywhere.
    fn next(&self, keys: &str, typed: &str, caller: Caller<'_>) -> Option<Place> {
        match self.place() {
            _ if keys.is_empty() => None,
            Place::Main => match choose(&caller.menu.main, keys)? {
                Choice::MyStatus => Some(my_status(caller.people)),
                Choice::ByIin => Some(Place::TypeIin(None)),
                Choice::Language => Some(Place::Languages),
                Choice::Resume => self
                    .resume
                    .map(|Resume { iin, topic, .. }| Place::About { iin, topic }),
                _ => None,
            },
            Place::TypeIin(_) => Some(read_iin(typed)),
            Place::WhichPerson(people) => {
                let number: usize = keys.parse().ok()?;
                let iin = *people.get(number.checked_sub(1)?)?;
                Some(status(iin))
            }
            Place::About {
                iin,
                topic: Topic::Status,
            } if caller.people.contains(iin) => {
                let about = |topic| Some(Place::About { iin: *iin, topic });
                match choose(&caller.menu.status, keys)? {
                    Choice::Payments => about(Topic::Payments),
                    Choice::Debt => about(Topic::Debt),
                    Choice::Clinic => about(Topic::Clinic),
                    Choice::SendSms if caller.can_send_sms => Some(Place::Send(*iin)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn go(&mut self, place: Place) -> Pressed {
        // A slip asks for the number again in the same place.
        if matches!((self.place(), &place), (Place::TypeIin(_), Place::TypeIin(_))) {
            self.trail.pop();
        }
        if self.trail.len() >= MAX_TRAIL {
            self.trail.remove(0);
        }
        self.trail.push(place);
        Pressed::Moved
    }

    fn choose_language(&mut self, keys: &str) -> Pressed {
        let number = keys.parse::<usize>().ok();
        let chosen = number.and_then(|number| Language::ALL.get(number.checked_sub(1)?));
        match chosen {
            Some(language) => {
                self.trail = vec![Place::Main];
                Pressed::Chose(*language)
            }
            None => Pressed::Stayed,
        }
    }

    /// The page of the place where the session is, with what may be told of the person it is about.
    pub fn page(&mut self, finding: Option<Finding>, caller: Caller<'_>) -> Page {
        self.asked = self.place().subject().or(self.asked);
        match (self.place().clone(), finding) {
            (Place::Languages, _) => Page::Languages,
            (Place::TypeIin(None), _) => Page::TypeIin,
            (Place::TypeIin(Some(slip)), _) => Page::TypeIinAgain(slip),
            (Place::WhichPerson(people), _) => {
                Page::WhichPerson(people.iter().map(|iin| iin.last_four()).collect())
            }
            (Place::NotBound, _) => Page::NotBound,
            (Place::About { topic, .. }, Some(Finding::Full(view))) => match topic {
                Topic::Payments => Page::Payments(view),
                Topic::Debt => Page::Debt(view),
                Topic::Clinic => Page::Clinic(view),
                Topic::Status | Topic::Lock | Topic::Unlock => Page::Status {
                    view,
                    can_send_sms: caller.can_send_sms,
                },
            },
            (Place::Send(_), Some(Finding::Full(_))) => Page::SmsSent(caller.phone),
            (_, Some(Finding::StatusOnly { insured, data_date })) => Page::Unbound { insured, data_date },
            (_, Some(Finding::LooksLikeBin)) => {
                self.trail.pop();
                self.go(Place::TypeIin(Some(IinSlip::LooksLikeBin)));
                Page::TypeIinAgain(IinSlip::LooksLikeBin)
            }
            (Place::Main, _) if self.resume.is_some() => Page::MainAgain,
            (Place::Main, _) => Page::Main,
            (Place::About { .. } | Place::Send(_), _) => Page::Neutral,
        }
    }
}

impl Place {
    /// The person and what is asked about, if the page of this place tells something about a person.
    #[must_use]
    pub const fn subject(&self) -> Option<(Iin, Topic)> {
        match self {
            Self::About { iin, topic } => Some((*iin, *topic)),
            Self::Send(iin) => Some((*iin, Topic::Status)),
            _ => None,
        }
    }

    /// The word in the journal.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::About { topic, .. } => topic.code(),
            Self::Send(_) => "send",
            Self::TypeIin(Some(_)) => "slip",
            Self::Languages => "language",
            _ => "menu",
        }
    }
}

const fn start_place(caller: Caller<'_>) -> Place {
    if caller.knows_language {
        Place::Main
    } else {
        Place::Languages
    }
}

fn my_status(people: &[Iin]) -> Place {
    match people {
        [] => Place::NotBound,
        [iin] => status(*iin),
        people => Place::WhichPerson(people.iter().copied().take(MAX_PEOPLE).collect()),
    }
}

const fn status(iin: Iin) -> Place {
    Place::About {
        iin,
        topic: Topic::Status,
    }
}

/// The status of the typed IIN, or what is wrong with it.
fn read_iin(typed: &str) -> Place {
    let digits = clean(typed).filter(char::is_ascii_digit).count();
    match understand(typed).number {
        Number::Iin(iin) => status(iin),
        Number::WrongCheckDigit => Place::TypeIin(Some(IinSlip::WrongCheckDigit)),
        _ => Place::TypeIin(Some(IinSlip::WrongLength { digits })),
    }
}

/// What was typed, as keys: digits of any script as ASCII, without spaces and a closing `#`.
fn keys(typed: &str) -> String {
    let keys: String = clean(typed).filter(|c| !c.is_whitespace()).collect();
    keys.trim_end_matches('#').to_owned()
}
