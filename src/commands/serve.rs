//! `saqta serve`: answers carriers and operators until it is told to stop.

use tokio::signal::unix::{SignalKind, signal};

use super::{note, print, runtime};
use crate::cli::Serve;
use crate::config::{self, Config};
use crate::failure::{Failure, Outcome};
use crate::plan::Plan;
use crate::server::{self, Server};
use crate::{roster, telemetry};

/// Serves until SIGTERM or SIGINT; SIGHUP has it read the configuration again.
pub(super) fn run(args: &Serve, config: &Config) -> Outcome {
    let plan = Plan::of_serve(args, config)?;
    let clock = config::clock()?;
    server::check(config, &plan, clock.clone())?;
    if args.check.or(config.file.check).unwrap_or_default() {
        return print(&(plan.to_string() + &slips(&plan)));
    }
    let metrics = telemetry::metrics()?;
    runtime()?.block_on(async {
        // Before anything is opened, so that a signal during the start is not lost.
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let mut hangup = signal(SignalKind::hangup())?;
        let mut server = Server::start(config, &plan, clock, metrics).await?;
        note(&format!(
            "listening gateway={} admin={}",
            server.gateway, server.admin
        ))?;
        warn(&plan);
        let failed = loop {
            tokio::select! {
                _ = term.recv() => break Ok(()),
                _ = int.recv() => break Ok(()),
                // Who watches over the service starts it again; that opens the store anew.
                error = server.failed() => break Err(Failure::of("the server ends", error)),
                _ = hangup.recv() => reload(&mut server, args, config, &plan).await,
            }
        };
        tracing::info!("stopping");
        let stopped = tokio::select! {
            stopped = server.stop() => stopped,
            // Whoever asks twice does not want to wait.
            _ = term.recv() => Ok(()),
            _ = int.recv() => Ok(()),
        };
        failed.and(stopped)
    })
}

/// Says what of the plan is not as safe as it could be.
fn warn(plan: &Plan) {
    for instance in plan.unprotected() {
        tracing::warn!(
            instance = instance.name,
            "anybody could call it: every phone counts as not bound"
        );
    }
    for instance in plan.guessable() {
        tracing::warn!(
            instance = instance.name,
            "its path_secret is short enough to be guessed"
        );
    }
    for name in roster::unknown(&plan.operators) {
        tracing::warn!(operator = name, "this machine does not know it");
    }
}

/// Takes carriers, secrets and certificates as the configuration has them now; says so, or why everything stays.
async fn reload(server: &mut Server, args: &Serve, config: &Config, first: &Plan) {
    let again = async {
        let config = config.read_again()?;
        let plan = Plan::of_serve(args, &config)?;
        plan.check_reload(first)?;
        server.reload(&config, &plan).await?;
        Ok::<_, Failure>(plan)
    };
    match again.await {
        Ok(plan) => {
            warn(&plan);
            if !plan.stands_on(first) {
                tracing::warn!(
                    "carriers, secrets and certificates were read again; what else changed needs a restart"
                );
            }
            tracing::info!(carriers = plan.instances.len(), "reloaded the configuration");
        }
        Err(failure) => {
            tracing::error!(%failure, "the configuration cannot be used; everything stays as it was");
        }
    }
}

/// What `--check` adds about operators whom the machine does not know.
fn slips(plan: &Plan) -> String {
    let warning = |name| format!("\nWARNING: {name}: this machine does not know it\n");
    let unknown = roster::unknown(&plan.operators).into_iter();
    unknown.map(warning).collect::<Vec<_>>().concat()
}
