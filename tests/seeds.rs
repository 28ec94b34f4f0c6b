//! The seeds of `fuzz/targets/carriers.rs` get where they are meant to: one that is merely refused tries nothing.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::StatusCode;
use saqta_gateway::carriers::kinds;
use saqta_gateway::error::Refusal;
use tower::ServiceExt as _;

#[path = "../fuzz/targets/webhook.rs"]
mod webhook;

use webhook::{Chosen, METHODS, SERVICES};

/// The seeds by their names.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/carriers");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let named = files.map(|file| {
        let name = file.file_name().into_string().unwrap();
        (name, std::fs::read(file.path()).unwrap())
    });
    named.collect()
}

/// Status and refusal of the response to a request.
async fn sent(bytes: &[u8]) -> (StatusCode, Option<Refusal>) {
    let request = webhook::request(bytes).unwrap();
    let response = webhook::carriers().oneshot(request).await.unwrap();
    // Some carriers are told 200 of what is refused.
    let refusal = response.extensions().get::<Refusal>().cloned();
    (response.status(), refusal)
}

#[tokio::test]
async fn each_seed_of_a_carrier_is_taken_by_it() {
    for (name, bytes) in seeds() {
        let kind = Chosen::of(&bytes).unwrap().kind.name;
        assert_eq!(name.split('-').next(), Some(kind), "{name}");
        assert_eq!(sent(&bytes).await, (StatusCode::OK, None), "{name}");
    }
}

#[tokio::test]
async fn each_service_of_each_carrier_has_a_seed_by_each_method() {
    let seeds = seeds();
    let tried = seeds.iter().filter_map(|(_, bytes)| Chosen::of(bytes));
    let tried: BTreeSet<_> = tried
        .map(|chosen| (chosen.kind.name, chosen.service, chosen.method.to_string()))
        .collect();
    for (kind, number) in kinds().iter().zip(0..) {
        for shape in 0..32 {
            let (_, refusal) = sent(&[number, shape]).await;
            if let Some(Refusal::NotOffered | Refusal::Method { .. }) = refusal {
                continue;
            }
            let (service, method) = (shape & 7, shape >> 3);
            let (service, method) = (
                SERVICES[usize::from(service)],
                METHODS[usize::from(method)].to_string(),
            );
            assert!(
                tried.contains(&(kind.name, service, method.clone())),
                "{}: {method} {service}",
                kind.name
            );
        }
    }
}
