//! `saqta text`: one SMS.

use super::{handset, note, print, runtime};
use crate::cli::Text;
use crate::config::Config;
use crate::failure::Outcome;

/// The short code that an SMS goes to if the file names none of our numbers.
const SHORT_CODE: &str = "1414";

/// Sends the words and prints what comes back. Silence is an answer, too, and nothing on standard output.
pub(super) fn run(args: &Text, config: &Config) -> Outcome {
    let phone = handset(&args.handset, &config.file)?;
    let to = config.file.own_numbers.first().map_or(SHORT_CODE, String::as_str);
    let messages = runtime()?.block_on(phone.text(to, &args.text.join(" ")))?;
    if messages.is_empty() {
        note("no answer")?;
    }
    messages
        .iter()
        .try_for_each(|message| print(&format!("{}\n", message.text)))
}
