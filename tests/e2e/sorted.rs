//! Large imports, here small ones that are to be sorted: killed, continued, through a server, on bad ground.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::process::{Server, done, run, saqta, wait_for};

/// The kills of one import.
const KILLS: u32 = 6;

/// Invented registries in `dir`; the arguments that import them sorted into `store`.
fn import_of(dir: &Path, citizens: &str, store: &Path) -> Vec<String> {
    let csv = dir.join("csv");
    done(run(&[
        "synth",
        "--citizens",
        citizens,
        "--seed",
        "9",
        csv.to_str().unwrap(),
    ]));
    let mut files: Vec<_> = fs::read_dir(csv)
        .unwrap()
        .map(|entry| entry.unwrap().path().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let words = ["import", "--json", "--sort", "--store", store.to_str().unwrap()];
    words.map(str::to_owned).into_iter().chain(files).collect()
}

fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

fn totals(printed: &str) -> (u64, u64, u64) {
    let line: Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
    let count = |name: &str| line[name].as_u64().unwrap();
    (count("accepted"), count("repeated"), count("refused"))
}

/// All files of an export, by name.
fn exported(dir: &Path, store: &Path) -> Vec<(String, Vec<u8>)> {
    let to = dir.join("export");
    done(run(&[
        "export",
        "--store",
        store.to_str().unwrap(),
        to.to_str().unwrap(),
    ]));
    let mut files: Vec<_> = fs::read_dir(&to)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                fs::read(path).unwrap(),
            )
        })
        .collect();
    files.sort();
    fs::remove_dir_all(to).unwrap();
    files
}

/// Names beside the store that an import left.
fn left(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name.contains("sorting")).collect()
}

fn kill_after(mut child: Child, time: Duration) {
    std::thread::sleep(time);
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn an_import_killed_again_and_again_comes_to_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (plain, sorted) = (dir.path().join("plain"), dir.path().join("sorted"));
    let mut arguments = import_of(dir.path(), "3000", &plain);
    arguments[2] = "--sort=false".into();
    let (rows, _, _) = totals(&done(run(&words(&arguments))));
    let arguments = import_of(dir.path(), "3000", &dir.path().join("timed"));
    let started = std::time::Instant::now();
    done(run(&words(&arguments)));
    // Each goes on where the one before was, so it ends sooner.
    let whole = started.elapsed() / 2;
    let arguments = import_of(dir.path(), "3000", &sorted);
    for kill in 1..=KILLS {
        kill_after(
            saqta(&words(&arguments))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
            whole * kill / (KILLS + 1),
        );
        let checked = run(&["check", "--store", sorted.to_str().unwrap()]);
        let told = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert!(
            checked.status.success() || told.contains("there is no store"),
            "{told}"
        );
    }
    let (accepted, repeated, refused) = totals(&done(run(&words(&arguments))));
    assert_eq!((accepted + repeated, refused), (rows, 0));
    assert_eq!(exported(dir.path(), &sorted), exported(dir.path(), &plain));
    assert_eq!(left(dir.path()), Vec::<String>::new());
}

#[test]
fn a_server_takes_sorted_rows_while_it_answers() {
    let dir = tempfile::tempdir().unwrap();
    let (own, remote) = (dir.path().join("own"), dir.path().join("remote"));
    let arguments = import_of(dir.path(), "500", &own);
    let (rows, _, _) = totals(&done(run(&words(&arguments))));
    let server = Server::start(&remote);
    let arguments = import_of(dir.path(), "500", &remote);
    assert_eq!(totals(&done(run(&words(&arguments)))), (rows, 0, 0));
    assert_eq!(totals(&done(run(&words(&arguments)))), (0, rows, 0));
    assert_eq!(exported(dir.path(), &remote), exported(dir.path(), &own));
    wait_for("the server goes on", || {
        (!server.text("m1", "+77010000001", "HELP").is_empty()).then_some(())
    });
    assert_eq!(server.terminate().0, Some(0));
    done(run(&["check", "--store", remote.to_str().unwrap()]));
}

#[test]
fn a_folder_that_cannot_be_used_is_one_clear_line() {
    let dir = tempfile::tempdir().unwrap();
    let mut arguments = import_of(dir.path(), "64", &dir.path().join("store"));
    let nowhere = dir.path().join("nowhere");
    arguments.insert(1, format!("--temp={}", nowhere.display()));
    let output = run(&words(&arguments));
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    let last = told.lines().last().unwrap();
    assert!(
        last.contains("nowhere") && last.contains("name another one with --temp"),
        "{told}"
    );
}
