//! `saqta dialog`: every path of the USSD menu, as a citizen sees it.

use saqta_data::language::Language;

use super::print;
use crate::cli::Dialog;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::{open, texts};

/// Prints the transcript of the menu in force, in one language or all.
pub(super) fn run(args: &Dialog, config: &Config) -> Outcome {
    let voice = texts::voice(config, &open::law(config)?)?;
    let transcripts = if let Some(language) = args.lang {
        voice.transcript(language)?
    } else {
        let all = Language::ALL.map(|language| {
            let transcript = voice.transcript(language)?;
            Ok(format!("# {}\n\n{transcript}", language.code()))
        });
        all.into_iter().collect::<Result<Vec<_>, Failure>>()?.join("\n")
    };
    print(&transcripts)
}
