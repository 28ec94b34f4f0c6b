use async_trait::async_trait;
use axum::body::Body;
use axum::http::Request;
use saqta_data::store::copy::{Compacted, Progress, Sink};
use saqta_data::store::memory::MemoryStore;
use saqta_data::store::{Batch, Key, Scan, StoreError, StoreFigures, Value};

use super::*;
use crate::carriers::sandboxes;
use crate::conformance::harness::{Call, Echo, Heard, call, gateway, send};
use crate::router::router;

/// A store that fails always in the same way, or never answers.
#[derive(Debug)]
struct Sick(Option<StoreError>);

impl Sick {
    async fn say<T>(&self) -> Result<T, StoreError> {
        match self.0.clone() {
            Some(error) => Err(error),
            None => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Store for Sick {
    async fn get(&self, _: Tree, _: &[u8]) -> Result<Option<Value>, StoreError> {
        self.say().await
    }

    async fn scan(&self, _: Scan) -> Result<Vec<(Key, Value)>, StoreError> {
        self.say().await
    }

    async fn commit(&self, _: Batch) -> Result<Vec<u64>, StoreError> {
        self.say().await
    }

    async fn figures(&self) -> Result<StoreFigures, StoreError> {
        self.say().await
    }

    async fn copy(&self, _sink: Box<dyn Sink>, _progress: Arc<Progress>) -> Result<(), StoreError> {
        self.say().await
    }

    async fn compact(&self, _progress: Arc<Progress>) -> Result<Compacted, StoreError> {
        self.say().await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.say().await
    }
}

fn admin(store: Arc<dyn Store>) -> Admin {
    let recorder = metrics::exporter().unwrap().build_recorder();
    Admin {
        phase: Phase::starting(),
        store,
        metrics: recorder.handle(),
        gateway: gateway(&sandboxes(), Arc::new(Echo::default())),
    }
}

async fn get(admin: &Admin, path: &str) -> (u16, String) {
    let Heard { status, body, .. } = send(
        &admin_router(admin.clone()),
        Request::get(path).body(Body::empty()).unwrap(),
    )
    .await;
    (status.as_u16(), String::from_utf8(body.into()).unwrap())
}

#[tokio::test]
async fn ready_means_serving_over_a_store_that_answers() {
    let admin = admin(Arc::new(MemoryStore::default()));
    assert_eq!(get(&admin, "/healthz").await, (200, "alive\n".into()));
    assert_eq!(get(&admin, "/readyz").await, (503, "starting\n".into()));
    admin.phase.serving();
    assert_eq!(get(&admin, "/readyz").await, (200, "ready\n".into()));
    admin.phase.draining();
    assert_eq!(get(&admin, "/readyz").await, (503, "draining\n".into()));
    assert_eq!(get(&admin, "/healthz").await, (200, "alive\n".into()));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_or_hangs_is_not_ready() {
    let failing = admin(Arc::new(Sick(Some(StoreError::Closed))));
    failing.phase.serving();
    assert_eq!(
        get(&failing, "/readyz").await,
        (503, "the store is closed\n".into())
    );
    let hanging = admin(Arc::new(Sick(None)));
    hanging.phase.serving();
    assert_eq!(
        get(&hanging, "/readyz").await,
        (503, "the store does not answer\n".into())
    );
    assert_eq!(get(&hanging, "/healthz").await.0, 200);
}

#[tokio::test]
async fn metrics_tell_requests_messages_refusals_and_ages_and_nothing_private() {
    let recorder = metrics::exporter().unwrap().build_recorder();
    let admin = Admin {
        metrics: recorder.handle(),
        ..admin(Arc::new(MemoryStore::default()))
    };
    let _guard = ::metrics::set_default_local_recorder(&recorder);
    metrics::describe();
    let router = router(admin.gateway.clone());
    let text = Call::get("sms?id=1&from=%2B77010000001&to=1414&text=900101300007");
    call(&router, "kannel", &text).await;
    call(&router, "kannel", &Call::get("sms?from=%2B77010000001")).await;
    call(&router, "kannel-77010000001", &text).await;
    let (status, page) = get(&admin, "/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "saqta_http_requests_total{route=\"/v1/carriers/{name}/sms\",status=\"200\"} 2",
        "saqta_http_requests_total{route=\"/v1/carriers/{name}/sms\",status=\"404\"} 1",
        "saqta_http_request_duration_seconds_bucket{route=\"/v1/carriers/{name}/sms\",le=\"2\"} 3",
        "saqta_carrier_messages_total{instance=\"kannel\",service=\"sms\"} 1",
        "saqta_carrier_refusals_total{instance=\"kannel\",reason=\"malformed\"} 1",
        "saqta_carrier_refusals_total{instance=\"\",reason=\"unknown_carrier\"} 1",
        "saqta_carrier_last_message_age_seconds{instance=\"sandbox\"} 0",
        "saqta_http_requests_in_flight 0",
        "# HELP saqta_carrier_messages_total ",
    ] {
        assert!(page.contains(line), "{line} in {page}");
    }
    assert!(
        !page.contains("77010000001") && !page.contains("900101300007"),
        "{page}"
    );
}
