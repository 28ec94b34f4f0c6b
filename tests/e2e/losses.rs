//! The checks of `crash.rs` themselves: whatever is taken out of a store, put into it or altered, they notice.

use std::sync::Arc;

use saqta_data::journal::{Door, Entry};
use saqta_data::office::StoredAnswer;
use saqta_data::person::Person;
use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_data::store::unit::Record;
use saqta_data::store::{Batch, Key, MAX_SCAN, Scan, Store, Tree, Value};

use crate::load::{Acknowledged, Counts, Crowd, Demand, Found, Load, SENDERS, verify::look};
use crate::people::import;
use crate::process::{Server, wait_for};

/// A change of a store: what it is called, the keys, and what must be said of it.
struct Loss {
    what: &'static str,
    change: Vec<(Tree, Key, Option<Value>)>,
    said: &'static str,
}

fn loss(what: &'static str, change: Vec<(Tree, Key, Option<Value>)>, said: &'static str) -> Loss {
    Loss { what, change, said }
}

async fn all(store: &dyn Store, tree: Tree) -> Vec<(Key, Value)> {
    store.scan(Scan::of(tree, MAX_SCAN)).await.unwrap()
}

/// The journal lines about SMS with the keys of their answers, by the tags of the texts in the order in which they came.
async fn answered(store: &dyn Store) -> Vec<(String, Key, Key)> {
    let mut answered = Vec::new();
    for (line, value) in all(store, Tree::Journal).await {
        let entry = Entry::decode(&value).unwrap();
        if entry.door == Door::Sms("sandbox".into()) {
            let key = entry.particulars.answer;
            let answer = store.get(Tree::Answers, &key).await.unwrap().unwrap();
            answered.push((StoredAnswer::decode(&answer).unwrap().heard, line, key));
        }
    }
    answered
}

async fn losses_of_answers(store: &dyn Store) -> Vec<Loss> {
    let answered = answered(store).await;
    let gone = |of: &(String, Key, Key)| {
        [
            (Tree::Journal, of.1.clone(), None),
            (Tree::Answers, of.2.clone(), None),
        ]
    };
    let first = answered.first().unwrap();
    let [line, answer] = gone(first);
    let one_sender: Vec<_> = answered
        .iter()
        .filter(|(heard, ..)| heard.contains(" 1-0-"))
        .collect();
    // Of the last two one at least was acknowledged.
    let last = one_sender
        .iter()
        .rev()
        .take(2)
        .flat_map(|answered| gone(answered))
        .collect();
    let twice = store.get(Tree::Journal, &first.1).await.unwrap();
    vec![
        loss("a line", vec![line], "without a journal line"),
        loss("an answer", vec![answer], "names no answer"),
        loss("both", gone(first).to_vec(), ", 0 is missing"),
        loss("the last ones", last, "1-0: "),
        loss(
            "a line once more",
            vec![(Tree::Journal, u64::MAX.to_be_bytes().to_vec(), twice)],
            "that another line names",
        ),
    ]
}

async fn losses_of_notes(store: &dyn Store) -> Vec<Loss> {
    let notes = all(store, Tree::Notes).await;
    let (note, text) = notes.first().unwrap();
    let mut elsewhere = note.clone();
    elsewhere[7] ^= 1;
    let lines = all(store, Tree::Journal).await;
    let told = lines
        .iter()
        .find(|(_, value)| Entry::decode(value).unwrap().topic == "note");
    let told = told.unwrap().0.clone();
    vec![
        loss("a note", vec![(Tree::Notes, note.clone(), None)], "note"),
        loss(
            "its line",
            vec![(Tree::Journal, told, None)],
            "journal lines about notes",
        ),
        loss(
            "whose it is",
            vec![
                (Tree::Notes, note.clone(), None),
                (Tree::Notes, elsewhere, Some(text.clone())),
            ],
            "is about somebody else",
        ),
    ]
}

async fn losses_of_rows(store: &dyn Store) -> Vec<Loss> {
    let people = all(store, Tree::People).await;
    let ours = |person: &Person| {
        let mut rows = person.contributions.iter();
        rows.any(|row| row.reference == "LOAD0")
    };
    let mut people = people
        .iter()
        .map(|(key, value)| (key.clone(), Person::decode(value).unwrap()));
    let (key, person) = people.find(|(_, person)| ours(person)).unwrap();
    let altered = |what, alter: &dyn Fn(&mut Person), said| {
        let mut person = person.clone();
        alter(&mut person);
        loss(
            what,
            vec![(Tree::People, key.clone(), Some(person.encode()))],
            said,
        )
    };
    vec![
        altered("a row", &|person| person.contributions.clear(), "row"),
        altered(
            "the sum of a row",
            &|person| person.contributions[0].amount.0 += 1,
            "is another than was imported",
        ),
        altered(
            "half of the names",
            &|person| person.identity.as_mut().unwrap().given_name.push('a'),
            "names that no registry gave",
        ),
        altered("all names", &|person| person.identity = None, "has no name"),
    ]
}

#[test]
fn whatever_is_lost_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    import(dir.path(), &store);
    let crowd = Crowd::import(60, dir.path(), &store);
    let counts = Counts::default();
    let server = Server::start(&store);
    let load = Load {
        store: &store,
        gateway: server.gateway,
        dir: dir.path(),
        life: 1,
        crowd: &crowd,
        counts: &counts,
    };
    std::thread::scope(|scope| {
        scope.spawn(|| load.run());
        wait_for("something of each kind", || {
            let now = counts.now();
            let enough = now.answers.iter().all(|count| *count > 2) && now.notes > 1 && now.sorted > 0;
            (enough && now.imports > 1).then_some(())
        });
        counts.kill(server);
    });
    let (base, now) = (Found::default(), counts.now());
    let demand = Demand {
        base: &base,
        life: 1,
        least: now,
        most: Some(now),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(async {
        let store: Arc<dyn Store> = Arc::new(SledStore::open(&store, SledOptions::default()).unwrap());
        let mut losses = losses_of_answers(&*store).await;
        losses.extend(losses_of_notes(&*store).await);
        losses.extend(losses_of_rows(&*store).await);
        for Loss { what, change, said } in losses {
            look(&store, &crowd, &demand).await.unwrap();
            let mut before = Vec::new();
            for (tree, key, _) in &change {
                before.push((*tree, key.clone(), store.get(*tree, key).await.unwrap()));
            }
            put(&*store, change).await;
            let wrong = look(&store, &crowd, &demand).await.unwrap_err();
            assert!(wrong.contains(said), "{what}: {wrong}");
            put(&*store, before).await;
        }
        demand_more_and_less(&store, &crowd, &demand).await;
        store.close().await.unwrap();
    });
}

async fn put(store: &dyn Store, change: Vec<(Tree, Key, Option<Value>)>) {
    let batch = Batch {
        change,
        ..Batch::default()
    };
    store.commit(batch).await.unwrap();
}

/// More than there is, and less than what was under way: of this life, and of those before.
async fn demand_more_and_less(store: &Arc<dyn Store>, crowd: &Crowd, demand: &Demand<'_>) {
    let found = look(store, crowd, demand).await.unwrap();
    let of_base = |alter: &dyn Fn(&mut Found)| {
        let mut base = found.clone();
        base.answers.clear();
        alter(&mut base);
        base
    };
    for (base, said) in [
        (of_base(&|base| base.notes += 1), "notes"),
        (of_base(&|base| base.imports += 1), "registries"),
        (of_base(&|base| base.named += 1), "names"),
        // Of a sender of an earlier life, who is not there at all, and what makes up for that in another.
        (
            of_base(&|base| {
                base.answers.insert("0-0".into(), 1);
            }),
            "0-0: 0",
        ),
    ] {
        let demand = Demand {
            base: &base,
            ..*demand
        };
        let wrong = look(store, crowd, &demand).await.unwrap_err();
        assert!(wrong.starts_with(said), "{wrong}");
    }
    let none = Acknowledged {
        answers: [0; SENDERS],
        ..demand.least
    };
    let other_life = Demand {
        life: 2,
        least: none,
        ..*demand
    };
    let wrong = look(store, crowd, &other_life).await.unwrap_err();
    assert!(wrong.starts_with("1-0: "), "{wrong}");
    let nothing = Demand {
        least: Acknowledged::default(),
        most: Some(Acknowledged::default()),
        ..*demand
    };
    assert!(look(store, crowd, &nothing).await.is_err());
}
