//! Invented people whom the load is about: what registries say of them, and whether it stands so in the store.

use std::path::Path;

use saqta_data::contribution::Contribution;
use saqta_data::iin::Iin;
use saqta_data::money::Tiyn;
use saqta_data::person::Identity;

use crate::process::{done, run, write};

/// Rows of a registry that is imported row by row, each of another person: together they are one batch.
pub(super) const ROWS: u64 = 40;
/// The file of everybody.
pub(super) const EVERYBODY: &str = "crowd.csv";
/// The first eleven digits of the first of ten thousand numbers; those of another year of birth follow.
const FIRST: u64 = 60_020_230_000;
const NEXT_YEAR: u64 = 1_000_000_000;
/// What the references of payments begin with; the number of the registry follows.
const REFERENCE: &str = "LOAD";
/// What a surname begins with; the number of the registry follows that gave it.
const SURNAME: &str = "Тегі ";

/// So many people, in the order of their numbers.
#[derive(Debug)]
pub(crate) struct Crowd(Vec<Iin>);

impl Crowd {
    /// `size` people.
    pub(crate) fn of(size: usize) -> Self {
        let numbers = (0..).map(|n: u64| FIRST + n / 10_000 * NEXT_YEAR + n % 10_000);
        Self(numbers.filter_map(Iin::with_check_digit).take(size).collect())
    }

    /// Imports `size` people into `store`, with a file in `dir`.
    pub(crate) fn import(size: usize, dir: &Path, store: &Path) -> Self {
        let crowd = Self::of(size);
        let file = write(dir, EVERYBODY, &crowd.named(0));
        done(run(&["import", "--store", store.to_str().unwrap(), &file]));
        crowd
    }

    /// How many they are.
    pub(super) fn size(&self) -> u64 {
        self.0.len() as u64
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Iin> + '_ {
        self.0.iter().copied()
    }

    fn turn(&self, number: u64) -> Iin {
        self.0[usize::try_from(number % self.size()).unwrap()]
    }

    /// Whom the note `number` is about: each in turn, since only so many notes of a person are kept.
    pub(super) fn noted(&self, number: u64) -> Iin {
        self.turn(number)
    }

    /// The registry `number` of people, not in order, each of whom has the names that belong to it; long ones, so that it makes
    /// several pieces when it is sorted.
    pub(super) fn named(&self, number: u64) -> String {
        let [surname, given_name, patronymic] = names(number);
        let rows = self.iter().collect::<Vec<_>>().into_iter().rev();
        let rows = rows.map(|iin| {
            format!(
                "{},{surname},{given_name},{patronymic},1960-02-02,f,independent\n",
                iin.reveal()
            )
        });
        let head = "iin,surname,given_name,patronymic,birth_date,sex,payer_kind\n";
        head.to_owned() + &rows.collect::<String>()
    }

    /// The registry `number` of payments.
    pub(super) fn payments(&self, number: u64) -> String {
        let rows = (0..ROWS).map(|line| {
            let (iin, amount) = (self.turn(number * ROWS + line).reveal(), 1000 + line);
            format!("{REFERENCE}{number},{line},{iin},012026,121,employer,,{amount},2026-02-10\n")
        });
        let head = "reference,line,iin,period,knp,payer_kind,payer_id,amount,paid_on\n";
        head.to_owned() + &rows.collect::<String>()
    }

    /// The number of a row among those of all registries of payments; `None` if it is not of ours.
    pub(super) fn row(&self, iin: Iin, paid: &Contribution) -> Result<Option<u64>, String> {
        let Some(number) = paid.reference.strip_prefix(REFERENCE) else {
            return Ok(None);
        };
        let (number, line): (u64, _) = (number.parse().unwrap(), u64::from(paid.line));
        let row = number * ROWS + line;
        let amount = Tiyn::from_tenge(1000 + i64::from(paid.line));
        let right = line < ROWS
            && self.turn(row) == iin
            && paid.amount == amount
            && paid.paid_on.to_string() == "2026-02-10"
            && paid.returned_on.is_none();
        right
            .then_some(Some(row))
            .ok_or_else(|| format!("row {line} of registry {number} is another than was imported"))
    }
}

/// Surname, given name and patronymic by the registry `number` of people.
fn names(number: u64) -> [String; 3] {
    [
        format!("{SURNAME}{number}"),
        format!("Аты {number}"),
        format!("{} {number}", "ә".repeat(80)),
    ]
}

/// The registry that the names are of.
pub(super) fn named_by(identity: &Identity) -> Result<u64, String> {
    let number = identity.surname.strip_prefix(SURNAME);
    let number = number.and_then(|number| number.parse().ok());
    let held = [
        identity.surname.as_str(),
        &identity.given_name,
        &identity.patronymic,
    ];
    number
        .filter(|number| names(*number) == held)
        .ok_or_else(|| "somebody has names that no registry gave".into())
}
