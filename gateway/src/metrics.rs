//! The names of the metrics, what they mean, and the exporter that keeps them. No label holds anything that was sent.

use std::time::Duration;

use axum::http::StatusCode;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use saqta_data::office::Delivery;

use crate::carrier::adapter::Service;

/// Requests to the webhooks, by `route` (the template) and `status`.
pub const REQUESTS: &str = "saqta_http_requests_total";
/// From a request's head until the head of its response, by `route`.
pub const REQUEST_SECONDS: &str = "saqta_http_request_duration_seconds";
/// Requests being answered now.
pub const IN_FLIGHT: &str = "saqta_http_requests_in_flight";
/// Messages and USSD steps understood, by `instance` and `service`.
pub const MESSAGES: &str = "saqta_carrier_messages_total";
/// Requests refused, and pages that were late, by `instance` (empty: none) and `reason`.
pub const REFUSALS: &str = "saqta_carrier_refusals_total";
/// Time since the last message, or since the start if there was none, by `instance`.
pub const MESSAGE_AGE_SECONDS: &str = "saqta_carrier_last_message_age_seconds";

/// Answers, and silences on purpose, by `instance`, `service`, `outcome` (of the journal, or `repeated`) and `language`.
pub const ANSWERS: &str = "saqta_answers_total";
/// From hearing a message until its answer is on disk, by `service`.
pub const ANSWER_SECONDS: &str = "saqta_answer_duration_seconds";
/// Messages of senders that are no phone, by `instance`.
pub const MACHINES: &str = "saqta_machines_total";
/// Messages under an id that another message had, by `instance`.
pub const ODD_IDS: &str = "saqta_odd_ids_total";
/// Answers that a limit on look-ups kept back, by `limit`; many of them are worth an alert.
pub const LIMITS_REACHED: &str = "saqta_limits_reached_total";
/// Batches refused because another message came before.
pub const CONFLICTS: &str = "saqta_conflicts_total";
/// Messages that got no proper answer, and receipts that could not be noted, by `service`.
pub const FAILURES: &str = "saqta_failures_total";
/// Answers that were to follow a late USSD page by SMS, by `instance` and `state`: `promised`, `answered` (on their way) or
/// `expired` (given up; worth an alert). The rest waits, or went with the process.
pub const PROMISES: &str = "saqta_ussd_promises_total";

/// SMS that are no answers and that a carrier took, by `instance`.
pub const SENT: &str = "saqta_outbox_sent_total";
/// Attempts to send one after which it is tried again, by `instance` and `reason`.
pub const RETRIES: &str = "saqta_outbox_retries_total";
/// Such SMS given up, by `instance` and `reason`; worth an alert.
pub const DEAD: &str = "saqta_outbox_dead_total";
/// Such SMS that wait, by `instance`.
pub const WAITING: &str = "saqta_outbox_waiting";

/// Texts that a carrier listed when it was asked, by `instance` and `callback` (`came`, or `lost`: worth a look at the carrier).
pub const POLLED: &str = "saqta_polled_total";
/// Questions for such texts that came to nothing, by `instance`.
pub const POLL_FAILURES: &str = "saqta_poll_failures_total";

/// Receipts of SMS that were sent, by `instance` and `state` (of the SMS, or `unmatched`).
pub const RECEIPTS: &str = "saqta_receipts_total";

/// The upper bounds of the latency buckets, in seconds: an answer takes 2 to 10 ms, and must not take 2 s.
pub const LATENCY_BUCKETS_SECONDS: [f64; 12] = [
    0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 2.0,
];

/// How often the samples of histograms are folded into their buckets; between two foldings they are kept one by one.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(1);

/// The exporter with our buckets; the caller installs it.
///
/// # Errors
/// None with the buckets above.
pub fn exporter() -> Result<PrometheusBuilder, BuildError> {
    let latency = Matcher::Suffix("_duration_seconds".into());
    PrometheusBuilder::new().set_buckets_for_metric(latency, &LATENCY_BUCKETS_SECONDS)
}

/// Folds samples until it is dropped; without it they would pile up while nobody scrapes.
pub async fn keep_up(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(UPKEEP_INTERVAL);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

/// Tells the recorder what each metric means.
pub fn describe() {
    describe_counter!(REQUESTS, "Requests to the webhooks, by route template and status");
    describe_histogram!(
        REQUEST_SECONDS,
        Unit::Seconds,
        "Time to answer, by route template"
    );
    describe_gauge!(IN_FLIGHT, "Requests being answered now");
    describe_counter!(
        MESSAGES,
        "Messages and USSD steps understood, by instance and service"
    );
    describe_counter!(
        REFUSALS,
        "Requests refused and pages late, by instance and reason"
    );
    describe_gauge!(
        MESSAGE_AGE_SECONDS,
        Unit::Seconds,
        "Time since the last message, or since the start, by instance"
    );
    describe_answers();
}

fn describe_answers() {
    describe_counter!(
        ANSWERS,
        "Answers and silences, by instance, service, outcome and language"
    );
    describe_histogram!(
        ANSWER_SECONDS,
        Unit::Seconds,
        "Time until an answer is on disk, by service"
    );
    describe_counter!(MACHINES, "Messages of senders that are no phone, by instance");
    describe_counter!(ODD_IDS, "Messages under an id that another had, by instance");
    describe_counter!(
        LIMITS_REACHED,
        "Answers kept back by a limit on look-ups, by limit"
    );
    describe_counter!(
        PROMISES,
        "Answers that were to follow a late USSD page by SMS, by instance and state"
    );
    describe_counter!(CONFLICTS, "Batches refused because another message came before");
    describe_counter!(
        FAILURES,
        "Messages that got no proper answer and receipts that could not be noted, by service"
    );
    describe_outbox();
}

fn describe_outbox() {
    describe_counter!(
        SENT,
        "SMS that are no answers and that a carrier took, by instance"
    );
    describe_counter!(
        RETRIES,
        "Attempts to send one that failed for now, by instance and reason"
    );
    describe_counter!(DEAD, "Such SMS given up, by instance and reason");
    describe_counter!(RECEIPTS, "Receipts of SMS that were sent, by instance and state");
    describe_gauge!(WAITING, "Such SMS that wait, by instance");
    describe_counter!(
        POLLED,
        "Texts that a carrier listed when asked, by instance and callback"
    );
    describe_counter!(POLL_FAILURES, "Questions for texts that failed, by instance");
}

/// Counts messages understood.
pub(crate) fn messages(instance: &str, service: Service, messages: usize) {
    let count = u64::try_from(messages).unwrap_or(u64::MAX);
    counter!(MESSAGES, "instance" => instance.to_owned(), "service" => service.segment()).increment(count);
}

/// Counts a request that got its response.
pub(crate) fn request(route: &str, status: StatusCode, took: Duration) {
    let route = route.to_owned();
    counter!(REQUESTS, "route" => route.clone(), "status" => status.as_str().to_owned()).increment(1);
    histogram!(REQUEST_SECONDS, "route" => route).record(took.as_secs_f64());
}

/// Counts a receipt; `None`: nothing is known of what it is about.
pub(crate) fn receipt(instance: &str, delivery: Option<Delivery>) {
    let state = delivery.map_or("unmatched", Delivery::code);
    counter!(RECEIPTS, "instance" => instance.to_owned(), "state" => state).increment(1);
}

/// Counts a refusal.
pub(crate) fn refusal(instance: &str, reason: &'static str) {
    counter!(REFUSALS, "instance" => instance.to_owned(), "reason" => reason).increment(1);
}

/// Sets how many requests are being answered.
#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; there are at most 1024 requests"
)]
pub(crate) fn in_flight(requests: usize) {
    gauge!(IN_FLIGHT).set(requests as f64);
}

/// Sets how long ago an instance had its last message.
pub(crate) fn message_age(instance: &str, age: Duration) {
    gauge!(MESSAGE_AGE_SECONDS, "instance" => instance.to_owned()).set(age.as_secs_f64());
}
