//! The help: the keys of where one was, what callers ask most, what the signs mean, and every key of every screen,
//! made from the keymap and the actions.

mod parts;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::action::Action;
use crate::effects::Effects;
use crate::keymap::Place;
use crate::layout::Shape;
use crate::message::{Purpose, Reply};
use crate::overlay::form::{Field, Form, Submitted};
use crate::overlay::fuzzy::Wish;
use crate::screens::Screen;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::pane::{Content, Scroll, scrolled};

/// How the help is looked at.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Where the operator was.
    from: Option<Place>,
    /// Only what holds these words is shown; all if there are none.
    filter: String,
    scroll: Scroll,
    /// Parts to go on, or back where negative, when it is drawn next: only then it is known where they stand.
    steps: i32,
}

impl State {
    fn filter_by(&mut self, filter: String) {
        self.filter = filter;
        self.scroll.reset();
        self.steps = 0;
    }

    /// The parts with what holds the words looked for, a free line between them, and the lines on which they begin.
    fn lines(&self, ui: &Ui, width: usize) -> (Vec<Line<'static>>, Vec<usize>) {
        let wish = Wish::of(&self.filter);
        let (mut lines, mut beginnings) = (Vec::new(), Vec::new());
        for part in parts::all(ui, self.from.unwrap_or(Place::Search), width) {
            let whole = wish.stands_in(&part.title);
            let mut entries = part.entries;
            entries.retain(|entry| whole || wish.stands_in(&entry.said));
            if entries.is_empty() {
                continue;
            }
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            beginnings.push(lines.len());
            lines.push(Line::from(ui.span(Role::Title, part.title)));
            lines.extend(entries.into_iter().flat_map(|entry| entry.lines));
        }
        if lines.is_empty() {
            lines.push(Line::from(ui.span(Role::Dim, ui.t("ui-help-nothing"))));
        }
        (lines, beginnings)
    }

    /// Goes to the part that was wanted; `beginnings` are the lines on which parts begin.
    fn step(&mut self, beginnings: &[usize]) {
        for _ in 0..self.steps.unsigned_abs() {
            let at = self.scroll.offset();
            let part = if self.steps > 0 {
                beginnings.iter().find(|line| **line > at)
            } else {
                beginnings.iter().rfind(|line| **line < at)
            };
            if let Some(line) = part {
                self.scroll.to(*line);
            }
        }
        self.steps = 0;
    }
}

impl Screen for State {
    fn place(&self) -> Place {
        Place::Help
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Back,
            Action::Filter,
            Action::NextSection,
            Action::PageDown,
            Action::Palette,
            Action::UiLanguage,
            Action::Quit,
        ]
    }

    fn on_open(&mut self, from: Place, _: &Ui) -> Effects {
        self.from = Some(from);
        self.filter_by(String::new());
        Effects::none()
    }

    /// From what was looked for to everything, then away.
    fn on_back(&mut self, _: &Ui) -> Option<Effects> {
        (!self.filter.is_empty()).then(|| {
            self.filter_by(String::new());
            Effects::none()
        })
    }

    fn on_action(&mut self, action: Action, _: &Ui) -> Effects {
        match action {
            Action::Filter => {
                let word = Field::text("ui-field-word", |_| Ok(()));
                let form = Form::new("ui-form-help").field(word).button("ui-form-filter-do");
                return Effects::form(form);
            }
            Action::ClearFilter => self.filter_by(String::new()),
            Action::NextSection => self.steps = self.steps.saturating_add(1),
            Action::PreviousSection => self.steps = self.steps.saturating_sub(1),
            action => {
                self.scroll.act(action);
            }
        }
        Effects::none()
    }

    fn on_form(&mut self, form: Submitted, _: &Ui) -> Effects {
        self.filter_by(form.values.into_iter().next().unwrap_or_default());
        Effects::none()
    }

    fn on_reply(&mut self, _: Purpose, _: Reply, _: &Ui) -> Effects {
        Effects::none()
    }

    fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, _: Shape) {
        let (lines, beginnings) = self.lines(ui, usize::from(area.width).saturating_sub(2));
        let page = usize::from(area.height).saturating_sub(1);
        self.scroll.fit(lines.len(), page);
        self.step(&beginnings);
        let content = Content { head: None, lines };
        let mut title = vec![ui.span(Role::Focus, ui.t("ui-help"))];
        if !self.filter.is_empty() {
            let only = ui
                .words()
                .with("ui-help-only", &[("words", self.filter.clone().into())]);
            title.push(ui.span(Role::Warn, format!("  {only}")));
        }
        scrolled(ui, frame, area, title, content, &mut self.scroll);
    }
}
