//! Answers that follow by SMS: where the store was too slow for a USSD page, the last page says that an SMS comes, and the
//! question is heard again until the store has its answer.
//!
//! What waits is in memory. Nothing durable can be promised while the store is slow: a promise ends with the process.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use saqta_data::clock::Timestamp;
use saqta_data::iin::Iin;
use saqta_data::phone::Msisdn;
use saqta_data::store::StoreError;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::{Call, Exchange, figures, sms, ussd};
use crate::carrier::{IncomingSms, Instance};
use crate::dialog::answer::Topic;
use crate::dialog::words::{Number, understand};

/// The most answers that are promised at once; beyond it citizens are asked to try later. It is as many as the outbox
/// takes for an instance.
pub(super) const MAX_PROMISES: usize = 1_000;
/// How long an answer is worth something: as long as one that waits for its carrier.
const WORTH_FOR: Duration = Duration::from_secs(600);
/// The pause before the first attempt, and after one that went well.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause between attempts, which double until then.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The answers that are promised.
#[derive(Default)]
pub(super) struct Promises {
    waiting: Mutex<VecDeque<Promise>>,
    fresh: Notify,
}

/// A question whose answer follows by SMS. It has no `Debug`: it holds a phone and an IIN.
#[derive(Clone)]
struct Promise {
    /// As it was configured when the page was late, but answering later.
    instance: Instance,
    phone: Msisdn,
    /// As an SMS would ask; its id is the same for the same step of a session.
    question: IncomingSms,
    since: Timestamp,
}

/// What became of a promise.
#[derive(Clone, Copy)]
pub(super) enum Kept {
    /// It was made.
    Promised,
    /// The answer is on its way.
    Answered,
    /// The time in which it is worth something is over.
    Expired,
}

impl Promises {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Promise>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes `promise`; false if there are too many. The same question of a phone is answered once.
    fn take(&self, promise: Promise) -> bool {
        let mut waiting = self.waiting();
        let same = |other: &Promise| {
            other.phone == promise.phone
                && other.instance.name == promise.instance.name
                && other.question.text == promise.question.text
        };
        if waiting.iter().any(same) {
            return true;
        }
        if waiting.len() >= MAX_PROMISES {
            return false;
        }
        figures::promise(&promise.instance.name, Kept::Promised);
        waiting.push_back(promise);
        self.fresh.notify_one();
        true
    }

    /// Drops what is worth nothing any more.
    fn expire(&self, now: Timestamp) {
        self.waiting().retain(|promise| {
            let worth = now.since(promise.since) < WORTH_FOR;
            if !worth {
                figures::promise(&promise.instance.name, Kept::Expired);
            }
            worth
        });
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.waiting().len()
    }
}

impl Exchange {
    /// Promises the answer to `step` by SMS, if it asks about a person and an SMS can be sent to a sender who can be
    /// believed: else anybody could have any phone texted.
    pub(super) fn promise(&self, step: &ussd::Incoming<'_>, error: &StoreError) -> bool {
        let Call { instance, phone, .. } = step.call;
        let slow = matches!(error, StoreError::Slow | StoreError::Conflict);
        if !(slow && instance.can_send_sms && instance.believes_sender) {
            return false;
        }
        let Some(text) = step.question() else {
            return false;
        };
        self.promises.take(Promise {
            instance: Instance {
                answers_later: true,
                ..instance.clone()
            },
            phone,
            question: IncomingSms {
                id: Some(step.id()),
                from: phone.reveal(),
                to: String::new(),
                text,
                part: None,
                link: None,
            },
            since: self.office.clock().now(),
        })
    }

    /// Keeps what was promised to citizens whose page was late: tries to answer by SMS with growing pauses, for ten minutes
    /// at most. Runs until it is dropped.
    pub async fn keep_promises(&self) {
        let mut pause = FIRST_PAUSE;
        loop {
            if self.promises.len() == 0 {
                self.promises.fresh.notified().await;
                pause = FIRST_PAUSE;
            }
            sleep(pause).await;
            self.promises.expire(self.office.clock().now());
            pause = if self.answer_promised().await {
                FIRST_PAUSE
            } else {
                LONGEST_PAUSE.min(pause.saturating_mul(2))
            };
        }
    }

    /// How many promises wait to be kept.
    #[must_use]
    pub fn promised(&self) -> usize {
        self.promises.len()
    }

    /// Tries each promise once, the oldest first, as long as the store is not slow; false if one is left over.
    async fn answer_promised(&self) -> bool {
        let mut all = true;
        for _ in 0..self.promises.len() {
            let Some(promise) = self.promises.waiting().front().cloned() else {
                break;
            };
            let kept = self.answer_late(&promise).await;
            let slow = matches!(kept, Err(StoreError::Slow));
            let mut waiting = self.promises.waiting();
            // Others are put behind it only, so that it still is the first.
            waiting.pop_front();
            if kept.is_ok() {
                figures::promise(&promise.instance.name, Kept::Answered);
            } else {
                waiting.push_back(promise);
                all = false;
            }
            if slow {
                break;
            }
        }
        all
    }

    /// Hears the question as an SMS whose answer is sent: answer, journal line and letter are one batch.
    async fn answer_late(&self, promise: &Promise) -> Result<(), StoreError> {
        let call = Call {
            instance: &promise.instance,
            phone: promise.phone,
            watch: self.office.clock().stopwatch(),
        };
        let heard = sms::Incoming::read(call, &promise.question);
        let done = self
            .in_time(promise.phone, |full| self.hear_sms(&heard, full))
            .await?;
        figures::answered("sms", &heard.call, &done);
        Ok(())
    }
}

/// What an SMS writes to ask about `topic` of `iin`. The words are Kazakh: a phone without a language is answered in it.
pub(super) fn in_words(iin: Iin, topic: Topic) -> String {
    let word = match topic {
        Topic::Payments => "төлем ",
        Topic::Debt => "қарыз ",
        Topic::Clinic => "емхана ",
        Topic::Status | Topic::Lock | Topic::Unlock => "",
    };
    format!("{word}{}", iin.reveal())
}

/// The IIN that was typed last, of what a step tells; for steps that failed before it was known what they mean.
pub(super) fn typed_iin(typed: &str) -> Option<Iin> {
    let last = typed.trim_end_matches('#').rsplit('*').next()?;
    match understand(last).number {
        Number::Iin(iin) => Some(iin),
        _ => None,
    }
}
