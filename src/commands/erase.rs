//! `saqta erase`: removes a person, everywhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use saqta_data::desk::{Erased, Import, WholeDesk};
use saqta_data::iin::Iin;
use saqta_data::journal::Door;
use saqta_data::store::copy::Compacted;

use super::{compact, note, print, runtime};
use crate::bulk;
use crate::cli::Erase;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::intake::FileBin;
use crate::open::{self, Missing};

/// Erases the person, then compacts the store, so that nothing is left in its files.
pub(super) fn run(args: &Erase, config: &Config) -> Outcome {
    if args.iin == "-" {
        let advice = "erase takes one IIN, on the command line; it reads none from standard input";
        return Err(Failure::new(advice));
    }
    let iin = Iin::parse(&args.iin).map_err(|error| Failure::new(format!("this is no IIN: {error}")))?;
    let store = config.store(args.store.store.as_deref())?;
    let (erased, compacted, imports) = runtime()?.block_on(async {
        let opened = open::desk(config, &store, Missing::Refuse, Door::Command("erase".into())).await?;
        // Before: a file whose path names the person is not named by the store afterwards.
        let imports = opened.desk.imports().await;
        let done = erase(&*opened.desk, iin).await;
        opened.close().await?;
        let (erased, compacted) = done?;
        Ok::<_, Failure>((erased, compacted, imports?))
    })?;
    let temp = config.path(config.file.temp.as_ref());
    note(&elsewhere(&bulk::broken_off(&store, temp.as_deref()), &imports))?;
    print(&format!(
        "{iin} erased: {} entries, {} journal lines; {} bytes before, {} after\n",
        erased.entries, erased.lines, compacted.before, compacted.after
    ))
}

/// Where the person may still be named outside the store, as far as it can be known here.
fn elsewhere(sorting: &[PathBuf], imports: &[Import]) -> String {
    let beside = |holds: fn(&Import) -> bool, beside: fn(&Path) -> PathBuf| -> BTreeSet<PathBuf> {
        let real = imports
            .iter()
            .filter(|import| !import.head.dry_run && !import.head.file.is_empty());
        let those = real.filter(|import| holds(import));
        those.map(|import| beside(Path::new(&import.head.file))).collect()
    };
    let refused = beside(|import| import.refused > 0, FileBin::refused_beside);
    let unknown = beside(|import| import.head.unknown.count() > 0, FileBin::unknown_beside);
    let mut places = vec!["backups, exports and registries that were made before".to_owned()];
    let mut name = |what: &str, paths: &mut dyn Iterator<Item = &PathBuf>| {
        let paths: Vec<_> = paths.map(|path| path.display().to_string()).collect();
        if !paths.is_empty() {
            places.push(format!("{what} ({})", paths.join(", ")));
        }
    };
    name("refused rows, beside their registries", &mut refused.iter());
    name(
        "what is not known of payment lists, beside them",
        &mut unknown.iter(),
    );
    name(
        "what is sorted of an import that was broken off",
        &mut sorting.iter(),
    );
    format!(
        "files outside the store may still name the person: {}; remove them, or erase again after a restoration",
        places.join(", ")
    )
}

async fn erase(desk: &dyn WholeDesk, iin: Iin) -> Result<(Erased, Compacted), Failure> {
    let erased = desk.erase(iin).await.map_err(|error| {
        Failure::new(format!(
            "{error}; a server may have erased the person nevertheless: erase again, until both this and the compaction \
             that follows it have succeeded"
        ))
    })?;
    let compacted = compact::compact(desk).await.map_err(|error| {
        Failure::new(format!(
            "the person is erased, but can still be read in the files of the store; run `saqta compact` when this is mended: {error}"
        ))
    })?;
    Ok((erased, compacted))
}

#[cfg(test)]
mod tests {
    use saqta_data::clock::Timestamp;
    use saqta_data::desk::ImportHead;
    use saqta_data::registry::Registry;
    use saqta_data::registry::list::{Unknown, UnknownField};

    use super::*;

    fn import(file: &str, refused: u64, dry_run: bool) -> Import {
        Import {
            id: 1,
            head: ImportHead {
                file: file.into(),
                bytes: 1,
                registry: Registry::People,
                dry_run,
                unknown: Unknown::default(),
            },
            operator: "root".into(),
            started_at: Timestamp::from_millis(1),
            heard_at: Timestamp::from_millis(1),
            ended_at: None,
            failure: None,
            bytes_done: 1,
            accepted: 0,
            repeated: 0,
            refused,
            course: None,
        }
    }

    #[test]
    fn files_outside_the_store_are_named_in_one_sentence() {
        assert_eq!(
            elsewhere(&[], &[import("a.csv", 0, false), import("b.csv", 1, true)]),
            "files outside the store may still name the person: backups, exports and registries that were made \
             before; remove them, or erase again after a restoration"
        );
        let sorting = [PathBuf::from("/data/store.sorting-1")];
        let mut list = import("list.txt", 0, false);
        list.head.unknown.fields.push(UnknownField {
            name: ":70:/NEW/".into(),
            count: 1,
            line: 33,
        });
        let imports = [
            list,
            import("c.csv", 1, false),
            import("c.csv", 2, false),
            import("", 1, false),
        ];
        assert_eq!(
            elsewhere(&sorting, &imports),
            "files outside the store may still name the person: backups, exports and registries that were made \
             before, refused rows, beside their registries (c.csv.refused), what is not known of payment lists, \
             beside them (list.txt.unknown), what is sorted of an import that was broken off \
             (/data/store.sorting-1); remove them, or erase again after a restoration"
        );
    }
}
