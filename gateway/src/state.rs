//! What the handlers share: the configured instances, who answers, and how much is answered at once.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::request::Parts;
use axum::response::Response;
use saqta_data::clock::{Clock, Timestamp};
use saqta_data::desk::CarrierFigures;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::access::Access;
use crate::book::Book;
use crate::carrier::adapter::{Adapter, MAX_BATCH, Service, Tail, Webhook};
use crate::carrier::config::{ConfigError, InstanceConfig};
use crate::carrier::poll::Polls;
use crate::carrier::send::Sends;
use crate::carrier::{
    Answered, Answers, Course, IncomingSms, IncomingUssd, Instance, SmsReply, UssdCall, UssdPage, UssdReply,
};
use crate::carriers;
use crate::error::Refusal;
use crate::joiner::{Joined, Joiner};
use crate::metrics;
use crate::quiet::Quiet;

/// The most requests being answered at once; each holds at most a body of 64 KiB. Twice the calls that a Kannel keeps
/// open (`max-pending-requests` 512).
pub const MAX_IN_FLIGHT: usize = 1024;

/// The most instances, each with its own metrics.
pub const MAX_INSTANCES: usize = 64;

/// The time for an answer: USSD carriers name 2 s as the norm for a page, and none less.
pub const ANSWER_BUDGET: Duration = Duration::from_secs(2);

/// The state of the gateway. Cheap to clone. It has no `Debug`: its adapters hold secrets.
#[derive(Clone)]
pub struct Gateway(Arc<Shared>);

struct Shared {
    /// As configured now; a request under way keeps the mount that it began with.
    mounts: RwLock<Arc<Mounts>>,
    answers: Arc<dyn Answers>,
    clock: Clock,
    slots: Semaphore,
    quiet: Quiet,
}

/// The configured instances.
#[derive(Default)]
struct Mounts {
    /// In the order of the configuration.
    list: Vec<Arc<Mount>>,
    /// The positions of the mounts by name.
    names: BTreeMap<String, usize>,
}

impl Mounts {
    /// Those of `configs`; what `before` counted of an instance goes on if name and kind are the same.
    fn new(configs: &[InstanceConfig], before: &Self, now: Timestamp) -> Result<Self, ConfigError> {
        let mut mounts = Self::default();
        for config in configs {
            if mounts.list.len() == MAX_INSTANCES {
                return Err(config.error("name", format!("more than {MAX_INSTANCES} carriers")));
            }
            if mounts
                .names
                .insert(config.name.clone(), mounts.list.len())
                .is_some()
            {
                return Err(config.error("name", "two carriers have this name"));
            }
            let mut mount = Mount::new(config, now)?;
            if let Some(same) = before.get(&config.name).filter(|same| same.kind == mount.kind) {
                mount.book = same.book.clone();
                mount.joiner = same.joiner.clone();
                mount.started_at = same.started_at;
            }
            mounts.list.push(Arc::new(mount));
        }
        Ok(mounts)
    }

    fn get(&self, name: &str) -> Option<&Arc<Mount>> {
        self.list.get(*self.names.get(name)?)
    }
}

impl Gateway {
    /// The gateway of the configured instances, with `answers` to answer.
    ///
    /// # Errors
    /// Wrong settings of an instance, a name that stands twice, or more than 64 instances.
    pub fn new(
        configs: &[InstanceConfig],
        answers: Arc<dyn Answers>,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let mounts = Mounts::new(configs, &Mounts::default(), clock.now())?;
        Ok(Self(Arc::new(Shared {
            mounts: RwLock::new(Arc::new(mounts)),
            answers,
            clock,
            slots: Semaphore::new(MAX_IN_FLIGHT),
            quiet: Quiet::default(),
        })))
    }

    /// Serves the instances of `configs` from now on. Requests under way are answered as they began; figures go on.
    ///
    /// # Errors
    /// As [`Gateway::new`]; then nothing is another.
    pub fn replace(&self, configs: &[InstanceConfig]) -> Result<(), ConfigError> {
        let mounts = Mounts::new(configs, &self.mounts(), self.0.clock.now())?;
        *self.0.mounts.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(mounts);
        Ok(())
    }

    fn mounts(&self) -> Arc<Mounts> {
        self.0
            .mounts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The instances, in the order of the configuration.
    #[must_use]
    pub fn instances(&self) -> Vec<Instance> {
        self.mounts()
            .list
            .iter()
            .map(|mount| mount.instance.clone())
            .collect()
    }

    /// How each instance does, in the same order.
    #[must_use]
    pub fn figures(&self) -> Vec<CarrierFigures> {
        let now = self.0.clock.now();
        self.mounts()
            .list
            .iter()
            .map(|mount| mount.figures(now))
            .collect()
    }

    /// For each instance, the time since its last message, or since the start if there was none.
    pub(crate) fn message_ages(&self) -> Vec<(String, Duration)> {
        let now = self.0.clock.now();
        let age = |mount: &Arc<Mount>| {
            let last = mount.book.heard_at().unwrap_or(mount.started_at);
            (mount.instance.name.clone(), now.since(last))
        };
        self.mounts().list.iter().map(age).collect()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn mount(&self, name: &str) -> Option<Arc<Mount>> {
        self.mounts().get(name).cloned()
    }

    /// How many refusals of this kind to `source` at `instance` the log did not tell of, if it is to tell of one now.
    pub(crate) fn tell_of(&self, source: Option<IpAddr>, instance: &str, kind: &'static str) -> Option<u64> {
        self.0
            .quiet
            .turn((source, instance.to_owned(), kind), self.0.clock.now())
    }

    /// Enters a request to `mount` that is refused.
    pub(crate) fn note_refusal(&self, mount: &Mount) {
        mount.book.refused(self.0.clock.now());
    }

    /// The response to a request that was let in.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] if it is not signed as it should be; whatever else the adapter refuses; [`Refusal::Late`].
    pub(crate) async fn respond(
        &self,
        mount: &Mount,
        service: Service,
        request: &Webhook,
    ) -> Result<Response, Refusal> {
        mount.adapter.verify(request, self.0.clock.now())?;
        match service {
            Service::Sms => self.respond_sms(mount, request).await,
            Service::Ussd => self.respond_ussd(mount, request).await,
            Service::Receipt => self.respond_receipts(mount, request).await,
        }
    }

    async fn respond_receipts(&self, mount: &Mount, request: &Webhook) -> Result<Response, Refusal> {
        let receipts = mount.adapter.receipts(request)?;
        if receipts.len() > MAX_BATCH {
            return Err(Refusal::malformed(format!("more than {MAX_BATCH} receipts")));
        }
        let all = async {
            // All are heard, as messages are; what was noted is known when it comes again.
            let mut kept = Ok(());
            for receipt in receipts {
                let delivery = receipt.delivery;
                match self.0.answers.receipt(&mount.instance, receipt).await {
                    Ok(known) => metrics::receipt(&mount.instance.name, known.then_some(delivery)),
                    Err(refusal) => kept = Err(refusal),
                }
            }
            kept
        };
        in_time(all).await??;
        Ok(mount.adapter.receipt_answer(request))
    }

    async fn respond_sms(&self, mount: &Mount, request: &Webhook) -> Result<Response, Refusal> {
        let messages = mount.adapter.sms(request)?;
        if messages.len() > MAX_BATCH {
            return Err(Refusal::malformed(format!("more than {MAX_BATCH} messages")));
        }
        messages.iter().try_for_each(IncomingSms::check)?;
        self.note_message(mount, Service::Sms, messages.len());
        let all = async {
            // All are heard: one that cannot be kept must not hold up those behind it.
            let mut replies = Vec::with_capacity(messages.len());
            for sms in messages {
                replies.push(self.answer_sms(mount, sms).await);
            }
            replies.into_iter().collect::<Result<Vec<_>, _>>()
        };
        let replies = in_time(all).await??;
        Ok(mount.adapter.sms_answer(request, &replies))
    }

    async fn respond_ussd(&self, mount: &Mount, request: &Webhook) -> Result<Response, Refusal> {
        let (answers, instance) = (&self.0.answers, &mount.instance);
        let reply = match mount.adapter.ussd(request)? {
            UssdCall::Step(step) => return self.respond_page(mount, request, step).await,
            UssdCall::Nothing => UssdReply::Nothing,
            UssdCall::End(session) => {
                session.check()?;
                UssdReply::Ended(in_time(answers.ussd_ended(instance, session)).await?)
            }
            UssdCall::Query(session) => {
                session.check()?;
                UssdReply::Active(in_time(answers.ussd_active(instance, session)).await?)
            }
        };
        Ok(mount.adapter.ussd_answer(request, &reply))
    }

    /// A page that is late ends the session with "try again", before the carrier ends it with a fault.
    async fn respond_page(
        &self,
        mount: &Mount,
        request: &Webhook,
        step: IncomingUssd,
    ) -> Result<Response, Refusal> {
        step.check()?;
        self.note_message(mount, Service::Ussd, 1);
        let step = IncomingUssd {
            input: step.input.trimmed(),
            ..step
        };
        let page = in_time(self.answer_ussd(mount, step)).await;
        let late = page.is_err();
        let page = page.unwrap_or_else(|_| self.0.answers.late_page(&mount.instance));
        let mut response = mount.adapter.ussd_answer(request, &UssdReply::Page(page));
        if late {
            self.note_refusal(mount);
            response.extensions_mut().insert(Refusal::Late);
        }
        Ok(response)
    }

    /// The answer to a message. What could not be put on its way is not acknowledged, so that the carrier sends the message
    /// again; those of its batch that were, are known again.
    async fn answer_sms(&self, mount: &Mount, sms: IncomingSms) -> Result<SmsReply, Refusal> {
        let watch = self.0.clock.stopwatch();
        let (sms, ticket) = match mount.joiner.take(sms, self.0.clock.now()) {
            Joined::Whole(sms, ticket) => (sms, ticket),
            Joined::Heard => return Ok(SmsReply::Silence),
            Joined::Waiting => return Err(Refusal::Partial),
        };
        let Answered { reply, course } = self.0.answers.sms(&mount.instance, *sms).await;
        let silent = matches!(reply, SmsReply::Silence);
        mount
            .book
            .ended(self.0.clock.now(), course, watch.elapsed(), silent);
        if mount.instance.answers_later && course == Course::Failed {
            return Err(Refusal::Unkept);
        }
        if let Some(ticket) = ticket {
            mount.joiner.heard(&ticket);
        }
        Ok(reply)
    }

    async fn answer_ussd(&self, mount: &Mount, step: IncomingUssd) -> UssdPage {
        let watch = self.0.clock.stopwatch();
        let Answered { reply, course } = self.0.answers.ussd(&mount.instance, step).await;
        mount
            .book
            .ended(self.0.clock.now(), course, watch.elapsed(), reply.text.is_empty());
        reply
    }

    fn note_message(&self, mount: &Mount, service: Service, messages: usize) {
        mount.book.heard(self.0.clock.now(), messages);
        metrics::messages(&mount.instance.name, service, messages);
    }

    /// A place among the requests being answered, held until it is dropped.
    ///
    /// # Errors
    /// [`Refusal::Busy`]: waiting would only make all of them late.
    pub(crate) fn slot(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Refusal> {
        self.0.slots.try_acquire().map_err(|_| Refusal::Busy)
    }

    /// How many requests are being answered.
    pub(crate) fn in_flight(&self) -> usize {
        MAX_IN_FLIGHT.saturating_sub(self.0.slots.available_permits())
    }
}

/// What comes of `work` within the time for an answer.
async fn in_time<T>(work: impl Future<Output = T>) -> Result<T, Refusal> {
    timeout(ANSWER_BUDGET, work).await.map_err(|_| Refusal::Late)
}

/// An instance with its adapter.
pub(crate) struct Mount {
    pub(crate) instance: Instance,
    kind: String,
    adapter: Box<dyn Adapter>,
    access: Access,
    book: Arc<Book>,
    joiner: Arc<Joiner>,
    started_at: Timestamp,
}

impl Mount {
    fn new(config: &InstanceConfig, now: Timestamp) -> Result<Self, ConfigError> {
        config.check_name()?;
        let access = Access::new(config)?;
        let adapter = carriers::build(config)?;
        let answers_later = adapter.answers_later();
        if answers_later && adapter.sends().is_none() {
            let problem = format!(
                "{} takes no answer in the response, so it is sent: where to?",
                config.kind
            );
            return Err(config.error("send_url", problem));
        }
        Ok(Self {
            instance: Instance {
                answers_later,
                ids: adapter.ids(),
                name: config.name.clone(),
                believes_sender: !config.is_open(),
                can_send_sms: adapter.sends().is_some(),
                ussd_frame: config.ussd_frame(&*adapter)?,
                own_numbers: config.own_numbers.clone(),
            },
            kind: config.kind.clone(),
            adapter,
            access,
            book: Arc::default(),
            joiner: Arc::default(),
            started_at: now,
        })
    }

    fn figures(&self, now: Timestamp) -> CarrierFigures {
        CarrierFigures {
            name: self.instance.name.clone(),
            kind: self.kind.clone(),
            believes_sender: self.instance.believes_sender,
            can_send: self.instance.can_send_sms,
            ..self.book.figures(now)
        }
    }

    /// The address that a request is from, if it is known.
    pub(crate) fn source(&self, head: &Parts) -> Option<IpAddr> {
        self.access.source(head)
    }

    /// Lets a request in by what its head says.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`], [`Refusal::NotOffered`], [`Refusal::Method`].
    pub(crate) fn admit(&self, service: Service, head: &Parts, secret: Option<&str>) -> Result<(), Refusal> {
        self.access.admit(head, secret)?;
        let tail = head.extensions.get().map_or("", |Tail(tail)| tail);
        let methods = if tail.is_empty() {
            self.adapter.methods(service)
        } else {
            self.adapter.ussd_methods_below(tail)
        };
        if methods.is_empty() {
            return Err(Refusal::NotOffered);
        }
        if methods.contains(&head.method) {
            return Ok(());
        }
        let names: Vec<_> = methods.iter().map(axum::http::Method::as_str).collect();
        Err(Refusal::Method {
            allow: names.join(", "),
        })
    }

    /// How the instance sends SMS, if it does.
    pub(crate) fn sends(&self) -> Option<&dyn Sends> {
        self.adapter.sends()
    }

    /// How the instance asks for texts, if it does.
    pub(crate) fn polls(&self) -> Option<&dyn Polls> {
        self.adapter.polls()
    }

    /// How the carrier is told that a request is refused.
    pub(crate) fn refuse(&self, service: Service, refusal: &Refusal) -> Response {
        match service {
            Service::Ussd => self.adapter.refuse_ussd(refusal),
            Service::Sms | Service::Receipt => self.adapter.refuse(refusal),
        }
    }
}

mod polled;
#[cfg(test)]
mod tests;
