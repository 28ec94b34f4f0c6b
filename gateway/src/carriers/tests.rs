use super::*;
use crate::carrier::config::Secret;

fn error(config: &InstanceConfig) -> String {
    build(config)
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

#[test]
fn an_unknown_kind_is_told_the_known_ones() {
    let config = InstanceConfig {
        name: "tw".into(),
        kind: "nobody".into(),
        ..InstanceConfig::default()
    };
    let names: Vec<_> = kinds().iter().map(|kind| kind.name).collect();
    let expected = format!("carriers.tw.kind: one of {}", names.join(", "));
    assert_eq!(error(&config), expected);
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn carriers_that_sign_nothing_take_no_signing_secrets() {
    for kind in ["hubtel", "kannel", "sandbox"] {
        let config = InstanceConfig {
            name: "k".into(),
            kind: kind.into(),
            secrets: vec![Secret::new("s3cret")],
            ..InstanceConfig::default()
        };
        let expected = format!("carriers.k.secrets: {kind} signs nothing; use path_secret, basic or allow");
        assert_eq!(error(&config), expected);
        assert!(!format!("{config:?}").contains("s3cret"));
    }
}

#[test]
fn every_kind_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<_> = kinds().iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), kinds().len());
}
