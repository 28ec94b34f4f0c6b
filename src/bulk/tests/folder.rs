//! The temporary folder: whose it is, what may happen to it.

use super::broken::{Leaving, people};
use super::*;

#[test]
fn what_an_import_left_behind_is_found() {
    let dir = TempDir::new().unwrap();
    let (files, store) = (written(&dir, &[people(4)]), dir.path().join("store"));
    let temp = TempDir::new().unwrap();
    let beside = task(&files, Plan::default(), dir.path());
    let mut elsewhere = task(&files, Plan::default(), dir.path());
    elsewhere.temp = Some(temp.path().to_owned());
    assert!(broken_off(&store, Some(temp.path())).is_empty());
    for folder in [
        beside.folder(),
        elsewhere.folder(),
        dir.path().join("other.sorting-1"),
    ] {
        fs::create_dir(folder).unwrap();
    }
    let mut expected = [beside.folder(), elsewhere.folder()];
    expected.sort();
    assert_eq!(broken_off(&store, Some(temp.path())), expected);
    assert_eq!(broken_off(&store, None), [beside.folder()]);
}

#[test]
fn what_is_damaged_or_gone_of_what_was_sorted_is_no_dead_end() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(40)]);
    let task = || task(&files, Plan::default(), dir.path());
    let folder = task().folder();
    let run = || {
        let mut entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .find(|path| path.to_string_lossy().ends_with(".run"))
            .unwrap()
    };
    let damages: [(&str, &dyn Fn()); 4] = [
        ("gone", &|| fs::remove_file(run()).unwrap()),
        ("cut", &|| {
            let file = fs::OpenOptions::new().write(true).open(run()).unwrap();
            file.set_len(file.metadata().unwrap().len() - 1).unwrap();
        }),
        ("overwritten", &|| {
            let length = fs::metadata(run()).unwrap().len();
            fs::write(run(), vec![0xff; usize::try_from(length).unwrap()]).unwrap();
        }),
        ("of no sense", &|| {
            let length = fs::metadata(run()).unwrap().len();
            fs::write(run(), vec![0; usize::try_from(length).unwrap()]).unwrap();
        }),
    ];
    for (damage, damage_it) in damages {
        block_on(async {
            let office = office();
            let leaving: Arc<dyn Desk> = Arc::new(Leaving {
                desk: desk(&office),
                left: AtomicUsize::new(1),
                loads_the_last: false,
            });
            assert!(try_sorted(&leaving, task()).await.is_err());
            damage_it();
            let told = try_sorted(&desk(&office), task()).await.unwrap_err().to_string();
            let advice = format!(
                "remove {} and begin again with the same command",
                folder.display()
            );
            assert!(told.ends_with(&advice), "{damage}: {told}");
            fs::remove_dir_all(&folder).unwrap();
            try_sorted(&desk(&office), task()).await.unwrap();
        });
    }
}

#[test]
fn a_folder_that_others_may_have_made_is_not_trusted() {
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(4)]);
    let task = || task(&files, Plan::default(), dir.path());
    let folder = task().folder();
    let refused = || {
        let told = block_on(try_sorted(&desk(&office()), task()))
            .unwrap_err()
            .to_string();
        assert!(
            told.contains("not a folder of this user's alone") && told.contains("--temp"),
            "{told}"
        );
        assert!(!folder.join("lock").exists(), "nothing is written there");
    };
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    refused();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    // Only a privileged user can give it away.
    if chown(&folder, Some(1), None).is_ok() {
        refused();
    }
    fs::remove_dir(&folder).unwrap();
    let elsewhere = dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o700)).unwrap();
    symlink(&elsewhere, &folder).unwrap();
    refused();
}

#[test]
fn a_temporary_folder_that_cannot_be_used_is_named() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(40)]);
    block_on(async {
        let office = office();
        let mut gone = task(&files, Plan::default(), dir.path());
        gone.temp = Some(dir.path().join("no such folder"));
        let failure = try_sorted(&desk(&office), gone).await.unwrap_err().to_string();
        assert!(
            failure.contains("no such folder") && failure.contains("--temp"),
            "{failure}"
        );

        let task = task(&files, Plan::default(), dir.path());
        let job = Job::new(&task.inputs, &task.store, None, false);
        let mut folder = Folder::open(&task.folder(), &job, Start::default()).unwrap();
        let held = Folder::open(&task.folder(), &job, Start::default())
            .unwrap_err()
            .to_string();
        assert!(
            held.contains("the same files are being imported just now"),
            "{held}"
        );
        fs::remove_dir_all(task.folder()).unwrap();
        let failure = sorted::sort(&mut folder, &task.inputs, SMALL, &|_| ())
            .unwrap_err()
            .to_string();
        assert!(
            failure.contains("temporary folder") && failure.contains("No such file"),
            "{failure}"
        );
    });
}

#[test]
fn sorted_rows_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(40)]);
    let task = task(&files, Plan::default(), dir.path());
    let job = Job::new(&task.inputs, &task.store, None, false);
    let mut folder = Folder::open(&task.folder(), &job, Start::default()).unwrap();
    sorted::sort(&mut folder, &task.inputs, SMALL, &|_| ()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.path()), 0o700);
    let inside: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(inside.len() > 3);
    assert!(inside.iter().all(|path| mode(path) == 0o600), "{inside:?}");
}
