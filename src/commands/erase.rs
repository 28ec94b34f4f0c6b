//! `saqta erase`: removes a person, everywhere.

use saqta_data::desk::{Erased, WholeDesk};
use saqta_data::iin::Iin;
use saqta_data::journal::Door;
use saqta_data::store::copy::Compacted;

use super::{compact, note, print, runtime};
use crate::cli::Erase;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::open::{self, Missing};

/// Erases the person, then compacts the store, so that nothing is left in its files.
pub(super) fn run(args: &Erase, config: &Config) -> Outcome {
    let iin = Iin::parse(&args.iin).map_err(|error| Failure::new(format!("this is no IIN: {error}")))?;
    let store = config.store(args.store.store.as_deref())?;
    let (erased, compacted) = runtime()?.block_on(async {
        let opened = open::desk(config, &store, Missing::Refuse, Door::Command("erase".into())).await?;
        let done = erase(&*opened.desk, iin).await;
        opened.close().await?;
        done
    })?;
    note(
        "backups, exports and registries that were made before still hold the person; remove them, or erase again after a restoration",
    )?;
    print(&format!(
        "{iin} erased: {} entries, {} journal lines; {} bytes before, {} after\n",
        erased.entries, erased.lines, compacted.before, compacted.after
    ))
}

async fn erase(desk: &dyn WholeDesk, iin: Iin) -> Result<(Erased, Compacted), Failure> {
    let erased = desk.erase(iin).await?;
    let compacted = compact::compact(desk).await.map_err(|error| {
        Failure::new(format!(
            "the person is erased, but can still be read in the files until `saqta compact` is run: {error}"
        ))
    })?;
    Ok((erased, compacted))
}
