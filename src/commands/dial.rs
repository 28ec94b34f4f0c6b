//! `saqta dial`: a USSD session in the terminal, or line by line from a pipe.

use std::io::{BufRead, IsTerminal, Write};

use super::{handset, print, runtime};
use crate::bubble;
use crate::cli::Dial;
use crate::config::Config;
use crate::failure::Outcome;
use crate::handset::{Screen, Session};

/// The longest line typed; a menu takes far less.
const MAX_LINE_BYTES: u64 = 1024;

/// Shows page after page until the session ends or nothing more is typed.
pub(super) fn run(args: &Dial, config: &Config) -> Outcome {
    let phone = handset(&args.handset, &config.file)?;
    let runtime = runtime()?;
    let mut session = Session::new(&args.code);
    let mut input = String::new();
    loop {
        let screen = runtime.block_on(phone.press(&mut session, &input))?;
        print(&shown(&screen))?;
        if screen.end {
            return Ok(());
        }
        match ask()? {
            Some(line) => input = line,
            None => return Ok(()),
        }
    }
}

/// A page as a handset shows it, or its bare text for another program.
fn shown(screen: &Screen) -> String {
    if std::io::stdout().is_terminal() {
        bubble::screen(screen)
    } else {
        format!("{}\n\n", screen.text)
    }
}

/// The next line typed; `None` at the end. The prompt is for a person only, and no part of the answer.
fn ask() -> std::io::Result<Option<String>> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let mut stderr = std::io::stderr();
        stderr.write_all(b"> ")?;
        stderr.flush()?;
    }
    let mut line = String::new();
    let read = std::io::Read::take(stdin.lock(), MAX_LINE_BYTES).read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}
