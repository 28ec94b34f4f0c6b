//! What the status line says.

use saqta_data::desk::{DeskError, OperatorRole};

use crate::message::Purpose;
use crate::theme::Role;
use crate::ui::Ui;

/// What happened last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Notice {
    /// Nothing worth saying.
    #[default]
    Quiet,
    /// The desk could not answer a question of this purpose.
    Failed(Purpose, DeskError),
    /// The server was away and answers again.
    Back,
    /// Another theme was chosen.
    Theme,
    /// What a screen says.
    Said(Role, String),
    /// The action is for this role.
    Needs(OperatorRole),
}

impl Notice {
    /// The desk answered a question of this purpose: it is not away, and an error of the same purpose is past.
    pub(super) fn answered(&mut self, purpose: Purpose) {
        match self {
            // What is not known stays said until it is read.
            Self::Failed(Purpose::Work, _) => {}
            Self::Failed(_, DeskError::Away(_)) => *self = Self::Back,
            Self::Failed(failed, _) if *failed == purpose => *self = Self::Quiet,
            _ => {}
        }
    }

    /// A key was pressed: good news has been read.
    pub(super) fn read(&mut self) {
        if matches!(
            self,
            Self::Back | Self::Theme | Self::Said(..) | Self::Needs(_) | Self::Failed(Purpose::Work, _)
        ) {
            *self = Self::Quiet;
        }
    }

    /// Another caller: only what still holds stays.
    pub(super) fn calm(&mut self) {
        if !self.is_away() {
            *self = Self::Quiet;
        }
    }

    /// True while the server does not answer.
    pub(super) const fn is_away(&self) -> bool {
        matches!(self, Self::Failed(_, DeskError::Away(_)))
    }

    /// The notice in words.
    pub(super) fn said(&self, ui: &Ui) -> Option<(Role, String)> {
        let words = ui.words();
        match self {
            Self::Quiet => None,
            Self::Back => Some((Role::Good, format!("+ {}", words.t("ui-error-back")))),
            Self::Theme => {
                let text = words.with("ui-theme", &[("name", ui.theme.name().into())]);
                Some((Role::Text, text))
            }
            Self::Said(role, text) => Some((*role, text.clone())),
            Self::Needs(role) => Some((Role::Warn, format!("! {}", needs(ui, role.code())))),
            Self::Failed(purpose, error) => {
                let text = match error {
                    // Whether it was done is not known: the answer was lost, perhaps not the question.
                    DeskError::Away(_) if *purpose == Purpose::Work => words.t("ui-work-away"),
                    // The reason is the system's, in English and of no use to an operator.
                    DeskError::Away(_) => words.t("ui-error-away"),
                    DeskError::Forbidden(role) => needs(ui, role),
                    DeskError::TooMany { minutes } => {
                        words.with("ui-error-too-many", &[("minutes", (*minutes).into())])
                    }
                    DeskError::Refused(refusal) => words.t(&format!("ui-refused-{}", refusal.code())),
                    DeskError::Bad(reason) => words.because("ui-error-bad", reason),
                    DeskError::Store(reason) => words.because("ui-error-store", reason),
                };
                Some((Role::Bad, format!("x {text}")))
            }
        }
    }
}

/// That this needs the role `code`.
fn needs(ui: &Ui, code: &str) -> String {
    let words = ui.words();
    let role = words.or(&format!("ui-role-{code}"), code);
    words.with("ui-error-forbidden", &[("role", role.as_ref().into())])
}
