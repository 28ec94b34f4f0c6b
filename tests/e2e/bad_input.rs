//! Whatever comes: one clear answer, nothing lost, no panic.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::people::{PAID, PHONE_B, STRANGER, STRANGER_2, UNPAID, import};
use crate::privacy::NOBODY;
use crate::process::{Server, done, exchange, run, run_to_end, saqta, write};
use crate::server::run_with;

/// The one line of a command that refused to work.
pub(crate) fn refusal(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(output.stdout.is_empty());
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(
        text.starts_with("saqta: ") && !text.contains("panicked"),
        "{text}"
    );
    text
}

#[test]
fn every_odd_text_gets_a_reply_of_its_own_kind() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let server = Server::start(&store);
    // Each from a phone of its own: nobody is helped, or asks, too often here.
    let answer = |n: usize, text: &str| {
        let from = format!("+7701000010{n}");
        let answers = server.text("m", &from, text);
        assert_eq!(answers.len(), 1, "{text}");
        answers[0].clone()
    };
    let long = "болады ма ".repeat(200);
    let two = format!("EN {PAID} {UNPAID}");
    let kinds = [
        answer(1, "EN 90010130000"),
        answer(2, "EN 900101300008"),
        answer(3, "EN 160440007161"),
        answer(4, &two),
        answer(5, &format!("EN {NOBODY}")),
        answer(6, &format!("EN {PAID}")),
        answer(7, "EN PAY"),
    ];
    assert_eq!(
        kinds.iter().collect::<BTreeSet<_>>().len(),
        kinds.len(),
        "each says something else: {kinds:#?}"
    );
    assert!(
        kinds[0].contains("12 digits") && kinds[2].contains("BIN"),
        "{kinds:#?}"
    );
    assert!(answer(8, "EN 9001013000077").contains("12 digits"), "13 digits");
    assert!(!kinds[3].contains("INSURED"), "two people: nothing is told");
    let help = [
        answer(11, ""),
        answer(12, "😀😀"),
        answer(13, &long),
        answer(14, "\u{fffd}\u{fffd}"),
    ];
    assert!(help.iter().all(|text| *text == help[0]), "{help:#?}");
    assert!(
        !help[0].contains('[') && help[0].chars().count() > 20,
        "{}",
        help[0]
    );
}

#[test]
fn every_odd_request_gets_a_status_of_its_own_kind() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&dir.path().join("store"));
    let sms = "/v1/carriers/sandbox/sms";
    let post = |path: &str, body: &[u8]| {
        let (status, body) = exchange(server.gateway, "POST", path, body).unwrap();
        (status, String::from_utf8(body).unwrap())
    };
    for body in [
        &b"{\"from\":\"\xff\"}"[..],
        b"",
        b"[]",
        b"{\"from\":\"+77010000001\"}",
        b"{",
    ] {
        let (status, text) = post(sms, body);
        assert_eq!(status, 400, "{text}");
        assert!(text.contains("\"error\":\""), "{text}");
    }
    assert_eq!(post(sms, &vec![b' '; 10 << 20]).0, 413);
    assert_eq!(post("/v1/carriers/nobody/sms", b"{}").0, 404);
    assert_eq!(exchange(server.gateway, "GET", sms, b"").unwrap().0, 405);
    // Kannel turns everything but 200 into an error SMS to the citizen.
    let kannel = exchange(
        server.gateway,
        "GET",
        "/v1/carriers/kannel/sms?from=%2B77010000001",
        b"",
    )
    .unwrap();
    assert_eq!((kannel.0, kannel.1.len()), (200, 0), "a parameter is missing");
    let step = json!({"session": "never seen", "from": STRANGER, "code": "*1414#", "input": "7", "step": 3});
    let (status, page) = server.post("/v1/carriers/sandbox/ussd", &step);
    assert_eq!((status, &page["end"]), (200, &json!(false)), "{page}");
    assert!(
        !page["text"].as_str().unwrap().is_empty(),
        "a session never seen begins anew"
    );
}

#[test]
fn a_repeated_message_gets_its_old_answer_and_an_id_used_twice_is_two_messages() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let server = Server::start(&store);
    let first = server.text("m1", PHONE_B, "HELP");
    assert_eq!(server.text("m1", PHONE_B, "HELP"), first);
    assert_ne!(server.text("m1", PHONE_B, "STATUS"), first, "another text");
    // Help is given three times an hour: repetitions were not counted.
    assert!(!server.text("m2", PHONE_B, "HELP").is_empty() && !server.text("m3", PHONE_B, "HELP").is_empty());
    assert!(server.text("m4", PHONE_B, "HELP").is_empty(), "the fourth");
    assert!(
        server.text("m5", "1414", "HELP").is_empty(),
        "a short code is a machine"
    );
    assert!(server.text("m6", "Kaspi", PAID).is_empty(), "so is a name");
    assert!(!server.text("m7", STRANGER_2, PAID).is_empty());
}

#[test]
fn a_file_that_is_no_registry_is_named_and_nothing_is_imported() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let store = store.to_str().unwrap();
    let header = "iin,surname,given_name,patronymic,birth_date,sex,payer_kind";
    let right = write(
        dir.path(),
        "right.csv",
        &format!("{header}\n{PAID},А,Б,,1990-01-01,f,none\n"),
    );
    let wrong = write(dir.path(), "wrong.csv", "iin,name\n900101300007,X\n");
    let text = refusal(&run(&["import", "--store", store, &right, &wrong]));
    assert!(
        text.contains("wrong.csv") && text.contains("header") && !text.contains(PAID),
        "{text}"
    );
    assert!(!Path::new(store).exists(), "not even the right one was taken");
    let text = refusal(&run(&["import", "--store", store, "/nonexistent.csv"]));
    assert!(text.contains("/nonexistent.csv"), "{text}");

    let rows = format!(
        "{header}\n{PAID},А,Б,,1990-01-01,f,none\n900101300008,А,Б,,1990-01-01,f,none\n{UNPAID},А,Б\n\
         {NOBODY},А,Б,,1990-02-30,f,none\n"
    );
    let mixed = write(dir.path(), "mixed.csv", &rows);
    let dry = run(&["import", "--dry-run", "--store", store, &mixed]);
    assert!(
        dry.status.success() && !Path::new(store).exists(),
        "a dry run writes nothing"
    );
    assert!(!Path::new(&format!("{mixed}.refused")).exists());
    let told = String::from_utf8(dry.stderr).unwrap();
    assert_eq!(
        told.lines().filter(|line| line.starts_with("line ")).count(),
        3,
        "{told}"
    );
    let totals = done(run(&["import", "--json", "--store", store, &mixed]));
    let totals: serde_json::Value = serde_json::from_str(&totals).unwrap();
    assert_eq!(
        (&totals["accepted"], &totals["refused"]),
        (&json!(1), &json!(3)),
        "{totals}"
    );
    let refused = std::fs::read_to_string(format!("{mixed}.refused")).unwrap();
    let numbers: Vec<_> = refused
        .lines()
        .filter_map(|line| line.split(':').next())
        .collect();
    assert_eq!(numbers, ["line 3", "line 4", "line 5"], "{refused}");
    let mode = std::fs::metadata(format!("{mixed}.refused"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let mended = write(
        dir.path(),
        "mixed.csv",
        &format!("{header}\n{PAID},А,Б,,1990-01-01,f,none\n"),
    );
    done(run(&["import", "--store", store, &mended]));
    assert!(
        !Path::new(&format!("{mended}.refused")).exists(),
        "what was refused before is mended"
    );
}

#[test]
fn a_status_is_answered_for_every_line_whatever_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let store = store.to_str().unwrap();
    let input = format!("{PAID}\n900101300008\n{NOBODY}\n12\n\n{}\n", "9".repeat(5000));
    let answer = done(run_with(&["status", "--store", store, "--json", "-"], &input));
    let statuses: Vec<serde_json::Value> = answer
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["status"].clone())
        .collect();
    assert_eq!(
        statuses,
        ["insured", "invalid", "unknown", "invalid", "invalid", "invalid"]
    );
    let plain = done(run(&["status", "--store", store, "--lang", "en", PAID]));
    assert!(plain.starts_with("INSURED") && plain.is_ascii(), "{plain}");
}

#[test]
fn a_store_that_cannot_be_used_is_told_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let status = |store: &Path| run(&["status", "--store", store.to_str().unwrap(), PAID]);
    let missing = refusal(&status(&dir.path().join("missing")));
    assert!(
        missing.contains("there is no store") && !dir.path().join("missing").exists(),
        "{missing}"
    );
    let empty = dir.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert!(refusal(&status(&empty)).contains("there is no store"));
    assert_eq!(std::fs::read_dir(&empty).unwrap().count(), 0, "none was founded");
    let file = dir.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert!(refusal(&status(&file)).contains("it is a file"));

    let store = dir.path().join("store");
    import(dir.path(), &store);
    let truncated = dir.path().join("truncated");
    copy(&store, &truncated);
    let log = std::fs::OpenOptions::new()
        .write(true)
        .open(truncated.join("db"))
        .unwrap();
    log.set_len(log.metadata().unwrap().len() / 2).unwrap();
    assert!(refusal(&status(&truncated)).contains("damaged"));

    // The store itself does not let its format be written; the database beneath does.
    let database = sled::open(&store).unwrap();
    database
        .open_tree("settings")
        .unwrap()
        .insert("format", "99")
        .unwrap();
    drop(database);
    assert!(refusal(&status(&store)).contains("format 99"));
}

fn copy(from: &Path, to: &Path) {
    assert!(
        Command::new("/bin/cp")
            .arg("-r")
            .args([from, to])
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn a_store_that_may_only_be_read_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let is_root = Command::new("/usr/bin/id").arg("-u").output().unwrap().stdout == b"0\n";
    for entry in std::fs::read_dir(&store)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        let mode = if entry.is_dir() { 0o555 } else { 0o444 };
        std::fs::set_permissions(&entry, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    for folder in [dir.path(), &store] {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    }
    // Root may write anywhere; as somebody else it is shown, with a copy of the program that all may run.
    let copy = tempfile::tempdir().unwrap();
    let mut command = if is_root {
        let program = copy.path().join("saqta");
        std::fs::set_permissions(copy.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::copy(env!("CARGO_BIN_EXE_saqta"), &program).unwrap();
        let mut command = Command::new("/usr/bin/setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(program);
        command
    } else {
        saqta(&[])
    };
    command.args(["status", "--store", store.to_str().unwrap(), PAID]);
    let output = run_to_end(command);
    for folder in [dir.path(), &store] {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    assert!(refusal(&output).contains("may not write there"));
}

#[test]
fn wrong_usage_is_told_with_code_two() {
    for args in [
        &["status"][..],
        &["serv"],
        &["serve", "--listen", "here"],
        &["status", "--as-of", "yesterday", PAID],
        &["demo", "--citizens", "many"],
        &["synth", "--seed", "1"],
        &["dial", "1414"],
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
    for date in [
        &["status", "--as-of", "25.08.2026", PAID][..],
        &["synth", "--data-date", "soon", "/nonexistent"],
        &["import", "--data-date", "2026-02-30", "/nonexistent"],
    ] {
        let told = String::from_utf8(run(date).stderr).unwrap();
        assert!(told.contains("write the date as 2026-08-25"), "{told}");
    }
    assert!(done(run(&["--help"])).contains("demo"));
    let refused = refusal(&run(&[
        "serve",
        "--sandbox",
        "--listen",
        "0.0.0.0:0",
        "--store",
        "/nonexistent",
    ]));
    assert!(refused.contains("loopback"), "{refused}");
    let refused = refusal(&run(&["synth", "--citizens", "25000001", "/nonexistent/folder"]));
    assert!(refused.contains("at most 25000000"), "{refused}");
    let refused = refusal(&run(&["synth", "--citizens", "0", "/nonexistent/folder"]));
    assert!(refused.contains("at least one"), "{refused}");
}

#[test]
fn a_configuration_is_checked_before_anything_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(
        dir.path(),
        "saqta.toml",
        "public_url = \"https://saqta.example.kz\"\n[[carriers]]\nname = \"k\"\nkind = \"kannel\"\n\
         path_secret = \"env:PATH_SECRET\"\n[operators.users]\nroot = \"viewer\"\nnosuchuser = \"viewer\"\n",
    );
    let check = |file: &str| {
        let mut command = saqta(&[
            "serve",
            "--check",
            "--config",
            file,
            "--store",
            "/nonexistent/store",
        ]);
        command.env("PATH_SECRET", "0123456789abcdef");
        run_to_end(command)
    };
    let plan = done(check(&file));
    assert!(
        plan.contains("get-url = \"https://saqta.example.kz/v1/carriers/k/<env:PATH_SECRET>/sms?id=%I"),
        "{plan}"
    );
    assert!(!plan.contains("0123456789abcdef"), "{plan}");
    assert!(
        plan.contains("WARNING: operators.users.nosuchuser: ") && !plan.contains("users.root:"),
        "{plan}"
    );
    for (text, expected) in [
        ("listn = \"x\"", "saqta.toml:1: unknown field `listn`"),
        (
            "[[carriers]]\nname = \"x\"\nkind = \"telepathy\"",
            "saqta.toml:3: carriers.x.kind: ",
        ),
        (
            "[[carriers]]\nname = \"x\"\nkind = \"kannel\"\nallow = [\"everybody\"]",
            "saqta.toml:4: carriers.x.allow: ",
        ),
        (
            "[[carriers]]\nname = \"x\"\nkind = \"kannel\"\npath_secret = \"env:MISSING\"",
            "the variable is not set",
        ),
        ("law_dir = \"/nonexistent\"", "/nonexistent"),
    ] {
        write(dir.path(), "saqta.toml", text);
        let refused = refusal(&check(&file));
        assert!(refused.contains(expected), "{text}: {refused}");
    }
}

#[test]
fn texts_and_law_can_be_overridden_and_are_checked_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    std::fs::create_dir(dir.path().join("texts")).unwrap();
    std::fs::create_dir(dir.path().join("law")).unwrap();
    let texts = |text: &str| write(&dir.path().join("texts"), "en.ftl", text);
    let config = format!(
        "store = {:?}\ntexts_dir = \"texts\"\nlaw_dir = \"law\"\n",
        store.to_str().unwrap()
    );
    let config = write(dir.path(), "saqta.toml", &config);
    let ask = || run(&["status", "--config", &config, "--lang", "en", PAID]);
    texts("status-insured = ALL IS WELL\n");
    assert!(done(ask()).starts_with("ALL IS WELL"));
    texts("status-insurd = ALL IS WELL\n");
    assert!(refusal(&ask()).contains("status-insurd"));
    texts(&format!("status-insured = {}\n", "VERY ".repeat(100)));
    let long = refusal(&ask());
    assert!(
        long.contains("the text `") && long.contains("in en"),
        "too long for an SMS: {long}"
    );
    texts("");
    write(
        &dir.path().join("law"),
        "rates.toml",
        "[[rates]]\nfrom = \"never\"\n",
    );
    assert!(refusal(&ask()).contains("rates.toml"));
}
