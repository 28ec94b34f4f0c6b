//! Whole SMS queries a second: the sandbox's webhook with router, exchange and a sled store that is durable before each
//! answer, against a bare axum handler with the same bytes out. Both in one run, on the same runtime, listener and
//! client, over keep-alive connections on loopback.
//!
//! The client runs in the same process on a thread of its own, so that on few cores its work is a part of both figures.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark may fail by panicking, and prints its figures"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::post;
use saqta_data::clock::Clock;
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::phone::Msisdn;
use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_gateway::carrier::{
    Answered, Answers, IncomingSms, IncomingUssd, Instance, OutgoingSms, SmsReply, UssdPage,
};
use saqta_gateway::carriers::sandboxes;
use saqta_gateway::encoding::Alphabet;
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
    let doors = listen(&runtime, doors(&sample));
    let bare = listen(&runtime, bare(sample.into()));
    println!("answers a second; in brackets the median and the 99th percentile of the latency in us");
    println!("connections  bare handler           router alone           whole                  whole/bare");
    for connections in CONNECTIONS {
        let [bare, doors, saqta] = [bare, doors, saqta].map(|address| measure(address, connections));
        let ratio = saqta.per_second() / bare.per_second();
        println!("{connections:<12} {bare:<22} {doors:<22} {saqta:<22} {ratio:.3}");
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

/// The router with carriers, layers and limits, but before one who always gives the answer of `sample` at once.
fn doors(sample: &[u8]) -> Router {
    let sample: serde_json::Value = serde_json::from_slice(sample).unwrap();
    let text = |key: &str| sample["messages"][0][key].as_str().unwrap().to_owned();
    let parrot = Parrot(OutgoingSms {
        to: Msisdn::parse(&text("to")).unwrap(),
        text: text("text"),
        alphabet: Alphabet::Ucs2,
        parts: 1,
    });
    router(Gateway::new(&sandboxes(), Arc::new(parrot), Clock::system()).unwrap())
}

struct Parrot(OutgoingSms);

#[async_trait]
impl Answers for Parrot {
    async fn sms(&self, _: &Instance, _: IncomingSms) -> Answered<SmsReply> {
        Answered::fresh(SmsReply::Text(self.0.clone()))
    }

    async fn ussd(&self, instance: &Instance, _: IncomingUssd) -> Answered<UssdPage> {
        Answered::fresh(self.late_page(instance))
    }

    fn late_page(&self, _: &Instance) -> UssdPage {
        UssdPage {
            text: String::new(),
            end: true,
        }
    }
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
