use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::store::group::FORMAT;

/// The reason for which the store at `path` cannot be opened.
fn reason(path: &Path) -> String {
    match open(path) {
        Err(StoreError::Open {
            reason, path: named, ..
        }) => {
            assert_eq!(named, path.display().to_string());
            reason
        }
        other => panic!("{other:?}"),
    }
}

/// A closed store with some entries.
async fn filled(path: &Path) {
    let store = open(path).unwrap();
    for person in 0..200_u16 {
        let value = vec![0x55; 300];
        store
            .commit(put(Tree::People, &person.to_be_bytes(), &value))
            .await
            .unwrap();
    }
    store.close().await.unwrap();
}

/// Everything in the folder, to see that nothing was changed.
fn contents(path: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let files = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = files
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    found.sort();
    found
}

#[test]
fn a_file_is_no_store() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("people.csv");
    fs::write(&file, "iin").unwrap();
    assert_eq!(reason(&file), "it is a file; name a folder");
    assert_eq!(
        reason(&file.join("store")),
        "a part of the path is a file; name a folder"
    );
    assert_eq!(fs::read(&file).unwrap(), b"iin");
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    assert!(reason(folder.path()).contains("holds other files"));
    assert_eq!(contents(folder.path()).len(), 1);
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_is_named() {
    use std::io::{Error, ErrorKind};
    let of = |kind: ErrorKind| files::cannot_reach(Path::new("/store"), &Error::from(kind));
    for (kind, said, expected) in [
        (ErrorKind::PermissionDenied, "may not write there", Left::Nothing),
        (
            ErrorKind::ReadOnlyFilesystem,
            "its disk is read-only",
            Left::Whole,
        ),
    ] {
        let StoreError::Open { reason, left, .. } = of(kind) else {
            panic!("another error")
        };
        assert!(reason.contains(said) && left == expected, "{reason}");
    }
    // The superuser may write anywhere; everybody else sees the real thing.
    let folder = TempDir::new().unwrap();
    let (fresh, existing) = (folder.path().join("fresh"), folder.path().join("existing"));
    filled(&existing).await;
    fs::create_dir(&fresh).unwrap();
    for path in [&fresh, &existing] {
        let before = contents(path);
        fs::set_permissions(path, fs::Permissions::from_mode(0o500)).unwrap();
        fs::set_permissions(path.join("holder"), fs::Permissions::from_mode(0o400)).ok();
        if File::create(path.join("probe")).is_err() {
            assert!(reason(path).contains("may not write there"));
            assert_eq!(contents(path), before);
        }
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }
}

#[tokio::test]
async fn a_second_opener_is_told_who_holds_the_store() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path()).unwrap();
    let Err(StoreError::Held { path, holder }) = open(folder.path()) else {
        panic!("opened twice")
    };
    assert_eq!(path, folder.path().display().to_string());
    assert_eq!(holder, "this process has it open already");
    store.commit(put(Tree::People, b"key", b"x")).await.unwrap();
    store.close().await.unwrap();
    open(folder.path()).unwrap().close().await.unwrap();

    let holder = folder.path().join("holder");
    fs::write(&holder, "4000000").unwrap();
    let other = File::open(&holder).unwrap();
    rustix::fs::flock(&other, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let Err(StoreError::Held { holder, .. }) = open(folder.path()) else {
        panic!("opened though held")
    };
    assert!(holder.starts_with("process 4000000 has it open"), "{holder}");
    drop(other);
    open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_database_held_by_another_program_is_held() {
    let folder = TempDir::new().unwrap();
    filled(folder.path()).await;
    let log = File::open(folder.path().join("db")).unwrap();
    rustix::fs::flock(&log, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let held = open(folder.path());
    assert!(
        matches!(&held, Err(StoreError::Held { holder, .. }) if holder.contains("another process")),
        "{held:?}"
    );
    drop(log);
    open(folder.path()).unwrap();
}

#[tokio::test]
async fn dropping_the_store_lets_go_of_it() {
    let folder = TempDir::new().unwrap();
    for _ in 0..20 {
        drop(open(folder.path()).unwrap());
        open(folder.path()).unwrap().close().await.unwrap();
    }
}

fn set_format(path: &Path, format: &[u8]) {
    let db = ::sled::Config::new()
        .path(path)
        .flush_every_ms(None)
        .open()
        .unwrap();
    db.open_tree("settings")
        .unwrap()
        .insert("format", format)
        .unwrap();
    db.flush().unwrap();
}

#[tokio::test]
async fn another_format_is_refused_and_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    filled(folder.path()).await;
    set_format(folder.path(), b"4");
    let newer = reason(folder.path());
    assert!(
        newer.contains("it has format 4, this program reads 3; use the version"),
        "{newer}"
    );
    set_format(folder.path(), b"0");
    let older = reason(folder.path());
    assert!(
        older.contains("it has format 0") && older.contains("export it"),
        "{older}"
    );
    set_format(folder.path(), b"\xff");
    assert!(reason(folder.path()).contains("its format is not a number"));
    // The format before, to which nothing was added.
    set_format(folder.path(), b"2");
    let store = open(folder.path()).unwrap();
    assert_eq!(
        store.scan(Scan::of(Tree::People, 999)).await.unwrap().len(),
        200,
        "nothing was lost meanwhile"
    );
    let format = store.get(Tree::Settings, b"format").await.unwrap();
    assert_eq!(format.as_deref(), Some(&b"3"[..]));
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let db = ::sled::open(folder.path()).unwrap();
    db.open_tree("recipes").unwrap().insert("soup", "hot").unwrap();
    drop(db);
    assert!(reason(folder.path()).contains("another program"));
    let db = ::sled::open(folder.path()).unwrap();
    assert_eq!(db.tree_names().len(), 2, "no tree of ours was made");
}

#[tokio::test]
async fn the_figures_count_every_file() {
    let folder = TempDir::new().unwrap();
    filled(folder.path()).await;
    let store = open(folder.path()).unwrap();
    // So large that it gets a file of its own.
    store
        .commit(put(Tree::People, b"large", &vec![0x55; 1 << 20]))
        .await
        .unwrap();
    let files = contents(folder.path())
        .into_iter()
        .chain(contents(&folder.path().join("blobs")));
    let bytes: usize = files.map(|(_, bytes)| bytes.len()).sum();
    assert!(bytes > 1 << 20);
    assert_eq!(store.figures().await.unwrap().disk_bytes, bytes as u64);
}

#[tokio::test]
async fn a_log_that_is_gone_is_noticed() {
    let folder = TempDir::new().unwrap();
    filled(folder.path()).await;
    fs::remove_file(folder.path().join("db")).unwrap();
    let before = contents(folder.path());
    assert!(reason(folder.path()).contains("its log is missing"));
    assert_eq!(contents(folder.path()), before);
}

#[tokio::test]
async fn a_log_cut_after_closing_is_noticed() {
    let folder = TempDir::new().unwrap();
    filled(folder.path()).await;
    let log = File::options()
        .write(true)
        .open(folder.path().join("db"))
        .unwrap();
    let length = log.metadata().unwrap().len();
    for left in [length / 2, 1, 0] {
        log.set_len(left).unwrap();
        for _ in 0..2 {
            let found = reason(folder.path());
            assert!(
                found.contains("damaged") && found.contains("import the registries again"),
                "{found}"
            );
        }
    }
}

/// Opens a damaged store: that is a clear error, or a store whose every answer is one or the whole truth.
async fn survive(path: &Path, people: Option<usize>) {
    let store = match open(path) {
        Err(StoreError::Open { reason, .. }) => return assert!(reason.contains("damaged"), "{reason}"),
        opened => opened.unwrap(),
    };
    for tree in Tree::ALL {
        match store.scan(Scan::of(tree, 999)).await {
            Ok(found) if tree == Tree::People => assert!(people.is_none_or(|people| people == found.len())),
            found => assert!(matches!(found, Ok(_) | Err(StoreError::Failed(_))), "{found:?}"),
        }
    }
    if people.is_none() {
        // It may accept nothing more, but must say so and end.
        let _ = store.commit(put(Tree::People, b"more", b"x")).await;
    }
    store.close().await.unwrap();
}

/// Copies the store, damages the copy's log and looks what comes of it.
async fn survive_damage(sound: &Path, copy: &Path, noted: bool, damage: impl FnOnce(&mut Vec<u8>)) {
    fs::create_dir(copy).unwrap();
    for (file, bytes) in contents(sound) {
        fs::write(copy.join(file.file_name().unwrap()), bytes).unwrap();
    }
    if !noted {
        // As after a crash right after the founding: no note says how much there was.
        fs::remove_file(copy.join("noted")).unwrap();
    }
    let mut log = fs::read(copy.join("db")).unwrap();
    damage(&mut log);
    fs::write(copy.join("db"), log).unwrap();
    for _ in 0..2 {
        survive(copy, noted.then_some(200)).await;
    }
}

#[tokio::test]
async fn a_damaged_log_is_a_clear_error_and_never_a_panic() {
    let folder = TempDir::new().unwrap();
    let sound = folder.path().join("sound");
    filled(&sound).await;
    for eighth in 0..8 {
        let copy = |name: &str| folder.path().join(format!("{name}{eighth}"));
        let cut = |log: &mut Vec<u8>| log.truncate(log.len() * eighth / 8);
        let smear = |log: &mut Vec<u8>| {
            let from = log.len() * eighth / 8;
            log[from..from + 4096].fill(0x5a);
        };
        survive_damage(&sound, &copy("cut"), true, cut).await;
        survive_damage(&sound, &copy("torn"), false, cut).await;
        survive_damage(&sound, &copy("smeared"), true, smear).await;
        // Now sled has a snapshot and does not read all of the log at opening.
        drop(open(&sound).unwrap());
        survive_damage(&sound, &copy("smeared-later"), true, smear).await;
    }
}

#[tokio::test]
async fn damaged_snapshots_and_settings_of_sled_are_clear_errors() {
    let folder = TempDir::new().unwrap();
    filled(folder.path()).await;
    let names: Vec<_> = contents(folder.path())
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    for name in names {
        let file_name = name.file_name().unwrap().to_str().unwrap();
        if file_name == "conf" || file_name.starts_with("snap.") {
            let sound = fs::read(&name).unwrap();
            for damaged in [&[0x5a; 64][..], &sound[..sound.len() / 2], &[]] {
                fs::write(&name, damaged).unwrap();
                let opened = open(folder.path());
                assert!(
                    matches!(opened, Ok(_) | Err(StoreError::Open { .. })),
                    "{opened:?}"
                );
            }
            fs::write(&name, sound).unwrap();
        }
    }
    let store = open(folder.path()).unwrap();
    assert_eq!(store.scan(Scan::of(Tree::People, 999)).await.unwrap().len(), 200);
}

#[tokio::test]
async fn a_snapshot_torn_by_a_crash_is_no_hindrance() {
    let folder = TempDir::new().unwrap();
    filled(folder.path()).await;
    let torn = folder.path().join("snap.FFFFFFFFFFFFFFFF.generating");
    fs::write(&torn, "half").unwrap();
    let store = open(folder.path()).unwrap();
    assert_eq!(store.scan(Scan::of(Tree::People, 999)).await.unwrap().len(), 200);
    assert!(!torn.exists());
}

#[tokio::test]
async fn others_may_read_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deep/store");
    filled(&path).await;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    filled(&path).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o710);
    for (file, _) in contents(&path) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    let loose = path.join("snap.0");
    fs::write(&loose, "").unwrap();
    fs::set_permissions(&loose, fs::Permissions::from_mode(0o644)).unwrap();
    files::restrict(&path).unwrap();
    assert_eq!(mode(&loose), 0o600);
}

#[test]
fn the_operators_socket_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("desk.sock");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o660)).unwrap();
    drop(open(folder.path()).unwrap());
    let mode = fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
}

#[test]
fn trees_keep_their_names_and_their_places() {
    // Stores in use have both: another name would be an empty tree, another place another tree's counter. A new tree comes last,
    // with another format.
    let names = [
        "people", "births", "clinics", "phones", "dialogs", "answers", "limits", "journal", "asked",
        "settings", "notes", "imports", "outbox",
    ];
    assert_eq!(Tree::ALL.map(Tree::name), names);
}

#[test]
fn a_store_of_this_format_is_kept_for_programs_to_come() {
    let kept = format!("../tests/store-format-{FORMAT}.tar.gz");
    assert!(
        Path::new(env!("CARGO_MANIFEST_DIR")).join(&kept).exists(),
        "{kept} is missing: see tests/e2e/upgrade.rs"
    );
}
