//! Opens the store, or attaches to the server that holds it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use saqta_data::clock::Clock;
use saqta_data::desk::{DeskOptions, LocalDesk, WholeDesk};
use saqta_data::journal::Door;
use saqta_data::law::Law;
use saqta_data::office::Office;
use saqta_data::store::memory::MemoryStore;
use saqta_data::store::sled::{SledOptions, SledStore};
use saqta_data::store::{Store, StoreError};

use crate::config::{self, Config};
use crate::desk_http::client::RemoteDesk;
use crate::failure::{Failure, Outcome};
use crate::{roster, socket};

/// The smallest cache with which the store is still worth asking.
const LEAST_CACHE_MIB: u32 = 16;
/// How often, and how long apart, a server that has just taken the store is asked for its socket.
const STARTING_TRIES: u32 = 40;
const STARTING_PAUSE: Duration = Duration::from_millis(50);
/// How long a command that has the store to itself waits for a read: nobody but it is waiting, and a large page of a
/// large store on a busy disk takes seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// A desk to work at, and the office behind it if this process has opened the store itself.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) desk: Arc<dyn WholeDesk>,
    office: Option<Office>,
}

/// What to do about a store that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Say so: an empty store in a place mistyped would answer "unknown" to everything.
    Refuse,
    /// Found one.
    Found,
    /// Work on an empty one that is never written down.
    Imagine,
}

impl Opened {
    /// True if this process holds the store, false if it works through a server.
    pub(crate) const fn is_own(&self) -> bool {
        self.office.is_some()
    }

    /// Lets go of the store, if this process holds it.
    pub(crate) async fn close(self) -> Outcome {
        match self.office {
            Some(office) => Ok(office.store().close().await?),
            None => Ok(()),
        }
    }
}

/// A desk of the store at `path`, entered through `door`.
pub(crate) async fn desk(
    config: &Config,
    path: &Path,
    missing: Missing,
    door: Door,
) -> Result<Opened, Failure> {
    if is_vacant(path) {
        match missing {
            Missing::Refuse => {
                let advice = "there is no store; `saqta import` or `saqta serve` founds one";
                return Err(Failure::of(path.display(), advice));
            }
            Missing::Imagine => return own_desk(config, Arc::new(MemoryStore::new()), door),
            Missing::Found => {}
        }
    }
    let mut tries = STARTING_TRIES;
    loop {
        if let Some(socket) = socket::answering(path)? {
            return Ok(Opened {
                desk: Arc::new(RemoteDesk::new(&socket, &door)),
                office: None,
            });
        }
        let options = SledOptions {
            read_deadline: PATIENCE,
            ..store_options(config)?
        };
        match store(path, options).await {
            Ok(store) => return own_desk(config, store, door),
            // A server takes the store first and listens then.
            Err(StoreError::Held { .. }) if tries > 0 => tokio::time::sleep(STARTING_PAUSE).await,
            Err(error) => return Err(Failure::of_store(&error)),
        }
        tries -= 1;
    }
}

/// True if there is nothing at `path`, or an empty folder, which a path mistyped may name as well.
fn is_vacant(path: &Path) -> bool {
    let is_empty = || std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    matches!(path.try_exists(), Ok(false)) || is_empty()
}

/// How the store is opened, as configured, by a server and by commands alike.
pub(crate) fn store_options(config: &Config) -> Result<SledOptions, Failure> {
    let usual = SledOptions::default();
    match config.file.cache_mib {
        None => Ok(usual),
        Some(mib) if mib >= LEAST_CACHE_MIB => Ok(SledOptions {
            cache_bytes: u64::from(mib) << 20,
            ..usual
        }),
        Some(_) => Err(Failure::of(
            &config.name,
            format_args!("cache_mib is at least {LEAST_CACHE_MIB}"),
        )),
    }
}

/// Opens the store at `path` in this process.
pub(crate) async fn store(path: &Path, options: SledOptions) -> Result<Arc<dyn Store>, StoreError> {
    let path = path.to_path_buf();
    let opening = tokio::task::spawn_blocking(move || SledStore::open(&path, options));
    match opening.await {
        Ok(opened) => Ok(Arc::new(opened?)),
        Err(_) => Err(StoreError::Closed),
    }
}

/// The office over `store` by the configured law.
pub(crate) fn office(config: &Config, store: Arc<dyn Store>, clock: Clock) -> Result<Office, Failure> {
    Ok(Office::new(store, Arc::new(law(config)?), clock))
}

/// The configured law tables.
pub(crate) fn law(config: &Config) -> Result<Law, Failure> {
    Ok(Law::load(config.path(config.file.law_dir.as_ref()).as_deref())?)
}

/// The account that runs this process may read the files, so it is senior at its own desk.
fn own_desk(config: &Config, store: Arc<dyn Store>, door: Door) -> Result<Opened, Failure> {
    let office = office(config, store, config::clock()?)?;
    let own = roster::own();
    let desk = LocalDesk::new(office.clone(), own.name, own.role, DeskOptions::of(door));
    Ok(Opened {
        desk: Arc::new(desk),
        office: Some(office),
    })
}
