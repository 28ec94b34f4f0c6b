//! What is logged and counted of a request: the template of its route, never its address or anything in it.

use std::net::IpAddr;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, debug, debug_span, error, warn};

use super::{InstanceName, Source};
use crate::access;
use crate::error::Refusal;
use crate::metrics;
use crate::state::Gateway;

/// The route of a request that matches none.
const UNMATCHED: &str = "unmatched";

pub(super) async fn observe(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let watch = gateway.clock().stopwatch();
    let peer = access::peer(request.extensions());
    let response = next.run(request).instrument(debug_span!("request", route)).await;
    let took = watch.elapsed();
    metrics::request(route, response.status(), took);
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    report(&gateway, route, (&response, peer), took_us);
    response
}

fn report(gateway: &Gateway, route: &str, (response, peer): (&Response, Option<IpAddr>), took_us: u64) {
    let instance = response.extensions().get::<InstanceName>();
    let instance = instance.map_or("", |InstanceName(name)| name);
    let status = response.status().as_u16();
    let Some(refusal) = response.extensions().get::<Refusal>() else {
        debug!(route, instance, status, took_us, "answered");
        return;
    };
    metrics::refusal(instance, refusal.code());
    match refusal {
        Refusal::Panicked => error!(route, instance, status, took_us, "refused: {refusal}"),
        // Whoever tries secrets, or anything else that needs none, shall not fill the log.
        refusal if refusal.is_for_anybody() => {
            let source = response.extensions().get().map_or(peer, |Source(source)| *source);
            if let Some(passed_over) = gateway.tell_of(source, instance, refusal.code()) {
                let source = source.map(|source| source.to_string()).unwrap_or_default();
                warn!(route, instance, status, source, passed_over, "refused: {refusal}");
            }
        }
        Refusal::Partial => debug!(route, instance, status, took_us, "refused: {refusal}"),
        _ => warn!(route, instance, status, took_us, "refused: {refusal}"),
    }
}
