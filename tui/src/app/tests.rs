//! What keys do to the state, and what the state asks for: nothing here waits or draws.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use saqta_data::desk::{DeskError, JournalFilter, JournalPage, JournalSlice, OperatorRole, Query};
use saqta_data::iin::Iin;
use saqta_data::journal::{Door, Numbered, Outcome};

use super::*;
use crate::console::Options;
use crate::fake;
use crate::message::{Answer, Ask, Reply};
use crate::private::Private;
use crate::worker::JOURNAL_PAGE;

#[path = "tests/ahead.rs"]
mod ahead;
#[path = "tests/caller.rs"]
mod caller;
#[path = "tests/outage.rs"]
mod outage;

struct Desk {
    app: App,
    clock: saqta_data::clock::Clock,
}

impl Desk {
    fn new() -> Self {
        let clock = fake::clock();
        let options = Options {
            language: Language::English,
            clock: clock.clone(),
            ..Options::default()
        };
        let (app, jobs) = App::new(options.ui().unwrap());
        let mut desk = Self { app, clock };
        let asked = questions(&jobs);
        assert_eq!(asked.len(), 1, "a console asks at once who sits there");
        let operator = Operator {
            name: "aigul".to_owned(),
            role: OperatorRole::Operator,
            lookups_left: None,
        };
        desk.answer(&asked[0], Ok(Reply::Operator(operator)));
        desk
    }

    fn press(&mut self, code: KeyCode) -> Vec<Job> {
        let key = KeyEvent::new(code, KeyModifiers::NONE);
        self.app.update(Message::Key(key))
    }

    fn type_text(&mut self, text: &str) -> Vec<Ask> {
        let jobs = text.chars().flat_map(|c| self.press(KeyCode::Char(c)));
        questions(&jobs.collect::<Vec<_>>())
    }

    fn answer(&mut self, ask: &Ask, reply: Result<Reply, DeskError>) -> Vec<Ask> {
        questions(&self.app.update(Message::Answer(Answer {
            number: ask.number,
            purpose: ask.purpose,
            reply,
        })))
    }

    fn answer_card(&mut self, ask: &Ask) {
        let Question::Card(iin) = ask.question else {
            panic!("no card was asked for: {ask:?}")
        };
        let card = fake::card(&iin.reveal()).map(Box::new);
        self.answer(ask, Ok(Reply::Card(card)));
    }

    fn pass(&mut self, seconds: u64) -> Vec<Ask> {
        self.clock.advance(Duration::from_secs(seconds));
        questions(&self.app.update(Message::Tick(self.clock.now())))
    }

    /// What is asked after `seconds`, but for whether the server is there.
    fn wait(&mut self, seconds: u64) -> Vec<Ask> {
        let asked = self.pass(seconds).into_iter();
        asked.filter(|ask| ask.purpose != Purpose::Operator).collect()
    }

    /// Whether the server is asked after `seconds` if it is there.
    fn beat(&mut self, seconds: u64) -> Option<Ask> {
        let mut asked = self.pass(seconds).into_iter();
        asked.find(|ask| ask.question == Question::Whoami)
    }

    /// Presses a key that is to be written to the journal, and writes it.
    fn work(&mut self, code: KeyCode) {
        let asked = questions(&self.press(code));
        let Question::Work(_) = &asked[0].question else {
            panic!("nothing was to be done: {asked:?}")
        };
        self.answer(&asked[0], Ok(Reply::Worked(None)));
    }

    fn open_card(&mut self, number: &str) {
        let asked = self.type_text(number);
        self.answer_card(&asked[0]);
        assert_eq!(self.app.place(), Place::Card);
    }
}

fn questions(jobs: &[Job]) -> Vec<Ask> {
    let asks = jobs.iter().filter_map(|job| match job {
        Job::Ask(ask) => Some(ask.clone()),
        _ => None,
    });
    asks.collect()
}

fn journal_question(page: JournalPage) -> Question {
    Question::Journal(page, JournalFilter::default())
}

fn journal_reply(lines: Vec<Numbered>) -> Reply {
    Reply::Journal(JournalSlice {
        reached: lines.first().map(|line| line.seq),
        more: !lines.is_empty(),
        lines,
    })
}

fn iin(text: &str) -> Iin {
    Iin::parse(text).unwrap()
}

#[test]
fn twelve_digits_search_once_and_without_enter() {
    let mut desk = Desk::new();
    assert!(desk.type_text("90010130000").is_empty());
    let asked = desk.type_text("7");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].question, Question::Card(iin(fake::INSURED)));
    assert!(
        desk.press(KeyCode::Enter).is_empty(),
        "the search is already on its way"
    );
    desk.answer_card(&asked[0]);
    assert_eq!(desk.app.place(), Place::Card);
}

#[test]
fn a_wrong_check_digit_asks_nothing_and_its_correction_does() {
    let mut desk = Desk::new();
    assert!(desk.type_text("900101300008").is_empty());
    assert!(desk.press(KeyCode::Enter).is_empty());
    desk.press(KeyCode::Backspace);
    assert_eq!(desk.type_text("7").len(), 1);
}

#[test]
fn pasted_text_is_typed_text() {
    let mut desk = Desk::new();
    let jobs = desk
        .app
        .update(Message::Paste(Private(" 900101 300 007\n".to_owned())));
    assert_eq!(questions(&jobs)[0].question, Question::Card(iin(fake::INSURED)));
    desk.press(KeyCode::Esc);
    let long = "қ".repeat(1_000_000);
    assert!(questions(&desk.app.update(Message::Paste(Private(long.clone())))).is_empty());
    assert_eq!(desk.app.screens.caller.search.len(), 100, "the box is full");
    desk.type_text("ұзын");
    desk.app.update(Message::Paste(Private(long)));
    assert_eq!(desk.app.screens.caller.search.len(), 100);
}

#[test]
fn an_answer_to_an_older_question_is_dropped() {
    let mut desk = Desk::new();
    let first = desk.type_text(fake::GRACE);
    desk.press(KeyCode::Esc);
    let second = desk.type_text(fake::INSURED);
    desk.answer_card(&first[0]);
    assert_eq!(desk.app.place(), Place::Search, "stale");
    desk.answer_card(&second[0]);
    let card = desk.app.screens.caller.card.as_ref().unwrap();
    assert_eq!(card.iin(), iin(fake::INSURED));
    desk.answer_card(&second[0]);

    desk.press(KeyCode::Esc);
    let third = desk.type_text(fake::GRACE);
    desk.press(KeyCode::Backspace);
    desk.answer_card(&third[0]);
    assert_eq!(
        desk.app.place(),
        Place::Search,
        "an edit makes the question stale"
    );
}

#[test]
fn a_phone_or_a_name_is_asked_about_on_enter() {
    let mut desk = Desk::new();
    assert!(desk.type_text("8 701 000 00 02").is_empty());
    let asked = questions(&desk.press(KeyCode::Enter));
    let Question::Search(Query::Phone(phone)) = &asked[0].question else {
        panic!("{asked:?}")
    };
    assert_eq!(phone.reveal(), "+77010000002");

    let hit = |number: &str| saqta_data::desk::Hit {
        iin: iin(number),
        name: String::new(),
        birth_date: None,
        clinic: None,
    };
    let hits = vec![hit(fake::INSURED), hit(fake::STATE)];
    assert!(desk.answer(&asked[0], Ok(Reply::Hits(hits))).is_empty());
    desk.press(KeyCode::Down);
    desk.press(KeyCode::Down);
    let chosen = questions(&desk.press(KeyCode::Enter));
    assert_eq!(chosen[0].question, Question::Card(iin(fake::STATE)));
    desk.answer_card(&chosen[0]);
    assert_eq!(desk.app.place(), Place::Card);
    desk.press(KeyCode::Backspace);
    desk.press(KeyCode::Up);
    let other = questions(&desk.press(KeyCode::Enter));
    assert_eq!(
        other[0].question,
        Question::Card(iin(fake::INSURED)),
        "the wrong one was opened: the list is still there"
    );

    desk.press(KeyCode::Esc);
    desk.type_text("ким 01.01.1990");
    let asked = questions(&desk.press(KeyCode::Enter));
    let one = desk.answer(&asked[0], Ok(Reply::Hits(vec![hit(fake::NOT_INSURED)])));
    assert_eq!(
        one[0].question,
        Question::Card(iin(fake::NOT_INSURED)),
        "one hit opens"
    );
}

#[test]
fn the_next_caller_starts_from_nothing() {
    let mut desk = Desk::new();
    desk.open_card(fake::INSURED);
    desk.work(KeyCode::Char('v'));
    desk.work(KeyCode::F(8));
    assert!(desk.app.ui.mask.seconds_left(desk.app.ui.now).is_some());
    desk.press(KeyCode::Esc);
    assert_eq!(desk.app.place(), Place::Search);
    assert!(desk.app.screens.caller.card.is_none());
    assert_eq!(desk.app.ui.mask.seconds_left(desk.app.ui.now), None);
    let asked = desk.type_text(fake::INSURED);
    desk.answer_card(&asked[0]);
    let card = desk.app.screens.caller.card.as_ref().unwrap();
    assert!(
        !card.is_verified(),
        "another caller may ask about the same person"
    );
}

#[test]
fn verifying_and_refreshing_keep_the_card() {
    let mut desk = Desk::new();
    desk.open_card(fake::GRACE);
    desk.work(KeyCode::F(7));
    let asked = questions(&desk.press(KeyCode::F(5)));
    assert_eq!(asked[0].question, Question::Card(iin(fake::GRACE)));
    desk.answer_card(&asked[0]);
    assert!(desk.app.screens.caller.card.as_ref().unwrap().is_verified());
    desk.work(KeyCode::Char('v'));
    assert!(!desk.app.screens.caller.card.as_ref().unwrap().is_verified());
}

#[test]
fn the_language_of_the_answer_and_of_the_console_are_two() {
    let mut desk = Desk::new();
    desk.open_card(fake::INSURED);
    assert_eq!(
        desk.app.reading_language(),
        Some(Language::Russian),
        "the bound phone chose it"
    );
    desk.press(KeyCode::F(6));
    assert_eq!(desk.app.reading_language(), Some(Language::English));
    assert_eq!(desk.app.ui.language, Language::English);
    desk.press(KeyCode::F(9));
    assert_eq!(desk.app.ui.language, Language::Kazakh);
    assert_eq!(desk.app.reading_language(), Some(Language::English));
}

#[test]
fn letters_work_on_a_cyrillic_layout() {
    let mut desk = Desk::new();
    desk.open_card(fake::INSURED);
    desk.work(KeyCode::Char('м'));
    assert!(
        desk.app.screens.caller.card.as_ref().unwrap().is_verified(),
        "м lies on v"
    );
}

#[test]
fn numbers_are_masked_again_after_thirty_seconds() {
    let mut desk = Desk::new();
    desk.open_card(fake::INSURED);
    desk.work(KeyCode::F(8));
    desk.wait(29);
    assert!(desk.app.ui.mask.seconds_left(desk.app.ui.now).is_some());
    desk.wait(2);
    assert_eq!(desk.app.ui.mask.seconds_left(desk.app.ui.now), None);
}

#[test]
fn the_journal_is_polled_while_shown_and_not_while_frozen() {
    let mut desk = Desk::new();
    assert!(desk.wait(5).is_empty(), "not shown");
    let first = questions(&desk.press(KeyCode::F(4)));
    assert_eq!(first[0].question, journal_question(JournalPage::Newest));
    assert!(desk.wait(3).is_empty(), "one question at a time");
    desk.answer(&first[0], Ok(journal_reply(fake::journal())));
    let second = desk.wait(1);
    assert_eq!(second[0].question, journal_question(JournalPage::After(12)));
    desk.answer(&second[0], Ok(journal_reply(Vec::new())));

    desk.press(KeyCode::Char(' '));
    assert!(desk.wait(10).is_empty(), "frozen");
    desk.press(KeyCode::Char(' '));
    assert_eq!(desk.wait(0).len(), 1, "running again");
    desk.press(KeyCode::Esc);
    assert_eq!(desk.app.place(), Place::Search);
    assert!(desk.wait(10).is_empty(), "no longer shown");
}

#[test]
fn going_up_holds_the_journal_and_brings_older_lines() {
    let mut desk = Desk::new();
    let first = questions(&desk.press(KeyCode::F(4)));
    let lines = fake::journal();
    desk.answer(&first[0], Ok(journal_reply(lines[6..].to_vec())));
    let older = questions(&desk.press(KeyCode::Home));
    assert_eq!(older[0].question, journal_question(JournalPage::Before(7)));
    desk.answer(&older[0], Ok(journal_reply(lines[..6].to_vec())));
    assert!(desk.wait(5).is_empty(), "held still");
    let start = questions(&desk.press(KeyCode::Home));
    assert_eq!(start[0].question, journal_question(JournalPage::Before(1)));
    desk.answer(&start[0], Ok(journal_reply(Vec::new())));
    assert!(
        questions(&desk.press(KeyCode::Home)).is_empty(),
        "there is nothing older"
    );
    desk.press(KeyCode::End);
    assert_eq!(desk.wait(0).len(), 1, "the last line lets it run");
}

#[test]
fn a_flood_shows_the_newest_lines_and_stays_bounded() {
    let mut desk = Desk::new();
    let mut asked = questions(&desk.press(KeyCode::F(4)));
    let page = |first: u64| {
        let lines = first..first + u64::try_from(JOURNAL_PAGE).unwrap();
        lines
            .map(|seq| fake::line(seq, 1, Door::Console, "card", Outcome::Full))
            .collect::<Vec<_>>()
    };
    for round in 0..20 {
        let full = page(1 + round * 200);
        desk.answer(&asked[0], Ok(journal_reply(full)));
        asked = desk.wait(1);
    }
    assert!(desk.app.screens.journal.len() <= 2_000);
    assert_eq!(
        asked[0].question,
        journal_question(JournalPage::Newest),
        "a full page means that more has come"
    );
    desk.answer(&asked[0], Ok(journal_reply(page(90_001))));
    assert_eq!(
        desk.app.screens.journal.len(),
        JOURNAL_PAGE,
        "no gap is shown as if it were none"
    );
}

#[test]
fn an_error_is_said_and_what_is_shown_stays() {
    let mut desk = Desk::new();
    desk.open_card(fake::INSURED);
    let asked = questions(&desk.press(KeyCode::F(5)));
    desk.answer(&asked[0], Err(DeskError::TooMany { minutes: 7 }));
    let said = desk.app.notice.said(&desk.app.ui).unwrap().1;
    assert!(said.contains("7 min"), "{said}");
    assert!(desk.app.screens.caller.card.is_some());
    let asked = questions(&desk.press(KeyCode::F(5)));
    desk.answer_card(&asked[0]);
    assert_eq!(desk.app.notice.said(&desk.app.ui), None);
}

#[test]
fn three_keys_leave_and_escape_does_not() {
    let mut desk = Desk::new();
    assert_eq!(desk.press(KeyCode::F(10)), [Job::Quit]);
    for c in ['q', 'c', 'й', 'с'] {
        let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
        assert_eq!(desk.app.update(Message::Key(key)), [Job::Quit], "Ctrl-{c}");
    }
    assert_eq!(desk.press(KeyCode::Esc), []);
}
