//! Work on a person: what each deed changes, who may do it, and its line in the journal.

use super::{
    ANNA, Checked, Desk, DeskError, NOBODY, OperatorRole, Registry, Stage, Status, Subject, Who, first_of,
    lines_since, person, phone, settle,
};
use crate::desk::work::{MAX_NOTE_CHARS, MAX_NOTES, NOTES_ON_CARD};
use crate::desk::{Card, Deed, Refusal, Work};
use crate::language::Language;
use crate::period::Period;
use crate::phone::{Msisdn, Role};

const OWN: u64 = 77_010_000_001;
const OTHER: u64 = 77_010_000_003;

async fn did(desk: &dyn Desk, deed: Deed) -> Result<Option<Box<Card>>, DeskError> {
    let iin = Some(person(ANNA));
    desk.work(Work { iin, deed }).await
}

/// The card after a deed that changes it.
async fn card_after(desk: &dyn Desk, deed: Deed) -> Result<Card, DeskError> {
    let card = did(desk, deed).await?.map(|card| *card);
    let same = desk.card(person(ANNA), None).await?;
    assert_eq!(
        card.as_ref().map(|card| &card.phones),
        same.as_ref().map(|card| &card.phones)
    );
    Ok(card.unwrap_or_else(|| unreachable!("it has changed")))
}

fn send_status(msisdn: Msisdn) -> Deed {
    let seen = "INSURED".to_owned();
    Deed::SendStatus { msisdn, seen }
}

async fn refusal(desk: &dyn Desk, deed: Deed) -> Refusal {
    match did(desk, deed).await {
        Err(DeskError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn every_deed() -> Vec<Deed> {
    let msisdn = phone(OWN);
    let text = "by letter".to_owned();
    vec![
        Deed::Verify,
        Deed::Unverify,
        Deed::Reveal,
        Deed::Copy,
        Deed::Save,
        Deed::Bind {
            msisdn: phone(OTHER),
            role: Role::Own,
        },
        Deed::Unbind { msisdn },
        Deed::SetLanguage {
            msisdn,
            language: Language::Russian,
        },
        Deed::Lock,
        Deed::Unlock,
        Deed::Note { text },
        send_status(msisdn),
    ]
}

pub(super) async fn is_by_role(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    let viewer = stage.desk(OperatorRole::Viewer, None).await;
    for deed in every_deed() {
        let refused = did(&*viewer, deed).await.map(drop);
        assert_eq!(refused, Err(DeskError::Forbidden("operator".into())));
    }
    let seen = viewer.status_sms(person(ANNA), phone(OWN)).await;
    assert_eq!(seen, Err(DeskError::Forbidden("operator".into())));
    let senior = stage.desk(OperatorRole::Senior, None).await;
    let student = super::chunk(Registry::Categories, "900101300007,student,2026-01-01,\n");
    assert_eq!(super::counts(&*senior, student).await?, (1, 0, 0));
    let seen = viewer.card(person(ANNA), None).await?;
    let seen = seen.map(|card| (card.coverage.status, card.person.categories.len()));
    assert_eq!(seen, Some((Status::Insured, 0)), "that the state pays, not why");
    let operator = stage.desk(OperatorRole::Operator, None).await;
    let seen = operator.card(person(ANNA), None).await?;
    assert_eq!(seen.map(|card| card.person.categories.len()), Some(1));
    let temporary = Deed::Temporary {
        period: Period::of(first_of(8)),
        reason: "documents".into(),
    };
    let refused = did(&*operator, temporary).await.map(drop);
    assert_eq!(refused, Err(DeskError::Forbidden("senior".into())));
    let lines = lines_since(&*operator, 0).await?;
    assert!(lines.iter().all(|line| line.topic == "card"), "nothing was done");
    Ok(())
}

pub(super) async fn on_phones(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    let desk = stage.desk(OperatorRole::Operator, None).await;
    let msisdn = phone(OTHER);
    let bind = |role| Deed::Bind { msisdn, role };
    let card = card_after(&*desk, bind(Role::Child)).await?;
    let bound = card.phones.iter().find(|bound| bound.msisdn == msisdn);
    let binding = bound.map(|bound| {
        (
            bound.binding.role,
            bound.binding.bound_on,
            bound.binding.unbound_on,
        )
    });
    assert_eq!(binding, Some((Role::Child, first_of(8), None)));
    assert_eq!(refusal(&*desk, bind(Role::Child)).await, Refusal::AlreadyBound);
    card_after(&*desk, bind(Role::Own)).await?;

    let language = Deed::SetLanguage {
        msisdn,
        language: Language::English,
    };
    let card = card_after(&*desk, language.clone()).await?;
    let bound = card.phones.iter().find(|bound| bound.msisdn == msisdn);
    assert_eq!(bound.and_then(|bound| bound.language), Some(Language::English));

    let card = card_after(&*desk, Deed::Unbind { msisdn }).await?;
    let bound = card.phones.iter().find(|bound| bound.msisdn == msisdn);
    assert_eq!(
        bound.and_then(|bound| bound.binding.unbound_on),
        Some(first_of(8))
    );
    for deed in [Deed::Unbind { msisdn }, language, send_status(msisdn)] {
        assert_eq!(refusal(&*desk, deed).await, Refusal::NotBound);
    }
    let unsent = send_status(phone(OWN));
    assert_eq!(refusal(&*desk, unsent).await, Refusal::NoSender);
    texts_are_refused(&*desk, msisdn).await;
    let lines = lines_since(&*desk, 0).await?;
    let told: Vec<_> = lines
        .iter()
        .filter(|line| line.topic != "card")
        .map(|line| (line.topic.as_str(), line.particulars.detail.as_str()))
        .collect();
    let expected = [
        ("bind", "child"),
        ("not-done", "bind"),
        ("bind", "self"),
        ("set-language", "en"),
        ("unbind", ""),
        ("not-done", "unbind"),
        ("not-done", "set-language"),
        ("not-done", "send-status"),
        ("not-done", "send-status"),
        ("not-done", "send-status"),
        ("not-done", "send-status"),
    ];
    assert_eq!(told, expected, "a refusal tells something, so it leaves its line");
    let worked = lines.iter().filter(|line| line.topic != "card");
    for line in worked {
        let meant = [Some(msisdn), Some(phone(OWN))];
        assert!(meant.contains(&line.particulars.phone));
        assert_eq!(line.subject, Some(Subject::of(person(ANNA))));
        assert!(matches!(&line.who, Who::Operator(name) if !name.is_empty()));
    }
    Ok(())
}

/// The text of a status is refused as the sending of it would be.
async fn texts_are_refused(desk: &dyn Desk, unbound: Msisdn) {
    for (to, refusal) in [(unbound, Refusal::NotBound), (phone(OWN), Refusal::NoSender)] {
        let seen = desk.status_sms(person(ANNA), to).await;
        assert_eq!(seen, Err(DeskError::Refused(refusal)));
    }
}

pub(super) async fn on_the_person(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    let desk = stage.desk(OperatorRole::Senior, None).await;
    assert_eq!(refusal(&*desk, Deed::Unlock).await, Refusal::NotLocked);
    assert!(card_after(&*desk, Deed::Lock).await?.person.locked);
    assert_eq!(refusal(&*desk, Deed::Lock).await, Refusal::AlreadyLocked);
    assert!(!card_after(&*desk, Deed::Unlock).await?.person.locked);

    let august = Period::of(first_of(8));
    let grant = |reason: &str| Deed::Temporary {
        period: august,
        reason: reason.to_owned(),
    };
    assert_eq!(refusal(&*desk, grant("  ")).await, Refusal::TextLength);
    let card = card_after(&*desk, grant(" a court's order ")).await?;
    assert_eq!(card.coverage.status, Status::TemporarilyInsured);
    assert_eq!(card.coverage.insured_until, Some(august.last_day()));
    assert_eq!(refusal(&*desk, grant("again")).await, Refusal::AlreadyTemporary);
    let notes: Vec<_> = card.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(notes, ["a court's order"], "the reason is kept");

    for deed in [Deed::Verify, Deed::Unverify, Deed::Reveal, Deed::Copy, Deed::Save] {
        assert_eq!(did(&*desk, deed).await?, None, "nothing on the card is another");
    }
    let list = Work {
        iin: None,
        deed: Deed::Reveal,
    };
    assert_eq!(desk.work(list).await?, None);
    for iin in [Some(person(NOBODY)), None] {
        let deed = Deed::Lock;
        let nobody = desk.work(Work { iin, deed }).await.map(drop);
        assert_eq!(nobody, Err(DeskError::Refused(Refusal::UnknownPerson)));
    }
    let told: Vec<_> = lines_since(&*desk, 0)
        .await?
        .into_iter()
        .map(|line| line.topic)
        .filter(|topic| topic != "card" && topic != "not-done")
        .collect();
    let expected = [
        "lock",
        "unlock",
        "temporary",
        "verify",
        "unverify",
        "reveal",
        "copy",
        "save",
        "reveal",
    ];
    assert_eq!(told, expected);
    Ok(())
}

pub(super) async fn counts_as_a_look_up(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    let desk = stage.desk(OperatorRole::Operator, Some(4)).await;
    let left = async || desk.whoami().await.map(|operator| operator.lookups_left);
    did(&*desk, Deed::Verify).await?;
    assert_eq!(left().await?, Some(3));
    assert_eq!(refusal(&*desk, Deed::Unlock).await, Refusal::NotLocked);
    assert_eq!(left().await?, Some(2), "whether somebody is locked was told");
    let list = |deed| desk.work(Work { iin: None, deed });
    list(Deed::Reveal).await?;
    did(&*desk, Deed::Lock).await?;
    assert_eq!(left().await?, Some(0));
    let status = send_status(phone(OWN));
    for deed in [Deed::Unlock, Deed::Lock, Deed::Verify, status] {
        let refused = did(&*desk, deed).await.map(drop);
        assert!(matches!(refused, Err(DeskError::TooMany { .. })), "{refused:?}");
    }
    let shown = list(Deed::Copy).await.map(drop);
    assert!(matches!(shown, Err(DeskError::TooMany { .. })), "{shown:?}");
    let senior = stage.desk(OperatorRole::Senior, None).await;
    let card = senior.card(person(ANNA), None).await?;
    assert_eq!(
        card.map(|card| card.person.locked),
        Some(true),
        "nothing was done beyond the limit"
    );
    Ok(())
}

pub(super) async fn leaves_notes(stage: &impl Stage) -> Checked {
    settle(stage).await?;
    let desk = stage.desk(OperatorRole::Operator, None).await;
    let note = |text: String| Deed::Note { text };
    let long = "қ".repeat(MAX_NOTE_CHARS + 1);
    for text in [String::new(), long] {
        assert_eq!(refusal(&*desk, note(text)).await, Refusal::TextLength);
    }
    card_after(&*desk, note("қ".repeat(MAX_NOTE_CHARS))).await?;
    // At one instant of the clock: none takes the place of another.
    for at in 0..MAX_NOTES {
        did(&*desk, note(at.to_string())).await?;
    }
    let card = desk.card(person(ANNA), None).await?;
    let notes = card.map(|card| card.notes).unwrap_or_default();
    let texts: Vec<_> = notes.iter().map(|note| note.text.clone()).collect();
    let newest: Vec<_> = (0..MAX_NOTES)
        .rev()
        .take(NOTES_ON_CARD)
        .map(|at| at.to_string())
        .collect();
    assert_eq!(texts, newest);
    let kept = stage.office().store().figures().await?.entries;
    assert_eq!(kept.get("notes"), Some(&(MAX_NOTES as u64)), "the oldest go");
    Ok(())
}
