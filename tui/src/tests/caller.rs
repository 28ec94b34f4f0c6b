//! A call: the search box and the card.

use super::*;

pub(super) const SCENES: &[Way] = &[
    ("search", ""),
    ("people", "ахмет 01.01.1990<Enter><Down>"),
    ("check-digit", "900101300008"),
    // The number does not begin with a date.
    ("nobody", "050229600003"),
    ("insured", "900101300007"),
    ("not-insured", "900101300017<F7><Tab>"),
    ("locked", "900101300823"),
    ("grace", "900101300027v<Left>"),
    ("state-category", "900101300811<Tab><Tab>"),
    ("slip", "900110300007"),
    ("temporary", "900101301005v<Tab><Tab><Tab><Tab><Tab>"),
    ("prepaid", "900101301015v"),
    ("month-detail", "900101300017v<Left><Left><Left><Enter>"),
    ("year-detail", "900101300017v<Right><Left><Enter><Down><Down>"),
    (
        "year-month",
        "900101300017v<Right><Left><Enter><Down><Down><Enter>",
    ),
    ("what-if", "900101300027vi<Down>"),
];

/// What an operator does with a call, key by key.
#[tokio::test]
async fn a_call_from_the_first_digit_to_the_next_caller() {
    let desk = Arc::new(FakeDesk::default());
    let options = options(Language::Russian);
    let mut screen = Offscreen::open(Arc::clone(&desk) as _, &options, (80, 24))
        .await
        .unwrap();
    assert!(text(&mut screen).contains("ИИН, телефон или имя"));
    // Typed on the digit row of a Kazakh keyboard.
    screen.type_text("ұққ\"қ\"іққққ").await;
    assert!(text(&mut screen).contains("11 из 12 цифр"));
    screen.type_text("8").await;
    assert!(text(&mut screen).contains("Неверная контрольная цифра"));
    screen.press(KeyCode::Backspace).await;
    screen.type_text("7").await;
    let card = text(&mut screen);
    assert!(card.contains("ЗАСТРАХОВАН. Остальное скажу"), "{card}");
    assert!(
        card.contains("Ахметова Айгүл") && card.contains("********0007") && !card.contains(fake::INSURED)
    );

    screen.press(KeyCode::F(7)).await;
    assert!(text(&mut screen).contains("ЗАСТРАХОВАН по 31.10.2026. Долга нет."));
    screen.press(KeyCode::F(6)).await;
    assert!(text(&mut screen).contains("INSURED until 31.10.2026."));
    screen.press(KeyCode::F(8)).await;
    assert!(text(&mut screen).contains(fake::INSURED), "shown on request");
    for found in [
        "Долга нет.",
        "Дата рождения",
        "Городская поликлиника",
        "привязан 12.05.2023",
        "Заметок нет.",
        "SMS kcell",
    ] {
        screen.press(KeyCode::Tab).await;
        let card = text(&mut screen);
        assert!(card.contains(found), "{found} in\n{card}");
    }

    screen.press(KeyCode::F(4)).await;
    assert!(text(&mut screen).contains("Журнал запросов"));
    screen.press(KeyCode::F(3)).await;
    assert!(
        text(&mut screen).contains("Ахметова Айгүл"),
        "the card is still open"
    );
    screen.press(KeyCode::Esc).await;
    let next = text(&mut screen);
    assert!(next.contains("ИИН, телефон или имя") && !next.contains("Ахметова"));

    screen.type_text(fake::BIN).await;
    assert!(text(&mut screen).contains("Похоже на БИН"));
    screen.press(KeyCode::Esc).await;
    screen.type_text(fake::NOBODY).await;
    assert!(text(&mut screen).contains("Нет такого человека"));
    screen.press(KeyCode::Esc).await;
    screen.type_text("+7 701 000 00 09").await;
    screen.press(KeyCode::Enter).await;
    assert!(text(&mut screen).contains("телефон ни к кому не привязан"));
}

#[tokio::test]
async fn a_search_that_the_server_missed_is_asked_again() {
    let desk = Arc::new(FakeDesk::default());
    let options = options(Language::Russian);
    let mut screen = Offscreen::open(Arc::clone(&desk) as _, &options, (80, 24))
        .await
        .unwrap();
    desk.fail(Some(DeskError::Away("нет связи".to_owned())));
    screen.press(KeyCode::Esc).await;
    screen.type_text(fake::INSURED).await;
    assert!(text(&mut screen).contains("Сервер не отвечает"));
    desk.fail(None);
    screen.press(KeyCode::Enter).await;
    let back = text(&mut screen);
    assert!(back.contains("Сервер снова отвечает") && back.contains("Ахметова"));
    assert!(!screen.ended);
    screen.press(KeyCode::F(10)).await;
    assert!(screen.ended);
}

#[tokio::test]
async fn the_cursor_stands_where_the_next_letter_goes() {
    let mut screen = open(Language::Kazakh, (80, 24)).await;
    assert_eq!(screen.cursor(), (3, 2), "from the first frame");
    screen.type_text("қос").await;
    assert_eq!(screen.cursor(), (6, 2));
    screen.press(KeyCode::Left).await;
    assert_eq!(screen.cursor(), (5, 2));
    screen.type_text(&"ұзын ".repeat(30)).await;
    let (x, y) = screen.cursor();
    assert!(x < 80 && y == 2, "a long text scrolls under the cursor");
}

#[tokio::test]
async fn a_demonstration_says_whom_to_look_for_until_something_is_typed() {
    let options = Options {
        examples: vec!["900101300007   Ахметова Айгүл".into()],
        ..options(Language::English)
    };
    let desk = Arc::new(FakeDesk::default());
    let mut screen = Offscreen::open(desk, &options, (80, 24)).await.unwrap();
    let shown = text(&mut screen);
    assert!(
        shown.contains("Invented people to try:") && shown.contains("Ахметова Айгүл"),
        "{shown}"
    );
    screen.type_text("9").await;
    assert!(!text(&mut screen).contains("Invented"));
}

#[tokio::test]
async fn a_month_is_opened_and_left_and_a_payment_is_thought_of() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "900101300017<F7><F6><Left><Left><Left><Enter>").await;
    let month = text(&mut screen);
    assert!(
        month.contains("[May 2026]") && month.contains("returned 21.06.2026"),
        "{month}"
    );
    assert!(
        month.contains("reference R24316, line 1, payer 160440007161"),
        "{month}"
    );
    play(&mut screen, "<Right>").await;
    let next = text(&mut screen);
    assert!(
        next.contains("[June 2026]") && next.contains("Missing: 5 950 tenge."),
        "{next}"
    );
    play(&mut screen, "<Esc>").await;
    assert!(
        text(&mut screen).contains("Status on 26.08.2026"),
        "back on the card"
    );
    // All debts are marked; without the oldest the gap stays.
    play(&mut screen, "i").await;
    let all = text(&mut screen);
    assert!(
        all.contains("x NOT INSURED  ->  + INSURED until 31.10.2026"),
        "{all}"
    );
    assert!(
        all.contains("If 5 months are paid today"),
        "read aloud too: {all}"
    );
    play(&mut screen, " ").await;
    assert!(
        text(&mut screen).contains("-> x NOT INSURED") || text(&mut screen).contains("->  x NOT INSURED")
    );
    // An unverified caller hears nothing of it.
    play(&mut screen, "v").await;
    let aloud = text(&mut screen);
    let aloud = aloud.lines().nth(3).unwrap().to_owned();
    assert!(aloud.starts_with(" NOT INSURED."), "{aloud}");
    play(&mut screen, "<Esc><Esc>").await;
    assert!(text(&mut screen).contains("IIN, phone"));
}

#[tokio::test]
async fn a_likely_slip_is_offered_and_taken() {
    let mut screen = open(Language::English, (80, 24)).await;
    play(&mut screen, "900110300007").await;
    let told = text(&mut screen);
    assert!(
        told.contains("900101 3 00007?") && told.contains("Tab takes it"),
        "{told}"
    );
    play(&mut screen, "<Tab>").await;
    assert!(text(&mut screen).contains("Ахметова Айгүл"));
}

#[tokio::test]
async fn a_viewer_sees_no_category() {
    let desk = Arc::new(FakeDesk::default());
    *desk.role.lock().unwrap() = Some(saqta_data::desk::OperatorRole::Viewer);
    let options = options(Language::English);
    let mut screen = Offscreen::open(Arc::clone(&desk) as _, &options, (120, 40))
        .await
        .unwrap();
    screen.type_text(fake::STATE).await;
    let shown = text(&mut screen);
    assert!(
        shown.contains("A state-paid category holds today.") && !shown.contains("student"),
        "{shown}"
    );
    *desk.role.lock().unwrap() = None;
    let mut screen = Offscreen::open(desk, &options, (120, 40)).await.unwrap();
    screen.type_text(fake::STATE).await;
    assert!(text(&mut screen).contains("student"));
}
