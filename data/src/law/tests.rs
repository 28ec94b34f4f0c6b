use std::fs;

use tempfile::TempDir;

use super::*;

const RATES: &str = include_str!("../../law/rates.toml");
const RULES: &str = include_str!("../../law/rules.toml");
const REQUISITES: &str = include_str!("../../law/requisites.toml");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Loads a folder that holds only `file` with `text`.
fn load(file: &str, text: &str) -> Result<Law, LawError> {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join(file), text).unwrap();
    Law::load(Some(dir.path()))
}

/// The error for `text` with `old` replaced by `new`, which must be refused; names the file.
fn refused(file: &str, text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old:?} is not in {file}");
    let error = load(file, &text.replacen(old, new, 1))
        .expect_err(new)
        .to_string();
    assert!(error.contains(file), "{error}");
    assert!(!error.trim().contains('\n'), "one line: {error}");
    error
}

#[test]
fn the_compiled_in_tables_hold_the_figures_of_the_law() {
    let law = Law::builtin().unwrap();
    for (on, mzp, mrp, independent, entrepreneur, employer, employee, cap) in [
        ("2020-01-01", 42_500, 2_651, 2_125, 2_975, 2, 1, 10),
        ("2021-06-30", 42_500, 2_917, 2_125, 2_975, 2, 2, 10),
        ("2022-12-31", 60_000, 3_063, 3_000, 4_200, 3, 2, 10),
        ("2023-01-01", 70_000, 3_450, 3_500, 4_900, 3, 2, 10),
        ("2024-02-29", 85_000, 3_692, 4_250, 5_950, 3, 2, 10),
        ("2025-08-01", 85_000, 3_932, 4_250, 5_950, 3, 2, 10),
        ("2026-11-22", 85_000, 4_325, 4_250, 5_950, 3, 2, 40),
    ] {
        let rate = law.rate_on(day(on));
        let tenge = [rate.mzp, rate.mrp, rate.independent, rate.entrepreneur].map(Tiyn::tenge);
        assert_eq!(tenge, [mzp, mrp, independent, entrepreneur], "{on}");
        assert_eq!(
            (rate.employer.percent, rate.employee.percent),
            (employer, employee),
            "{on}"
        );
        assert_eq!(rate.employer.cap, rate.mzp.times(cap), "{on}");
    }
    assert_eq!(
        law.rate_on(day("2026-01-01")).employee.cap,
        Tiyn::from_tenge(1_700_000)
    );
    assert_eq!(law.requisites().account, "KZ92009MEDS368609103");
}

#[test]
fn days_outside_the_table_have_its_ends() {
    let law = Law::builtin().unwrap();
    assert_eq!(law.rate_on(day("1999-01-01")).from, day("2020-01-01"));
    assert_eq!(law.rate_on(day("2199-01-01")).from, day("2026-01-01"));
    assert_eq!(law.rules_on(day("1999-01-01")).from, day("2020-01-01"));
}

#[test]
fn the_long_grace_begins_with_2026() {
    let law = Law::builtin().unwrap();
    let before = law.rules_on(day("2025-12-31"));
    let after = law.rules_on(day("2026-01-01"));
    assert_eq!((before.long_grace_run_months, before.long_grace_months), (0, 0));
    assert_eq!((after.long_grace_run_months, after.long_grace_months), (60, 6));
    assert_eq!(law.rules_last_day(day("2025-03-01")), day("2025-12-31"));
    assert_eq!(law.rules_last_day(day("2026-01-01")), NaiveDate::MAX);
}

#[test]
fn a_month_is_due_on_the_25th_of_the_next() {
    let law = Law::builtin().unwrap();
    let due = |period: &str| law.due_day(period.parse().unwrap(), day("2026-01-01"));
    assert_eq!(due("2026-07"), day("2026-08-25"));
    assert_eq!(
        due("2025-12"),
        day("2026-01-25"),
        "a Sunday, which does not matter"
    );
}

#[test]
fn a_due_day_moves_past_days_off_where_the_rules_say_so() {
    let moving = RULES.replace(
        "due_day_moves = { value = false",
        "due_day_moves = { value = true",
    );
    let law = load("rules.toml", &moving).unwrap();
    let due = |period: &str| law.due_day(period.parse().unwrap(), day("2026-01-01"));
    assert_eq!(due("2026-07"), day("2026-08-25"), "a Tuesday");
    assert_eq!(due("2025-12"), day("2026-01-26"), "a Sunday");
    assert_eq!(due("2026-09"), day("2026-10-26"), "a Sunday and Republic Day");
    assert_eq!(due("2027-09"), day("2027-10-26"), "a Monday, but Republic Day");
}

#[test]
fn a_share_counts_income_up_to_the_cap() {
    let share = Share {
        percent: 2,
        cap: Tiyn::from_tenge(850_000),
    };
    assert_eq!(share.of(Tiyn(12_345_678)), Tiyn(246_913));
    assert_eq!(share.of(Tiyn::from_tenge(5_000_000)), Tiyn::from_tenge(17_000));
}

#[test]
fn a_folder_overrides_file_by_file() {
    let law = load("rates.toml", &RATES.replace("tenge = 85_000", "tenge = 90_000")).unwrap();
    assert_eq!(
        law.rate_on(day("2026-01-01")).independent,
        Tiyn::from_tenge(4_500)
    );
    assert_eq!(law.rules_on(day("2026-01-01")).window_months, 12);
}

#[test]
fn dates_out_of_order_or_twice_are_refused() {
    let error = refused(
        "rates.toml",
        RATES,
        "from = \"2022-01-01\"",
        "from = \"2021-01-01\"",
    );
    assert!(
        error.contains("2021-01-01") && error.contains("order") && error.contains("line "),
        "{error}"
    );
    let error = refused(
        "rules.toml",
        RULES,
        "from = \"2026-01-01\"",
        "from = \"2019-01-01\"",
    );
    assert!(error.contains("order"), "{error}");
    let error = refused(
        "rules.toml",
        RULES,
        "from = \"2020-01-01\"",
        "from = \"1820-01-01\"",
    );
    assert!(error.contains("1900-2199"), "{error}");
}

#[test]
fn a_year_without_rates_is_refused() {
    let (head, tail) = RATES.split_once("\n[[rates]]\nfrom = \"2022-01-01\"").unwrap();
    let (_, tail) = tail.split_once("\n[[rates]]").unwrap();
    let error = load("rates.toml", &format!("{head}\n[[rates]]{tail}"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("no row from 2022-01-01"), "{error}");
    let error = refused(
        "rates.toml",
        RATES,
        "from = \"2026-01-01\"",
        "from = \"2026-02-01\"",
    );
    assert!(error.contains("no row from 2026-01-01"), "{error}");
}

#[test]
fn a_table_without_rows_is_refused() {
    let error = load("rates.toml", "rates = []").unwrap_err().to_string();
    assert!(error.contains("no row"), "{error}");
}

#[test]
fn a_falling_rate_is_refused() {
    let error = refused("rates.toml", RATES, "tenge = 60_000", "tenge = 40_000");
    assert!(
        error.contains("lower than in the row before") && error.contains("line "),
        "{error}"
    );
}

#[test]
fn rules_from_within_a_month_are_refused() {
    let error = refused(
        "rules.toml",
        RULES,
        "from = \"2026-01-01\"",
        "from = \"2026-01-02\"",
    );
    assert!(error.contains("first of a month"), "{error}");
}

#[test]
fn half_of_the_long_grace_is_refused() {
    let error = refused(
        "rules.toml",
        RULES,
        "long_grace_months = { value = 6",
        "long_grace_months = { value = 0",
    );
    assert!(error.contains("long_grace_run_months"), "{error}");
}

#[test]
fn values_out_of_range_are_refused_with_their_line() {
    for (file, text, old, new) in [
        ("rates.toml", RATES, "tenge = 42_500", "tenge = 0"),
        ("rates.toml", RATES, "tenge = 42_500", "tenge = -42_500"),
        ("rates.toml", RATES, "percent = 5", "percent = 101"),
        ("rates.toml", RATES, "of_mzp_percent = 140", "of_mzp_percent = 0"),
        ("rates.toml", RATES, "cap_mzp = 10", "cap_mzp = 0"),
        (
            "rules.toml",
            RULES,
            "window_months = { value = 12",
            "window_months = { value = 61",
        ),
        (
            "rules.toml",
            RULES,
            "due_day = { value = 25",
            "due_day = { value = 29",
        ),
        (
            "rules.toml",
            RULES,
            "prepaid_months = { value = 12",
            "prepaid_months = { value = 0",
        ),
        (
            "rules.toml",
            RULES,
            "grace_run_months = { value = 12",
            "grace_run_months = { value = 121",
        ),
        (
            "rules.toml",
            RULES,
            "grace_months = { value = 3",
            "grace_months = { value = 25",
        ),
        ("rules.toml", RULES, "\"12-16\"", "\"13-16\""),
    ] {
        let error = refused(file, text, old, new);
        assert!(
            error.contains("line ") && error.contains("write "),
            "{new}: {error}"
        );
    }
}

#[test]
fn a_number_without_a_source_is_refused() {
    let source = "\"OSMS law, art. 28 and 29, independent payers\"";
    let error = refused("rates.toml", RATES, source, "\" \"");
    assert!(
        error.contains("source is blank") && error.contains("line "),
        "{error}"
    );
    let error = refused("rates.toml", RATES, &format!(", source = {source}"), "");
    assert!(error.contains("source"), "{error}");
}

#[test]
fn unknown_and_missing_keys_are_refused() {
    let error = refused("rates.toml", RATES, "mrp = {", "mpr = {");
    assert!(error.contains("mpr") && error.contains("line "), "{error}");
    let error = refused("rules.toml", RULES, "window_months = ", "windows = ");
    assert!(error.contains("windows"), "{error}");
    let error = refused("requisites.toml", REQUISITES, "kbe = ", "kbi = ");
    assert!(error.contains("kbi"), "{error}");
    let error = refused(
        "requisites.toml",
        REQUISITES,
        "kbe = { value = \"11\"",
        "# { value = \"11\"",
    );
    assert!(error.contains("kbe"), "{error}");
}

#[test]
fn requisites_that_cannot_be_right_are_refused() {
    for (old, new) in [
        ("160440007161", "160440007162"),
        ("KZ92009MEDS368609103", "KZ92009MEDS368609130"),
        ("KZ92009MEDS368609103", "kz92009meds368609103"),
        ("GCVPKZ2A", "GCVPKZ2"),
        ("\"11\"", "\"1\""),
        ("\"122\"", "\"12x\""),
    ] {
        let error = refused("requisites.toml", REQUISITES, old, new);
        assert!(
            error.contains("line ") && error.contains("write "),
            "{new}: {error}"
        );
    }
}

#[test]
fn a_file_of_another_name_is_refused() {
    let error = load("rate.toml", RATES).unwrap_err().to_string();
    assert!(
        error.contains("rate.toml") && error.contains("rates.toml, rules.toml, requisites.toml"),
        "{error}"
    );
    assert!(load("notes.txt", "anything").is_ok());
}

#[test]
fn unreadable_files_are_refused() {
    let dir = TempDir::new().unwrap();
    let missing = dir.path().join("missing");
    let error = Law::load(Some(&missing)).unwrap_err();
    assert!(
        matches!(error, LawError::Read { .. }) && error.to_string().contains("missing"),
        "{error}"
    );
    fs::create_dir(dir.path().join("rates.toml")).unwrap();
    assert!(matches!(Law::load(Some(dir.path())), Err(LawError::Read { .. })));
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("rules.toml"), [0xff, 0xfe]).unwrap();
    assert!(matches!(Law::load(Some(dir.path())), Err(LawError::Read { .. })));
    fs::write(dir.path().join("rules.toml"), "#".repeat((1 << 20) + 1)).unwrap();
    let error = Law::load(Some(dir.path())).unwrap_err().to_string();
    assert!(error.contains("larger than"), "{error}");
}
