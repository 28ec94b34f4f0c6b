//! What a phone may know, played through the sandbox of a real server.

use serde_json::json;
use tempfile::TempDir;

use crate::people::{PAID, PENSIONER, PHONE_A, PHONE_B, STRANGER, STRANGER_2, UNBOUND, UNPAID, import};
use crate::process::{Server, exchange};

/// A right number of nobody.
pub(crate) const NOBODY: &str = "900101700002";
const INSURED: &str = "САҚТАНДЫРЫЛҒАН";
const NOT_INSURED: &str = "САҚТАНДЫРЫЛМАҒАН";

/// A server over the people, writing everything it can write.
fn start() -> (TempDir, Server) {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let server = Server::start_with(&store, &["--sandbox"], &[("SAQTA_LOG", "trace")]);
    (dir, server)
}

/// A phone that texts to a server, each text a new message.
struct Phone<'a>(&'a Server, &'a str, std::cell::Cell<u32>);

impl<'a> Phone<'a> {
    fn new(server: &'a Server, number: &'a str) -> Self {
        Self(server, number, std::cell::Cell::new(0))
    }

    /// The one answer to a text.
    fn text(&self, text: &str) -> String {
        self.2.set(self.2.get() + 1);
        let answers = self.0.text(&format!("m{}", self.2.get()), self.1, text);
        assert_eq!(answers.len(), 1, "{text}: {answers:?}");
        answers[0].clone()
    }

    /// The page after a step of a USSD session.
    fn press(&self, session: &str, step: u32, input: &str) -> String {
        let question =
            json!({"session": session, "from": self.1, "code": "*1414#", "input": input, "step": step});
        let (status, page) = self.0.post("/v1/carriers/sandbox/ussd", &question);
        assert_eq!(status, 200, "{page}");
        page["text"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_bound_phone_learns_all_but_the_category() {
    let (_dir, server) = start();
    let answer = Phone::new(&server, PHONE_B).text(PENSIONER);
    assert!(answer.starts_with(INSURED), "{answer}");
    assert!(
        answer.contains("мемлекет төлейді") && !answer.to_lowercase().contains("зейнет"),
        "{answer}"
    );
    let owner = Phone::new(&server, PHONE_A);
    let debt = owner.text(&format!("ҚАРЫЗ {UNPAID}"));
    assert!(
        debt.contains("11 x 4250 = 46750"),
        "October is not due yet: {debt}"
    );
}

#[test]
fn any_other_phone_learns_insured_or_not_and_nothing_else() {
    let (_dir, server) = start();
    let stranger = Phone::new(&server, STRANGER);
    stranger.text("ҚАЗ");
    let insured = stranger.text(PAID);
    let pensioner = stranger.text(PENSIONER);
    assert!(insured.starts_with(INSURED), "{insured}");
    assert_eq!(insured, pensioner, "the basis must not show");
    assert!(stranger.text(UNPAID).starts_with(NOT_INSURED));
    for command in ["ТӨЛЕМ", "ҚАРЫЗ", "ЕМХАНА", "LOCK"] {
        let answer = stranger.text(&format!("{command} {PAID}"));
        assert!(
            !answer.contains("4250") && !answer.contains("4 250"),
            "{command}: {answer}"
        );
    }
}

#[test]
fn locked_unknown_and_over_the_limit_look_the_same() {
    let (_dir, server) = start();
    let (owner, stranger) = (Phone::new(&server, PHONE_B), Phone::new(&server, STRANGER));
    stranger.text("RU");
    let neutral = stranger.text(NOBODY);
    assert!(stranger.text(PENSIONER).starts_with("ЗАСТРАХОВАН"));
    owner.text("ҚҰЛЫП");
    assert_eq!(stranger.text(PENSIONER), neutral, "locked");
    assert!(
        owner.text(PENSIONER).starts_with(INSURED),
        "its own phone goes on"
    );

    let code_text = owner.text("АШУ");
    let code: String = digits_of_four(&code_text);
    let wrong = if code == "0000" { "1111" } else { "0000" };
    owner.text(wrong);
    assert_eq!(stranger.text(PENSIONER), neutral, "a wrong code opens nothing");
    owner.text(&code);
    assert!(stranger.text(PENSIONER).starts_with("ЗАСТРАХОВАН"), "open again");

    // NOBODY and PENSIONER were two of the five people of this day.
    for iin in &UNBOUND[..3] {
        assert!(
            stranger.text(iin).starts_with("НЕ ЗАСТРАХОВАН"),
            "still within the limit"
        );
    }
    assert_eq!(stranger.text(UNBOUND[3]), neutral, "the sixth person of a day");
    assert!(
        stranger.text(UNBOUND[0]).starts_with("НЕ ЗАСТРАХОВАН"),
        "one asked before is not a new one"
    );
    let by_ussd = stranger.press("s1", 0, "");
    assert!(!by_ussd.is_empty());
    stranger.press("s1", 1, "2");
    let page = stranger.press("s1", 2, UNBOUND[4]);
    assert!(
        !page.contains("ЗАСТРАХОВАН"),
        "SMS and USSD count together: {page}"
    );
    assert!(
        Phone::new(&server, STRANGER_2)
            .text(UNBOUND[3])
            .starts_with(NOT_INSURED),
        "each phone has its own"
    );
}

fn digits_of_four(text: &str) -> String {
    let mut words = text.split(|c: char| !c.is_ascii_digit());
    words
        .find(|word| word.len() == 4 && *word != "0027" && *word != "1414")
        .unwrap()
        .to_owned()
}

#[test]
fn of_two_people_on_one_phone_the_number_chooses() {
    let (_dir, server) = start();
    let phone = Phone::new(&server, PHONE_A);
    let asked = phone.text("EN STATUS");
    assert!(
        asked.contains("1 ...0007") && asked.contains("2 ...0017"),
        "{asked}"
    );
    assert!(phone.text("2").starts_with("NOT INSURED"));
    assert!(phone.text("LOCK").contains("...0007"));
    assert!(phone.text("1").contains("0007"));
    assert!(
        !Phone::new(&server, STRANGER).text(PAID).starts_with(INSURED),
        "locked"
    );
}

#[test]
fn no_number_of_a_person_or_a_phone_is_ever_written() {
    let (_dir, server) = start();
    let people = [PAID, UNPAID, PENSIONER, NOBODY].into_iter().chain(UNBOUND);
    let phones = [PHONE_A, PHONE_B, STRANGER, STRANGER_2];
    for (n, phone) in phones.iter().enumerate() {
        for (m, iin) in people.clone().enumerate() {
            server.text(&format!("{n}-{m}"), phone, iin);
        }
    }
    let owner = Phone::new(&server, PHONE_A);
    for (step, input) in ["", "1", "1", "1", "2", PAID, "1"].iter().enumerate() {
        owner.press("s", u32::try_from(step).unwrap(), input);
    }
    let get = |path: &str| exchange(server.gateway, "GET", path, b"").unwrap().0;
    let query = format!("id=1&from=%2B77010000001&to=1414&text={PAID}&coding=0&charset=UTF-8");
    assert_eq!(get(&format!("/v1/carriers/kannel/sms?{query}")), 200);
    assert_eq!(get(&format!("/v1/carriers/nobody/sms?{query}")), 404);
    assert_eq!(get(&format!("/{PAID}/77010000001")), 404);
    assert_eq!(
        server
            .post(
                "/v1/carriers/sandbox/sms",
                &json!({"from": PHONE_A, "text": PAID})
            )
            .0,
        400
    );
    let (status, metrics) = exchange(server.admin, "GET", "/metrics", b"").unwrap();
    let metrics = String::from_utf8(metrics).unwrap();
    assert!(
        status == 200 && metrics.contains("saqta_carrier_messages_total"),
        "{metrics}"
    );

    let (code, written) = server.terminate();
    assert_eq!(code, Some(0));
    assert!(
        written.contains("TRACE") || written.contains("DEBUG"),
        "it was to write all it can: {written}"
    );
    for text in [written, metrics] {
        for number in people
            .clone()
            .chain(phones.iter().map(|phone| phone.trim_start_matches('+')))
        {
            assert!(!text.contains(number), "{number} was written:\n{text}");
        }
    }
}
