//! Whole SMS queries a second: the signed generic webhook with router, exchange and a sled store that is durable before
//! each answer, against a bare axum handler with the same bytes out. Both in one run, on the same runtime, listener and
//! client, over keep-alive connections on loopback, in alternating rounds. Then the latency at half of what it can do.
//!
//! The client runs in the same process on a thread of its own, so that on few cores its work is a part of both figures; its
//! share of a processor is printed.
//!
//! `cargo bench -p saqta-gateway --bench sms -- --people 2000000 --rounds 5 --seconds 20` (default: 10,000 people, one round
//! of 5 s, a cache of 1 GiB: `--cache-mib 64` for a store that is larger than its cache). The store lies in `target/tmp`.

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
use saqta_gateway::carrier::config::{InstanceConfig, Secret};
use saqta_gateway::carrier::{
    Answered, Answers, IncomingSms, IncomingUssd, Instance, OutgoingSms, SmsReply, UssdPage,
};
use saqta_gateway::encoding::Alphabet;
use saqta_gateway::exchange::{Exchange, Policy};
use saqta_gateway::render::Voice;
use saqta_gateway::router::router;
use saqta_gateway::state::Gateway;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use client::{Figures, Load};
use population::Population;

mod client;
mod population;

/// Concurrent connections.
const CONNECTIONS: [usize; 2] = [64, 256];
/// Before each measurement.
const WARM_UP: Duration = Duration::from_secs(1);
/// The part of the bare handler's answers that is wanted.
const WANTED: f64 = 0.6;
/// The latency wanted at half of the load, at the 99th percentile, in microseconds.
const LATE: u128 = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, usual: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.map_or(usual, |at| arguments[at + 1].parse().unwrap())
    };
    let people = Arc::new(Population::of(number("--people", 10_000)));
    let rounds = number("--rounds", 1);
    let time = Duration::from_secs(number("--seconds", 5) as u64);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let options = SledOptions {
        cache_bytes: (number("--cache-mib", 1_024) as u64) << 20,
        ..SledOptions::default()
    };
    let store = SledStore::open(&folder.path().join("store"), options).unwrap();
    runtime.block_on(people.settle(&store));
    let saqta = listen(&runtime, whole(Arc::new(store)));
    let sample = client::once(saqta, &people);
    println!("one answer: {}", String::from_utf8_lossy(&sample));
    let doors = listen(&runtime, doors(&sample));
    let bare = listen(&runtime, bare(sample.into()));
    println!(
        "answers a second; in brackets the median and the 99th percentile of the latency in us; the client's share"
    );
    println!(
        "connections  bare handler                  router alone                  whole                         whole/bare"
    );
    for connections in CONNECTIONS {
        let load = |address, pace| Load {
            address,
            connections,
            people: people.clone(),
            pace,
        };
        let mut ratios = Vec::new();
        let mut most = 0.0_f64;
        for _ in 0..rounds {
            let [bare, doors, saqta] =
                [bare, doors, saqta].map(|address| measure(&load(address, None), time));
            let ratio = saqta.per_second() / bare.per_second();
            println!("{connections:<12} {bare:<29} {doors:<29} {saqta:<29} {ratio:.3}");
            let [bare, doors, (whole, committer)] = [bare.cost(), doors.cost(), saqta.cost()];
            println!(
                "  processor time an answer: {:.0} us bare, {:.0} with the router, {whole:.0} whole, {committer:.0} of it the committer's",
                bare.0, doors.0
            );
            ratios.push(ratio);
            most = most.max(saqta.per_second());
        }
        ratios.sort_by(f64::total_cmp);
        let median = ratios[ratios.len() / 2];
        let kept = |kept| if kept { "kept" } else { "MISSED" };
        println!(
            "  median ratio {median:.3}; wanted {WANTED}: {}",
            kept(median >= WANTED)
        );
        let half = measure(&load(saqta, Some(most / 2.0)), time);
        let late = kept(half.latency(99) <= LATE);
        println!("  at half of that: {half}; wanted {LATE} us at the 99th percentile: {late}");
    }
}

/// The carrier of the messages.
fn generic() -> InstanceConfig {
    InstanceConfig {
        name: "generic".into(),
        kind: "generic".into(),
        secrets: vec![Secret::new(client::SECRET)],
        ..InstanceConfig::default()
    }
}

/// The gateway as `serve` builds it.
fn whole(store: Arc<SledStore>) -> Router {
    let law = Arc::new(Law::builtin().unwrap());
    let clock = Clock::noon(population::today());
    let voice = Voice::load(None, &std::collections::BTreeSet::new(), law.requisites().clone()).unwrap();
    let office = Office::new(store, law, clock.clone());
    let exchange = Exchange::new(office, Arc::new(voice), Policy::default());
    router(Gateway::new(&[generic()], Arc::new(exchange), clock).unwrap())
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
    router(Gateway::new(&[generic()], Arc::new(parrot), Clock::noon(population::today())).unwrap())
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

fn measure(load: &Load, time: Duration) -> Figures {
    load.run(WARM_UP);
    load.run(time)
}
