use saqta_data::desk::{Operator, OperatorRole};
use saqta_data::language::Language;

use super::*;
use crate::screens::Tab;
use crate::{Options, fake};

fn ui(language: Language, role: OperatorRole) -> Ui {
    let options = Options {
        language,
        clock: fake::clock(),
        ..Options::default()
    };
    let mut ui = options.ui().unwrap();
    ui.operator = Some(Operator {
        name: "aigul".into(),
        role,
        lookups_left: None,
    });
    ui
}

fn palette(place: Place, card_open: bool) -> Palette {
    Palette::new(place, card_open, Recent::default())
}

/// What is done if this is typed and Enter pressed.
fn done(mut palette: Palette, typed: &str, ui: &Ui) -> Outcome {
    palette.on_paste(typed);
    palette.on_action(Action::Submit, ui)
}

#[test]
fn an_action_is_found_by_every_name_on_either_layout() {
    let ui = ui(Language::Russian, OperatorRole::Operator);
    for typed in [
        "заметка",
        "pfvtnrf",
        "zametka",
        "note",
        "тщеу",
        "замет",
        "next operator",
        "NOTE",
    ] {
        assert_eq!(
            done(palette(Place::Card, true), typed, &ui),
            Outcome::Act(Action::Note),
            "{typed}"
        );
    }
    let kazakh = self::ui(Language::Kazakh, OperatorRole::Operator);
    for typed in ["жазба", "jazba", ";fp,f"] {
        assert_eq!(
            done(palette(Place::Card, true), typed, &kazakh),
            Outcome::Act(Action::Note),
            "{typed}"
        );
    }
}

#[test]
fn what_belongs_to_another_screen_is_done_there() {
    let ui = ui(Language::English, OperatorRole::Senior);
    let cases = [
        (
            Place::Card,
            true,
            "freeze",
            Outcome::ActOn(Tab::Journal, Action::Freeze),
        ),
        (
            Place::Search,
            false,
            "take in another",
            Outcome::ActOn(Tab::Imports, Action::NewImport),
        ),
        (
            Place::Journal,
            true,
            "bind a phone",
            Outcome::ActOn(Tab::Caller, Action::Bind),
        ),
        (
            Place::Detail,
            true,
            "write a note",
            Outcome::ActOn(Tab::Caller, Action::Note),
        ),
        (
            Place::Journal,
            false,
            "next caller",
            Outcome::ActOn(Tab::Caller, Action::NextCaller),
        ),
        (Place::Pulse, false, "journal", Outcome::Act(Action::Journal)),
    ];
    for (place, card_open, typed, outcome) in cases {
        assert_eq!(done(palette(place, card_open), typed, &ui), outcome, "{typed}");
    }
}

#[test]
fn without_a_card_nothing_is_offered_about_a_person() {
    let ui = ui(Language::English, OperatorRole::Senior);
    for place in [Place::Search, Place::Journal, Place::Help] {
        let offers = palette(place, false).found(&ui);
        let about_a_person = |offer: &Offer| matches!(offer, Offer::Action(_, Action::Bind | Action::Verify));
        assert!(!offers.iter().any(about_a_person), "{place:?}");
        assert!(
            palette(place, true).found(&ui).iter().any(about_a_person),
            "{place:?}"
        );
    }
}

#[test]
fn every_action_is_offered_once_and_only_to_whom_may_do_it() {
    for role in [OperatorRole::Viewer, OperatorRole::Operator, OperatorRole::Senior] {
        let ui = ui(Language::Kazakh, role);
        for place in Place::ALL.into_iter().filter(|place| tab_of(*place).is_some()) {
            let mut said = Vec::new();
            for offer in palette(place, true).found(&ui) {
                let Offer::Action(of, action) = offer else {
                    panic!("nobody's number is typed")
                };
                assert!(role >= action.needs(), "{action:?} for {role:?}");
                said.push((ui.sentence(of, action), tab_of(of).map(Tab::title)));
            }
            let all = said.len();
            said.sort_unstable();
            said.dedup();
            assert_eq!(said.len(), all, "{said:?}");
        }
    }
}

#[test]
fn a_number_opens_the_card_however_it_is_typed() {
    let ui = ui(Language::Russian, OperatorRole::Viewer);
    let iin = saqta_data::iin::Iin::parse(fake::GRACE).unwrap();
    for typed in [
        "900101300027",
        "900101 300 027",
        " 900101 3 00027 ",
        "ұққ\"қ\"іқққә.",
    ] {
        assert_eq!(
            done(palette(Place::Journal, false), typed, &ui),
            Outcome::OpenCard(iin),
            "{typed}"
        );
    }
    assert_eq!(
        done(palette(Place::Journal, false), "900101300028", &ui),
        Outcome::Stay
    );
    let mut typed = palette(Place::Journal, false);
    typed.on_paste(fake::GRACE);
    assert!(!format!("{typed:?}").contains(fake::GRACE));
}

#[test]
fn what_was_done_last_comes_first_until_something_is_typed() {
    let ui = ui(Language::English, OperatorRole::Senior);
    let mut recent = Recent::default();
    let done = [
        Action::Theme,
        Action::Bind,
        Action::Note,
        Action::Quit,
        Action::Lock,
        Action::Pulse,
        Action::Note,
    ];
    for action in done {
        recent.note(action);
    }
    let mut palette = Palette::new(Place::Card, true, recent);
    let first = |palette: &Palette| -> Vec<Action> {
        let offers = palette.found(&ui).into_iter().take(5);
        offers
            .filter_map(|offer| match offer {
                Offer::Action(_, action) => Some(action),
                Offer::Person(_) => None,
            })
            .collect()
    };
    let last = [
        Action::Note,
        Action::Pulse,
        Action::Lock,
        Action::Quit,
        Action::Bind,
    ];
    assert_eq!(first(&palette), last);
    palette.on_paste("theme");
    assert_eq!(first(&palette).first(), Some(&Action::Theme));
}

#[test]
fn the_choice_stops_at_both_ends_and_pages() {
    let ui = ui(Language::English, OperatorRole::Senior);
    let mut palette = palette(Place::Card, true);
    let last = palette.found(&ui).len() - 1;
    palette.scroll.fit(last + 1, 10);
    for (action, chosen) in [
        (Action::Up, 0),
        (Action::PageDown, 9),
        (Action::Down, 10),
        (Action::PageUp, 1),
        (Action::Bottom, last),
        (Action::Down, last),
        (Action::Top, 0),
    ] {
        assert_eq!(palette.on_action(action, &ui), Outcome::Stay);
        assert_eq!(palette.chosen, chosen, "{action:?}");
    }
}

#[test]
fn what_is_pasted_is_kept_short() {
    let ui = ui(Language::English, OperatorRole::Senior);
    let mut palette = palette(Place::Card, true);
    palette.on_paste(&"ж".repeat(10_000));
    assert_eq!(palette.input.value().chars().count(), MAX_TYPED);
    assert_eq!(
        palette.on_action(Action::Submit, &ui),
        Outcome::Stay,
        "nothing fits"
    );
}
