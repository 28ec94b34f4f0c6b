//! What the desk is told of an import, and how it is decided whether there is one to be sorted.

use saqta_data::desk::Course;
use saqta_data::registry::sorted::SORT_FROM_BYTES;

use super::broken::{Leaving, people};
use super::*;

async fn course(desk: &Arc<dyn Desk>) -> Option<Course> {
    desk.imports().await.unwrap().swap_remove(0).course
}

#[test]
fn operators_see_the_phase_and_how_far_it_is() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(4)]);
    let task = task(&files, Plan::default(), dir.path());
    block_on(async {
        let desk = desk(&office());
        let mut teller = Teller::new(Arc::clone(&desk), &task.inputs, &[Counted::default()]);
        let number = teller.enter(&task.inputs, &[]).await.unwrap()[0];
        assert_eq!(course(&desk).await, None);
        teller.begin(Phase::Sorting, 200).await.unwrap();
        assert_eq!(course(&desk).await, Some(Course::Sorted(Phase::Sorting, 0)));
        teller.still_at(87).await.unwrap();
        assert_eq!(course(&desk).await, Some(Course::Sorted(Phase::Sorting, 43)));
        teller.begin(Phase::People, 0).await.unwrap();
        assert_eq!(course(&desk).await, Some(Course::Sorted(Phase::People, 0)));
        teller.begin(Phase::Phones, 8).await.unwrap();
        teller.at(8);
        let counts = [Counted {
            accepted: 4,
            ..Counted::default()
        }];
        teller.tell(&counts).await.unwrap();
        let import = desk.imports().await.unwrap().swap_remove(0);
        assert_eq!(import.course, Some(Course::Sorted(Phase::Phones, 100)));
        assert_eq!((import.id, import.accepted), (number, 4));
        teller.end(None).await;
        assert_eq!(course(&desk).await, None);
    });
}

#[test]
fn operators_are_told_that_one_that_was_broken_off_goes_on() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(40), people(4)]);
    for (files, how) in [
        (&files[..1], "`saqta import FILE`"),
        (&files[..], "the same `saqta import`"),
    ] {
        block_on(async {
            let office = office();
            let leaving: Arc<dyn Desk> = Arc::new(Leaving {
                desk: desk(&office),
                left: AtomicUsize::new(3),
                loads_the_last: true,
            });
            let task = || task(files, Plan::default(), dir.path());
            assert!(try_sorted(&leaving, task()).await.is_err());
            let import = desk(&office).imports().await.unwrap().swap_remove(0);
            let told = import.failure.unwrap();
            assert!(told.contains("it was killed; ") && told.contains(how), "{told}");
            assert_eq!(import.course, None, "in no phase any more");
            try_sorted(&desk(&office), task()).await.unwrap();
        });
    }
}

#[test]
fn operators_see_all_rows_of_one_that_went_on() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(40), people(4)]);
    let rows = [40, 4].map(|count| people(count).lines().count() as u64 - 1);
    block_on(async {
        let office = office();
        for pieces in [3, 2] {
            let leaving: Arc<dyn Desk> = Arc::new(Leaving {
                desk: desk(&office),
                left: AtomicUsize::new(pieces),
                loads_the_last: true,
            });
            let task = task(&files, Plan::default(), dir.path());
            assert!(try_sorted(&leaving, task).await.is_err());
        }
        let task = task(&files, Plan::default(), dir.path());
        try_sorted(&desk(&office), task).await.unwrap();
        let imports = desk(&office).imports().await.unwrap();
        let told = imports.iter().map(|import| (import.rows(), import.bytes_done));
        let wanted = rows.into_iter().zip(&files).rev();
        let wanted = wanted.map(|(rows, file)| (rows, fs::metadata(file).unwrap().len()));
        assert_eq!(told.collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    });
}

#[test]
fn what_operators_know_already_is_not_counted_once_more() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(4)]);
    block_on(async {
        let desk: Arc<dyn Desk> = desk(&office());
        let inputs = [Input::open(&files[0]).unwrap()];
        let counts = |refused| {
            [Counted {
                refused,
                ..Counted::default()
            }]
        };
        let mut teller = Teller::new(Arc::clone(&desk), &inputs, &counts(0));
        let numbers = teller.enter(&inputs, &[]).await.unwrap();
        teller.tell(&counts(2)).await.unwrap();
        // Rows that cannot be read come at the very end; it breaks off before that is noted.
        teller.tell(&counts(5)).await.unwrap();
        let mut teller = Teller::new(Arc::clone(&desk), &inputs, &counts(2));
        teller.enter(&inputs, &numbers).await.unwrap();
        for refused in [2, 5] {
            teller.tell(&counts(refused)).await.unwrap();
        }
        assert_eq!(desk.imports().await.unwrap()[0].refused, 5);
    });
}

#[test]
fn large_files_are_sorted_and_what_is_wished_is_done() {
    let dir = TempDir::new().unwrap();
    let file = |registry, bytes: u64| {
        let path = dir.path().join(format!("{bytes}-{registry:?}.csv"));
        fs::write(&path, Header::line(registry) + "\n").unwrap();
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(bytes).unwrap();
        path
    };
    let large = file(Registry::People, SORT_FROM_BYTES);
    let small = file(Registry::People, SORT_FROM_BYTES - 1);
    let clinics = file(Registry::Clinics, SORT_FROM_BYTES);
    let decided = |files: &[&PathBuf], wish| {
        let open = |path: &&PathBuf| Source::open(path, Plan::default()).unwrap();
        let (sorted, rest) = split(files.iter().map(open).collect(), wish).unwrap();
        (sorted.len(), rest.len())
    };
    assert_eq!(decided(&[&large], None), (1, 0));
    assert_eq!(decided(&[&small], None), (0, 1));
    assert_eq!(decided(&[&small, &small], None), (2, 0), "large together");
    assert_eq!(decided(&[&clinics, &small], None), (1, 1));
    assert_eq!(decided(&[&large], Some(false)), (0, 1));
    assert_eq!(decided(&[&small], Some(true)), (1, 0));
}

#[test]
fn the_folder_is_the_same_from_wherever_it_is_gone_on_with() {
    let dir = TempDir::new().unwrap();
    let files = written(&dir, &[people(4)]);
    let folder = |store: &Path| {
        let inputs = vec![Input::open(&files[0]).unwrap()];
        Task::new(inputs, Plan::default(), store, None).folder()
    };
    let here = std::env::current_dir().unwrap();
    assert_eq!(folder(Path::new("store")), folder(&here.join("store")));
    assert_ne!(folder(Path::new("store")), folder(&dir.path().join("store")));
}
