use proptest::prelude::*;

use super::*;
use crate::dialog::finding::Finding;

const STRANGER: &str = "900101300017";

pub(super) fn caller(people: &[Iin]) -> Caller<'_> {
    Caller {
        phone: Msisdn::from_number(77_010_000_001).unwrap(),
        people,
        knows_language: true,
        can_send_sms: true,
        menu: Menu::builtin(),
    }
}

pub(super) fn own() -> Iin {
    Iin::parse("900101300007").unwrap()
}

#[test]
fn an_empty_input_stays() {
    let people = [own()];
    let mut session = Session::start(
        [0; 16],
        &mut Vec::new(),
        None,
        caller(&people),
        Timestamp::default(),
    );
    session.press("2", caller(&people), Timestamp::default());
    assert_eq!(
        session.press(" ", caller(&people), Timestamp::default()),
        Pressed::Stayed
    );
    assert_eq!(session.place(), &Place::TypeIin(None));
}

#[test]
fn digits_of_any_script_and_spaces_around_them_are_keys() {
    let people = [own()];
    for typed in ["2", " 2 ", "２", "٢", "۲", "2#"] {
        let mut session = Session::start(
            [0; 16],
            &mut Vec::new(),
            None,
            caller(&people),
            Timestamp::default(),
        );
        let pressed = session.press(typed, caller(&people), Timestamp::default());
        assert_eq!(
            (pressed, session.place()),
            (Pressed::Moved, &Place::TypeIin(None)),
            "{typed}"
        );
        for iin in ["９００１０１３０００１７", " 900 101 300 017 #"] {
            session.press(iin, caller(&people), Timestamp::default());
            assert_eq!(
                session.place().subject().map(|(iin, _)| iin.reveal()).as_deref(),
                Some(STRANGER)
            );
            session.press("0", caller(&people), Timestamp::default());
        }
    }
}

#[test]
fn a_session_is_not_printed() {
    let mut session = Session::start([0; 16], &mut Vec::new(), None, caller(&[]), Timestamp::default());
    session.show(vec!["INSURED".into()]);
    assert_eq!(format!("{session:?}"), "Session(..)");
}

proptest! {
    /// Whatever is typed, the session stays small, leads only to what the phone may ask, and 00 leads to the start.
    #[test]
    fn any_keys_are_borne(
        keys in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec!["0", "00", "98", "1", "2", "3", "4", "900101300007", STRANGER, "160440007161"])
                    .prop_map(str::to_owned),
                any::<String>(),
            ],
            0..60,
        ),
        screens in 0_usize..40,
    ) {
        let people = [own()];
        let caller = caller(&people);
        let now = Timestamp::default();
        let mut session = Session::start([0; 16], &mut Vec::new(), None, caller, now);
        for typed in keys {
            if session.press(&typed, caller, now) != Pressed::Stayed {
                let finding = session.place().subject().map(|(iin, _)| {
                    if iin.looks_like_bin() { Finding::LooksLikeBin } else { Finding::Neutral }
                });
                session.page(finding, caller);
                session.show(vec![typed.clone(); screens]);
            }
            if let Some((iin, topic)) = session.place().subject() {
                prop_assert!(iin == own() || topic == Topic::Status);
            }
            prop_assert!(session.trail.len() <= MAX_TRAIL && session.screens.len() <= MAX_SCREENS);
        }
        session.press("00", caller, now);
        prop_assert_eq!(session.place(), &Place::Main);
    }
}
