//! The caller: the search box, and the card of the person found over it.

pub(crate) mod work;

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use saqta_data::clock::Timestamp;
use saqta_data::desk::{Card, Deed, DeskError, Query, StatusSms};
use saqta_data::iin::Iin;
use saqta_data::language::Language;
use saqta_data::law::Law;
use saqta_data::phone::Msisdn;

use crate::action::Action;
use crate::effects::{Effect, Effects};
use crate::keymap::Place;
use crate::keymap::key::Key;
use crate::layout::Shape;
use crate::message::{Purpose, Question, Reply};
use crate::overlay::form::Submitted;
use crate::private::Private;
use crate::screens::{Screen, Tab, card, search};
use crate::theme::Role;
use crate::ui::Ui;

/// How long Enter in an empty box opens the card before: a call that drops is taken up again soon.
const LAST_FOR: Duration = Duration::from_secs(600);

/// The search and, once somebody is found, the card.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) search: search::State,
    pub(crate) card: Option<card::State>,
    /// The law of the desk, once it has come.
    law: Option<Arc<Law>>,
    /// What was sent to the desk and is not answered yet.
    pending: Option<work::Pending>,
    /// Cards opened so far: an answer about one is not for the next, even of the same person.
    callers: u64,
    /// The server went away with a deed: whether it was done shows on the card only once that is asked for again.
    lost: bool,
    /// Whose card was closed last, and when.
    last: Option<(Iin, Timestamp)>,
    /// The phones that the form now open offers, in the order of its choice.
    offered: Vec<Msisdn>,
    /// The status text that a form showed last.
    seen: Option<StatusSms>,
}

impl State {
    /// The language of the answer to read aloud, if a card is open.
    pub(crate) fn reading_language(&self) -> Option<Language> {
        self.card.as_ref().map(card::State::reading)
    }

    /// True while a card is on its way over the search box.
    pub(crate) fn awaits_card(&self) -> bool {
        self.card.is_none() && self.search.awaits_card()
    }

    /// True if Enter would look up an exchange of the person.
    pub(crate) fn opens_exchange(&self) -> bool {
        self.card.as_ref().is_some_and(card::State::opens_exchange)
    }

    /// Looks a person up on behalf of another screen: for this screen it is the next caller.
    pub(crate) fn look_up(&mut self, whom: Query, ui: &Ui) -> Effects {
        let closed = self.next_caller(ui);
        let question = self.search.ask_unseen(whom, ui.now);
        closed.and(Effects::ask(Purpose::Caller, question))
    }

    /// Forgets the caller: box, card, what was asked for them, numbers shown whole. That a card was closed is said, and
    /// how to come back to it.
    fn next_caller(&mut self, ui: &Ui) -> Effects {
        let closed = self.card.as_ref().map(card::State::iin);
        self.search.clear();
        let effects = self.close_card(ui.now).with(Effect::Calm);
        let Some(iin) = closed else { return effects };
        let key = ui.key(Place::Search, Action::Submit).unwrap_or_default();
        let what = [("number", iin.to_string().into()), ("key", key.into())];
        let said = ui.words().with("ui-card-closed", &what);
        effects.with(Effect::Say(Role::Dim, format!(". {said}")))
    }

    /// The caller before, looked up anew: in an empty box Enter means that.
    fn last_caller(&self, action: Action, now: Timestamp) -> Option<Iin> {
        let is_free = self.card.is_none()
            && self.search.is_empty()
            && !self.search.has_hits()
            && !self.search.is_asking();
        let wanted = action == Action::Submit && is_free;
        let recent = |(_, closed): &(Iin, Timestamp)| now.since(*closed) < LAST_FOR;
        let last = self.last.filter(recent).filter(|_| wanted);
        last.map(|(iin, _)| iin)
    }

    /// Back to what was searched for, and to the people found if there were several.
    fn close_card(&mut self, now: Timestamp) -> Effects {
        if let Some(card) = self.card.take() {
            self.last = Some((card.iin(), now));
        }
        Effects::none()
            .with(Effect::Forget(Purpose::Caller))
            .with(Effect::Forget(Purpose::Preview))
            .with(Effect::CardClosed)
            .with(Effect::Mask)
    }

    /// After an edit what was asked before is stale, whether or not something else is asked.
    fn edited(&self, question: Option<Question>) -> Effects {
        match question {
            None if self.search.is_idle() => Effects::none().with(Effect::Forget(Purpose::Caller)),
            question => Effects::ask_if(Purpose::Caller, question),
        }
    }

    /// Asks for the law, if it has not come. A viewer's cards are without the categories, so nothing that is computed from
    /// them would be right.
    fn ask_law(&self, ui: &Ui) -> Effects {
        let wanted = self.law.is_none() && ui.sees_categories();
        Effects::ask_if(Purpose::Law, wanted.then_some(Question::Law))
    }

    /// It is on disk: the card as it is now, and what was to follow.
    fn on_worked(&mut self, newer: Option<Card>, ui: &Ui) -> Effects {
        let Some(work::Pending { caller, after }) = self.pending.take() else {
            return Effects::none();
        };
        // The caller it was about may have gone meanwhile.
        let card = self.card.as_mut().filter(|_| caller == self.callers);
        let say = |key: &str| Effects::say(Role::Good, format!("+ {}", ui.t(key)));
        match (after, card) {
            (work::After::Verified(verified), Some(card)) => {
                card.verify(verified);
                Effects::none().with(Effect::Calm)
            }
            (work::After::Verified(_) | work::After::Copy(..), None) => Effects::none(),
            (work::After::Say(key), card) => {
                if let (Some(card), Some(newer)) = (card, newer) {
                    card.replace(newer);
                }
                say(key)
            }
            (work::After::Copy(text, key), Some(_)) => {
                Effects::none().with(Effect::Copy(Private(text))).and(say(key))
            }
            (work::After::Save { name, contents }, _) => Effects::ask(
                Purpose::Work,
                Question::Save {
                    name,
                    contents: Private(contents.into_bytes()),
                },
            ),
        }
    }

    /// A newer card of the same person, or another person's, whose caller is not verified.
    fn show(&mut self, card: Card, ui: &Ui) -> Effects {
        self.search.settle();
        match &mut self.card {
            Some(state) if state.iin() == card.person.iin => {
                state.replace(card);
                Effects::none()
            }
            _ => {
                self.callers += 1;
                self.card = Some(card::State::new(card, ui.language, self.law.clone()));
                // Numbers shown before were those of somebody else.
                Effects::none().with(Effect::Mask)
            }
        }
    }
}

/// Asks how many look-ups are left, where they are counted.
fn count_lookups(ui: &Ui) -> Effects {
    let counted = ui.operator.as_ref().is_none_or(|o| o.lookups_left.is_some());
    Effects::ask_if(Purpose::Operator, counted.then_some(Question::Whoami))
}

impl Screen for State {
    fn place(&self) -> Place {
        match &self.card {
            Some(card) => card.place(),
            None => Place::Search,
        }
    }

    fn hints(&self) -> &'static [Action] {
        match &self.card {
            Some(card) => card.hints(),
            None => search::HINTS,
        }
    }

    fn on_action(&mut self, action: Action, ui: &Ui) -> Effects {
        if let Some(iin) = self.last_caller(action, ui.now) {
            let question = self.search.ask_unseen(Query::Iin(iin), ui.now);
            return Effects::ask(Purpose::Caller, question);
        }
        match (action, &mut self.card) {
            (Action::NextCaller, _) => self.next_caller(ui),
            (Action::WorkMenu, Some(_)) => Effects::none().with(Effect::Menu("ui-work-menu", work::DEEDS)),
            (Action::Verify, Some(card)) => {
                let verified = !card.is_verified();
                let deed = if verified { Deed::Verify } else { Deed::Unverify };
                let after = work::After::Verified(verified);
                work::send(&mut self.pending, ui, (self.callers, card.iin()), deed, after)
            }
            (action, Some(card)) if work::DEEDS.contains(&action) => {
                if let Some((deed, after)) = work::copy(action, card, ui) {
                    let about = (self.callers, card.iin());
                    return work::send(&mut self.pending, ui, about, deed, after);
                }
                self.offered = card.bound_today();
                work::form(action, card, ui)
            }
            (action, Some(card)) => card.on_action(action, ui),
            (action, None) => Effects::ask_if(Purpose::Caller, self.search.on_action(action, ui.now)),
        }
    }

    /// From what is open on the card to the card, from there to the people found if there were several, else to an
    /// empty box.
    fn on_back(&mut self, ui: &Ui) -> Option<Effects> {
        if self.card.as_mut().is_some_and(card::State::back) {
            return Some(Effects::none());
        }
        Some(if self.search.has_hits() {
            self.close_card(ui.now)
        } else {
            self.next_caller(ui)
        })
    }

    fn on_key(&mut self, key: KeyEvent, ui: &Ui) -> Effects {
        let mut effects = Effects::none();
        if self.card.is_some() {
            if !Key::of(&key).begins_number() {
                return effects;
            }
            // The operator types the next caller's number without looking: no other card may stay open meanwhile.
            effects = self.next_caller(ui);
        } else if self.search.has_hits() && Key::of(&key).begins_number() {
            // What they were found by is answered: a digit is the first one of another number.
            self.search.clear();
        }
        let question = self.search.on_key(key, ui.now);
        effects.and(self.edited(question))
    }

    /// Pasted into the search box; on a card it begins the next caller, as a digit does.
    fn on_paste(&mut self, text: &str, ui: &Ui) -> Effects {
        let mut effects = Effects::none();
        if self.card.is_some() {
            if text.trim().is_empty() {
                return effects;
            }
            effects = self.next_caller(ui);
        }
        let question = self.search.on_paste(text, ui.now);
        effects.and(self.edited(question))
    }

    fn on_click(&mut self, at: Position, ui: &Ui) -> Effects {
        match &mut self.card {
            Some(card) => card.on_click(at, ui),
            None => Effects::ask_if(Purpose::Caller, self.search.on_click(at, ui.now)),
        }
    }

    fn on_reply(&mut self, _: Purpose, reply: Reply, ui: &Ui) -> Effects {
        match reply {
            Reply::Hits(hits) => Effects::ask_if(Purpose::Caller, self.search.on_hits(hits)),
            Reply::Card(card) => {
                let shown = if let Some(card) = card {
                    self.show(*card, ui)
                } else {
                    self.search.on_nobody();
                    Effects::none()
                };
                shown.and(count_lookups(ui)).and(self.ask_law(ui))
            }
            Reply::StatusSms(sms) => match &self.card {
                Some(card) => {
                    let form = Box::new(work::confirm_status(&sms, card, ui));
                    self.seen = Some(sms);
                    Effects::none()
                        .with(Effect::Calm)
                        .with(Effect::LateForm(Tab::Caller, form))
                }
                None => Effects::none(),
            },
            Reply::Law(law) => {
                self.law = Some(Arc::from(law));
                if let Some(card) = &mut self.card {
                    card.judge_by(self.law.clone());
                }
                Effects::none()
            }
            Reply::Worked(card) => self.on_worked(card.map(|card| *card), ui),
            Reply::Saved(Ok(path)) => {
                let said = ui.words().with("ui-done-save", &[("path", path.into())]);
                Effects::say(Role::Good, format!("+ {said}"))
            }
            Reply::Saved(Err(reason)) => {
                let said = ui.words().because("ui-not-saved", &reason);
                Effects::say(Role::Bad, format!("x {said}"))
            }
            _ => Effects::none(),
        }
    }

    /// What was filled in becomes a deed, if it still makes sense.
    fn on_form(&mut self, form: Submitted, ui: &Ui) -> Effects {
        let Some(card) = &self.card else {
            return Effects::none();
        };
        if let Some(to) = work::chosen_for_status(&form, &self.offered) {
            return Effects::ask(Purpose::Preview, Question::StatusSms(card.iin(), to)).with(Effect::Say(
                Role::Dim,
                format!(". {}", ui.t("ui-work-text-asked")),
            ));
        }
        let file = work::file(&form, card, ui);
        let shown = (&*self.offered, self.seen.as_ref());
        match file.or_else(|| work::deed(&form, card, shown)) {
            Some((deed, after)) => work::send(&mut self.pending, ui, (self.callers, card.iin()), deed, after),
            None => Effects::say(Role::Warn, format!("! {}", ui.t("ui-work-stale"))),
        }
    }

    fn on_failure(&mut self, purpose: Purpose, error: &DeskError, _: &Ui) -> Effects {
        if purpose == Purpose::Work {
            self.pending = None;
            self.lost = matches!(error, DeskError::Away(_));
        }
        if purpose != Purpose::Caller {
            return Effects::none();
        }
        if matches!(error, DeskError::Away(_)) {
            self.search.interrupt();
        } else {
            self.search.settle();
        }
        if let Some(card) = &mut self.card {
            card.on_failure();
        }
        Effects::none()
    }

    fn on_return(&mut self, ui: &Ui) -> Effects {
        let mut resumed = Effects::ask_if(Purpose::Caller, self.search.resume(ui.now));
        if let Some(card) = self.card.as_mut().filter(|_| std::mem::take(&mut self.lost)) {
            resumed = resumed.and(card.on_action(Action::Refresh, ui));
        }
        // Another server may judge by other tables. A card that is open keeps the old ones until the new ones come.
        if self.card.is_some() && ui.sees_categories() {
            return resumed.and(Effects::ask(Purpose::Law, Question::Law));
        }
        self.law = None;
        resumed
    }

    fn hand(&self, now: Timestamp) -> Option<u64> {
        match &self.card {
            Some(card) => card.waiting(now),
            None => self.search.waiting(now),
        }
    }

    fn draw(&mut self, ui: &Ui, frame: &mut Frame<'_>, area: Rect, shape: Shape) {
        match &mut self.card {
            Some(card) => card.draw(ui, frame, area, shape),
            None => self.search.draw(ui, frame, area),
        }
    }
}
