//! The invented registries, and who of them asks.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::child::{bytes_of, ended};
use crate::process::saqta;

/// The header of contributions.
const HEADER: &str = "reference,line,iin,period,knp,payer_kind,payer_id,amount,paid_on";
/// People looked up, and phones that text.
const SAMPLE: u64 = 100_000;
const PHONES: usize = 20_000;

/// The registries of a country.
pub(crate) struct Registries {
    people: usize,
    csv: PathBuf,
    /// IINs from all over, one a line.
    pub(crate) sample: PathBuf,
    /// Phones and the IIN that each is bound to.
    pub(crate) phones: Arc<[(String, String)]>,
}

impl Registries {
    /// Those in `folder`, invented if they are not there.
    pub(crate) fn in_folder(people: u64, folder: &Path) -> Self {
        let (csv, sample) = (folder.join("csv"), folder.join("sample"));
        if !sample.exists() {
            let mut command = saqta(&["synth", "--seed", "1", "--citizens"]);
            command.arg(people.to_string()).arg(&csv);
            let ended = ended(command);
            println!(
                "synth: {:.1} s, peak {} MB",
                ended.seconds,
                ended.peak / 1_000_000
            );
            let step = usize::try_from((people / SAMPLE).max(1)).unwrap();
            let mut iins = BufWriter::new(File::create(folder.join("sample.new")).unwrap());
            for iin in column(&csv.join("people.csv")).step_by(step) {
                writeln!(iins, "{iin}").unwrap();
            }
            iins.flush().unwrap();
            fs::rename(folder.join("sample.new"), &sample).unwrap();
        }
        let phones = bound(&csv.join("phones.csv"));
        Self {
            people: usize::try_from(people).unwrap(),
            csv,
            sample,
            phones: phones.into(),
        }
    }

    /// Bytes of all files.
    pub(crate) fn bytes(&self) -> u64 {
        bytes_of(&self.csv)
    }

    /// The files.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.csv)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries
            .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
            .collect();
        files.sort();
        files
    }

    /// Payments of a new month for every second person, in no order, and how many.
    pub(crate) fn month(&self) -> (PathBuf, u64) {
        let path = self.csv.with_file_name("month.csv");
        let mut file = BufWriter::new(File::create(&path).unwrap());
        writeln!(file, "{HEADER}").unwrap();
        let (month, mut rows) = (std::process::id(), 0);
        for (line, iin) in column(&self.csv.join("people.csv")).step_by(2).enumerate() {
            let list = line % 1_000;
            writeln!(
                file,
                "M{month}-{list},{line},{iin},112026,122,independent,{iin},4250,2026-11-20"
            )
            .unwrap();
            rows += 1;
        }
        file.flush().unwrap();
        (path, rows)
    }

    /// A list `number` of so many payments, or as many as there are people left: how many, and one of those who are in it.
    pub(crate) fn some_of_month(&self, number: u64, rows: usize) -> (PathBuf, u64, String) {
        let path = self.csv.with_file_name("some.csv");
        let mut file = BufWriter::new(File::create(&path).unwrap());
        writeln!(file, "{HEADER}").unwrap();
        let start = usize::try_from(number).unwrap() * rows % self.people.min(1_000_000);
        let all = self.csv.join("people.csv");
        let people = column(&all).skip(start).take(rows);
        let (mut last, mut count) = (String::new(), 0);
        for (line, iin) in people.enumerate() {
            writeln!(
                file,
                "S{}-{number},{line},{iin},112026,122,independent,{iin},4250,2026-11-20",
                std::process::id()
            )
            .unwrap();
            last = iin;
            count += 1;
        }
        file.flush().unwrap();
        (path, count, last)
    }
}

fn lines(path: &Path) -> impl Iterator<Item = String> {
    BufReader::new(File::open(path).unwrap())
        .lines()
        .map_while(Result::ok)
        .skip(1)
}

/// The first column.
fn column(path: &Path) -> impl Iterator<Item = String> {
    lines(path).map(|line| line.split(',').next().unwrap_or_default().to_owned())
}

/// Phones bound today to their owner, evenly from all over the file.
fn bound(path: &Path) -> Vec<(String, String)> {
    let own = || lines(path).filter(|line| line.contains(",self,") && line.ends_with(','));
    let step = (own().count() / PHONES).max(1);
    own()
        .step_by(step)
        .take(PHONES)
        .map(|line| {
            let mut fields = line.split(',').map(str::to_owned);
            (
                fields.next().unwrap_or_default(),
                fields.next().unwrap_or_default(),
            )
        })
        .collect()
}
