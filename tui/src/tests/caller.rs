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
    ("grace", "900101300027v<Left>"),
    ("state-category", "900101300811<Tab><Tab>"),
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
    assert!(card.contains("Ахметова Айгүл") && card.contains("********0007"));
    assert!(!card.contains(fake::INSURED));

    screen.press(KeyCode::F(7)).await;
    assert!(text(&mut screen).contains("ЗАСТРАХОВАН по 31.12.2026. Долга нет."));
    screen.press(KeyCode::F(6)).await;
    assert!(text(&mut screen).contains("INSURED until 31.12.2026."));
    screen.press(KeyCode::F(8)).await;
    assert!(text(&mut screen).contains(fake::INSURED), "shown on request");
    for found in [
        "Долга нет.",
        "Дата рождения",
        "Городская поликлиника",
        "привязан 12.05.2023",
        "SMS kannel",
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
