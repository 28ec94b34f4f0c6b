//! The registries of an invented country as chunks of rows.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::{Chunk, Citizen, Registry, STREET, World};
use crate::contribution::{Contribution, WaitingReturn};
use crate::registry::csv::Lines;
use crate::registry::row::Row;

/// A chunk is cut once it has so many bytes. A street adds at most about 300 kB, so that it stays below
/// [`crate::registry::MAX_CHUNK_BYTES`].
const CUT_BYTES: usize = 512 << 10;

/// The rows of a registry that wait for more.
struct Sheet {
    lines: Lines,
    rows: u64,
    first_line: u64,
}

impl Sheet {
    fn starting_at(first_line: u64) -> Self {
        Self {
            lines: Lines::new(),
            rows: 0,
            first_line,
        }
    }

    fn push(&mut self, row: &Row) {
        self.lines.push(row);
        self.rows += 1;
    }
}

/// The registries as chunks: the clinics, then street by street. Holds at most a chunk of each registry and a street.
pub struct Chunks<'a> {
    world: &'a World,
    next_street: u64,
    /// The street before which it ends.
    end: u64,
    sheets: BTreeMap<Registry, Sheet>,
    ready: VecDeque<Chunk>,
}

impl<'a> Chunks<'a> {
    /// Those of some streets; the clinics are with the first one.
    pub(super) fn new(world: &'a World, streets: Range<u64>) -> Self {
        // The header is line 1.
        let sheets = Registry::ALL
            .into_iter()
            .map(|registry| (registry, Sheet::starting_at(2)))
            .collect();
        let mut chunks = Self {
            world,
            next_street: streets.start,
            end: streets.end,
            sheets,
            ready: VecDeque::new(),
        };
        for clinic in world.clinics().filter(|_| streets.start == 0) {
            chunks.push(Registry::Clinics, &Row::Clinic(clinic.clone()));
        }
        chunks.cut(1);
        chunks
    }

    /// How many citizens are in the chunks so far, or wait for the next.
    #[must_use]
    pub fn citizens(&self) -> u64 {
        (self.next_street * STREET).min(self.world.plan.citizens)
    }

    fn push(&mut self, registry: Registry, row: &Row) {
        if let Some(sheet) = self.sheets.get_mut(&registry) {
            sheet.push(row);
        }
    }

    fn add(&mut self, citizen: Citizen) {
        let Citizen { person, bindings } = citizen;
        let iin = person.iin;
        if let Some(identity) = person.identity {
            self.push(Registry::People, &Row::Person(iin, identity));
        }
        for span in person.categories {
            self.push(Registry::Categories, &Row::Category(iin, span));
        }
        for span in person.temporary {
            self.push(Registry::Temporary, &Row::Temporary(iin, span));
        }
        for attachment in person.attachments {
            self.push(Registry::Attachments, &Row::Attachment(iin, attachment));
        }
        for (msisdn, binding) in bindings {
            self.push(Registry::Phones, &Row::Phone(msisdn, binding));
        }
        for mut row in person.contributions {
            let returned = row.returned_on.take().map(|day| returned(&row, day));
            self.push(Registry::Contributions, &Row::Contribution(iin, row));
            if let Some(returned) = returned {
                self.push(Registry::Returns, &Row::Return(iin, returned));
            }
        }
    }

    /// Makes chunks of the sheets that have at least `bytes`.
    fn cut(&mut self, bytes: usize) {
        for (registry, sheet) in &mut self.sheets {
            if sheet.lines.len() < bytes {
                continue;
            }
            let full = std::mem::replace(sheet, Sheet::starting_at(sheet.first_line + sheet.rows));
            self.ready.push_back(Chunk {
                registry: *registry,
                separator: ',',
                rows: full.lines.into_text().into_bytes(),
                first_line: full.first_line,
                data_date: Some(self.world.plan.until),
                dry_run: false,
                import: None,
            });
        }
    }
}

fn returned(row: &Contribution, returned_on: chrono::NaiveDate) -> WaitingReturn {
    WaitingReturn {
        reference: row.reference.clone(),
        line: row.line,
        returned_on,
    }
}

impl Iterator for Chunks<'_> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        while self.ready.is_empty() && self.next_street < self.end {
            for citizen in self.world.street(self.next_street) {
                self.add(citizen);
            }
            self.next_street += 1;
            let last = self.next_street == self.end;
            self.cut(if last { 1 } else { CUT_BYTES });
        }
        self.ready.pop_front()
    }
}
