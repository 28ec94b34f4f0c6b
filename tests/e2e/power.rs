//! A server killed in the middle of its work: what it answered, it stands by.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use saqta_data::journal::{Door, Entry};
use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_data::store::unit::Record;
use saqta_data::store::{MAX_SCAN, Scan, Store, Tree};

use crate::people::{PHONE_A, UNPAID, import};
use crate::process::{Server, done, exchange, run, sms, wait_for, write};

/// Phones texting at a time.
const SENDERS: usize = 4;
/// Answers after which the power goes.
const ANSWERS: usize = 60;

/// Texts until the server is gone; what was answered, by the number of the message.
fn stream(gateway: std::net::SocketAddr, sender: usize, answered: &AtomicUsize) -> BTreeMap<String, String> {
    let mut answers = BTreeMap::new();
    for n in 0.. {
        let id = format!("{sender}-{n}");
        let body = sms(&id, PHONE_A, UNPAID).to_string();
        let Ok((200, answer)) = exchange(gateway, "POST", "/v1/carriers/sandbox/sms", body.as_bytes()) else {
            break;
        };
        // Cut off in the middle of its answer: not answered.
        let Ok(answer) = serde_json::from_slice::<serde_json::Value>(&answer) else {
            break;
        };
        answers.insert(id, answer["messages"][0]["text"].as_str().unwrap().to_owned());
        answered.fetch_add(1, Ordering::SeqCst);
    }
    answers
}

/// The journal's lines of the sandbox.
fn journal_lines(store: &Path) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = SledStore::open(store, SledOptions::default()).unwrap();
        let entries = store.scan(Scan::of(Tree::Journal, MAX_SCAN)).await.unwrap();
        store.close().await.unwrap();
        let entries = entries.iter().map(|(_, value)| Entry::decode(value).unwrap());
        entries
            .filter(|entry| entry.door == Door::Sms("sandbox".into()))
            .count()
    })
}

#[test]
fn what_was_answered_before_a_kill_is_answered_so_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);

    let server = Server::start(&store);
    let (gateway, answered) = (server.gateway, AtomicUsize::new(0));
    let answers: BTreeMap<String, String> = std::thread::scope(|scope| {
        let answered = &answered;
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| scope.spawn(move || stream(gateway, sender, answered)))
            .collect();
        wait_for("enough answers", || {
            (answered.load(Ordering::SeqCst) >= ANSWERS).then_some(())
        });
        server.kill();
        senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap())
            .collect()
    });
    let lines = journal_lines(&store);
    assert!(answers.len() >= ANSWERS);
    assert!(
        (answers.len()..=answers.len() + SENDERS).contains(&lines),
        "{} answers, {lines} lines in the journal",
        answers.len()
    );

    let category = format!("iin,category,from,to\n{UNPAID},student,2020-01-01,\n");
    let file = write(dir.path(), "category.csv", &category);
    done(run(&["import", "--store", store.to_str().unwrap(), &file]));
    let server = Server::start(&store);
    for (id, before) in &answers {
        assert_eq!(
            server.text(id, PHONE_A, UNPAID),
            std::slice::from_ref(before),
            "message {id} had its answer"
        );
        assert!(before.starts_with("САҚТАНДЫРЫЛМАҒАН"), "{before}");
    }
    let fresh = server.text("fresh", PHONE_A, UNPAID);
    assert!(fresh[0].starts_with("САҚТАНДЫРЫЛҒАН"), "{fresh:?}");
}

#[test]
fn a_server_drops_what_is_too_old() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let server = Server::start(&store);
    server.text("m1", PHONE_A, UNPAID);
    assert_eq!(server.terminate().0, Some(0));
    assert_eq!(journal_lines(&store), 1);
    let later = [
        ("SAQTA_NOW", "2028-11-22T12:00:00+05:00"),
        ("SAQTA_LOG", "saqta=debug"),
    ];
    let server = Server::start_with(&store, &["--sandbox"], &later);
    wait_for("it has tidied up", || {
        server.written().contains("tidied up").then_some(())
    });
    assert_eq!(server.terminate().0, Some(0));
    assert_eq!(journal_lines(&store), 0);
}
