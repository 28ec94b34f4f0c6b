//! Commands beside a server that holds the store, and the server's own beginning and end.

use std::io::{BufRead, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::people::{PAID, UNPAID, import};
use crate::process::{Server, done, exchange, run, run_to_end, saqta, wait_for, write};
use crate::server::run_with;

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn commands_work_through_the_server_that_holds_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let store_text = store.to_str().unwrap();
    let export = |name: &str| {
        let out = dir.path().join(name);
        done(run(&["export", "--store", store_text, out.to_str().unwrap()]));
        out
    };
    let before = export("before");
    let server = Server::start(&store);
    assert_eq!((mode(&store), mode(&store.join("saqta.sock"))), (0o710, 0o660));
    for entry in std::fs::read_dir(&store)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        assert_eq!(mode(&entry) & 0o007, 0, "{}", entry.display());
    }

    let status = |iin: &str| -> Value {
        serde_json::from_str(&done(run(&["status", "--store", store_text, "--json", iin]))).unwrap()
    };
    assert_eq!(status(PAID)["status"], "insured");
    assert_eq!(status(UNPAID)["status"], "not_insured");
    let category = format!("iin,category,from,to\n{UNPAID},student,2020-01-01,\n");
    let file = write(dir.path(), "more.csv", &category);
    let totals: Value =
        serde_json::from_str(&done(run(&["import", "--json", "--store", store_text, &file]))).unwrap();
    assert_eq!((&totals["accepted"], &totals["refused"]), (&1.into(), &0.into()));
    assert_eq!(status(UNPAID)["status"], "insured", "the server has it at once");
    let many = done(run_with(
        &["status", "--store", store_text, "--json", "-"],
        &format!("{PAID}\n12\n{UNPAID}\n"),
    ));
    let kinds: Vec<Value> = many
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["status"].clone())
        .collect();
    assert_eq!(kinds, ["insured", "invalid", "insured"]);
    done(run(&["check", "--store", store_text]));

    let after = export("after");
    for name in [
        "people.csv",
        "phones.csv",
        "contributions.csv",
        "returns.csv",
        "clinics.csv",
    ] {
        let read = |dir: &Path| std::fs::read_to_string(dir.join(name)).unwrap();
        assert_eq!(read(&before), read(&after), "{name}");
        assert_eq!(mode(&after.join(name)), 0o600);
    }
    let categories = std::fs::read_to_string(after.join("categories.csv")).unwrap();
    assert!(categories.contains("student"), "{categories}");
    assert_eq!(server.terminate().0, Some(0));
    assert!(!store.join("saqta.sock").exists());
    assert_eq!(
        status(UNPAID)["status"],
        "insured",
        "and it stays when the server has gone"
    );
}

#[test]
fn a_second_server_is_told_who_holds_the_store_and_what_listens() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let server = Server::start(&store);
    let store = store.to_str().unwrap();
    let free = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
    let second = run(&[&["serve", "--store", store][..], &free].concat());
    assert_eq!(second.status.code(), Some(1));
    assert!(stderr(&second).contains("is in use"), "{}", stderr(&second));
    assert_eq!(stderr(&second).lines().count(), 1, "{}", stderr(&second));

    let other = dir.path().join("other");
    let busy = server.gateway.to_string();
    let third = run(&["serve", "--store", other.to_str().unwrap(), "--listen", &busy]);
    assert_eq!(third.status.code(), Some(1));
    assert!(
        stderr(&third).contains("another program listens there"),
        "{}",
        stderr(&third)
    );
    assert_eq!(stderr(&third).lines().count(), 1);
    assert!(
        !other.exists(),
        "nothing was founded for a server that could not start"
    );
}

#[test]
fn a_store_held_by_a_command_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let store = store.to_str().unwrap();
    // It holds the store for as long as its standard input is open.
    let mut holder = saqta(&["status", "--store", store, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    holder
        .stdin
        .as_mut()
        .unwrap()
        .write_all(format!("{PAID}\n").as_bytes())
        .unwrap();
    let mut line = String::new();
    std::io::BufReader::new(holder.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let refused = run(&["status", "--store", store, PAID]);
    drop(holder.stdin.take());
    assert!(holder.wait().unwrap().success());
    assert_eq!(refused.status.code(), Some(1));
    let told = stderr(&refused);
    assert!(
        told.contains("is in use") && told.contains(&holder.id().to_string()),
        "{told}"
    );
}

#[test]
fn an_account_that_is_not_listed_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let _server = Server::start(&store);
    // Only root can become somebody else; for others the roster's own tests must do.
    let is_root = Command::new("/usr/bin/id").arg("-u").output().unwrap().stdout == b"0\n";
    if !is_root {
        return;
    }
    // As somebody of the store's group, who may reach the socket.
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    let program = dir.path().join("saqta");
    std::fs::copy(env!("CARGO_BIN_EXE_saqta"), &program).unwrap();
    let as_group = |group: &str| {
        let mut command = Command::new("/usr/bin/setpriv");
        command
            .args(["--reuid=65534", &format!("--regid={group}"), "--clear-groups"])
            .arg(&program)
            .args(["status", "--store", store.to_str().unwrap(), PAID]);
        run_to_end(command)
    };
    let output = as_group("0");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("your account has not"),
        "{}",
        stderr(&output)
    );
    // And as somebody outside of it, who may not even do that.
    let output = as_group("65534");
    assert_eq!(
        (output.status.code(), stderr(&output).lines().count()),
        (Some(1), 1),
        "{}",
        stderr(&output)
    );
    assert!(
        stderr(&output).contains("it must be in the group root"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_operator_whom_the_machine_does_not_know_is_pointed_out() {
    let dir = tempfile::tempdir().unwrap();
    let config = write(
        dir.path(),
        "saqta.toml",
        "[operators.groups]\nroot = \"viewer\"\nnosuchgroup = \"viewer\"\n",
    );
    let server = Server::start_with(&dir.path().join("store"), &["--config", &config], &[]);
    let written = wait_for("the warning", || {
        let written = server.written();
        written
            .contains("operators.groups.nosuchgroup")
            .then_some(written)
    });
    assert!(!written.contains("operators.groups.root"), "{written}");
}

#[test]
fn health_and_metrics_are_answered_until_a_clean_end() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&dir.path().join("store"));
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(exchange(server.admin, "GET", path, b"").unwrap().0, 200, "{path}");
        assert_eq!(
            exchange(server.gateway, "GET", path, b"").unwrap().0,
            404,
            "{path} is for the admin listener"
        );
    }
    let (gateway, written) = (server.gateway, server.terminate());
    assert_eq!(written.0, Some(0), "{}", written.1);
    assert!(
        exchange(gateway, "GET", "/healthz", b"").is_err(),
        "it listens no longer"
    );
}
