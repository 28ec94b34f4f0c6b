//! The exchange: a message in, an answer out. It knows what the dialog does not: the store, who may know what, the limits,
//! that one message has one answer, and that every answer leaves a journal line before it leaves the process.
//!
//! Everything that one message changes - the answer to repeat, the journal line, the conversation, the limits, a wish of
//! the phone's owner, a lock - is one batch of the store. If another message of the same phone came between, the batch
//! is refused and the message is heard again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use saqta_data::clock::Stopwatch;
use saqta_data::journal::{Door, Outcome};
use saqta_data::language::Language;
use saqta_data::office::Office;
use saqta_data::phone::Msisdn;
use saqta_data::store::{Key, StoreError};
use tokio::sync::Mutex;

use crate::carrier::adapter::Receipt;
use crate::carrier::{
    Answered, Answers, Course, IncomingSms, IncomingUssd, Instance, OutgoingSms, SmsReply, UssdPage,
    UssdSession, is_same_number,
};
use crate::dialog::answer::{Answer, Page};
use crate::dialog::menu::Menu;
use crate::encoding::pages::Frame;
use crate::encoding::{Alphabet, parts};
use crate::error::Refusal;
use crate::outbox::Outbox;
use crate::render::Voice;
pub use policy::{Policy, Unbound};
pub(crate) use receipts::{SentAs, sent_key};
pub(crate) use records::{Askers, Dialog, SessionPhone, digest};
use told::{Ending, Told};

mod ahead;
mod desk;
mod figures;
mod kept;
mod late;
mod look_up;
mod policy;
mod receipts;
mod records;
mod send;
mod sms;
mod sparing;
#[cfg(test)]
mod tests;
mod tidy;
mod told;
mod ussd;

/// How often a message is heard again because another one of the same phone came between through another gateway.
/// Within this process they queue up at a gate. Each phone that is counted for the person asked about may come between
/// once more.
const MAX_ATTEMPTS: usize = 16;
/// Gates for the phones of this process: those whose numbers share a remainder take turns.
const GATES: usize = 1_024;

/// Answers citizens.
pub struct Exchange {
    office: Office,
    voice: Arc<Voice>,
    policy: Policy,
    outbox: Arc<Outbox>,
    promises: late::Promises,
    dice: Dice,
    gates: Vec<Mutex<()>>,
    tidied_to: std::sync::Mutex<Option<Key>>,
}

/// Where the numbers of unlock codes come from.
type Dice = Box<dyn Fn() -> Option<u16> + Send + Sync>;

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchange")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// What became of one attempt to hear a message.
struct Done<T> {
    reply: T,
    /// The class of the answer; `None` for one that was given before.
    outcome: Option<Outcome>,
    language: Language,
}

impl<T> From<Done<T>> for Answered<T> {
    fn from(done: Done<T>) -> Self {
        let course = match done.outcome {
            None => Course::Repeated,
            Some(Outcome::Failed) => Course::Failed,
            Some(_) => Course::Fresh,
        };
        Self {
            reply: done.reply,
            course,
        }
    }
}

/// A message under way.
struct Call<'a> {
    instance: &'a Instance,
    phone: Msisdn,
    watch: Stopwatch,
}

/// How to speak to a phone, as far as learnt before something failed.
#[derive(Clone, Copy, Debug, Default)]
struct Manner {
    language: Language,
    latin: bool,
    /// Nothing was to be answered, or not by SMS.
    silent: bool,
}

impl Exchange {
    /// An exchange over `office` that speaks with `voice` and follows `policy`.
    #[must_use]
    pub fn new(office: Office, voice: Arc<Voice>, policy: Policy) -> Self {
        Self {
            outbox: Arc::new(Outbox::new(office.clone())),
            promises: late::Promises::default(),
            office,
            voice,
            policy,
            dice: Box::new(random_code),
            gates: (0..GATES).map(|_| Mutex::new(())).collect(),
            tidied_to: std::sync::Mutex::new(None),
        }
    }

    /// The USSD menu.
    #[must_use]
    pub fn menu(&self) -> &Menu {
        self.voice.menu()
    }

    /// Where SMS wait that are no answers.
    #[must_use]
    pub const fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    fn last_page(&self, page: &Page, manner: Manner, frame: Frame) -> UssdPage {
        let screens = self.voice.ussd(page, manner.language, manner.latin, frame);
        UssdPage {
            text: screens.into_iter().next().unwrap_or_default(),
            end: true,
        }
    }

    /// What an SMS gets when we failed. Only a text with an IIN or that is a command gets an answer: one that may come from a
    /// machine is not answered without the count that ends loops.
    fn excuse(&self, heard: &sms::Incoming<'_>) -> Done<SmsReply> {
        let manner = heard.manner();
        let reply = if heard.is_surely_asked() && !manner.silent {
            let out = self.speak(heard.call.phone, &Answer::TryLater, manner, false);
            SmsReply::Text(out)
        } else {
            SmsReply::Silence
        };
        Done {
            reply,
            outcome: Some(Outcome::Failed),
            language: manner.language,
        }
    }

    fn speak(&self, to: Msisdn, answer: &Answer, manner: Manner, hint: bool) -> OutgoingSms {
        outgoing(
            to,
            self.voice.sms(answer, manner.language, manner.latin, hint).text,
        )
    }

    /// The phone of a USSD session, if it can be told and answered.
    async fn whose(&self, instance: &Instance, session: &UssdSession) -> Result<Option<Msisdn>, StoreError> {
        let key = ussd::session_key(instance, session);
        let found = self.phone_of(instance, session, key);
        let deadline = Duration::from_millis(self.policy.deadline_ms);
        let found = tokio::time::timeout(deadline, found).await;
        found.unwrap_or(Err(StoreError::Slow))
    }

    /// Waits for `phone`'s turn and makes attempts until a batch goes through, at most as long as the policy says. What
    /// is cut off may still be committed; a repetition of the message then gets its answer.
    async fn in_time<T, F>(&self, phone: Msisdn, attempt: impl Fn(bool) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let deadline = Duration::from_millis(self.policy.deadline_ms);
        let turn = async {
            let gate = usize::try_from(phone.number()).unwrap_or_default() % GATES;
            let _turn = match self.gates.get(gate) {
                Some(gate) => Some(gate.lock().await),
                None => None,
            };
            let most = MAX_ATTEMPTS.saturating_add(self.policy.phones_per_iin_a_day);
            attempts(most, attempt).await
        };
        let done = tokio::time::timeout(deadline, turn).await;
        done.unwrap_or(Err(StoreError::Slow))
    }
}

#[async_trait]
impl Answers for Exchange {
    /// The answer to an SMS: the same again for the same message. Never fails: when the store does, or is slower than
    /// the policy's deadline, the citizen is asked to try later. Where answers are sent, it is on its way once the store has
    /// it, and nothing is said of a failure: the carrier sends the message again.
    async fn sms(&self, instance: &Instance, sms: IncomingSms) -> Answered<SmsReply> {
        let watch = self.office.clock().stopwatch();
        let Some(phone) = answerable(instance, &sms.from, &sms.to) else {
            figures::machine(&instance.name);
            return Answered::fresh(SmsReply::Silence);
        };
        let call = Call {
            instance,
            phone,
            watch,
        };
        let heard = sms::Incoming::read(call, &sms);
        let done = match self.in_time(phone, |full| self.hear_sms(&heard, full)).await {
            Ok(done) => done,
            Err(error) => {
                figures::failure("sms", &error);
                let mut done = self.excuse(&heard);
                if instance.answers_later {
                    // It is not acknowledged, and heard when it comes again.
                    done.reply = SmsReply::Silence;
                }
                let said = match &done.reply {
                    SmsReply::Silence => None,
                    SmsReply::Text(sms) => Some(sms.text.clone()),
                };
                let door = Door::Sms(instance.name.clone());
                // Whether a code is waited for could not be read.
                let exchanged = (kept::without_codes(&heard.heard), said);
                self.note_failure(&heard.call, door, exchanged, heard.manner())
                    .await;
                done
            }
        };
        figures::answered("sms", &heard.call, &done);
        done.into()
    }

    /// The page after a step of a USSD session: the same again for the same step. Never fails, like an SMS: where the store is
    /// slow, the last page says so, and that an SMS follows if one can.
    async fn ussd(&self, instance: &Instance, step: IncomingUssd) -> Answered<UssdPage> {
        let watch = self.office.clock().stopwatch();
        let phone = match self.whose(instance, &step.session).await {
            Ok(Some(phone)) => phone,
            Ok(None) if step.session.from.is_some() => {
                figures::machine(&instance.name);
                return Answered::fresh(UssdPage {
                    text: String::new(),
                    end: true,
                });
            }
            // The session began too long ago, or elsewhere: it cannot be told whose it is.
            Ok(None) => return Answered::fresh(self.late_page(instance)),
            Err(error) => {
                figures::failure("ussd", &error);
                return Answered {
                    reply: self.late_page(instance),
                    course: Course::Failed,
                };
            }
        };
        let call = Call {
            instance,
            phone,
            watch,
        };
        let pressed = ussd::Incoming::read(call, step);
        let done = match self.in_time(phone, |full| self.hear_ussd(&pressed, full)).await {
            Ok(done) => done,
            Err(error) => {
                figures::failure("ussd", &error);
                let manner = pressed.manner.get().copied().unwrap_or_default();
                let page = if self.promise(&pressed, &error) {
                    Page::AnswerBySms
                } else {
                    Page::TryLater
                };
                let reply = self.last_page(&page, manner, instance.ussd_frame);
                let door = Door::Ussd(instance.name.clone());
                let exchanged = (kept::beginning(pressed.typed()), Some(reply.text.clone()));
                self.note_failure(&pressed.call, door, exchanged, manner).await;
                Done {
                    reply,
                    outcome: Some(Outcome::Failed),
                    language: manner.language,
                }
            }
        };
        figures::answered("ussd", &pressed.call, &done);
        done.into()
    }

    /// A session that cannot be closed now ends by its age.
    async fn ussd_ended(&self, instance: &Instance, session: UssdSession) -> bool {
        let key = ussd::session_key(instance, &session);
        let Ok(Some(phone)) = self.whose(instance, &session).await else {
            return false;
        };
        let closed = self.in_time(phone, |_| self.close(phone, key)).await;
        closed.unwrap_or(false)
    }

    async fn ussd_active(&self, instance: &Instance, session: UssdSession) -> bool {
        let key = ussd::session_key(instance, &session);
        let Ok(Some(phone)) = self.whose(instance, &session).await else {
            return false;
        };
        let active = self.in_time(phone, |_| self.is_going_on(phone, key)).await;
        active.unwrap_or(false)
    }

    /// Notes what became of an SMS, for the operator to see.
    async fn receipt(&self, instance: &Instance, receipt: Receipt) -> Result<bool, Refusal> {
        let noted = self.note_receipt(instance, &receipt).await;
        noted.map_err(|error| {
            figures::unnoted(&instance.name, &error);
            Refusal::Unkept
        })
    }

    /// The final page for a citizen whose page is not ready in time, in the state language.
    fn late_page(&self, instance: &Instance) -> UssdPage {
        self.last_page(&Page::TryLater, Manner::default(), instance.ussd_frame)
    }
}

/// Attempts until a batch goes through, `most` of them: again after another message came between, and after the instance's
/// unbound look-ups of the minute turned out to be used up, which the attempt is told.
async fn attempts<T, F>(most: usize, attempt: impl Fn(bool) -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut instance_full = false;
    for _ in 0..most {
        match attempt(instance_full).await {
            Err(StoreError::Conflict) => figures::conflict(),
            Err(StoreError::LimitReached(_)) => instance_full = true,
            done => return done,
        }
    }
    Err(StoreError::Conflict)
}

/// A text on its way to a phone; alphabet and parts follow from it.
fn outgoing(to: Msisdn, text: String) -> OutgoingSms {
    OutgoingSms {
        to,
        alphabet: Alphabet::of(&text),
        parts: parts::count(&text),
        text,
    }
}

/// The sender as a phone that may be answered; `None` for names, short codes and our own numbers, to which the number
/// texted to belongs whether it is configured or not.
fn answerable(instance: &Instance, from: &str, to: &str) -> Option<Msisdn> {
    let phone = Msisdn::parse(from).ok()?;
    let mut own_numbers = instance.own_numbers.iter().map(String::as_str).chain([to]);
    (!own_numbers.any(|own| is_same_number(own, from))).then_some(phone)
}

/// An unlock code from the system's generator; `None` if it fails.
fn random_code() -> Option<u16> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).ok()?;
    u16::try_from(u64::from_be_bytes(bytes) % 10_000).ok()
}
