//! The screens. Each file holds the state of one, what its keys do to it, and how it is drawn; the register below
//! says which there are.

pub(crate) mod caller;
pub(crate) mod card;
pub(crate) mod carriers;
pub(crate) mod help;
pub(crate) mod imports;
pub(crate) mod journal;
mod poll;
pub(crate) mod pulse;
pub(crate) mod search;

use std::fmt::Debug;

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use saqta_data::clock::Timestamp;
use saqta_data::desk::DeskError;

use crate::action::Action;
use crate::effects::Effects;
use crate::keymap::Place;
use crate::layout::Shape;
use crate::message::{Purpose, Reply};
use crate::overlay::form::Submitted;
use crate::ui::Ui;

/// A screen. It never waits and never asks by itself: what it wants comes back as [`Effects`]. Only the first five
/// methods must be written.
pub(crate) trait Screen: Debug {
    /// Where its keys are bound.
    fn place(&self) -> Place;

    /// The keys worth a room in the footer, the most needed first; [`Action::Help`] and [`Action::Quit`] at the end.
    fn hints(&self) -> &'static [Action];

    /// An action that is bound at its place and that the console does not do itself.
    fn on_action(&mut self, action: Action, ui: &Ui) -> Effects;

    /// The answer to its question for `purpose`.
    fn on_reply(&mut self, purpose: Purpose, reply: Reply, ui: &Ui) -> Effects;

    /// Draws it.
    fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, shape: Shape);

    /// It is shown from now on; before, the keys of `from` held.
    fn on_open(&mut self, _from: Place, _ui: &Ui) -> Effects {
        Effects::none()
    }

    /// The operator wants to go back: what to do inside this screen; `None`: it is left.
    fn on_back(&mut self, _ui: &Ui) -> Option<Effects> {
        None
    }

    /// A key that means no action here.
    fn on_key(&mut self, _key: KeyEvent, _ui: &Ui) -> Effects {
        Effects::none()
    }

    /// Pasted text.
    fn on_paste(&mut self, _text: &str, _ui: &Ui) -> Effects {
        Effects::none()
    }

    /// The desk could not answer its question for `purpose`; the status line says why.
    fn on_failure(&mut self, _purpose: Purpose, _error: &DeskError, _ui: &Ui) -> Effects {
        Effects::none()
    }

    /// A form that it opened was confirmed.
    fn on_form(&mut self, _form: Submitted, _ui: &Ui) -> Effects {
        Effects::none()
    }

    /// Time has passed while it is shown, some four times a second: the place to poll from.
    fn on_tick(&mut self, _ui: &Ui) -> Effects {
        Effects::none()
    }

    /// The server was away and answers again, whether the screen is shown or not.
    fn on_return(&mut self, _ui: &Ui) -> Effects {
        Effects::none()
    }

    /// A click on a cell that it drew.
    fn on_click(&mut self, _at: Position, _ui: &Ui) -> Effects {
        Effects::none()
    }

    /// A number that changes when time alone makes another frame necessary, such as the seconds waited.
    fn hand(&self, _now: Timestamp) -> Option<u64> {
        None
    }
}

macro_rules! screens {
    ($($(#[$meta:meta])* $tab:ident, $field:ident: $state:ty, $title:literal;)*) => {
        /// A screen by its tab in the header.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Tab { $($(#[$meta])* $tab,)* }

        impl Tab {
            /// Every tab, in the order of the header.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$tab),*];

            /// The action that opens it, which has its name.
            pub(crate) const fn action(self) -> Action {
                match self { $(Self::$tab => Action::$tab,)* }
            }

            /// The key of its title.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$tab => $title,)* }
            }
        }

        /// All screens.
        #[derive(Debug, Default)]
        pub(crate) struct Screens { $(pub(crate) $field: $state,)* }

        impl Screens {
            /// The screen of a tab.
            pub(crate) fn get(&self, tab: Tab) -> &dyn Screen {
                match tab { $(Tab::$tab => &self.$field,)* }
            }

            /// The screen of a tab, to change it.
            pub(crate) fn get_mut(&mut self, tab: Tab) -> &mut dyn Screen {
                match tab { $(Tab::$tab => &mut self.$field,)* }
            }
        }
    };
}

screens! {
    /// The search box, or the card of the caller.
    Caller, caller: caller::State, "ui-tab-caller";
    /// The live journal.
    Journal, journal: journal::State, "ui-tab-journal";
    /// The carriers and their traffic.
    Carriers, carriers: carriers::State, "ui-tab-carriers";
    /// Imports of registries.
    Imports, imports: imports::State, "ui-tab-imports";
    /// The service as a whole.
    Pulse, pulse: pulse::State, "ui-tab-pulse";
    /// The keys and signs.
    Help, help: help::State, "ui-tab-help";
}

impl Tab {
    /// The tab that an action opens.
    pub(crate) fn of(action: Action) -> Option<Self> {
        Self::ALL.iter().copied().find(|tab| tab.action() == action)
    }
}
