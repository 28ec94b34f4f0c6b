//! Work on a person: the menu, the forms, what goes to the desk and what is said of it.

use saqta_data::desk::{Deed, OperatorRole, Refusal};
use saqta_data::phone::Role as Kinship;

use super::*;

pub(super) const SCENES: &[Way] = &[
    ("work-menu", "900101300007vw"),
    ("work-bind", "900101300007vb8701"),
    ("work-bind-confirm", "900101300007vb87011234567<Enter><Enter>"),
    ("work-unbind", "900101300007vB"),
    ("work-send", "900101300007vs"),
    ("work-send-text", "900101300007vs<Enter><Enter>"),
    ("work-note", "900101300007nПросила перезвонить"),
    ("work-lock", "900101300007vx"),
    ("work-done", "900101300007vx<Enter>"),
    ("work-first-verify", "900101300007b"),
];

async fn seated(role: OperatorRole) -> (Arc<FakeDesk>, Offscreen) {
    let desk = Arc::new(FakeDesk::default());
    *desk.role.lock().unwrap() = Some(role);
    let options = options(Language::English);
    let screen = Offscreen::open(Arc::clone(&desk) as _, &options, (80, 24))
        .await
        .unwrap();
    (desk, screen)
}

fn deeds(desk: &FakeDesk) -> Vec<Deed> {
    let worked = desk.worked.lock().unwrap();
    worked.iter().map(|work| work.deed.clone()).collect()
}

#[tokio::test]
async fn a_phone_is_bound_after_the_caller_is_verified() {
    let (desk, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "900101300007b").await;
    assert!(text(&mut screen).contains("First make sure who calls"));
    assert!(deeds(&desk).is_empty());
    play(&mut screen, "vb8701").await;
    let form = text(&mut screen);
    assert!(
        form.contains("Bind a phone") && form.contains("under the name aigul"),
        "{form}"
    );
    assert!(form.contains("********0007  Ахметова") && !form.contains(fake::INSURED));
    play(&mut screen, "<Enter>").await;
    assert!(
        text(&mut screen).contains("A phone looks like"),
        "said where it is typed"
    );
    play(&mut screen, "1234567<Enter><Right><Enter><Enter>").await;
    assert!(text(&mut screen).contains("+ The phone is bound."));
    let bound = deeds(&desk).pop();
    let expected = Deed::Bind {
        msisdn: saqta_data::phone::Msisdn::parse("+77011234567").unwrap(),
        role: Kinship::Child,
    };
    assert_eq!(bound, Some(expected));
    assert_eq!(deeds(&desk).len(), 2, "the verification and this, each once");
}

#[tokio::test]
async fn every_deed_has_its_form() {
    let (desk, mut screen) = seated(OperatorRole::Senior).await;
    play(&mut screen, "900101300007v").await;
    for (keys, done) in [
        ("nСправка<Enter><Enter>", "The note is kept."),
        ("s<Enter><Enter><Left><Enter>", "The SMS is on its way."),
        ("B<Enter><Enter>", "The phone is not bound any more."),
        ("t<Enter><Right><Enter><Enter>", "The language is set."),
        ("x<Enter>", "The IIN is locked."),
        (
            "T<Right><Enter>суд<Enter><Enter>",
            "The temporary status is granted.",
        ),
        ("y", "The answer is on the clipboard."),
        ("Y", "The masked number is on the clipboard."),
    ] {
        play(&mut screen, keys).await;
        let shown = text(&mut screen);
        assert!(shown.contains(done), "{keys}: {shown}");
    }
    let topics: Vec<_> = deeds(&desk).iter().map(Deed::topic).collect();
    let expected = [
        "verify",
        "note",
        "send-status",
        "unbind",
        "set-language",
        "lock",
        "temporary",
        "copy",
        "copy",
    ];
    assert_eq!(topics, expected);
    let granted = deeds(&desk).into_iter().nth(6);
    let expected = Deed::Temporary {
        period: saqta_data::period::Period::new(2026, 9).unwrap(),
        reason: "суд".to_owned(),
    };
    assert_eq!(granted, Some(expected), "the next month was chosen");
}

/// A menu names a key before each line, so that key does it, on every layout.
#[tokio::test]
async fn a_key_in_the_menu_does_what_stands_beside_it() {
    for (keys, title) in [
        ("wn", "Note"),
        ("wx", "Lock the IIN"),
        ("wX", "not locked"),
        ("wт", "Note"),
        ("wjj<Enter>", "Bind a phone"),
    ] {
        let (_, mut screen) = seated(OperatorRole::Operator).await;
        play(&mut screen, "900101300007v").await;
        play(&mut screen, keys).await;
        let shown = text(&mut screen);
        assert!(shown.contains(title), "{keys}: {shown}");
        assert!(
            !shown.contains("does it at once"),
            "{keys}: the menu is gone: {shown}"
        );
    }
    let (_, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "900101300007vwq").await;
    assert!(
        text(&mut screen).contains("does it at once"),
        "q means nothing there"
    );
    play(&mut screen, "<Esc>").await;
    assert!(!text(&mut screen).contains("does it at once"));
}

#[tokio::test]
async fn a_viewer_is_offered_nothing_of_it() {
    let (desk, mut screen) = seated(OperatorRole::Viewer).await;
    play(&mut screen, "900101300007").await;
    for key in "wnsbBtxXTyYeEvu".chars() {
        play(&mut screen, &key.to_string()).await;
        let shown = text(&mut screen);
        assert!(shown.contains("This needs the role"), "{key}: {shown}");
        assert!(shown.contains("********0007") && !shown.contains(fake::INSURED));
    }
    assert!(deeds(&desk).is_empty());
    let card = text(&mut screen);
    let footer = card.lines().last().unwrap();
    assert!(!footer.contains("do ...") && !footer.contains("F7"), "{footer}");
    play(&mut screen, "<F2>").await;
    let palette = text(&mut screen);
    assert!(
        !palette.contains("Bind a phone") && !palette.contains("F8"),
        "{palette}"
    );
}

#[tokio::test]
async fn the_menu_does_what_its_keys_do() {
    let (desk, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "900101300007w").await;
    let menu = text(&mut screen);
    assert!(menu.contains("What to do about this person?") && menu.contains("Bind a phone"));
    assert!(!menu.contains("Temporary status"), "that is for seniors: {menu}");
    play(&mut screen, "<Enter>").await;
    assert!(text(&mut screen).contains("every operator who opens this card"));
    play(&mut screen, "<Esc>").await;
    assert!(deeds(&desk).is_empty());
}

#[tokio::test]
async fn a_refusal_and_an_absence_are_said_in_words() {
    let (desk, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "900101300007v").await;
    desk.fail(Some(DeskError::Refused(Refusal::Stopped)));
    play(&mut screen, "s<Enter><Enter>").await;
    assert!(text(&mut screen).contains("wants no SMS (STOP)"));
    desk.fail(None);
    play(&mut screen, "s<Enter><Enter>").await;
    desk.fail(Some(DeskError::Away("gone".to_owned())));
    play(&mut screen, "<Left><Enter>").await;
    let away = text(&mut screen);
    assert!(away.contains("it is not known whether this was done"), "{away}");
    desk.fail(None);
    play(&mut screen, "s<Enter><Enter><Left><Enter>").await;
    assert!(text(&mut screen).contains("The SMS is on its way."), "and again");
}

#[tokio::test]
async fn the_text_is_seen_before_it_is_sent() {
    let (desk, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "900101300007vs<Enter><Enter>").await;
    let form = text(&mut screen);
    for part in [
        "+*******0008",
        "through kcell",
        "2 SMS",
        "| САҚТАНДЫРЫЛҒАН 30.09.2026 дейін.",
    ] {
        assert!(form.contains(part), "{part}: {form}");
    }
    assert_eq!(deeds(&desk).len(), 1, "nothing but the verification yet");
    play(&mut screen, "<Esc>").await;
    assert_eq!(deeds(&desk).len(), 1, "looked at and not sent");
    play(&mut screen, "s<Enter><Enter><Left><Enter>").await;
    let msisdn = saqta_data::phone::Msisdn::parse("+77010000008").unwrap();
    let Some(Deed::SendStatus { msisdn: to, seen }) = deeds(&desk).pop() else {
        panic!("it was sent");
    };
    assert_eq!(to, msisdn);
    assert!(
        form.contains(seen.split(". ").next().unwrap()),
        "no other than that"
    );
}

#[tokio::test]
async fn a_caller_is_verified_only_once_the_journal_has_it() {
    let (desk, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "900101300007").await;
    desk.fail(Some(DeskError::Store("full".to_owned())));
    play(&mut screen, "v").await;
    assert!(text(&mut screen).contains("! caller not verified"));
    play(&mut screen, "u").await;
    assert!(
        !text(&mut screen).contains(fake::INSURED),
        "not shown without its line"
    );
    desk.fail(None);
    play(&mut screen, "v").await;
    assert!(text(&mut screen).contains("+ caller verified"));
    play(&mut screen, "u").await;
    assert!(text(&mut screen).contains(fake::INSURED));
    play(&mut screen, "Yv").await;
    assert!(text(&mut screen).contains("! caller not verified"));
    let topics: Vec<_> = deeds(&desk).iter().map(Deed::topic).collect();
    assert_eq!(topics, ["verify", "reveal", "copy", "unverify"]);
}

/// The line in the journal that numbers were shown is about one person, or about nobody.
#[tokio::test]
async fn numbers_shown_before_are_masked_on_the_next_card_and_screen() {
    let (_, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "<F8>900101300007").await;
    let card = text(&mut screen);
    assert!(
        card.contains("********0007") && !card.contains(fake::INSURED),
        "{card}"
    );
    play(&mut screen, "u").await;
    assert!(text(&mut screen).contains(fake::INSURED));
    play(&mut screen, "<F4>").await;
    let journal = text(&mut screen);
    assert!(
        journal.contains("+*******0012") && !journal.contains("77010000012"),
        "{journal}"
    );
    play(&mut screen, "<F3>uB").await;
    let form = text(&mut screen);
    let box_only: Vec<_> = form.lines().filter(|line| line.contains('│')).collect();
    assert!(
        !box_only.concat().contains("77010000008"),
        "a form stays open longer: {form}"
    );
}

#[tokio::test]
async fn a_phone_with_a_digit_too_few_is_not_bound() {
    let (desk, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "900101300007vb8701555443<Enter><Enter><Enter>").await;
    assert!(text(&mut screen).contains("A phone looks like"));
    assert_eq!(deeds(&desk).len(), 1, "the verification only");
}

#[tokio::test]
async fn a_loss_in_the_middle_of_a_deed_stays_said_until_a_key() {
    let (desk, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "900101300007v").await;
    desk.fail(Some(DeskError::Away("gone".to_owned())));
    play(&mut screen, "x<Enter>").await;
    desk.fail(None);
    let later = fake::clock().now().plus(std::time::Duration::from_secs(5));
    screen.message(crate::message::Message::Tick(later)).await;
    assert!(text(&mut screen).contains("not known whether this was done"));
    let cards = desk
        .asked
        .lock()
        .unwrap()
        .iter()
        .filter(|asked| *asked == "card")
        .count();
    assert_eq!(
        cards, 2,
        "the card is asked for again: it shows whether it was done"
    );
    play(&mut screen, "<Tab>").await;
    assert!(!text(&mut screen).contains("not known whether this was done"));
}

#[tokio::test]
async fn a_card_is_written_once_it_was_said_what_and_confirmed() {
    let (desk, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "900101300007e").await;
    let form = text(&mut screen);
    let file = "saqta-0007-2026-08-26.txt";
    assert!(form.contains(file) && form.contains("numbers masked"), "{form}");
    play(&mut screen, "<Esc>").await;
    assert!(deeds(&desk).is_empty(), "nothing was confirmed");
    play(&mut screen, "E").await;
    assert!(text(&mut screen).contains(".json"));
    play(&mut screen, "<Enter>").await;
    assert_eq!(deeds(&desk), [Deed::Save]);
    let said = text(&mut screen);
    assert!(
        said.contains("not possible here"),
        "the rehearsal has none to write on: {said}"
    );
}

#[tokio::test]
async fn behind_the_notice_of_a_small_window_nothing_is_done() {
    let (desk, mut screen) = seated(OperatorRole::Operator).await;
    play(&mut screen, "900101300007v").await;
    screen.resize((50, 10));
    text(&mut screen);
    play(&mut screen, "x<Enter>").await;
    screen.resize((80, 24));
    assert!(text(&mut screen).contains("********0007"));
    let topics: Vec<_> = deeds(&desk).iter().map(Deed::topic).collect();
    assert_eq!(topics, ["verify"]);
}
