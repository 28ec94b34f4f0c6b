//! What the exchange counts. No label holds anything of a citizen.

use metrics::{counter, histogram};
use saqta_data::store::StoreError;

use super::late::Kept;
use super::look_up::Limit;
use super::{Call, Done};
use crate::metrics::{
    ANSWER_SECONDS, ANSWERS, CONFLICTS, FAILURES, LIMITS_REACHED, MACHINES, ODD_IDS, PROMISES,
};

/// An answer, or a silence on purpose, and how long it took. `outcome="repeated"`: given before.
pub(super) fn answered<T>(service: &'static str, call: &Call<'_>, done: &Done<T>) {
    let outcome = done.outcome.map_or("repeated", |outcome| outcome.code());
    let labels = [
        ("instance", call.instance.name.clone()),
        ("service", service.to_owned()),
        ("outcome", outcome.to_owned()),
        ("language", done.language.code().to_owned()),
    ];
    counter!(ANSWERS, &labels).increment(1);
    histogram!(ANSWER_SECONDS, "service" => service).record(call.watch.elapsed().as_secs_f64());
}

/// A sender that is no phone.
pub(super) fn machine(instance: &str) {
    counter!(MACHINES, "instance" => instance.to_owned()).increment(1);
}

/// Another message under an id that was used today.
pub(super) fn odd(instance: &str) {
    counter!(ODD_IDS, "instance" => instance.to_owned()).increment(1);
    tracing::warn!(instance, "another message came under an id already used");
}

/// An answer kept back by a limit: worth an alert when it is frequent.
pub(super) fn limit_reached(limit: Limit) {
    counter!(LIMITS_REACHED, "limit" => limit.code()).increment(1);
    tracing::warn!(limit = limit.code(), "a limit kept an answer back");
}

/// A batch that another message came before.
pub(super) fn conflict() {
    counter!(CONFLICTS).increment(1);
}

/// A message that got no proper answer.
pub(super) fn failure(service: &'static str, error: &StoreError) {
    counter!(FAILURES, "service" => service).increment(1);
    tracing::error!(service, %error, "a citizen was asked to try later");
}

/// A receipt that could not be noted; its carrier is to tell it again.
pub(super) fn unnoted(instance: &str, error: &StoreError) {
    counter!(FAILURES, "service" => "receipt").increment(1);
    tracing::error!(instance, %error, "what became of an SMS could not be noted");
}

/// An answer that is to follow a late USSD page by SMS.
pub(super) fn promise(instance: &str, kept: Kept) {
    let state = match kept {
        Kept::Promised => "promised",
        Kept::Answered => "answered",
        Kept::Expired => "expired",
    };
    counter!(PROMISES, "instance" => instance.to_owned(), "state" => state).increment(1);
    if matches!(kept, Kept::Expired) {
        tracing::error!(instance, "an answer promised by SMS was given up");
    }
}
