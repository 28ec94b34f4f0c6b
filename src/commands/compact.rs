//! `saqta compact`: writes the store anew, without what was removed or replaced, while it is in use.

use std::time::Duration;

use indicatif::ProgressBar;
use saqta_data::desk::{DeskError, WholeDesk};
use saqta_data::journal::Door;
use saqta_data::store::copy::Compacted;

use super::{bar, print, runtime};
use crate::cli::StoreArgs;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::open::{self, Missing};

/// How often it is asked how far the work has come.
const LOOK: Duration = Duration::from_millis(250);

/// Compacts the store and says what that gave.
pub(super) fn run(args: &StoreArgs, config: &Config) -> Outcome {
    let store = config.store(args.store.as_deref())?;
    let compacted = runtime()?.block_on(async {
        let opened = open::desk(config, &store, Missing::Refuse, Door::Command("compact".into())).await?;
        let compacted = compact(&*opened.desk).await;
        opened.close().await?;
        Ok::<_, Failure>(compacted?)
    })?;
    print(&format!(
        "{} bytes before, {} after\n",
        compacted.before, compacted.after
    ))
}

/// Compacts the store behind `desk` and shows how far that has come.
pub(super) async fn compact(desk: &dyn WholeDesk) -> Result<Compacted, DeskError> {
    let bar = bar(0, "compact [{bar:30}] {percent}% {pos}/{len} {eta}");
    let compacted = tokio::select! {
        compacted = desk.compact() => compacted,
        () = watch(desk, &bar) => Err(DeskError::Away("it stopped answering".into())),
    };
    bar.finish_and_clear();
    compacted
}

/// Keeps the bar up with the work; never ends.
async fn watch(desk: &dyn WholeDesk, bar: &ProgressBar) {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Ok(Some((done, total))) = desk.figures().await.map(|figures| figures.store.copying) {
            bar.set_length(total.max(done));
            bar.set_position(done);
        }
    }
}
