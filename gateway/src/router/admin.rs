//! The second listener: is the process alive, is it ready, what has it counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use saqta_data::store::{Store, Tree};
use tokio::time::timeout;

use crate::metrics;
use crate::state::Gateway;

/// The time in which the store must answer to be called ready; a warm read takes microseconds.
const READY_DEADLINE: Duration = Duration::from_millis(500);

/// Where in its life the process stands. Clones share it.
#[derive(Clone, Debug)]
pub struct Phase(Arc<AtomicU8>);

const STARTING: u8 = 0;
const SERVING: u8 = 1;
const DRAINING: u8 = 2;

impl Phase {
    /// The webhooks do not answer yet.
    #[must_use]
    pub fn starting() -> Self {
        Self(Arc::new(AtomicU8::new(STARTING)))
    }

    /// The webhooks answer.
    pub fn serving(&self) {
        self.0.store(SERVING, Ordering::SeqCst);
    }

    /// The process finishes what is under way and ends.
    pub fn draining(&self) {
        self.0.store(DRAINING, Ordering::SeqCst);
    }

    fn hindrance(&self) -> Option<&'static str> {
        match self.0.load(Ordering::SeqCst) {
            SERVING => None,
            STARTING => Some("starting"),
            _ => Some("draining"),
        }
    }
}

/// What the second listener shows.
#[derive(Clone)]
pub struct Admin {
    /// Where the process stands.
    pub phase: Phase,
    /// The store whose answering makes us ready.
    pub store: Arc<dyn Store>,
    /// The recorder's figures.
    pub metrics: PrometheusHandle,
    /// The instances.
    pub gateway: Gateway,
}

/// `/healthz`, `/readyz` and `/metrics`. For a listener of its own: they are nobody's business outside.
pub fn admin_router(admin: Admin) -> Router {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .with_state(admin)
}

async fn ready(State(admin): State<Admin>) -> (StatusCode, String) {
    match hindrance(&admin).await {
        None => (StatusCode::OK, "ready\n".into()),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
    }
}

async fn hindrance(admin: &Admin) -> Option<String> {
    if let Some(reason) = admin.phase.hindrance() {
        return Some(reason.into());
    }
    let probe = async {
        admin.store.get(Tree::Settings, b"ready?").await?;
        // What cannot be journaled is not answered.
        admin.store.writable().await
    };
    match timeout(READY_DEADLINE, probe).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("the store does not answer".into()),
    }
}

async fn figures(State(admin): State<Admin>) -> impl IntoResponse {
    // Gauges that nothing but a look at the clock changes.
    metrics::in_flight(admin.gateway.in_flight());
    for (instance, age) in admin.gateway.message_ages() {
        metrics::message_age(&instance, age);
    }
    // The text format that Prometheus reads, by its version.
    let format = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (format, admin.metrics.render())
}

#[cfg(test)]
mod tests;
