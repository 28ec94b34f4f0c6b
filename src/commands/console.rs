//! `saqta console`: the operator's console, over the server that holds the store or over the store itself.

use std::io::IsTerminal;
use std::sync::Arc;

use saqta_data::desk::Desk;
use saqta_data::journal::Door;
use saqta_gateway::render::Voice;
use saqta_tui::{Options, Preferences, ThemeChoice};

use super::runtime;
use crate::cli::StoreArgs;
use crate::config::{self, Config};
use crate::failure::{Failure, Outcome};
use crate::open::{self, Missing};
use crate::outside::{Importing, Machine};

/// Runs the console until the operator leaves it.
pub(super) fn run(args: &StoreArgs, config: &Config) -> Outcome {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::new(
            "the console needs a terminal; in a script use `saqta status`",
        ));
    }
    config::screen()?;
    let store = config.store(args.store.as_deref())?;
    let options = options(config)?;
    on_threads(async {
        let opened = open::desk(config, &store, Missing::Refuse, Door::Console).await?;
        let importing = Importing::of(config, &store);
        let options = for_operator(options, opened.desk.clone(), importing)?;
        let ended = saqta_tui::run(opened.desk.clone(), options).await;
        opened.close().await?;
        Ok(ended?)
    })
}

/// Does the work of a console. What an import started there is sorting just now ends with the process, which does not wait
/// for it, as what it is loading does.
pub(super) fn on_threads(work: impl Future<Output = Outcome>) -> Outcome {
    let threads = runtime()?;
    let ended = threads.block_on(work);
    threads.shutdown_background();
    ended
}

/// The same for an operator on this machine: with its files, and as the operator last chose.
pub(super) fn for_operator(
    options: Options,
    desk: Arc<dyn Desk>,
    importing: Importing,
) -> Result<Options, Failure> {
    let machine = Machine::of(Some(desk), importing)?;
    let chosen = machine.kept();
    Ok(Options {
        language: chosen.language.unwrap_or(options.language),
        theme: chosen.theme.unwrap_or(options.theme),
        mouse: chosen.mouse.unwrap_or(options.mouse),
        chosen,
        outside: Some(Arc::new(machine)),
        ..options
    })
}

/// How the console looks, from the configuration and the environment.
pub(super) fn options(config: &Config) -> Result<Options, Failure> {
    let file = &config.file;
    let theme = match &file.theme {
        Some(name) => name
            .parse::<ThemeChoice>()
            .map_err(|e| Failure::of(format_args!("{}: theme", config.name), e))?,
        None => ThemeChoice::default(),
    };
    Ok(Options {
        language: config.first_language(),
        theme,
        background: config::backdrop(),
        no_color: config::no_color(),
        texts_dir: config.path(file.texts_dir.as_ref()),
        other_texts: Voice::keys(),
        keymap: config.path(file.keymap.as_ref()),
        clock: config::clock()?,
        mouse: false,
        in_tmux: config::in_tmux(),
        chosen: Preferences::default(),
        outside: None,
        examples: Vec::new(),
        attach: None,
    })
}
