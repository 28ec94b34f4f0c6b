//! The first thing anyone sees.

use crate::process::{done, run, run_to_end, saqta};

fn demo(args: &[&str]) -> String {
    done(run(&[&["demo", "--citizens", "300"][..], args].concat()))
}

#[test]
fn a_piped_demo_tells_its_story_and_ends() {
    let story = demo(&["--seed", "7"]);
    assert!(story.contains("seed 7"), "{story}");
    for word in ["САҚТАНДЫРЫЛҒАН", "ЗАСТРАХОВАН", "INSURED", "*1414#"] {
        assert!(story.contains(word), "{word} is missing:\n{story}");
    }
    assert!(
        !story.contains('\u{1b}'),
        "no colours where nobody looks:\n{story}"
    );
    // The status sent out of the USSD menu arrives as an SMS of its own.
    let menu = story.split("has the status sent by SMS").nth(1).unwrap();
    let sms = menu.split("*1414#").nth(1).unwrap();
    assert!(
        sms.contains(" SMS, UCS-2") && sms.contains("САҚТАНДЫРЫЛҒАН"),
        "{menu}"
    );
    // Phones and sessions follow the seed; what the clock and the free ports say does not.
    assert_ne!(story, demo(&["--seed", "8"]));
}

#[test]
fn the_console_begins_in_the_language_of_the_locale() {
    let screen = |locale: &str| {
        let mut command = saqta(&["demo", "--citizens", "300"]);
        command.env("LANG", locale);
        let story = done(run_to_end(command));
        story.split("What the operator sees").nth(1).unwrap().to_owned()
    };
    assert!(
        screen("en_GB.UTF-8").contains("Help"),
        "{}",
        screen("en_GB.UTF-8")
    );
    assert!(
        screen("ru_RU.UTF-8").contains("Помощь"),
        "{}",
        screen("ru_RU.UTF-8")
    );
}

/// The words of the bubble on the left that follows the text `typed` on the right.
fn answer_to<'a>(story: &'a str, typed: &str) -> Vec<&'a str> {
    let mut lines = story
        .lines()
        .skip_while(|line| line.trim_matches(['│', ' ']) != typed);
    let answer = lines.by_ref().skip_while(|line| !line.starts_with("  ┌")).skip(1);
    let answer = answer.take_while(|line| line.starts_with("  │"));
    answer
        .flat_map(|line| line.trim_matches(['│', ' ']).split_whitespace())
        .collect()
}

#[test]
fn the_transcript_can_be_checked_against_the_citizens() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, store) = (dir.path().join("csv"), dir.path().join("store"));
    let (folder, store) = (folder.to_str().unwrap(), store.to_str().unwrap());
    done(run(&["synth", "--citizens", "300", "--seed", "7", folder]));
    let mut args = vec!["import".to_owned(), "--store".to_owned(), store.to_owned()];
    for name in [
        "people",
        "categories",
        "temporary",
        "clinics",
        "attachments",
        "phones",
        "contributions",
        "returns",
    ] {
        args.push(format!("{folder}/{name}.csv"));
    }
    done(run(&args.iter().map(String::as_str).collect::<Vec<_>>()));

    let told = demo(&["--seed", "7"]);
    let people = std::fs::read_to_string(format!("{folder}/people.csv")).unwrap();
    let iins = people.lines().skip(1).filter_map(|row| row.split(',').next());
    let asked: Vec<&str> = iins.filter(|iin| told.contains(&format!("│ {iin} │"))).collect();
    assert!(!asked.is_empty(), "the story is about these citizens:\n{told}");
    // The first one asks from an own phone, and gets what `status` prints.
    let first = asked.iter().min_by_key(|iin| told.find(**iin)).unwrap();
    let status = done(run(&["status", "--store", store, "--lang", "kk", first]));
    let status: Vec<&str> = status.split_whitespace().collect();
    assert!(status.len() > 1);
    assert_eq!(answer_to(&told, first), status);
}
