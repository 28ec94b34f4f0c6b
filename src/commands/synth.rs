//! `saqta synth`: invented registries as CSV files; and what `demo` shares with it.

use chrono::Days;
use indicatif::ProgressBar;
use saqta_data::registry::sorted::free_space;
use saqta_data::synth::{BYTES_PER_CITIZEN, MAX_CITIZENS, Plan};

use super::export::make_folder;
use super::{bar, note};
use crate::bulk::{self, Room};
use crate::cli::{Invention, Synth};
use crate::config::{self, Config};
use crate::failure::{Failure, Outcome};

/// Citizens, unless told otherwise: enough for every kind of story, invented in a moment.
const CITIZENS: u64 = 2_000;
/// The seed, unless told otherwise.
const SEED: u64 = 1414;

/// Bytes from which on it is worth saying how much room is needed.
const SAY_FROM: u64 = 1 << 30;

/// Writes the eight files.
pub(super) fn run(args: &Synth, config: &Config) -> Outcome {
    let plan = plan(&args.invention, config)?;
    let need = Room {
        what: "the registries",
        path: &args.dir,
        bytes: plan.citizens * BYTES_PER_CITIZEN,
    };
    bulk::check_room(&[need], &free_space)?;
    if need.bytes >= SAY_FROM {
        note(&format!(
            "room needed on disk, at most: {}",
            bulk::in_words(&[need])
        ))?;
    }
    make_folder(&args.dir)?;
    let bar = progress(plan);
    plan.write_csv(&args.dir, &mut |citizens| bar.set_position(citizens))?;
    bar.finish_and_clear();
    let Plan {
        seed,
        citizens,
        until,
    } = plan;
    note(&format!(
        "{}: {citizens} citizens from seed {seed}, data up to {until}",
        args.dir.display()
    ))
}

/// A bar over the citizens.
pub(super) fn progress(plan: Plan) -> ProgressBar {
    bar(plan.citizens, "inventing citizens [{bar:30}] {pos}/{len} {eta}")
}

/// Whom to invent. The registries reach up to yesterday, as those of a working office do, unless told otherwise.
pub(super) fn plan(asked: &Invention, config: &Config) -> Result<Plan, Failure> {
    let file = &config.file;
    let citizens = asked.citizens.or(file.citizens).unwrap_or(CITIZENS);
    if citizens == 0 {
        return Err(Failure::new("at least one citizen"));
    }
    if citizens > MAX_CITIZENS {
        return Err(Failure::new(format!("at most {MAX_CITIZENS} citizens")));
    }
    let yesterday = || {
        let today = config::clock()?.today();
        Ok::<_, Failure>(today.checked_sub_days(Days::new(1)).unwrap_or(today))
    };
    Ok(Plan {
        seed: asked.seed.or(file.seed).unwrap_or(SEED),
        citizens,
        until: asked
            .data_date
            .or(file.data_date.map(|day| day.0))
            .map_or_else(yesterday, Ok)?,
    })
}
