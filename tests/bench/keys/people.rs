//! The people of the benchmark: a store made once by the program itself, and some of their phones.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::process::{done, run};

/// Phones that text.
const PHONES: usize = 20_000;

/// Invented citizens in a store.
pub(crate) struct People {
    pub(crate) store: PathBuf,
    /// Phones and the IIN that each is bound to, from all over the store.
    pub(crate) phones: Arc<[(String, String)]>,
}

impl People {
    /// So many people, from the last time or invented now.
    pub(crate) fn in_store(count: u64) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("keys-{count}"));
        let (store, sample) = (folder.join("store"), folder.join("phones"));
        if !sample.exists() {
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).unwrap();
            let csv = folder.join("csv");
            invent(count, &csv, &store);
            fs::write(&sample, bound(&csv.join("phones.csv"))).unwrap();
            fs::remove_dir_all(&csv).unwrap();
        }
        let phones = fs::read_to_string(&sample).unwrap();
        let pair = |line: &str| {
            line.split_once(',')
                .map(|(phone, iin)| (phone.to_owned(), iin.to_owned()))
        };
        Self {
            store,
            phones: phones.lines().filter_map(pair).collect(),
        }
    }
}

fn invent(count: u64, csv: &Path, store: &Path) {
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    println!("inventing {count} people, once ...");
    done(run(&[
        "synth",
        "--citizens",
        &count.to_string(),
        "--seed",
        "1",
        &path(csv),
    ]));
    let mut arguments = vec!["import".to_owned(), "--store".to_owned(), path(store)];
    let files = fs::read_dir(csv).unwrap();
    arguments.extend(files.map(|file| path(&file.unwrap().path())));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    done(run(&arguments));
}

/// Phones bound today to one person only, evenly from all over the file: `phone,iin` a line.
fn bound(phones: &Path) -> String {
    let lines = || {
        BufReader::new(fs::File::open(phones).unwrap())
            .lines()
            .map_while(Result::ok)
            .skip(1)
    };
    let own: Vec<String> = lines()
        .filter(|line| line.contains(",self,") && line.ends_with(','))
        .collect();
    let step = (own.len() / PHONES).max(1);
    let some = own.iter().step_by(step).take(PHONES);
    some.map(|line| line.split(',').take(2).collect::<Vec<_>>().join(",") + "\n")
        .collect()
}
