//! How often a message goes to the store to read: over one larger than its cache each time is a wait of its own.

use std::sync::atomic::Ordering;

use super::house::*;

/// How often the store was asked while `heard` was.
async fn reads(house: &House, heard: impl Future<Output = Option<String>>) -> usize {
    let before = house.store.reads.load(Ordering::SeqCst);
    assert_ne!(heard.await, None);
    house.store.reads.load(Ordering::SeqCst) - before
}

#[tokio::test]
async fn an_sms_reads_once_and_once_more_for_the_clinic() {
    let house = House::new().await;
    let cases = [
        (OWN, INSURED, 2),
        (STRANGER, INSURED, 1),
        (STRANGER, UNKNOWN[0], 1),
        (STRANGER, "HELP", 1),
        // Whose status is meant stands in what is read first.
        (OWN, "STATUS", 3),
    ];
    for (phone, text, expected) in cases {
        assert_eq!(reads(&house, house.text(phone, text)).await, expected, "{text}");
    }
    let again = || house.message("m", OWN, INSURED);
    assert_eq!(reads(&house, again()).await, 2);
    assert_eq!(reads(&house, again()).await, 1, "a repetition");
}

#[tokio::test]
async fn a_ussd_step_reads_once_and_once_more_for_person_and_clinic() {
    let house = House::new().await;
    house.text(OWN, "KAZ").await;
    let step = |number, typed| {
        let house = &house;
        async move { Some(house.step("s", OWN, number, typed).await) }
    };
    assert_eq!(reads(&house, step(0, "")).await, 1);
    assert_eq!(reads(&house, step(1, "1")).await, 3);
    assert_eq!(reads(&house, step(1, "1")).await, 1, "a repetition");
}
