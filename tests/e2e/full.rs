//! A disk that is full: a clear message that says what to do, nothing acknowledged is lost, nothing is damaged, and once
//! there is room everything goes on.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::disk::Disk;
use crate::people::{PENSIONER, PHONE_A, UNPAID, import};
use crate::process::{Server, done, exchange, run, saqta, sms, wait_for};

/// What the store keeps free, in MiB.
const KEPT: u64 = 64;
/// What a citizen gets who cannot be answered now.
const LATER: &str = "Қазір жауап бере алмаймыз. Кейінірек қайталаңыз.";

/// What a command that must fail said: one line.
fn refusal(args: &[&str]) -> String {
    let ended = run(args);
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said.lines().last().unwrap().to_owned()
}

fn invented(dir: &Path, citizens: &str) -> String {
    let csv = dir.join("csv").to_str().unwrap().to_owned();
    done(run(&["synth", "--citizens", citizens, "--seed", "5", &csv]));
    csv
}

fn status_of(gateway: std::net::SocketAddr, path: &str) -> (u16, String) {
    let (status, body) = exchange(gateway, "GET", path, b"").unwrap();
    (status, String::from_utf8(body).unwrap())
}

/// Texts until it is over or nobody answers; the answers by their numbers, without those that ask to try later.
fn answers(gateway: std::net::SocketAddr, over: &AtomicBool) -> Vec<(String, String)> {
    let mut kept = Vec::new();
    for n in 0.. {
        let id = format!("load-{n}");
        let body = sms(&id, PHONE_A, UNPAID).to_string();
        let answer = exchange(gateway, "POST", "/v1/carriers/sandbox/sms", body.as_bytes());
        let Ok((200, answer)) = answer else { break };
        // Cut off in the middle of its answer: not answered.
        let Ok(answer) = serde_json::from_slice::<Value>(&answer) else {
            break;
        };
        let text = answer["messages"][0]["text"].as_str().unwrap().to_owned();
        if text != LATER {
            kept.push((id, text));
        }
        if over.load(Ordering::SeqCst) {
            break;
        }
    }
    kept
}

/// Whoever is to be erased is, also where there is no room to write the files anew.
fn erases_but_writes_nothing_anew(store: &Path, iin: &str) {
    let store = store.to_str().unwrap();
    let said = refusal(&["erase", "--store", store, iin]);
    assert!(
        said.contains("the person is erased, but can still be read in the files")
            && said.contains("make room"),
        "{said}"
    );
}

/// True if nobody of that number is known.
fn is_unknown(store: &Path, iin: &str) -> bool {
    let told = done(run(&[
        "status",
        "--json",
        "--store",
        store.to_str().unwrap(),
        iin,
    ]));
    serde_json::from_str::<Value>(&told).unwrap()["status"] == "unknown"
}

#[test]
fn a_server_waits_for_room_and_goes_on_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&dir.path().join("disk"), 200) else {
        return;
    };
    let store = disk.path().join("store");
    import(dir.path(), &store);
    let csv = invented(dir.path(), "3000");
    let registry = |name: &str| format!("{csv}/{name}.csv");
    let (people, rows) = (registry("people"), registry("contributions"));
    let server = Server::start(&store);
    let load = |file: &str| ["import", "--store", store.to_str().unwrap(), file].map(str::to_owned);
    // So little that the registries do not fit, while phones text.
    disk.leave(KEPT + 1);
    let over = AtomicBool::new(false);
    let (refused, kept) = std::thread::scope(|scope| {
        let texting = scope.spawn(|| answers(server.gateway, &over));
        let refused: Vec<String> = [&people, &rows]
            .into_iter()
            .filter_map(|file| {
                let ended = run(&load(file).each_ref().map(String::as_str));
                (!ended.status.success()).then(|| String::from_utf8(ended.stderr).unwrap())
            })
            .collect();
        over.store(true, Ordering::SeqCst);
        (refused, texting.join().unwrap())
    });
    let said = refused.last().unwrap();
    assert!(
        said.contains("MiB left, so nothing was written; make room and try again (rows taken before: "),
        "{said}"
    );
    assert!(!kept.is_empty(), "some were answered while there was room");

    // Then something else fills it. What needs no writing is answered still; whatever must be written down first is not.
    disk.leave(KEPT - 1);
    assert_eq!(server.text("later", PHONE_A, UNPAID), [LATER]);
    erases_but_writes_nothing_anew(&store, PENSIONER);
    let (status, why) = status_of(server.admin, "/readyz");
    assert!(status == 503 && why.contains("make room"), "{status} {why}");
    done(run(&["check", "--store", store.to_str().unwrap()]));
    let told = server
        .written
        .lock()
        .unwrap()
        .matches("the store waits for room")
        .count();
    assert!(told >= 1, "the log says so");

    disk.resize(200);
    assert!(server.text("now", PHONE_A, UNPAID)[0].starts_with("САҚТАНДЫРЫЛМАҒАН"));
    assert_eq!(status_of(server.admin, "/readyz").0, 200);
    assert!(is_unknown(&store, PENSIONER));
    for file in [&people, &rows] {
        done(run(&load(file).each_ref().map(String::as_str)));
    }
    for (id, before) in &kept {
        assert_eq!(
            server.text(id, PHONE_A, UNPAID),
            std::slice::from_ref(before),
            "{id}"
        );
    }
    let written = server.written.lock().unwrap().clone();
    assert!(written.contains("there is room on the disk again") && !written.contains("panicked"));
    assert_eq!(server.terminate().0, Some(0));
    done(run(&["check", "--store", store.to_str().unwrap()]));
}

#[test]
fn a_disk_that_fills_behind_the_stores_back_ends_the_server_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&dir.path().join("disk"), 120) else {
        return;
    };
    // The disk of the store believes to be large, but lies in a file on one that is not.
    let image = disk.path().join("image");
    let Some(inner) = Disk::in_file(&image, 400, &dir.path().join("inner")) else {
        return;
    };
    let store = inner.path().join("store");
    import(dir.path(), &store);
    let csv = invented(dir.path(), "4000");
    let mut server = Server::start(&store);
    disk.leave(2);
    let over = AtomicBool::new(false);
    let kept = std::thread::scope(|scope| {
        let texting = scope.spawn(|| answers(server.gateway, &over));
        let said = refusal(&[
            "import",
            "--store",
            store.to_str().unwrap(),
            &format!("{csv}/people.csv"),
            &format!("{csv}/contributions.csv"),
        ]);
        assert!(said.contains("rows taken before"), "{said}");
        over.store(true, Ordering::SeqCst);
        texting.join().unwrap()
    });
    let ended = wait_for("the server ends", || server.child.try_wait().unwrap());
    assert_eq!(ended.code(), Some(1));
    let written = server.written.lock().unwrap().clone();
    assert!(
        written.contains("saqta: the server ends: the store failed"),
        "{written}"
    );
    assert!(!written.contains("panicked"), "{written}");
    drop(server);
    assert!(!kept.is_empty());

    // With room, and after the file system has looked after itself, everything acknowledged is there.
    disk.resize(500);
    let inner = inner.again(&image);
    let server = Server::start(&inner.path().join("store"));
    for (id, before) in &kept {
        assert_eq!(
            server.text(id, PHONE_A, UNPAID),
            std::slice::from_ref(before),
            "{id}"
        );
    }
    assert_eq!(server.terminate().0, Some(0));
    done(run(&[
        "check",
        "--store",
        inner.path().join("store").to_str().unwrap(),
    ]));
}

#[test]
fn backups_exports_and_sorting_leave_nothing_half_done_on_a_full_disk() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&dir.path().join("disk"), 400) else {
        return;
    };
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let on_disk = |name: &str| disk.path().join(name).to_str().unwrap().to_owned();
    let csv = invented(dir.path(), "8000");
    let (people, rows) = (format!("{csv}/people.csv"), format!("{csv}/contributions.csv"));
    let sorted = [
        "import",
        "--sort",
        "--store",
        &path("store"),
        "--temp",
        &on_disk("temp"),
        &people,
        &rows,
    ]
    .map(str::to_owned);
    let sorted = sorted.each_ref().map(String::as_str);
    fs::create_dir(on_disk("temp")).unwrap();

    // Room beforehand, and none once sorting has begun.
    let mut sorting = saqta(&sorted)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let begun = wait_for("sorting has begun, or is over", || {
        let begun = fs::read_dir(on_disk("temp")).unwrap().next().is_some();
        (begun || sorting.try_wait().unwrap().is_some()).then_some(begun)
    });
    disk.leave(0);
    let ended = sorting.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(begun && !ended.status.success(), "{said}");
    assert!(
        said.contains("the disk is full; make room and run this again"),
        "{said}"
    );
    let said = refusal(&sorted);
    assert!(said.contains("too little room: "), "{said}");
    disk.resize(400);
    done(run(&sorted));
    done(run(&["check", "--store", &path("store")]));

    disk.leave(0);
    for command in ["backup", "export"] {
        let to = on_disk(command);
        let said = refusal(&[command, "--store", &path("store"), &to]);
        assert!(
            said.contains("the disk is full; make room and run this again"),
            "{said}"
        );
        assert!(!said.contains(" at path "), "{said}");
        let left: Vec<_> = fs::read_dir(&to).into_iter().flatten().collect();
        assert!(!Path::new(&to).is_file() && left.is_empty(), "{left:?}");
    }
}
