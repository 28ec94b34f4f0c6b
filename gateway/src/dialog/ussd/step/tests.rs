use super::super::tests::{caller, own};
use super::*;
use crate::carrier::UssdSession;

const KEY: [u8; 16] = [7; 16];
const IIN: &str = "900101300007";

fn step(code: &str, input: UssdInput) -> IncomingUssd {
    IncomingUssd {
        session: UssdSession {
            id: "s".into(),
            from: None,
        },
        code: code.into(),
        input,
        step: None,
    }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::default().plus(Duration::from_secs(seconds))
}

/// A session that was begun at 0 and in which `history` is what was typed last.
fn session(mark: Mark, history: &str) -> Session {
    let people = [own()];
    let mut session = Session::start(KEY, &mut Vec::new(), None, caller(&people), at(0));
    session.mark(mark, history);
    session
}

fn started(step: &IncomingUssd, service: &str) -> Vec<String> {
    match Step::read(step, Mark::default(), None, service, at(0)) {
        Step::Start(path) => path,
        Step::Again => panic!("again"),
        Step::Press(typed) => panic!("{typed}"),
    }
}

#[test]
fn codes_are_read_behind_our_own() {
    for (code, service, path) in [
        ("*1414#", "*1414#", &[][..]),
        ("*1414*#", "*1414#", &[]),
        ("*1414*900101300007#", "*1414#", &[IIN]),
        (" *1414* 900101 300007 # ", "*1414#", &[IIN]),
        ("*1414*1*2#", "*1414#", &["1", "2"]),
        ("1414*1*2", "*1414#", &["1", "2"]),
        ("*384*1414#", "*384*1414#", &[]),
        ("*384*1414*900101300007#", "*384*1414#", &[IIN]),
        ("*100*900101300007#", "*1414#", &[]),
        ("*14145*900101300007#", "*1414#", &[]),
        ("", "*1414#", &[]),
    ] {
        assert_eq!(
            started(&step("", UssdInput::Dialled(code.into())), service),
            path,
            "{code}"
        );
    }
    let own_code = step("*77#", UssdInput::Dialled("*77*1#".into()));
    assert_eq!(started(&own_code, "*1414#"), ["1"], "the carrier's name for us");
}

#[test]
fn a_history_of_a_session_never_seen_is_gone_through() {
    for (code, history, service, path) in [
        ("*1414#", "", "*1414#", &[][..]),
        ("*1414#", IIN, "*1414#", &[IIN]),
        ("*384#", "1*2", "*1414#", &["1", "2"]),
        ("*384#", "1414*1*2", "*384*1414#", &["1", "2"]),
        ("384", "1414", "*384*1414#", &[]),
        ("*1414#", "1**98", "*1414#", &["1", "", "98"]),
    ] {
        let step = step(code, UssdInput::History(history.into()));
        assert_eq!(started(&step, service), path, "{code} {history}");
    }
    let long = step("*1414#", UssdInput::History("0*".repeat(300)));
    assert_eq!(started(&long, "*1414#").len(), MAX_REPLAYED);
}

#[test]
fn a_history_is_compared_with_the_one_before() {
    for (before, history, expected) in [
        ("", "", Step::Again),
        ("", "1", Step::Press("1".into())),
        ("1", "1", Step::Again),
        ("1", "1*2", Step::Press("2".into())),
        ("1", "12", Step::Start(vec!["12".into()])),
        ("1*2", "1", Step::Start(vec!["1".into()])),
        ("1*2", "3*2", Step::Start(vec!["3".into(), "2".into()])),
        // A star that was typed, and one behind it.
        ("", "*", Step::Press("*".into())),
        ("*", "***", Step::Press("*".into())),
        ("1", "1**", Step::Press("*".into())),
        ("1**", "1****", Step::Press("*".into())),
        ("1**", "1***2", Step::Press("2".into())),
        ("2", "2*900101300007", Step::Press(IIN.into())),
    ] {
        let step = step("*1414#", UssdInput::History(history.into()));
        let session = session(Mark::default(), before);
        let read = Step::read(&step, Mark::default(), Some(&session), "*1414#", at(1));
        assert!(read == expected, "{before:?} {history:?}");
        // A session that was silent too long is gone through again, whatever it knows.
        let read = Step::read(&step, Mark::default(), Some(&session), "*1414#", at(200));
        assert!(matches!(read, Step::Start(_)), "{before:?} {history:?}");
    }
}

#[test]
fn a_step_is_the_same_by_its_number_or_at_once() {
    let typed = |number: Option<u64>| {
        let mut step = step("", UssdInput::Typed("1".into()));
        step.step = number.map(UssdStep::Number);
        let mark = Mark { number, content: 5 };
        (step, mark)
    };
    for (number, seconds, again) in [
        (Some(3), 0, true),
        (Some(3), 100, true),
        (None, 1, true),
        (None, 2, false),
    ] {
        let (step, mark) = typed(number);
        let session = session(mark, "");
        let read = Step::read(&step, mark, Some(&session), "*1414#", at(seconds));
        assert_eq!(matches!(read, Step::Again), again, "{number:?} after {seconds} s");
        let other = Mark { content: 6, ..mark };
        let read = Step::read(&step, other, Some(&session), "*1414#", at(seconds));
        assert!(read == Step::Press("1".into()));
    }
    // An older one that comes late is not typed into the page of a newer.
    let (late, mark) = typed(Some(2));
    let newer = Mark {
        number: Some(3),
        content: 6,
    };
    let read = |late: &IncomingUssd| Step::read(late, mark, Some(&session(newer, "")), "*1414#", at(1));
    assert!(read(&late) == Step::Again);
    let begun = IncomingUssd {
        input: UssdInput::Dialled("*1414#".into()),
        ..late.clone()
    };
    assert!(
        read(&begun) == Step::Start(Vec::new()),
        "the id of a session used again"
    );
    // An id has no order.
    let named = IncomingUssd {
        step: Some(UssdStep::Id(2)),
        ..late
    };
    assert!(read(&named) == Step::Press("1".into()));
    // Dialled again in the same session: the same page, or a new beginning after something was typed.
    let dialled = step("", UssdInput::Dialled("*1414#".into()));
    let mark = Mark {
        number: None,
        content: 9,
    };
    assert!(Step::read(&dialled, mark, Some(&session(mark, "")), "*1414#", at(100)) == Step::Again);
    let read = Step::read(
        &dialled,
        mark,
        Some(&session(Mark::default(), "")),
        "*1414#",
        at(100),
    );
    assert!(read == Step::Start(Vec::new()));
}

#[test]
fn what_begins_and_what_goes_on_is_told_by_the_session_where_the_carrier_does_not() {
    let first = step("", UssdInput::DialledOrTyped("1414*900101300007".into()));
    assert_eq!(started(&first, "*1414#"), [IIN]);
    let stray = step("", UssdInput::DialledOrTyped("2".into()));
    assert!(started(&stray, "*1414#").is_empty(), "the start page");
    let read = Step::read(
        &stray,
        Mark {
            number: None,
            content: 1,
        },
        Some(&session(Mark::default(), "")),
        "*1414#",
        at(1),
    );
    assert!(read == Step::Press("2".into()));
    // Typed into a menu that is no more, and a code in the place of what is typed.
    assert!(started(&step("", UssdInput::Typed("2".into())), "*1414#").is_empty());
    assert_eq!(
        started(&step("", UssdInput::Typed("*1414*1#".into())), "*1414#"),
        ["1"]
    );
}
