//! Requests of carriers, with whatever in them, behind the real router: none is a defect of ours (500).
#![no_main]

use std::sync::LazyLock;

use axum::http::StatusCode;
use libfuzzer_sys::fuzz_target;
use tower::ServiceExt as _;

mod webhook;

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().build().expect("a runtime")
});
static CARRIERS: LazyLock<axum::Router> = LazyLock::new(webhook::carriers);

fuzz_target!(|bytes: &[u8]| {
    let Some(request) = webhook::request(bytes) else {
        return;
    };
    let response = RUNTIME
        .block_on(CARRIERS.clone().oneshot(request))
        .expect("it never fails");
    assert_ne!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
});
