//! Invented citizens, the same for the same seed and number: for demonstrations, tests of load, and for trying out what
//! the registries look like. Nobody is meant; names, shares and places are data files of `data/synth`.
//!
//! People live in streets of [`STREET`] citizens. Each street has a stream of chance of its own, so that any one can be
//! drawn without those before it, and memory is bounded whatever the number of citizens.

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::Path;

use chrono::NaiveDate;
use thiserror::Error;

use crate::law::{Law, LawError};
use crate::person::{Clinic, Person};
use crate::phone::{Binding, Msisdn};
use crate::registry::csv::Header;
use crate::registry::{Chunk, Registry};

mod dice;
mod family;
mod life;
mod names;
mod numbers;
mod payments;
mod phones;
mod places;
mod rows;
mod street;
mod tables;
#[cfg(test)]
mod tests;

pub use rows::Chunks;

use dice::List;
use numbers::Numbers;
use places::Place;
use tables::Tables;

/// How many citizens are drawn together.
pub const STREET: u64 = 64;

/// Streets that one core draws before they are written; some 6 MB.
const SPAN: u64 = 64;
/// The most cores that draw.
const MAX_WORKERS: usize = 8;

/// Bytes of the registries of one citizen at most, as measured (1,340) and a tenth more.
pub const BYTES_PER_CITIZEN: u64 = 1_480;

/// The most citizens: a little more than the country has.
pub const MAX_CITIZENS: u64 = 25_000_000;

/// Which citizens to invent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What chance begins with.
    pub seed: u64,
    /// How many, at most [`MAX_CITIZENS`]; more are left out.
    pub citizens: u64,
    /// The data date: nothing in the registries is newer, and ages are of this day.
    pub until: NaiveDate,
}

/// Why citizens could not be invented.
#[derive(Debug, Error)]
pub enum SynthError {
    /// A data file of the program cannot be used; a test loads them.
    #[error("{file} (built in): {reason}")]
    Table {
        /// The file.
        file: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The law tables cannot be used.
    #[error(transparent)]
    Law(#[from] LawError),
    /// A file cannot be written.
    #[error("cannot write {file}: {reason}")]
    Write {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
}

/// An invented citizen with all that the registries say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citizen {
    /// The person, as the store would hold it after an import.
    pub person: Person,
    /// The phones ever bound to the person.
    pub bindings: Vec<(Msisdn, Binding)>,
}

/// The invented country of a plan.
#[derive(Debug)]
pub struct World {
    plan: Plan,
    tables: Tables,
    law: Law,
    numbers: Numbers,
    places: List<Place>,
}

impl Plan {
    /// The country of this plan.
    ///
    /// # Errors
    /// None in a released program: the data files are part of it, and a test loads them.
    pub fn world(mut self) -> Result<World, SynthError> {
        self.citizens = self.citizens.min(MAX_CITIZENS);
        let tables = Tables::load()?;
        Ok(World {
            law: Law::builtin()?,
            numbers: Numbers::new(self.seed, self.citizens),
            places: places::build(self.seed, &tables.places, &tables.shares, self.until)?,
            tables,
            plan: self,
        })
    }

    /// Writes the eight registries into `dir`, which exists, as CSV files named by [`Registry::file_name`]. `progress` is
    /// told the number of citizens written, now and then and at the end.
    ///
    /// # Errors
    /// A file that cannot be written; what was written until then stays.
    pub fn write_csv(self, dir: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), SynthError> {
        let world = self.world()?;
        let mut files = Vec::new();
        for registry in Registry::ALL {
            let path = dir.join(registry.file_name());
            let header = Header::line(registry) + "\n";
            let file =
                File::create(&path).and_then(|mut file| file.write_all(header.as_bytes()).map(|()| file));
            files.push((registry, file.map_err(|error| write_error(&path, &error))?));
        }
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let mut next = 0;
        loop {
            let spans = (0..workers.min(MAX_WORKERS)).map(|_| {
                let start = next;
                next = (start + SPAN).min(world.streets());
                start..next
            });
            let mut spans: Vec<_> = spans.collect();
            spans.dedup();
            for chunk in world.drawn_at_once(&spans) {
                for (_, file) in files
                    .iter_mut()
                    .filter(|(registry, _)| *registry == chunk.registry)
                {
                    let path = dir.join(chunk.registry.file_name());
                    file.write_all(&chunk.rows)
                        .map_err(|error| write_error(&path, &error))?;
                }
            }
            progress((next * STREET).min(world.plan.citizens));
            if next == world.streets() {
                return Ok(());
            }
        }
    }
}

fn write_error(path: &Path, error: &std::io::Error) -> SynthError {
    SynthError::Write {
        file: path.display().to_string(),
        reason: error.to_string(),
    }
}

impl World {
    /// Citizen `index`, counted from 0; `None` beyond the plan.
    #[must_use]
    pub fn citizen(&self, index: u64) -> Option<Citizen> {
        let place = usize::try_from(index % STREET).ok()?;
        self.street(index / STREET).into_iter().nth(place)
    }

    /// All citizens, in their order.
    pub fn citizens(&self) -> impl Iterator<Item = Citizen> + '_ {
        (0..self.streets()).flat_map(|street| self.street(street))
    }

    /// The clinics, in the order of the cities.
    pub fn clinics(&self) -> impl Iterator<Item = &Clinic> {
        self.places.iter().flat_map(|place| place.clinics.iter())
    }

    /// The registries as chunks of rows, the clinics first; each may be ingested as it comes.
    #[must_use]
    pub fn chunks(&self) -> Chunks<'_> {
        Chunks::new(self, 0..self.streets())
    }

    /// The registries of these streets, one after the other, each drawn on a core of its own.
    fn drawn_at_once(&self, spans: &[Range<u64>]) -> Vec<Chunk> {
        let drawn = |span: &Range<u64>| Chunks::new(self, span.clone()).collect::<Vec<_>>();
        std::thread::scope(|scope| {
            let drawing: Vec<_> = spans
                .iter()
                // The first has the clinics, whatever else.
                .filter(|span| span.start == 0 || !span.is_empty())
                .map(|span| scope.spawn(move || drawn(span)))
                .collect();
            let joined = drawing.into_iter().map(|thread| match thread.join() {
                Ok(chunks) => chunks,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            joined.flatten().collect()
        })
    }

    /// How many streets there are.
    fn streets(&self) -> u64 {
        self.plan.citizens.div_ceil(STREET)
    }
}
