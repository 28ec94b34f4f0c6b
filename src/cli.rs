//! The command line. An option left out is taken from the environment (`SAQTA_` and its name in capitals), then from
//! the configuration file (its name with `_` for `-`), then from the default; `settings` does the last two steps.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};
use saqta_data::language::Language;
use serde::Deserialize;

use crate::config::day;

/// What stands below the list of commands.
const MORE_HELP: &str = "\
An option left out is taken from the environment (--data-date: SAQTA_DATA_DATE), then from
the configuration file (data_date), then from its default. A demo keeps to itself:
SAQTA_DEMO_STORE, SAQTA_DEMO_LISTEN.

SAQTA_LOG    what is logged to standard error: warn, info, saqta_gateway=debug, ...
SAQTA_NOW    start the clock at this instant (RFC 3339), for demonstrations and tests
NO_COLOR     no colours";

/// Answers by SMS and USSD whether a person is insured (ОСМС / МӘМС), with a console for operators.
#[derive(Debug, Parser)]
#[command(name = "saqta", version, propagate_version = true, max_term_width = 110, after_help = MORE_HELP)]
pub(crate) struct Cli {
    /// Configuration file (TOML)
    #[arg(
        long,
        global = true,
        env = "SAQTA_CONFIG",
        value_name = "FILE",
        hide_env_values = true
    )]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Everything at once on invented citizens: a gateway, phones that text and dial, the console
    Demo(Demo),
    /// Answer carriers' webhooks and operators' consoles
    Serve(Serve),
    /// The operator's console
    Console(StoreArgs),
    /// The status of people by IIN
    Status(Status),
    /// Take registries in (CSV; the kind is read from the header line)
    Import(Import),
    /// Write all registries out as CSV
    Export(Export),
    /// A handset in the terminal: dial a USSD code of a running server
    Dial(Dial),
    /// Send one SMS to a running server and print the answer
    Text(Text),
    /// Walk every path of the USSD menu and print what is typed and seen
    Dialog(Dialog),
    /// Invented registries as CSV files, the same for the same seed
    Synth(Synth),
    /// Read every value of the store and check that they agree
    Check(StoreArgs),
    /// Write the whole store into one file, while it is in use
    Backup(Backup),
    /// Found a store of a backup
    Restore(Restore),
    /// Write the store anew, without what was removed or replaced, while it is in use
    Compact(StoreArgs),
    /// Remove a person from the store and its files
    Erase(Erase),
}

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct StoreArgs {
    /// The store's folder [default: saqta-store in your data directory]
    #[arg(long, env = "SAQTA_STORE", hide_env_values = true)]
    pub(crate) store: Option<PathBuf>,
}

// Whom to invent. Not as a doc comment: clap would take it for what the command does.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Invention {
    /// How many citizens to invent [default: 2000]
    #[arg(long, env = "SAQTA_CITIZENS", value_name = "N", hide_env_values = true)]
    pub(crate) citizens: Option<u64>,
    /// The seed they grow from; the same seed gives the same people [default: 1414]
    #[arg(long, env = "SAQTA_SEED", value_name = "S", hide_env_values = true)]
    pub(crate) seed: Option<u64>,
    /// The day up to which their registries reach, YYYY-MM-DD [default: yesterday in Kazakhstan]
    #[arg(long, env = "SAQTA_DATA_DATE", value_name = "DATE", value_parser = day, hide_env_values = true)]
    pub(crate) data_date: Option<NaiveDate>,
}

/// Options of `demo`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) invention: Invention,
    /// Keep the store in this folder [default: a temporary one]
    // Names of its own: a demo must never open the store that SAQTA_STORE names for daily work.
    #[arg(long, env = "SAQTA_DEMO_STORE", value_name = "DIR", hide_env_values = true)]
    pub(crate) store: Option<PathBuf>,
    /// Where the gateway listens [default: a free port of this machine]
    #[arg(long, env = "SAQTA_DEMO_LISTEN", value_name = "ADDR", hide_env_values = true)]
    pub(crate) listen: Option<SocketAddr>,
}

/// Options of `serve`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Where carriers reach the gateway [default: 127.0.0.1:8414]
    #[arg(long, env = "SAQTA_LISTEN", value_name = "ADDR", hide_env_values = true)]
    pub(crate) listen: Option<SocketAddr>,
    /// Where health, readiness and metrics are answered [default: 127.0.0.1:8415]
    #[arg(long, env = "SAQTA_ADMIN_LISTEN", value_name = "ADDR", hide_env_values = true)]
    pub(crate) admin_listen: Option<SocketAddr>,
    /// Add the instances `sandbox` and `kannel`, which believe any sender; on loopback only
    #[arg(long, env = "SAQTA_SANDBOX", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL", hide_env_values = true, hide_possible_values = true)]
    pub(crate) sandbox: Option<bool>,
    /// Print what would be served, and exit
    #[arg(long, env = "SAQTA_CHECK", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL", hide_env_values = true, hide_possible_values = true)]
    pub(crate) check: Option<bool>,
}

/// Options of `status`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// The day asked about, YYYY-MM-DD [default: today in Kazakhstan]
    #[arg(long, env = "SAQTA_AS_OF", value_name = "DATE", value_parser = day, hide_env_values = true)]
    pub(crate) as_of: Option<NaiveDate>,
    /// One JSON object a line
    #[arg(long, env = "SAQTA_JSON", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL", hide_env_values = true, hide_possible_values = true)]
    pub(crate) json: Option<bool>,
    /// The language of the text: kk, ru or en [default: the phone owner's choice, else kk]
    #[arg(long, env = "SAQTA_LANG", value_name = "LANG", value_parser = language, hide_env_values = true)]
    pub(crate) lang: Option<Language>,
    /// IINs; `-` reads them from standard input, one a line
    #[arg(required = true, value_name = "IIN")]
    pub(crate) iins: Vec<String>,
}

/// Options of `import`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Check and count only; refused rows go to standard error
    #[arg(long, env = "SAQTA_DRY_RUN", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL", hide_env_values = true, hide_possible_values = true)]
    pub(crate) dry_run: Option<bool>,
    /// The day up to which the files reach, YYYY-MM-DD [default: the newest payment in them]
    #[arg(long, env = "SAQTA_DATA_DATE", value_name = "DATE", value_parser = day, hide_env_values = true)]
    pub(crate) data_date: Option<NaiveDate>,
    /// Sort all rows by person first [default: from 64 MiB on]
    #[arg(long, env = "SAQTA_SORT", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL", hide_env_values = true, hide_possible_values = true)]
    pub(crate) sort: Option<bool>,
    /// The folder for what is being sorted [default: that of the store]
    #[arg(long, env = "SAQTA_TEMP", value_name = "DIR", hide_env_values = true)]
    pub(crate) temp: Option<PathBuf>,
    /// Print the totals as JSON on standard output
    #[arg(long, env = "SAQTA_JSON", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL", hide_env_values = true, hide_possible_values = true)]
    pub(crate) json: Option<bool>,
    /// CSV files, in any order
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// Options of `export`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// The folder to write to; made if it is missing
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// Where a handset is connected.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Handset {
    /// The running server [default: port 8414 of this machine]
    #[arg(long, env = "SAQTA_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) url: Option<String>,
    /// The carrier instance to go through [default: sandbox]
    #[arg(long, env = "SAQTA_CARRIER", value_name = "NAME", hide_env_values = true)]
    pub(crate) carrier: Option<String>,
    /// The phone's own number [default: +77010000001]
    #[arg(long, env = "SAQTA_FROM", value_name = "PHONE", hide_env_values = true)]
    pub(crate) from: Option<String>,
}

/// Options of `dial`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Dial {
    #[command(flatten)]
    pub(crate) handset: Handset,
    /// The code, such as '*1414#' (quote it)
    #[arg(value_name = "CODE", value_parser = code)]
    pub(crate) code: String,
}

/// Options of `text`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Text {
    #[command(flatten)]
    pub(crate) handset: Handset,
    /// The words of the SMS
    #[arg(required = true, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) text: Vec<String>,
}

/// Options of `dialog`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Dialog {
    /// The language: kk, ru or en [default: all three]
    #[arg(long, env = "SAQTA_LANG", value_name = "LANG", value_parser = language, hide_env_values = true)]
    pub(crate) lang: Option<Language>,
}

/// Options of `synth`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Synth {
    #[command(flatten)]
    pub(crate) invention: Invention,
    /// The folder to write to; made if it is missing
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// Options of `backup`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Backup {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Make one again and again, such as every 24h or 30m; FILE is then a folder for them
    #[arg(long, env = "SAQTA_EVERY", value_name = "TIME", hide_env_values = true)]
    pub(crate) every: Option<Every>,
    /// How many of those to keep; the oldest go [default: 7]
    #[arg(long, env = "SAQTA_KEEP", value_name = "N", hide_env_values = true)]
    pub(crate) keep: Option<usize>,
    /// The file to write; what was there is replaced once the backup is whole
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Options of `restore`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Restore {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Read the backup through and say what it holds; write nothing
    #[arg(long, env = "SAQTA_DRY_RUN", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL", hide_env_values = true, hide_possible_values = true)]
    pub(crate) dry_run: Option<bool>,
    /// The backup
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Options of `erase`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Erase {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// The number of the person
    #[arg(value_name = "IIN")]
    pub(crate) iin: String,
}

/// A time between two backups, written with its unit: `30m`, `24h`, `7d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Every(pub(crate) Duration);

impl FromStr for Every {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a time is a number with its unit: 30m, 24h or 7d";
        let unit = text.chars().next_back().ok_or(WRONG)?;
        let number: u32 = text
            .strip_suffix(unit)
            .and_then(|number| number.parse().ok())
            .ok_or(WRONG)?;
        let minutes = match unit {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            _ => return Err(WRONG),
        };
        match Duration::from_secs(60) * minutes {
            _ if number == 0 => Err(WRONG),
            unit => unit.checked_mul(number).map(Self).ok_or(WRONG),
        }
    }
}

impl TryFrom<String> for Every {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The language of a code on the command line.
fn language(code: &str) -> Result<Language, &'static str> {
    Language::from_code(code).ok_or("the languages are kk, ru and en")
}

/// True for `*`, digits with single `*` between, and `#`.
pub(crate) fn is_ussd_code(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('*')
        .and_then(|rest| rest.strip_suffix('#'))
        .is_some_and(|code| code.split('*').all(digits))
}

/// The code that a handset dials.
fn code(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    is_ussd_code(text)
        .then(|| text.to_owned())
        .ok_or("a USSD code is written like '*1414#', in quotes")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_declarations_agree() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_flag_can_be_said_to_be_off() {
        let json = |args: &[&str]| match Cli::try_parse_from(args).map(|cli| cli.command) {
            Ok(Command::Status(status)) => (status.json, status.iins),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            json(&["saqta", "status", "--json", "-"]),
            (Some(true), vec!["-".to_owned()])
        );
        assert_eq!(json(&["saqta", "status", "--json=false", "-"]).0, Some(false));
        assert_eq!(json(&["saqta", "status", "-"]).0, None);
    }

    #[test]
    fn a_code_has_its_star_and_hash() {
        assert_eq!(code(" *1414*1# "), Ok("*1414*1#".to_owned()));
        for slip in ["1414", "*1414", "1414#", "*#", "hello", ""] {
            assert!(code(slip).is_err(), "{slip}");
        }
    }

    #[test]
    fn a_time_has_its_unit() {
        let seconds = |text: &str| text.parse::<Every>().map(|every| every.0.as_secs());
        assert_eq!(seconds("30m"), Ok(1_800));
        assert_eq!(seconds("24h"), Ok(86_400));
        assert_eq!(seconds("7d"), Ok(604_800));
        for slip in ["", "h", "24", "0h", "-1h", "1.5h", "24 h", "1ч", "99999999999h"] {
            assert!(seconds(slip).is_err(), "{slip}");
        }
    }

    #[test]
    fn a_language_is_one_of_three() {
        assert_eq!(language("kk"), Ok(Language::Kazakh));
        assert!(language("kz").is_err());
    }
}
