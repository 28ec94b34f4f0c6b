use super::*;
use crate::iin::Iin;
use crate::office::testing::{day, import, office};
use crate::phone::Msisdn;
use crate::registry::Registry;

const PEOPLE: &str = "900101300007,Өмірбекова,Айгүл,Қайратқызы,1990-01-01,f,none\n\
                      900101300017,Нұр-Ахмет,Ай,,1990-01-01,m,none\n\
                      900101300027,Ёлкин,Иван,Ильич,1990-01-01,m,none\n\
                      900101300037,Ахметов,Нурлан,,1990-01-02,m,none\n";

async fn find(office: &Office, words: &[&str], born_on: &str) -> Result<Vec<String>, DeskError> {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let hits = run(
        office,
        &Query::Name {
            words,
            born_on: day(born_on),
        },
    )
    .await?;
    Ok(hits.into_iter().map(|hit| hit.iin.last_four()).collect())
}

#[tokio::test]
async fn each_word_begins_a_part_of_the_name_of_its_own() {
    let office = office();
    import(&office, Registry::People, PEOPLE).await;
    let nobody: &[&str] = &[];
    for (words, found) in [
        (&["өмір"] as &[&str], &["0007"] as &[&str]),
        (&["ӨМІРБЕКОВА", "АЙГҮЛ"], &["0007"]),
        (&["айгул", "омирбекова"], &["0007"]),
        (&["Айгүл Қайратқызы"], &["0007"]),
        (&["кайрат"], &["0007"]),
        (&["ай"], &["0007", "0017"]),
        (&["ахмет"], &["0017"]),
        (&["нур-ахмет"], &["0017"]),
        (&["ай", "айгүл"], nobody),
        (&["айгүл", "а"], nobody),
        (&["а", "ай"], &["0017"]),
        (&["елкин", "и", "ив"], &["0027"]),
        (&["елкин", "и", "и", "и"], nobody),
        (&["гүл"], nobody),
    ] {
        assert_eq!(
            find(&office, words, "1990-01-01").await.unwrap(),
            found,
            "{words:?}"
        );
    }
    assert_eq!(find(&office, &["ахметов"], "1990-01-02").await.unwrap(), ["0037"]);
}

#[tokio::test]
async fn too_little_and_too_much_of_a_name_is_refused() {
    let office = office();
    import(&office, Registry::People, PEOPLE).await;
    for words in [
        &[] as &[&str],
        &["", " "],
        &["а"],
        &["а", "б"],
        &["ай"; MAX_WORDS + 1],
    ] {
        assert!(
            matches!(find(&office, words, "1990-01-01").await, Err(DeskError::Bad(_))),
            "{words:?}"
        );
    }
}

/// So many people born on the first of January 1980.
async fn crowd(office: &Office, count: usize) {
    let people = (0..).filter_map(|serial| Iin::with_check_digit(80_010_130_000 + serial));
    let row = |iin: Iin| format!("{},Ким,Анна,,1980-01-01,f,none\n", iin.reveal());
    import(
        office,
        Registry::People,
        &people.take(count).map(row).collect::<String>(),
    )
    .await;
}

#[tokio::test]
async fn at_most_fifty_are_found() {
    let office = office();
    crowd(&office, MAX_HITS + 1).await;
    assert_eq!(
        find(&office, &["ким"], "1980-01-01").await.unwrap().len(),
        MAX_HITS
    );
}

#[tokio::test]
async fn a_day_with_too_many_births_is_said_to_be_one() {
    let office = office();
    crowd(&office, MAX_READ - 1).await;
    assert!(
        find(&office, &["петрова"], "1980-01-01")
            .await
            .unwrap()
            .is_empty()
    );
    crowd(&office, MAX_READ).await;
    let error = find(&office, &["петрова"], "1980-01-01").await.unwrap_err();
    assert!(error.to_string().contains("search by IIN or phone"), "{error}");
    assert_eq!(
        find(&office, &["ким"], "1980-01-01").await.unwrap().len(),
        MAX_HITS
    );
}

#[tokio::test]
async fn people_are_found_by_their_date_of_birth_whatever_their_iin_says() {
    let office = office();
    let rows = "900101300007,Ким,Анна,,1990-01-02,f,none\n\
                900101300017,Ким,Ольга,,1990-01-01,f,none\n\
                050229600003,Ким,Вера,,1990-01-01,f,none\n\
                900101000008,Ким,Мира,,1990-05-05,f,none\n";
    import(&office, Registry::People, rows).await;
    // As stores before format 3 have it: an entry, though the IIN says it.
    let entry = crate::office::birth_key(day("1990-01-01"), Iin::parse("900101300017").unwrap());
    let mut unit = office.begin();
    unit.change(Tree::Births, &entry, Some(Vec::new()));
    unit.commit().await.unwrap();
    for (born_on, found) in [
        ("1990-01-01", &["0003", "0017"] as &[&str]),
        ("1990-01-02", &["0007"]),
        ("1990-05-05", &["0008"]),
        ("1900-01-01", &[]),
    ] {
        assert_eq!(
            find(&office, &["ким"], born_on).await.unwrap(),
            found,
            "{born_on}"
        );
    }
}

#[tokio::test]
async fn entries_for_those_whose_iin_says_the_date_hide_nobody() {
    let office = office();
    crowd(&office, PAGE + 1).await;
    // As in a store before format 3, all of them have an entry, and stand before the one who is looked for.
    let born_on = day("1980-01-01");
    for said in (0..)
        .filter_map(|serial| Iin::with_check_digit(80_010_130_000 + serial))
        .take(PAGE + 1)
    {
        let mut unit = office.begin();
        unit.change(
            Tree::Births,
            &crate::office::birth_key(born_on, said),
            Some(Vec::new()),
        );
        unit.commit().await.unwrap();
    }
    import(
        &office,
        Registry::People,
        "900101300007,Петрова,Анна,,1980-01-01,f,none\n",
    )
    .await;
    assert_eq!(find(&office, &["петрова"], "1980-01-01").await.unwrap(), ["0007"]);
}

#[tokio::test]
async fn a_person_without_a_name_is_found_by_number_and_phone() {
    let office = office();
    import(
        &office,
        Registry::Phones,
        "87010000001,900101300047,self,2024-01-01,\n",
    )
    .await;
    let phone = Msisdn::parse("87010000001").unwrap();
    let iin = Iin::parse("900101300047").unwrap();
    for query in [Query::Iin(iin), Query::Phone(phone)] {
        let hit = Hit {
            clinic: None,
            iin,
            name: String::new(),
            birth_date: None,
        };
        assert_eq!(run(&office, &query).await.unwrap(), [hit]);
    }
}
