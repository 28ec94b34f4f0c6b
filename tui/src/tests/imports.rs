//! The screen of the imports.

use async_trait::async_trait;
use saqta_data::desk::{Course, Desk, Import, OperatorRole, Phase};

use super::*;
use crate::{Outside, Preferences};

pub(super) const SCENES: &[Way] = &[
    ("imports", "<Alt-4><Down>"),
    ("imports-refused", "<Alt-4><Down><Enter>"),
    ("imports-new", "<Alt-4>n"),
];

#[tokio::test]
async fn refused_rows_are_read_masked() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "<Alt-4>").await;
    let list = text(&mut screen);
    assert!(list.contains("35 %") && list.contains("left"), "{list}");
    assert!(
        list.contains("broken off") && list.contains("No space left"),
        "{list}"
    );
    play(&mut screen, "<Enter>").await;
    assert!(text(&mut screen).contains("No rows were refused."));
    play(&mut screen, "<Down><Enter>").await;
    let rows = text(&mut screen);
    assert!(rows.contains("Line 17: the check digit is wrong"), "{rows}");
    assert!(
        rows.contains("********0008,") && !rows.contains("900101300008"),
        "{rows}"
    );
    play(&mut screen, "u").await;
    assert!(text(&mut screen).contains("900101300008"), "shown on request");
    play(&mut screen, "<Esc>").await;
    assert!(text(&mut screen).contains("contributions-202"));
}

#[tokio::test]
async fn what_is_not_known_of_a_list_is_told_by_name() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "<Alt-4><Down><Down><Down>").await;
    let list = text(&mut screen);
    assert!(list.contains("fields not known: 7, 612"), "{list}");
    play(&mut screen, "<Enter>").await;
    let told = text(&mut screen);
    assert!(told.contains(":70:/NEW/: 2, first on line 33"), "{told}");
    assert!(
        told.contains("of other names: 5") && told.contains("FILE.unknown"),
        "{told}"
    );
    assert!(told.contains("No rows were refused."), "{told}");
    play(&mut screen, "<Esc>").await;
    assert!(text(&mut screen).contains("list.txt"));
}

#[tokio::test]
async fn starting_one_is_for_seniors() {
    let desk = Arc::new(FakeDesk::default());
    let english = options(Language::English);
    let mut screen = Offscreen::open(Arc::clone(&desk) as _, &english, (80, 24))
        .await
        .unwrap();
    play(&mut screen, "<Alt-4>n").await;
    assert!(text(&mut screen).contains("This needs the role"));
    *desk.role.lock().unwrap() = Some(OperatorRole::Senior);
    let mut screen = Offscreen::open(desk, &english, (80, 24)).await.unwrap();
    play(&mut screen, "<Alt-4>nr<Enter>").await;
    assert!(text(&mut screen).contains("Dry run"));
    play(&mut screen, "<Enter>").await;
    let told = text(&mut screen);
    assert!(told.contains("Not started: not possible here"), "{told}");
    play(&mut screen, "r").await;
    assert!(text(&mut screen).contains("Choose a dry run"));
}

/// The list over an import under way that takes this course.
async fn taking(course: Course) -> String {
    let desk = FakeDesk::default();
    let import = Import {
        course: Some(course),
        ..desk.imports().await.unwrap().swap_remove(0)
    };
    *desk.imports.lock().unwrap() = Some(vec![import]);
    let english = options(Language::English);
    let mut screen = Offscreen::open(Arc::new(desk), &english, (180, 24))
        .await
        .unwrap();
    play(&mut screen, "<Alt-4>").await;
    text(&mut screen)
}

#[tokio::test]
async fn a_large_one_shows_its_phase_and_how_far_that_is() {
    for (phase, percent, said) in [
        (Phase::Sorting, 7, "sorting"),
        (Phase::People, 43, "loading people"),
        (Phase::Phones, 100, "loading phones"),
    ] {
        let list = taking(Course::Sorted(phase, percent)).await;
        assert!(list.contains(&format!("~ {said} ")), "{list}");
        assert!(list.contains(&format!(" {percent:>3} %  ")), "{list}");
    }
}

#[tokio::test]
async fn one_that_could_not_be_sorted_says_why() {
    let why = "/data: too little room: 5.1 GB needed, 5.0 GB free on that disk (5.1 GB for sorting)";
    let list = taking(Course::Unsorted(why.to_owned())).await;
    assert!(list.contains("~ running") && list.contains("35 %"), "{list}");
    assert!(
        list.contains("; Not sorted, so slower: /data: too little room"),
        "{list}"
    );
}

/// A machine whose imports all start like this.
#[derive(Debug)]
struct Starting(Result<u64, &'static str>);

#[async_trait]
impl Outside for Starting {
    async fn save(&self, _: &str, _: Vec<u8>) -> Result<String, String> {
        Err("nothing is kept".to_owned())
    }

    async fn start_import(&self, _: String, _: bool) -> Result<u64, String> {
        self.0.map_err(str::to_owned)
    }

    async fn remember(&self, _: Preferences) -> Result<(), String> {
        Ok(())
    }
}

#[tokio::test]
async fn whoever_starts_one_that_cannot_be_sorted_is_told_once() {
    let desk = Arc::new(FakeDesk::default());
    *desk.role.lock().unwrap() = Some(OperatorRole::Senior);
    let import = Import {
        course: Some(Course::Unsorted(
            "/data: Permission denied (os error 13)".to_owned(),
        )),
        ..desk.imports().await.unwrap().swap_remove(0)
    };
    *desk.imports.lock().unwrap() = Some(vec![import]);
    let options = Options {
        outside: Some(Arc::new(Starting(Ok(3)))),
        ..options(Language::Russian)
    };
    let mut screen = Offscreen::open(desk, &options, (100, 24)).await.unwrap();
    play(&mut screen, "<Alt-4>").await;
    let told = "! Без сортировки, поэтому медленнее: /data: нет прав";
    assert!(!text(&mut screen).contains(told), "somebody else started it");
    play(&mut screen, "nr<Enter><Enter>").await;
    let list = text(&mut screen);
    assert!(list.contains(told), "{list}");
}

#[tokio::test]
async fn why_one_did_not_start_is_told_to_its_end() {
    let reason = "/home/dana/registries/2026-11/list.txt: line 14: the list breaks off: its end, -}, is missing; have the \
                  whole file sent again";
    for language in [Language::Kazakh, Language::Russian, Language::English] {
        let desk = Arc::new(FakeDesk::default());
        *desk.role.lock().unwrap() = Some(OperatorRole::Senior);
        let options = Options {
            outside: Some(Arc::new(Starting(Err(reason)))),
            ..options(language)
        };
        let mut screen = Offscreen::open(desk, &options, (80, 24)).await.unwrap();
        play(&mut screen, "<Alt-4>nr<Enter><Enter>").await;
        let told = text(&mut screen);
        let end = match language {
            Language::Kazakh => "жіберуін сұраңыз",
            Language::Russian => "файл целиком",
            Language::English => "sent again",
        };
        assert!(told.contains(end), "{told}");
    }
}
