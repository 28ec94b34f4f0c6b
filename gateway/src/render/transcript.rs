//! Every path of the USSD menu walked, and printed as what a citizen types and sees: for translators, and to see that a
//! menu leads everywhere and back.

use std::fmt::Write;

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::phone::Msisdn;
use saqta_data::texts::TextsError;

use super::{Voice, samples};
use crate::dialog::answer::View;
use crate::dialog::finding::Finding;
use crate::dialog::ussd::{Caller, Place, Pressed, Session};
use crate::encoding::Alphabet;
use crate::encoding::pages::Frame;

/// The invented people: bound to the phone, another one bound to it, one who is not, an organisation.
const OWN: &str = "900101300007";
const CHILD: &str = "900101300017";
const OTHER: &str = "900101300027";
const ORGANISATION: &str = "160440007161";
/// What is typed where a number of 12 digits is asked for: right ones, and each slip.
const TYPED: [&str; 5] = [OWN, OTHER, "900101300008", "90010130000", ORGANISATION];
/// What the numbers of items and people can be.
const NUMBERS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

impl Voice {
    /// What is typed and seen on every path of the menu in `language`, path by path.
    ///
    /// # Errors
    /// A page that does not fit, or that does not lead back.
    pub fn transcript(&self, language: Language) -> Result<String, TextsError> {
        let mut text = String::new();
        for (about, people) in [
            ("A phone bound to one person", vec![OWN]),
            ("A phone bound to two people", vec![OWN, CHILD]),
            ("A phone bound to nobody", vec![]),
        ] {
            let people: Vec<Iin> = people
                .into_iter()
                .filter_map(|iin| Iin::parse(iin).ok())
                .collect();
            let mut walk = Walk {
                voice: self,
                language,
                people: &people,
                seen: Vec::new(),
                text: String::new(),
            };
            walk.everything()?;
            // Writing to a String cannot fail.
            let _ = writeln!(text, "## {about}\n\n{}", walk.text.trim_end());
            text.push('\n');
        }
        Ok(text.trim_end().to_owned() + "\n")
    }
}

struct Walk<'a> {
    voice: &'a Voice,
    language: Language,
    people: &'a [Iin],
    /// The places that were shown.
    seen: Vec<Place>,
    text: String,
}

impl<'a> Walk<'a> {
    fn caller(&self, knows_language: bool) -> Option<Caller<'a>> {
        Some(Caller {
            phone: Msisdn::from_number(77_010_000_001)?,
            people: self.people,
            knows_language,
            can_send_sms: true,
            menu: self.voice.menu(),
        })
    }

    fn everything(&mut self) -> Result<(), TextsError> {
        for knows_language in [false, true] {
            let Some(caller) = self.caller(knows_language) else {
                continue;
            };
            let session = Session::start([0; 16], &mut Vec::new(), None, caller, Timestamp::default());
            self.visit(session, &[])?;
        }
        // A status was on the screen when the session was dropped.
        let Some(caller) = self.caller(true) else {
            return Ok(());
        };
        let mut path = vec![OWN.to_owned()];
        let mut dropped = Session::start([1; 16], &mut path, None, caller, Timestamp::default());
        dropped.page(None, caller);
        let again = Session::start(
            [2; 16],
            &mut Vec::new(),
            Some(&dropped),
            caller,
            Timestamp::default(),
        );
        self.seen.retain(|place| *place != Place::Main);
        self.text += "(after a session was dropped)\n";
        self.visit(again, &[])
    }

    /// Shows the page where `session` is, and goes on to every page that it leads to.
    fn visit(&mut self, mut session: Session, path: &[&str]) -> Result<(), TextsError> {
        let place = session.place().clone();
        if self.seen.contains(&place) {
            return Ok(());
        }
        self.seen.push(place.clone());
        let Some(caller) = self.caller(true) else {
            return Ok(());
        };
        let page = session.page(self.finding(&place), caller);
        let screens = self.voice.ussd(&page, self.language, false, Frame::default());
        self.print(path, &screens)?;
        session.show(screens);
        // A number that turns out to be an organisation's is asked for again.
        let place = session.place().clone();
        let inputs: &[&str] = match session.place() {
            Place::TypeIin(_) => &TYPED,
            _ => &NUMBERS,
        };
        for typed in inputs {
            let mut next = session.clone();
            if next.press(typed, caller, Timestamp::default()) != Pressed::Stayed {
                self.leads_back(&next, &place)?;
                self.visit(next, &[path, &[typed]].concat())?;
            }
        }
        Ok(())
    }

    /// Refuses a page from which the codes lead neither to where it was reached from nor to the start.
    fn leads_back(&self, session: &Session, from: &Place) -> Result<(), TextsError> {
        let Some(caller) = self.caller(true) else {
            return Ok(());
        };
        let at = session.place();
        if *at == Place::Main || matches!(from, Place::TypeIin(_)) && matches!(at, Place::TypeIin(_)) {
            return Ok(());
        }
        let (mut back, mut start) = (session.clone(), session.clone());
        back.press(&caller.menu.back.key, caller, Timestamp::default());
        start.press(&caller.menu.start.key, caller, Timestamp::default());
        if back.place() == from && *start.place() == Place::Main {
            return Ok(());
        }
        Err(self.unfit("the page does not lead back".into()))
    }

    /// What the invented people may be told: all of the phone's own, the least of others.
    fn finding(&self, place: &Place) -> Option<Finding> {
        let (iin, _) = place.subject()?;
        Some(if self.people.contains(&iin) {
            Finding::Full(Box::new(self.view(iin)?))
        } else if iin.looks_like_bin() {
            Finding::LooksLikeBin
        } else {
            let View { data_date, .. } = samples::views().into_iter().next()?.view;
            Finding::StatusOnly {
                insured: false,
                data_date,
            }
        })
    }

    /// The first owes four months, the other one is insured.
    fn view(&self, iin: Iin) -> Option<View> {
        let name = if self.people.first() == Some(&iin) {
            "not insured, four months"
        } else {
            "insured"
        };
        let case = samples::views().into_iter().find(|case| case.name == name)?;
        Some(View {
            last_four: iin.last_four(),
            ..case.view
        })
    }

    fn print(&mut self, path: &[&str], screens: &[String]) -> Result<(), TextsError> {
        let typed = if path.is_empty() {
            "(dialled)".to_owned()
        } else {
            path.join(" > ")
        };
        let _ = writeln!(self.text, "{typed}");
        let all = screens.concat();
        let room = Frame::default().room(Alphabet::of(&all));
        for (at, screen) in screens.iter().enumerate() {
            let units = Alphabet::of(&all).units(screen);
            if units > room {
                return Err(self.unfit(format!("a screen of {units} units, at most {room}")));
            }
            if at > 0 {
                let _ = writeln!(self.text, "    -- {}", self.voice.menu().more.key);
            }
            for line in screen.lines() {
                let _ = writeln!(self.text, "    {line}");
            }
        }
        self.text.push('\n');
        Ok(())
    }

    fn unfit(&self, reason: String) -> TextsError {
        TextsError::Unfit {
            key: "ussd".into(),
            language: self.language.code(),
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use saqta_data::law::Law;

    use super::*;
    use crate::dialog::menu::Menu;

    fn voice() -> Voice {
        let requisites = Law::builtin().unwrap().requisites().clone();
        Voice::load(None, &BTreeSet::new(), requisites).unwrap()
    }

    #[test]
    fn the_transcripts_are_todays() {
        let voice = voice();
        for (language, kept) in [
            (Language::Kazakh, include_str!("../../transcripts/kk.txt")),
            (Language::Russian, include_str!("../../transcripts/ru.txt")),
            (Language::English, include_str!("../../transcripts/en.txt")),
        ] {
            let code = language.code();
            let today = voice.transcript(language).unwrap();
            assert!(
                today == kept,
                "run: saqta dialog --lang {code} > gateway/transcripts/{code}.txt"
            );
        }
    }

    #[test]
    fn another_menu_is_spoken_and_walked() {
        let text = include_str!("../../dialog.toml").replace("2 = \"by-iin\"", "9 = \"by-iin\"");
        let menu = Menu::parse("d.toml", &text.replace("back = \"0\"", "back = \"99\"")).unwrap();
        let transcript = voice()
            .with_menu(menu)
            .unwrap()
            .transcript(Language::English)
            .unwrap();
        for expected in ["    9 By IIN", "    99 back 00 start", "9 > 900101300027\n"] {
            assert!(transcript.contains(expected), "{expected}: {transcript}");
        }
    }
}
