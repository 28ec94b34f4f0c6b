//! A server: the webhooks, the admin listener, the operators' socket and the tidying, over one store.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use metrics_exporter_prometheus::PrometheusHandle;
use saqta_data::clock::Clock;
use saqta_data::desk::{Counter, DeskOptions, Host, LocalDesk, Operator, Tally, WholeDesk};
use saqta_data::journal::Door;
use saqta_data::office::{Office, Retention};
use saqta_data::store::StoreError;
use saqta_data::store::memory::MemoryStore;
use saqta_gateway::exchange::Exchange;
use saqta_gateway::outbox;
use saqta_gateway::router::{Admin, Phase, admin_router, router};
use saqta_gateway::state::Gateway;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::delivery::Delivery;
use crate::desk_http::server::{Peer, Reception, router as desk_router};
use crate::failure::{Failure, Outcome};
use crate::host::{self, ServerHost};
use crate::listen::{Limits, Site, Stop, Stopper, serve};
use crate::plan::Plan;
use crate::roster::Roster;
use crate::socket::{self, SocketFiles};
use crate::tls::{Certificates, TlsFiles};
use crate::{open, texts};

/// How often what is too old is looked for.
const TIDY_INTERVAL: Duration = Duration::from_secs(60);
/// The pause between two bounded pieces while there is more to drop.
const TIDY_PAUSE: Duration = Duration::from_secs(1);

/// A server that answers.
pub(crate) struct Server {
    /// Where the webhooks are.
    pub(crate) gateway: SocketAddr,
    /// Where health and metrics are.
    pub(crate) admin: SocketAddr,
    /// The office behind it.
    pub(crate) office: Office,
    phase: Phase,
    stopper: Stopper,
    listeners: Vec<JoinHandle<()>>,
    helpers: Vec<JoinHandle<()>>,
    /// What serves the webhooks.
    switch: Gateway,
    exchange: Arc<Exchange>,
    delivery: Delivery,
    certificates: Certificates,
    socket: SocketFiles,
}

/// Refuses settings, law tables and texts that a server could not start with; opens nothing.
pub(crate) fn check(config: &Config, plan: &Plan, clock: Clock) -> Outcome {
    let office = open::office(config, Arc::new(MemoryStore::new()), clock)?;
    answering(config, plan, &office)?;
    outbox::connect(&plan.instances)?;
    plan.tls.as_ref().map(TlsFiles::load).transpose()?;
    Ok(())
}

/// What answers citizens, and the gateway to it.
fn answering(config: &Config, plan: &Plan, office: &Office) -> Result<(Arc<Exchange>, Gateway), Failure> {
    let voice = texts::voice(config, office.law())?;
    let exchange = Arc::new(Exchange::new(
        office.clone(),
        Arc::new(voice),
        plan.policy.clone(),
    ));
    let gateway = Gateway::new(&plan.instances, exchange.clone(), office.clock().clone())
        .map_err(|error| Failure::of(config.place(&error.name, error.key), error))?;
    Ok((exchange, gateway))
}

impl Server {
    /// Starts what `plan` says; returns when every listener answers.
    pub(crate) async fn start(
        config: &Config,
        plan: &Plan,
        clock: Clock,
        metrics: PrometheusHandle,
    ) -> Result<Self, Failure> {
        let (certificates, greeter) = Certificates::load(plan.tls.as_ref())?;
        // A busy port is told before a large store is opened.
        let webhooks = bind(plan.listen, "--listen").await?;
        let figures = bind(plan.admin_listen, "--admin-listen").await?;
        let (gateway_address, admin_address) = (webhooks.local_addr()?, figures.local_addr()?);
        let store = open::store(&plan.store, plan.store_options).await?;
        let office = open::office(config, store.clone(), clock)?;
        let (exchange, gateway) = answering(config, plan, &office)?;
        let (operators, socket) = socket::listen(&plan.store)?;
        let phase = Phase::starting();
        let admin = Admin {
            phase: phase.clone(),
            store,
            metrics: metrics.clone(),
            gateway: gateway.clone(),
        };
        let behind = Behind::new(office.clone(), gateway.clone(), exchange.clone());
        let reception = Arc::new(reception(plan, behind.clone()));
        let delivery = Delivery::start(plan, &exchange, &gateway, office.clone())?;
        let switch = gateway.clone();
        let (stopper, stop) = Stopper::new();
        let public = |listener, site, stop| tokio::spawn(serve(listener, site, stop, caller));
        let webhook_site = Site {
            greeter,
            ..Site::plain(router(gateway), Limits::PUBLIC)
        };
        let listeners = vec![
            public(webhooks, webhook_site, stop.clone()),
            public(
                figures,
                Site::plain(admin_router(admin), Limits::PUBLIC),
                stop.clone(),
            ),
            tokio::spawn(serve(
                operators,
                Site::plain(desk_router(reception), Limits::OPERATORS),
                stop.clone(),
                |io, _| Peer::of(io),
            )),
        ];
        let helpers = vec![
            tokio::spawn(saqta_gateway::metrics::keep_up(metrics)),
            tokio::spawn(host::keep_tally(office.clone(), behind.tally, stop.clone())),
            tokio::spawn(host::keep_census(office.clone(), behind.counter, stop.clone())),
            tokio::spawn(tidy(office.clone(), exchange.clone(), plan.retention, stop)),
            tokio::spawn(keep_promises(exchange.clone())),
        ];
        phase.serving();
        Ok(Self {
            gateway: gateway_address,
            admin: admin_address,
            office,
            phase,
            stopper,
            listeners,
            helpers,
            switch,
            exchange,
            delivery,
            certificates,
            socket,
        })
    }

    /// Serves the carriers, secrets and certificates of `plan` from now on. Requests under way are answered as they began;
    /// whatever is wrong with the plan leaves everything as it was.
    pub(crate) async fn reload(&mut self, config: &Config, plan: &Plan) -> Outcome {
        let menu = texts::menu(config)?;
        let tls = plan.tls.as_ref().map(TlsFiles::load).transpose()?;
        let wire = outbox::connect(&plan.instances)?;
        let replaced = self.switch.replace(&plan.instances);
        replaced.map_err(|error| Failure::of(config.place(&error.name, error.key), error))?;
        self.certificates.replace(tls);
        self.delivery.restart(plan, &self.switch, wire).await;
        if menu != *self.exchange.menu() {
            tracing::warn!("the USSD menu stays as it was until a restart");
        }
        Ok(())
    }

    /// Returns once the store will accept nothing more until it is opened again; never before.
    pub(crate) async fn failed(&self) -> StoreError {
        self.office.store().failed().await
    }

    /// Stops: no new connections, requests under way are answered, the store is closed.
    pub(crate) async fn stop(mut self) -> Outcome {
        self.phase.draining();
        self.stopper.stop();
        for listener in self.listeners {
            // A listener that panicked has been reported.
            let _ = listener.await;
        }
        self.delivery.stop().await;
        for helper in self.helpers {
            helper.abort();
            let _ = helper.await;
        }
        let lost = self.exchange.promised();
        if lost > 0 {
            tracing::warn!(lost, "answers that were promised by SMS are not sent");
        }
        drop(self.socket);
        Ok(self.office.store().close().await?)
    }
}

fn caller(_: &TcpStream, address: &SocketAddr) -> ConnectInfo<SocketAddr> {
    ConnectInfo(*address)
}

async fn bind(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => Failure::of(
                address,
                format_args!("another program listens there; choose with {option} ADDR"),
            ),
            _ => Failure::of(address, error),
        })
}

/// What stands behind the desks of a server.
#[derive(Clone)]
struct Behind {
    office: Office,
    host: Arc<dyn Host>,
    counter: Arc<Counter>,
    tally: Arc<Tally>,
}

impl Behind {
    fn new(office: Office, gateway: Gateway, exchange: Arc<Exchange>) -> Self {
        let counter = Arc::<Counter>::default();
        let host = ServerHost {
            gateway,
            exchange,
            started_at: office.clock().now(),
            counter: counter.clone(),
        };
        Self {
            office,
            host: Arc::new(host),
            counter,
            tally: Arc::default(),
        }
    }
}

fn reception(plan: &Plan, behind: Behind) -> Reception {
    let lookups_per_hour = plan.lookups_per_hour;
    let seat = move |operator: Operator, door: Door| -> Arc<dyn WholeDesk> {
        let usual = DeskOptions::of(door);
        let options = DeskOptions {
            lookups_per_hour: lookups_per_hour.or(usual.lookups_per_hour),
            serving: true,
            host: Some(behind.host.clone()),
            tally: behind.tally.clone(),
            ..usual
        };
        Arc::new(LocalDesk::new(
            behind.office.clone(),
            operator.name,
            operator.role,
            options,
        ))
    };
    Reception {
        roster: Roster::new(plan.operators.clone()),
        seat: Box::new(seat),
    }
}

/// Sends the answers that citizens of late USSD pages were promised, until it is aborted.
async fn keep_promises(exchange: Arc<Exchange>) {
    exchange.keep_promises().await;
}

/// Drops what is too old, at the start and then a piece at a time, until the order to stop.
async fn tidy(office: Office, exchange: Arc<Exchange>, keep: Retention, mut stop: Stop) {
    loop {
        let pause = match (office.tidy(&keep).await, exchange.tidy().await) {
            (Ok(tidied), Ok(conversations)) => {
                tracing::debug!(?tidied, conversations, "tidied up");
                if tidied.more { TIDY_PAUSE } else { TIDY_INTERVAL }
            }
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%error, "could not tidy up");
                TIDY_INTERVAL
            }
        };
        tokio::select! {
            () = stop.ordered() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use saqta_data::desk::OperatorRole;

    use super::*;

    #[tokio::test]
    async fn operators_get_the_configured_look_ups_and_see_that_a_server_answers() {
        let config = Config::read("test.toml".into(), "lookups_per_hour = 7", Path::new("")).unwrap();
        let free = "127.0.0.1:0".parse().unwrap();
        let plan = Plan::new(&config, "/nonexistent".into(), free, free, false).unwrap();
        let office = open::office(&config, Arc::new(MemoryStore::new()), Clock::system()).unwrap();
        let (exchange, gateway) = answering(&config, &plan, &office).unwrap();
        let behind = Behind::new(office, gateway, exchange);
        let reception = reception(&plan, behind);
        let operator = Operator {
            name: "aigul".into(),
            role: OperatorRole::Operator,
            lookups_left: None,
        };
        let desk = (reception.seat)(operator.clone(), Door::Console);
        assert_eq!(
            desk.whoami().await.unwrap(),
            Operator {
                lookups_left: Some(7),
                ..operator
            }
        );
        assert!(desk.figures().await.unwrap().serving);
        let pulse = desk.pulse().await.unwrap();
        assert!(pulse.process.unwrap().resident_bytes.is_some());
    }
}
