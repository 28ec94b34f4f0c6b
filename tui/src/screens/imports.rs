//! Imports of registries: those under way and over, the rows they refused, and the start of another one.

mod list;
mod refused;

use std::collections::BTreeMap;
use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use saqta_data::desk::{Course, DeskError, Import};
use saqta_data::registry::Refused;

use crate::action::Action;
use crate::effects::Effects;
use crate::keymap::Place;
use crate::layout::Shape;
use crate::message::{Purpose, Question, Reply};
use crate::overlay::form::{Field, Form, Submitted};
use crate::screens::Screen;
use crate::screens::poll::Poll;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::pane::{Content, Scroll, scrolled};

/// How often the imports are asked for.
const EVERY: Duration = Duration::from_secs(1);
/// Rows of an import in the list.
const ROWS: usize = 2;
/// The most characters of a path: the longest that Linux takes is about as long.
const MAX_PATH: usize = 4_000;
/// The most imports started here that are remembered.
const MAX_STARTED: usize = 100;

/// What is shown.
#[derive(Debug, Default)]
pub(crate) struct State {
    imports: Option<Vec<Import>>,
    poll: Poll,
    chosen: usize,
    scroll: Scroll,
    /// The refused rows that are open, and of which import.
    refused: Option<(u64, Vec<Refused>)>,
    /// The files of the imports started by this console, by number.
    started: BTreeMap<u64, String>,
    /// The file of the import that is being started.
    starting: Option<String>,
    /// The import started last, until it is in the list: then it is chosen, and it is known whether it could be sorted.
    just_started: Option<u64>,
    /// The file that the form now open asks about.
    asked_about: Option<String>,
    /// The import whose refused rows are asked for.
    opening: Option<u64>,
}

impl State {
    fn ask(&mut self, ui: &Ui) -> Effects {
        self.poll.begin(ui.now);
        Effects::ask(Purpose::Imports, Question::Imports)
    }

    fn all(&self) -> &[Import] {
        self.imports.as_deref().unwrap_or_default()
    }

    fn chosen(&self) -> Option<&Import> {
        self.all().get(self.chosen)
    }

    /// True while an import goes on in this process, which would break off with it; also one that has just been started
    /// and is in no list yet.
    pub(crate) fn is_running_here(&self) -> bool {
        let ended = |id: &u64| {
            let mut all = self.all().iter();
            all.any(|import| import.id == *id && import.ended_at.is_some())
        };
        self.starting.is_some() || self.started.keys().any(|id| !ended(id))
    }

    /// The file of the import chosen, if it was a dry run of this console that is over.
    fn looked_at(&self) -> Option<&String> {
        let import = self.chosen().filter(|import| import.head.dry_run)?;
        import.ended_at?;
        self.started.get(&import.id)
    }

    fn choose(&mut self, action: Action) {
        let count = self.all().len();
        self.chosen = self.scroll.choose(action, self.chosen, count, ROWS);
    }

    fn start(&mut self, file: String, dry_run: bool) -> Effects {
        self.starting = Some(file.clone());
        Effects::ask(Purpose::Import, Question::StartImport { file, dry_run })
    }

    /// The refused rows of the import chosen, and what is not known of it.
    fn open(&mut self, ui: &Ui) -> Effects {
        match self.chosen() {
            Some(import) if import.refused > 0 => {
                let id = import.id;
                self.opening = Some(id);
                Effects::ask(Purpose::Refused, Question::Refused(id))
            }
            Some(import) if import.head.unknown.count() > 0 => {
                self.refused = Some((import.id, Vec::new()));
                self.scroll.reset();
                Effects::say(Role::Dim, format!(". {}", ui.t("ui-imports-none-refused")))
            }
            Some(_) => Effects::say(Role::Dim, format!(". {}", ui.t("ui-imports-none-refused"))),
            None => Effects::none(),
        }
    }

    /// Takes the file in for real after its dry run.
    fn for_real(&mut self, ui: &Ui) -> Effects {
        self.asked_about = self.looked_at().cloned();
        let Some(file) = &self.asked_about else {
            return Effects::say(Role::Warn, format!("! {}", ui.t("ui-imports-dry-first")));
        };
        let words = ui.words();
        let mut form = Form::new("ui-form-import-real")
            .line(words.with("ui-imports-file", &[("file", file.as_str().into())]));
        if let Some(import) = self.chosen() {
            form = form.line(list::counts(ui, import));
        }
        Effects::form(form.line(ui.t("ui-imports-real-what")).danger())
    }

    /// Says why the import that was just started is not sorted, which takes it longer, if that is so.
    fn say_unsorted(&mut self, ui: &Ui) -> Effects {
        let is_it = |import: &&Import| Some(import.id) == self.just_started;
        let Some(import) = self.all().iter().find(is_it) else {
            return Effects::none();
        };
        let said = match &import.course {
            Some(Course::Unsorted(why)) => {
                let said = ui.words().because("ui-import-unsorted", why);
                Effects::say(Role::Warn, format!("! {said}"))
            }
            _ => Effects::none(),
        };
        self.just_started = None;
        said
    }

    fn on_started(&mut self, started: Result<u64, String>, ui: &Ui) -> Effects {
        let file = self.starting.take().unwrap_or_default();
        match started {
            Ok(number) => {
                while self.started.len() >= MAX_STARTED {
                    self.started.pop_first();
                }
                self.started.insert(number, file);
                self.just_started = Some(number);
                self.chosen = 0;
                self.ask(ui)
            }
            Err(reason) => {
                let said = ui.words().because("ui-imports-not-started", &reason);
                Effects::say(Role::Bad, format!("x {said}"))
            }
        }
    }
}

impl Screen for State {
    fn place(&self) -> Place {
        Place::Imports
    }

    fn hints(&self) -> &'static [Action] {
        if self.refused.is_some() {
            &[
                Action::Back,
                Action::Down,
                Action::Palette,
                Action::Help,
                Action::Quit,
            ]
        } else {
            &[
                Action::Open,
                Action::NewImport,
                Action::RealImport,
                Action::Up,
                Action::Back,
                Action::Palette,
                Action::Help,
                Action::Quit,
            ]
        }
    }

    fn on_open(&mut self, _: Place, ui: &Ui) -> Effects {
        self.ask(ui)
    }

    fn on_back(&mut self, _: &Ui) -> Option<Effects> {
        self.scroll.reset();
        self.refused.take().map(|_| Effects::none())
    }

    fn on_action(&mut self, action: Action, ui: &Ui) -> Effects {
        match action {
            Action::Refresh => return self.ask(ui),
            Action::Open if self.refused.is_none() => return self.open(ui),
            Action::NewImport => {
                let field = Field::text("ui-field-file", is_there).at_most(MAX_PATH);
                let form = Form::new("ui-form-import")
                    .line(ui.t("ui-imports-new-what"))
                    .line(ui.t("ui-imports-new-kinds"))
                    .field(field)
                    .button("ui-form-import-do");
                return Effects::form(form);
            }
            Action::RealImport => return self.for_real(ui),
            action if self.refused.is_some() => {
                self.scroll.act(action);
            }
            action => self.choose(action),
        }
        Effects::none()
    }

    fn on_form(&mut self, form: Submitted, _: &Ui) -> Effects {
        match (form.what, form.values.first(), self.asked_about.take()) {
            ("ui-form-import", Some(file), _) => self.start(file.clone(), true),
            ("ui-form-import-real", _, Some(file)) => self.start(file, false),
            _ => Effects::none(),
        }
    }

    fn on_click(&mut self, at: Position, _: &Ui) -> Effects {
        let clicked = self.scroll.line_at(at).filter(|_| self.refused.is_none());
        self.chosen = clicked.map_or(self.chosen, |line| line / ROWS);
        Effects::none()
    }

    fn on_tick(&mut self, ui: &Ui) -> Effects {
        let due = self.poll.due(ui.now, EVERY);
        Effects::ask_if(Purpose::Imports, due.then_some(Question::Imports))
    }

    fn on_reply(&mut self, _: Purpose, reply: Reply, ui: &Ui) -> Effects {
        match reply {
            Reply::Imports(imports) => {
                self.poll.answered();
                // The one just started, else the same import stays chosen when newer ones come before it.
                let chosen = self.just_started.or(self.chosen().map(|import| import.id));
                let at = imports.iter().position(|import| Some(import.id) == chosen);
                self.chosen = at.unwrap_or(0);
                self.imports = Some(imports);
                return self.say_unsorted(ui);
            }
            Reply::Refused(rows) => {
                self.scroll.reset();
                self.refused = self.opening.take().map(|id| (id, rows));
            }
            Reply::ImportStarted(started) => return self.on_started(started, ui),
            _ => {}
        }
        Effects::none()
    }

    fn on_failure(&mut self, purpose: Purpose, _: &DeskError, _: &Ui) -> Effects {
        match purpose {
            Purpose::Imports => self.poll.answered(),
            Purpose::Import => self.starting = None,
            _ => {}
        }
        Effects::none()
    }

    fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, _: Shape) {
        let width = usize::from(area.width).saturating_sub(2);
        let (title, content) = match (&self.refused, &self.imports) {
            (Some((id, rows)), _) => {
                let n = i64::try_from(*id).unwrap_or(0);
                let title = ui.words().with("ui-imports-refused", &[("n", n.into())]);
                let import = self.all().iter().find(|import| import.id == *id);
                let unknown = import
                    .map(|import| import.head.unknown.clone())
                    .unwrap_or_default();
                (title, refused::content(ui, &unknown, rows, width))
            }
            (None, None) => (ui.t("ui-imports"), Content::sentence(ui, "ui-imports-waiting")),
            (None, Some(imports)) if imports.is_empty() => {
                (ui.t("ui-imports"), Content::sentence(ui, "ui-imports-empty"))
            }
            (None, Some(imports)) => {
                let page = usize::from(area.height).saturating_sub(1);
                self.scroll.show(self.chosen * ROWS + 1, page);
                self.scroll.show(self.chosen * ROWS, page);
                (ui.t("ui-imports"), list::content(ui, imports, self.chosen, width))
            }
        };
        let title = vec![ui.span(Role::Title, title)];
        scrolled(ui, frame, area, title, content, &mut self.scroll);
    }
}

fn is_there(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        Err("ui-fault-empty")
    } else {
        Ok(())
    }
}
