//! Logs to standard error and metrics. What never to log: an IIN, a phone, a secret, a URI, a body.

use std::io::IsTerminal;

use metrics_exporter_prometheus::PrometheusHandle;
use tracing::{Level, Metadata};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, filter, fmt};

use crate::config;
use crate::failure::{Failure, Outcome};

/// What is logged if `SAQTA_LOG` does not say otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verbosity {
    /// A server: what it does as well as what goes wrong.
    Server,
    /// A command: nothing, for it says itself in one line what went wrong.
    Command,
    /// A program that draws on the terminal: nothing on that terminal.
    Screen,
}

/// Starts logging.
pub(crate) fn start(verbosity: Verbosity) -> Outcome {
    let on_terminal = std::io::stderr().is_terminal();
    let default = usual(verbosity, on_terminal);
    // What is drawn on the terminal stays readable, whatever is asked for.
    let is_drawn = matches!(verbosity, Verbosity::Screen) && on_terminal;
    let asked = config::log_filter().filter(|_| !is_drawn);
    let directives = asked.unwrap_or_else(|| default.to_owned());
    let filter = EnvFilter::try_new(&directives)
        .map_err(|e| Failure::of("SAQTA_LOG (such as `info` or `saqta_gateway=debug`)", e))?;
    let ansi = on_terminal && !config::no_color();
    tracing_subscriber::registry()
        .with(filter)
        .with(
            fmt::layer()
                .with_writer(std::io::stderr)
                .with_ansi(ansi)
                .with_filter(filter::filter_fn(may_be_written)),
        )
        .try_init()?;
    quiet_panics(verbosity);
    Ok(())
}

/// The filter unless `SAQTA_LOG` gives another.
const fn usual(verbosity: Verbosity, on_terminal: bool) -> &'static str {
    match verbosity {
        Verbosity::Server => "info",
        Verbosity::Screen if !on_terminal => "warn",
        Verbosity::Command | Verbosity::Screen => "off",
    }
}

/// Our own crates may write at any level: they mask. Others print URIs, headers and keys of the store in their finer
/// levels, whatever `SAQTA_LOG` asks for, so only their warnings and errors are written.
fn may_be_written(metadata: &Metadata<'_>) -> bool {
    let crate_name = metadata.target().split("::").next().unwrap_or_default();
    let ours = matches!(crate_name, "saqta" | "saqta_data" | "saqta_gateway" | "saqta_tui");
    ours || *metadata.level() <= Level::WARN
}

/// A panic is a defect of ours; its message may hold what a citizen wrote, so only its place is told. A command says
/// by its last line that it failed, so there the place is for those who ask for details.
fn quiet_panics(verbosity: Verbosity) {
    let serves = matches!(verbosity, Verbosity::Server);
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        if serves {
            tracing::error!(place, "internal error");
        } else {
            tracing::debug!(place, "internal error");
        }
    }));
}

/// Starts counting; the handle writes what was counted in Prometheus' format.
pub(crate) fn metrics() -> Result<PrometheusHandle, Failure> {
    let handle = saqta_gateway::metrics::exporter()?.install_recorder()?;
    saqta_gateway::metrics::describe();
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_command_says_in_one_line_what_went_wrong_and_nothing_before() {
        for on_terminal in [false, true] {
            assert_eq!(usual(Verbosity::Command, on_terminal), "off");
            assert_eq!(usual(Verbosity::Server, on_terminal), "info");
        }
        assert_eq!(usual(Verbosity::Screen, true), "off");
    }

    #[test]
    fn other_crates_are_heard_only_when_something_is_wrong() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::registry().with(EnvFilter::new("trace")).with(
            fmt::layer()
                .with_writer(move || writer.clone())
                .with_filter(filter::filter_fn(may_be_written)),
        );
        tracing::subscriber::with_default(subscriber, || {
            tracing::trace!("own detail");
            tracing::debug!(target: "hyper::proto", "GET /v1/carriers/x/sms?text=900101300007");
            tracing::info!(target: "saqta_others", "not ours, though it begins alike");
            tracing::warn!(target: "hyper::server", "too many connections");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(
            text.contains("own detail") && text.contains("too many connections"),
            "{text}"
        );
        assert!(!text.contains("9001") && !text.contains("begins alike"), "{text}");
    }
}
