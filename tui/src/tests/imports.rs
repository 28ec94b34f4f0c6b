//! The screen of the imports.

use saqta_data::desk::OperatorRole;

use super::*;

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
