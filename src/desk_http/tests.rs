use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use saqta_data::clock::Clock;
use saqta_data::desk::contract::{self, Stage};
use saqta_data::desk::{Desk, DeskError, DeskOptions, LocalDesk, Operator, OperatorRole, WholeDesk};
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::registry::Registry;
use saqta_data::store::memory::MemoryStore;
use tempfile::TempDir;
use tokio::net::UnixListener;

mod story;

use super::client::RemoteDesk;
use super::server::{Peer, Reception, router};
use super::*;
use crate::config::Operators;
use crate::listen::{Limits, Site, Stopper, serve};
use crate::roster::Roster;

fn office() -> Office {
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let law = Arc::new(Law::builtin().unwrap());
    Office::new(Arc::new(MemoryStore::new()), law, Clock::noon(day))
}

/// A server's socket.
struct Host {
    socket: PathBuf,
    stopper: Stopper,
    served: tokio::task::JoinHandle<()>,
}

impl Host {
    fn start(socket: PathBuf, reception: Reception) -> Self {
        let listener = UnixListener::bind(&socket).unwrap();
        let (stopper, stop) = Stopper::new();
        let router = router(Arc::new(reception));
        let served = tokio::spawn(serve(
            listener,
            Site::plain(router, Limits::OPERATORS),
            stop,
            |io, _| Peer::of(io),
        ));
        Self {
            socket,
            stopper,
            served,
        }
    }

    fn desk(&self) -> RemoteDesk {
        RemoteDesk::new(&self.socket, &Door::Console)
    }

    async fn stop(self) {
        self.stopper.stop();
        self.served.await.unwrap();
        std::fs::remove_file(&self.socket).unwrap();
    }
}

/// Everybody who is admitted sits at a desk of this role.
fn reception(office: Office, role: OperatorRole, lookups_per_hour: Option<u32>) -> Reception {
    let seat = move |operator: Operator, door| -> Arc<dyn WholeDesk> {
        let options = DeskOptions {
            lookups_per_hour,
            ..DeskOptions::of(door)
        };
        Arc::new(LocalDesk::new(office.clone(), operator.name, role, options))
    };
    Reception {
        roster: Roster::new(Operators::default()),
        seat: Box::new(seat),
    }
}

struct Room {
    office: Office,
    dir: TempDir,
    /// The servers run as long as the room stands.
    hosts: std::sync::Mutex<Vec<Host>>,
}

#[async_trait]
impl Stage for Room {
    fn office(&self) -> &Office {
        &self.office
    }

    async fn desk(&self, role: OperatorRole, lookups_per_hour: Option<u32>) -> Arc<dyn WholeDesk> {
        let mut hosts = self.hosts.lock().unwrap();
        let socket = self.dir.path().join(hosts.len().to_string());
        let host = Host::start(socket, reception(self.office.clone(), role, lookups_per_hour));
        let desk = host.desk();
        hosts.push(host);
        Arc::new(desk)
    }
}

#[tokio::test]
async fn the_desk_at_the_other_end_of_a_socket_is_a_desk() {
    let make = async || Room {
        office: office(),
        dir: tempfile::tempdir().unwrap(),
        hosts: Vec::new().into(),
    };
    contract::check(make).await.unwrap();
}

#[tokio::test]
async fn a_peer_that_is_not_listed_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let usual = reception(office(), OperatorRole::Senior, None);
    let strangers = Reception {
        roster: Roster::of(u32::MAX, Operators::default()),
        ..usual
    };
    let host = Host::start(dir.path().join("s"), strangers);
    let refused = host.desk().whoami().await.unwrap_err();
    assert!(matches!(&refused, DeskError::Forbidden(_)), "{refused:?}");
    assert!(
        refused.to_string().contains("your account has not (it must be"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_server_started_anew_is_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("s");
    let host = Host::start(socket.clone(), reception(office(), OperatorRole::Senior, None));
    let desk = host.desk();
    assert_eq!(desk.whoami().await.unwrap().role, OperatorRole::Senior);
    host.stop().await;
    let away = desk.figures().await.unwrap_err();
    assert!(matches!(&away, DeskError::Away(_)), "{away:?}");
    let _again = Host::start(socket, reception(office(), OperatorRole::Viewer, None));
    assert_eq!(desk.whoami().await.unwrap().role, OperatorRole::Viewer);
}

#[tokio::test]
async fn questions_side_by_side_do_not_wait_for_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let host = Host::start(
        dir.path().join("s"),
        reception(office(), OperatorRole::Senior, None),
    );
    let desk = Arc::new(host.desk());
    let asked = (0..20).map(|_| {
        let desk = desk.clone();
        tokio::spawn(async move { desk.figures().await })
    });
    for figures in asked.collect::<Vec<_>>() {
        assert!(!figures.await.unwrap().unwrap().serving);
    }
}

#[tokio::test]
async fn a_question_too_large_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let host = Host::start(
        dir.path().join("s"),
        reception(office(), OperatorRole::Senior, None),
    );
    let words = vec!["a".repeat(MAX_QUESTION_BYTES)];
    let query = Query::Name {
        words,
        born_on: NaiveDate::default(),
    };
    let refused = host.desk().search(query).await.unwrap_err();
    assert_eq!(
        refused,
        DeskError::Bad("this is too much for one question".into())
    );
}

#[test]
fn a_chunk_keeps_every_byte_of_its_rows() {
    let chunk = Chunk {
        registry: Registry::People,
        separator: ';',
        rows: b"900101300007;\n\xff\n".to_vec(),
        first_line: 2,
        data_date: None,
        dry_run: true,
        import: Some(7),
    };
    assert_eq!(read_chunk(&write_chunk(chunk.clone()).unwrap()), Some(chunk));
    for bytes in [&b""[..], b"{}", b"{}\nrows"] {
        assert_eq!(read_chunk(bytes), None);
    }
}

#[test]
fn a_door_is_the_console_or_a_command() {
    assert_eq!(door_of("console"), Some(Door::Console));
    assert_eq!(door_of("status"), Some(Door::Command("status".into())));
    for name in ["", "Status", "a b", "averyverylongcommand", "x\n"] {
        assert_eq!(door_of(name), None, "{name:?}");
    }
}
