//! What is opened on a card: a month, a year, a month of a year, or what would come of paying.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::widgets::{Paragraph, Wrap};
use saqta_data::period::Period;

use super::strip::Stop;
use super::{State, detail, what_if, years};
use crate::action::Action;
use crate::effects::Effects;
use crate::keymap::Place;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::pane::{Scroll, indent, rule, scrolled};

/// The keys worth a place in the footer, once the caller is verified. Those of the months stand over the months.
const HINTS: &[Action] = &[
    Action::Back,
    Action::WorkMenu,
    Action::ReadingLanguage,
    Action::Reveal,
    Action::NextSection,
    Action::Refresh,
    Action::CopyAnswer,
    Action::Palette,
    Action::Help,
    Action::Quit,
];

/// The same before.
const UNVERIFIED_HINTS: &[Action] = &[
    Action::Back,
    Action::Verify,
    Action::WorkMenu,
    Action::ReadingLanguage,
    Action::Reveal,
    Action::NextSection,
    Action::Refresh,
    Action::Palette,
    Action::Help,
    Action::Quit,
];

/// The keys over the months, where they act.
pub(super) const MONTH_HINTS: &[Action] = &[Action::NextMonth, Action::Open, Action::WhatIf];

/// The same in a month or a year that is open.
const DETAIL_HINTS: &[Action] = &[
    Action::Back,
    Action::NextMonth,
    Action::WhatIf,
    Action::ReadingLanguage,
    Action::Reveal,
    Action::Palette,
    Action::Help,
    Action::Quit,
];

/// The same where months are marked to be paid.
const WHAT_IF_HINTS: &[Action] = &[
    Action::Mark,
    Action::MarkDebts,
    Action::MarkAhead,
    Action::Back,
    Action::ReadingLanguage,
    Action::Palette,
    Action::Help,
    Action::Quit,
];

/// What the lower part of the card shows.
#[derive(Debug)]
pub(super) enum View {
    /// One part after another.
    Sections,
    /// The month or year under the cursor; of a year with the month chosen in it.
    Detail { month_of_year: usize, scroll: Scroll },
    /// A month of a year before the window.
    Month {
        period: Period,
        back: usize,
        scroll: Scroll,
    },
    /// What would come of paying.
    WhatIf(Box<what_if::State>, Scroll),
}

impl State {
    /// Where its keys are bound.
    pub(crate) const fn place(&self) -> Place {
        match self.view {
            View::Sections => Place::Card,
            View::Detail { .. } | View::Month { .. } => Place::Detail,
            View::WhatIf(..) => Place::WhatIf,
        }
    }

    /// The keys worth a place in the footer.
    pub(crate) const fn hints(&self) -> &'static [Action] {
        match self.view {
            View::Sections if self.verified => HINTS,
            View::Sections => UNVERIFIED_HINTS,
            View::Detail { .. } | View::Month { .. } => DETAIL_HINTS,
            View::WhatIf(..) => WHAT_IF_HINTS,
        }
    }

    /// Back from what was opened on the card; false if nothing was.
    pub(crate) fn back(&mut self) -> bool {
        let was_open = !matches!(self.view, View::Sections);
        self.view = match self.view {
            View::Month { back, .. } => View::Detail {
                month_of_year: back,
                scroll: Scroll::default(),
            },
            _ => View::Sections,
        };
        was_open
    }

    /// The month or year under the cursor; of a year, the month chosen in it.
    pub(super) fn open(&mut self) {
        self.view = match (&self.view, self.cursor) {
            (View::Sections, Some(_)) => View::Detail {
                month_of_year: 0,
                scroll: Scroll::default(),
            },
            (View::Sections, None) => {
                self.cursor = Stop::previous(None, 0, self.card.coverage.months.len());
                return;
            }
            (View::Detail { month_of_year, .. }, Some(Stop::Year(at))) => {
                let year = self.outlook.as_ref().and_then(|outlook| outlook.years.get(at));
                match year.and_then(|year| detail::months(year).nth(*month_of_year)) {
                    Some((period, _)) => View::Month {
                        period,
                        back: *month_of_year,
                        scroll: Scroll::default(),
                    },
                    None => return,
                }
            }
            _ => return,
        };
    }

    /// Opens the view in which months are marked.
    pub(super) fn what_if(&mut self, ui: &Ui) -> Effects {
        match self.law.as_deref() {
            Some(law) => {
                let state = what_if::State::new(&self.card, law);
                self.view = View::WhatIf(Box::new(state), Scroll::default());
                Effects::none()
            }
            None => Effects::say(Role::Warn, format!("! {}", ui.t("ui-what-if-no-law"))),
        }
    }

    /// A movement, or a mark, in what is open.
    pub(super) fn move_in_view(&mut self, action: Action, ui: &Ui) -> Effects {
        match (&mut self.view, self.law.as_deref()) {
            (View::WhatIf(state, scroll), Some(law)) => {
                state.go(action, *scroll);
                if let Some(key) = state.act(action, &self.card, law) {
                    let said = ui.words().with(key, &[("all", state.marked(ui).into())]);
                    return Effects::say(Role::Text, format!(". {said}"));
                }
            }
            (View::Month { scroll, .. }, _) => {
                scroll.act(action);
            }
            (
                View::Detail {
                    month_of_year,
                    scroll,
                },
                _,
            ) => match (self.cursor, &self.outlook) {
                (Some(Stop::Year(at)), Some(outlook)) => {
                    let months = outlook
                        .years
                        .get(at)
                        .map_or(0, |year| detail::months(year).count());
                    *month_of_year = scroll.choose(action, *month_of_year, months, 1);
                }
                _ => {
                    scroll.act(action);
                }
            },
            _ => {
                self.scroll(self.focus).act(action);
            }
        }
        Effects::none()
    }

    /// What is opened on the card.
    pub(super) fn draw_view(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
        let width = usize::from(area.width).saturating_sub(2);
        let law = self.law.as_deref();
        let (card, outlook) = (&self.card, self.outlook.as_ref());
        let chosen = self.chosen_month();
        match (&mut self.view, self.cursor) {
            (View::WhatIf(state, scroll), _) => {
                let [said, list] =
                    area.layout(&Layout::vertical([Constraint::Length(3), Constraint::Min(3)]));
                let title = vec![ui.span(Role::Focus, ui.t("ui-what-if"))];
                let inner = rule(ui, frame, said, title, vec![]);
                let outcome = Paragraph::new(state.outcome(ui, card)).wrap(Wrap { trim: true });
                frame.render_widget(outcome, indent(inner));
                let content = state.content(ui, card, width);
                let page = usize::from(list.height).saturating_sub(2);
                scroll.show(state.cursor(), page);
                let title = vec![ui.span(Role::Text, state.marked(ui))];
                scrolled(ui, frame, list, title, content, scroll);
            }
            (View::Month { period, scroll, .. }, _) => {
                let content = detail::month(ui, card, outlook, law, *period, width);
                let title = vec![ui.span(Role::Focus, format!("[{}]", ui.words().month(*period)))];
                scrolled(ui, frame, area, title, content, scroll);
            }
            (
                View::Detail {
                    scroll,
                    month_of_year,
                },
                Some(Stop::Year(at)),
            ) => {
                let year = outlook.and_then(|outlook| outlook.years.get(at));
                let Some(year) = year else { return };
                let content = detail::year(ui, card, year, *month_of_year, width);
                scroll.show(*month_of_year, usize::from(area.height).saturating_sub(2));
                let title = vec![ui.span(Role::Focus, format!("[{}]", years::label(year)))];
                scrolled(ui, frame, area, title, content, scroll);
            }
            (View::Detail { scroll, .. }, _) => {
                let Some(period) = chosen else { return };
                let content = detail::month(ui, card, outlook, law, period, width);
                let title = vec![ui.span(Role::Focus, format!("[{}]", ui.words().month(period)))];
                scrolled(ui, frame, area, title, content, scroll);
            }
            (View::Sections, _) => {}
        }
    }
}
