//! What a screen wants of the console.

use saqta_data::desk::Query;
use saqta_data::journal::Numbered;

use crate::action::Action;
use crate::message::{Purpose, Question};
use crate::overlay::form::Form;
use crate::private::Private;
use crate::screens::Tab;
use crate::theme::Role;

/// One wish.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Ask the desk, or the machine that the console runs on.
    Ask(Purpose, Question),
    /// The question of this purpose is stale.
    Forget(Purpose),
    /// Look somebody up and show the card, or the people of a phone to choose from.
    LookUp(Query),
    /// Show what was said at a line of the journal; back leads to the screen that wants it.
    OpenExchange(Box<Numbered>),
    /// The card is closed: what was opened from it is closed, too.
    CardClosed,
    /// Lay a form over the screen; what is confirmed comes back by `on_form`.
    Form(Box<Form>),
    /// The same for a form that comes with an answer: if this screen is not the one looked at any more, or something else
    /// lies over it, it is not laid over that, which the status line says.
    LateForm(Tab, Box<Form>),
    /// Lay a short list of actions over the screen, under this title.
    Menu(&'static str, &'static [Action]),
    /// Say something in the status line until the next key.
    Say(Role, String),
    /// Errors of the caller before are past.
    Calm,
    /// Mask numbers at once.
    Mask,
    /// Put a text on the clipboard of the operator's terminal.
    Copy(Private<String>),
}

/// What a screen wants, in this order.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Effects(Vec<Effect>);

impl Effects {
    /// Nothing.
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    /// One wish more.
    pub(crate) fn with(mut self, effect: Effect) -> Self {
        self.0.push(effect);
        self
    }

    /// All that `more` wants, behind what is wanted already.
    pub(crate) fn and(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// Asks a question.
    pub(crate) fn ask(purpose: Purpose, question: Question) -> Self {
        Self::none().with(Effect::Ask(purpose, question))
    }

    /// Asks a question if there is one.
    pub(crate) fn ask_if(purpose: Purpose, question: Option<Question>) -> Self {
        question.map_or_else(Self::none, |question| Self::ask(purpose, question))
    }

    /// Opens a form.
    pub(crate) fn form(form: Form) -> Self {
        Self::none().with(Effect::Form(Box::new(form)))
    }

    /// Says a sentence, with its sign, in the look of `role`.
    pub(crate) fn say(role: Role, text: impl Into<String>) -> Self {
        Self::none().with(Effect::Say(role, text.into()))
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
