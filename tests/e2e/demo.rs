//! The first thing anyone sees.

use crate::process::{done, run};

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
    // Phones and sessions follow the seed; what the clock and the free ports say does not.
    assert_ne!(story, demo(&["--seed", "8"]));
}

#[test]
fn the_transcript_can_be_checked_against_the_citizens() {
    let dir = tempfile::tempdir().unwrap();
    let (csv, store) = (dir.path().join("csv"), dir.path().join("store"));
    let (csv, store) = (csv.to_str().unwrap(), store.to_str().unwrap());
    done(run(&["synth", "--citizens", "300", "--seed", "7", csv]));
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
        args.push(format!("{csv}/{name}.csv"));
    }
    done(run(&args.iter().map(String::as_str).collect::<Vec<_>>()));
    let story = demo(&["--seed", "7"]);
    let people = std::fs::read_to_string(format!("{csv}/people.csv")).unwrap();
    let in_story: Vec<&str> = people
        .lines()
        .skip(1)
        .filter_map(|row| row.split(',').next())
        .filter(|iin| story.contains(iin))
        .collect();
    assert!(in_story.len() >= 3, "the story is about these citizens:\n{story}");
    for iin in in_story {
        let status = done(run(&["status", "--store", store, "--lang", "kk", iin]));
        assert!(!status.is_empty());
    }
}
