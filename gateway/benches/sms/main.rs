//! Whole SMS queries a second: the sandbox's webhook with router, exchange and a sled store that is durable before each
//! answer, against a bare axum handler with the same bytes out. Both in one run, on the same runtime, listener and
//! client, over keep-alive connections on loopback.
//!
//! The client runs in the same process on a thread of its own, so that on few cores its work is a part of both figures.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may fail by panicking, and prints its figures"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::post;
use saqta_data::clock::Clock;
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_gateway::carriers::sandboxes;
use saqta_gateway::exchange::{Exchange, Policy};
use saqta_gateway::render::Voice;
use saqta_gateway::router::router;
use saqta_gateway::state::Gateway;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use client::{Figures, Load};

mod client;
mod population;

/// Concurrent connections.
const CONNECTIONS: [usize; 2] = [64, 256];
/// Before each measurement.
const WARM_UP: Duration = Duration::from_secs(1);
/// Each measurement.
const MEASURE: Duration = Duration::from_secs(5);

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let store = SledStore::open(&folder.path().join("store"), SledOptions::default()).unwrap();
    runtime.block_on(population::settle(&store));
    let saqta = listen(&runtime, whole(Arc::new(store)));
    let sample = client::once(saqta);
    println!("one answer: {}", String::from_utf8_lossy(&sample));
    let bare = listen(&runtime, bare(sample.into()));
    println!("connections       bare/s     saqta/s   ratio   bare p50/p99 us   saqta p50/p99 us");
    for connections in CONNECTIONS {
        let [bare, saqta] = [bare, saqta].map(|address| measure(address, connections));
        let ratio = saqta.per_second() / bare.per_second();
        println!(
            "{connections:>11} {:>12.0} {:>11.0} {ratio:>7.3} {:>17} {:>18}",
            bare.per_second(),
            saqta.per_second(),
            bare.latencies(),
            saqta.latencies()
        );
    }
}

/// The gateway as `serve --sandbox` builds it.
fn whole(store: Arc<SledStore>) -> Router {
    let law = Arc::new(Law::builtin().unwrap());
    let clock = Clock::noon(population::today());
    let voice = Voice::load(None, &std::collections::BTreeSet::new(), law.requisites().clone()).unwrap();
    let office = Office::new(store, law, clock.clone());
    let exchange = Exchange::new(office, Arc::new(voice), Policy::default());
    router(Gateway::new(&sandboxes(), Arc::new(exchange), clock).unwrap())
}

/// A handler that reads the body and answers with `body`, without layers and state.
fn bare(body: Bytes) -> Router {
    let answer = move |_: Bytes| async move { ([(header::CONTENT_TYPE, "application/json")], body) };
    Router::new().route(client::PATH, post(answer))
}

fn listen(runtime: &Runtime, router: Router) -> SocketAddr {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    runtime.spawn(async move { axum::serve(listener, service).await });
    address
}

fn measure(address: SocketAddr, connections: usize) -> Figures {
    let load = Load { address, connections };
    load.run(WARM_UP);
    load.run(MEASURE)
}
