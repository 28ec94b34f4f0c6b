//! What the palette offers: what can be done here, on another screen, or about the person whose number is typed.

use std::cmp::Reverse;

use saqta_data::iin::Iin;
use saqta_data::language::Language;

use crate::action::Action;
use crate::keymap::Place;
use crate::overlay::fuzzy::Wish;
use crate::screens::Tab;
use crate::typed::{Typed, on_digit_row};
use crate::ui::Ui;

/// Actions remembered as done from the palette.
const MAX_RECENT: usize = 5;

/// What fits half as well as the best, or worse, is not meant.
const WORSE: u32 = 2;

/// The actions last done from the palette, the last one first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent(Vec<Action>);

impl Recent {
    /// One was done.
    pub(crate) fn note(&mut self, action: Action) {
        self.0.retain(|known| *known != action);
        self.0.insert(0, action);
        self.0.truncate(MAX_RECENT);
    }

    /// How long ago `action` was done, in actions.
    pub(super) fn place(&self, action: Action) -> Option<usize> {
        self.0.iter().position(|known| *known == action)
    }
}

/// One thing to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// The card of a person.
    Person(Iin),
    /// An action at this place: the one that the palette lies over, or one of another screen.
    Action(Place, Action),
}

/// The screen that a place belongs to.
pub(super) const fn tab_of(place: Place) -> Option<Tab> {
    match place {
        Place::Search | Place::Card | Place::Detail | Place::WhatIf => Some(Tab::Caller),
        Place::Journal => Some(Tab::Journal),
        Place::Carriers => Some(Tab::Carriers),
        Place::Imports => Some(Tab::Imports),
        Place::Pulse => Some(Tab::Pulse),
        Place::Help => Some(Tab::Help),
        Place::Everywhere | Place::Palette | Place::Form => None,
    }
}

/// Everything that the operator's role may do from `place`: there, everywhere, then on the other screens; about a
/// person only if a card is open.
pub(super) fn everything(ui: &Ui, place: Place, card_open: bool) -> Vec<Offer> {
    let bound = |place: Place, action: Action| ui.keymap.actions(place).any(|(bound, _)| bound == action);
    let wanted = |action: &Action| !action.is_movement() && ui.may(*action);
    let here: Vec<Action> = Action::ALL
        .iter()
        .copied()
        .filter(wanted)
        .filter(|action| bound(place, *action) || bound(Place::Everywhere, *action))
        .collect();
    let caller = if card_open { Place::Card } else { Place::Search };
    let others = [
        caller,
        Place::Journal,
        Place::Carriers,
        Place::Imports,
        Place::Pulse,
    ];
    // What moves the cursor is rather done by its key.
    let (moving, doing): (Vec<Action>, Vec<Action>) = here.iter().partition(|action| action.needs_cursor());
    let mut offers: Vec<Offer> = doing
        .into_iter()
        .chain(moving)
        .map(|action| Offer::Action(place, action))
        .collect();
    for other in others.into_iter().filter(|other| *other != place) {
        let there = ui.keymap.actions(other).map(|(action, _)| action);
        // What has another name here is another thing.
        let is_here = |action: Action| {
            here.contains(&action) && ui.sentence(place, action) == ui.sentence(other, action)
        };
        let there = there
            .filter(wanted)
            .filter(|action| !action.needs_cursor() && !is_here(*action));
        offers.extend(there.map(|action| Offer::Action(other, action)));
    }
    offers
}

/// What fits what is typed, the best first; while nothing is typed, what was done last comes first.
pub(super) fn fitting(ui: &Ui, offers: Vec<Offer>, typed: &str, recent: &Recent) -> Vec<Offer> {
    let wish = Wish::of(typed);
    if wish.is_empty() {
        let mut offers = offers;
        offers.sort_by_key(|offer| match offer {
            Offer::Action(_, action) => recent.place(*action).unwrap_or(MAX_RECENT),
            Offer::Person(_) => MAX_RECENT,
        });
        return offers;
    }
    let mut ranked: Vec<(u32, Offer)> = offers
        .into_iter()
        .filter_map(|offer| match offer {
            Offer::Action(place, action) => {
                let names = names(ui, place, action);
                let rank = names.iter().map(|name| wish.rank(name)).max().flatten()?;
                Some((rank, offer))
            }
            Offer::Person(_) => None,
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| Reverse(*rank));
    let least = ranked.first().map_or(0, |(best, _)| best / WORSE);
    let close = ranked.into_iter().take_while(|(rank, _)| *rank > least);
    close.map(|(_, offer)| offer).collect()
}

/// The person whose number is typed, if it is the number of one.
pub(super) fn person(typed: &str) -> Option<Iin> {
    match Typed::of(&on_digit_row(typed)) {
        Typed::Iin(iin) => Some(iin),
        _ => None,
    }
}

/// Why nothing is found: the key of the sentence, and the digits typed so far.
pub(super) fn why_nothing(typed: &str) -> (&'static str, usize) {
    match Typed::of(&on_digit_row(typed)) {
        Typed::Digits(n) => ("ui-search-digits", n),
        Typed::CheckDigit => ("ui-search-check-digit", 0),
        Typed::TooLong(n) => ("ui-search-too-long", n),
        _ => ("ui-palette-none", 0),
    }
}

/// What an action is called: in the footer and in the help, in the language of the console and in English, and in the
/// keymap file.
fn names(ui: &Ui, place: Place, action: Action) -> Vec<String> {
    let mut names = vec![action.name().to_owned()];
    for language in [ui.language, Language::English] {
        names.push(ui.hint_in(language, place, action));
        names.push(ui.sentence_in(language, place, action));
    }
    names.extend(Tab::of(action).map(|tab| ui.t(tab.title())));
    names
}
