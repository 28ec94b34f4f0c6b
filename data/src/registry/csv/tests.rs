use proptest::prelude::*;

use super::*;

fn chunk(registry: Registry, separator: char, rows: &[u8]) -> Chunk {
    Chunk {
        registry,
        separator,
        rows: rows.to_vec(),
        first_line: 2,
        data_date: None,
        dry_run: false,
        import: None,
    }
}

fn cuts(file: &[u8], max_bytes: usize) -> Vec<Cut> {
    let mut chunker = Chunker::with_chunk_bytes(file, Plan::default(), max_bytes).unwrap();
    let mut cuts = Vec::new();
    while let Some(cut) = chunker.next_cut().unwrap() {
        cuts.push(cut);
    }
    assert_eq!(chunker.bytes_done(), file.len() as u64);
    cuts
}

/// Line numbers and outcomes of a whole file.
fn read(file: &[u8], max_bytes: usize) -> Vec<(u64, Result<Row, String>)> {
    let outcomes = cuts(file, max_bytes).into_iter().flat_map(|cut| match cut {
        Cut::Rows(chunk) => rows(&chunk)
            .into_iter()
            .map(|line| (line.number, line.row))
            .collect(),
        Cut::Refused(refused) => vec![(refused.line, Err(refused.reason))],
    });
    outcomes.collect()
}

#[test]
fn every_header_is_known_with_either_separator() {
    for registry in Registry::ALL {
        for separator in [',', ';'] {
            let line = Header::line(registry).replace(',', &separator.to_string());
            let header = Ok(Header { registry, separator });
            assert_eq!(Header::read(line.as_bytes()), header);
            assert_eq!(Header::read(format!("\u{feff}{line}\r\n").as_bytes()), header);
            let quoted = format!("\"{}\"\n", line.replace(separator, &format!("\"{separator}\"")));
            assert_eq!(Header::read(quoted.as_bytes()), header);
        }
    }
}

#[test]
fn an_unknown_first_line_is_refused_by_naming_the_known_and_not_itself() {
    let error = Header::read(b"900101300007,pensioner,2020-01-01,\n").unwrap_err();
    let text = error.to_string();
    assert!(!text.contains("900101300007"), "{text}");
    for registry in Registry::ALL {
        assert!(text.contains(&Header::line(registry)), "{text}");
    }
    assert_eq!(Header::read(b"\r\n"), Err(HeaderError::Empty));
    assert_eq!(Header::read(b"i\0i\0n\0\xff\xfe"), Err(HeaderError::NotUtf8));
    let swapped = Header::read(b"category,iin,from,to");
    assert!(matches!(swapped, Err(HeaderError::Unknown(_))));
    // No more of an endless line is read than a header may have.
    let endless = vec![b'a'; 1 << 20];
    let mut rest = endless.as_slice();
    assert!(matches!(
        Chunker::open(&mut rest, Plan::default()),
        Err(OpenError::Header(HeaderError::Unknown(_)))
    ));
    assert_eq!(endless.len() - rest.len(), 4 << 10);
}

#[test]
fn rows_keep_their_line_numbers_through_quotes_crlf_and_empty_lines() {
    let file = "code;name_kk;name_ru;address_kk;address_ru\r\n\
                1;А;\"Б\r\nВ\";Г;Д\r\n\
                \r\n\
                2;А;\"«\"\"О\"\"; №1»\";Г;Д\r\n\
                3;А\n\
                4;\"ТОО \"Рога\"\";Б;В;Г";
    for max_bytes in [1, 20, 60, 1 << 20] {
        let outcomes = read(file.as_bytes(), max_bytes);
        let numbers: Vec<_> = outcomes
            .iter()
            .map(|(number, row)| (*number, row.is_ok()))
            .collect();
        assert_eq!(
            numbers,
            [(2, true), (5, true), (6, false), (7, true)],
            "{max_bytes}"
        );
        let Ok(Row::Clinic(first)) = &outcomes[0].1 else {
            panic!("{outcomes:?}");
        };
        assert_eq!(first.name_ru, "Б\r\nВ");
        let Ok(Row::Clinic(second)) = &outcomes[1].1 else {
            panic!("{outcomes:?}");
        };
        assert_eq!(second.name_ru, "«\"О\"; №1»");
    }
}

#[test]
fn a_row_that_is_not_utf_8_is_refused_alone() {
    let chunk = chunk(
        Registry::Attachments,
        ',',
        b"900101300007,\xcf\xee\xeb,2024-01-01\n900101300007,1,2024-01-01\n",
    );
    let lines = rows(&chunk);
    assert_eq!(
        lines[0].row,
        Err("not UTF-8; save the file as \"CSV UTF-8\"".into())
    );
    assert!(lines[1].row.is_ok());
    let refused = lines[0].refused(&chunk, "why".into());
    assert_eq!(refused.row, "900101300007,\u{fffd}\u{fffd}\u{fffd},2024-01-01");
}

#[test]
fn a_line_that_cannot_be_cut_is_refused_and_reading_goes_on() {
    let good = "900101300007,1,2024-01-01\n";
    let long = "x".repeat(3 * MAX_ROW_BYTES) + "\n";
    let endless = format!("900101300007,\"{}\n", "y".repeat(100));
    let many = good.repeat(2 * MAX_ROW_BYTES / good.len());
    let file = format!("iin,clinic_code,attached_on\n{good}{long}{good}{endless}{many}{endless}{good}");
    for max_bytes in [1, 10_000, 1 << 20] {
        let outcomes = read(file.as_bytes(), max_bytes);
        let refused: Vec<_> = outcomes
            .iter()
            .filter(|(_, row)| row.is_err())
            .map(|(line, _)| *line)
            .collect();
        let last = file.lines().count() as u64;
        assert_eq!(refused, [3, 5, last - 1], "{max_bytes}");
        assert_eq!(
            outcomes.last().map(|(line, row)| (*line, row.is_ok())),
            Some((last, true))
        );
        assert_eq!(outcomes.len() as u64, last - 1);
    }
    let shown = cuts(file.as_bytes(), 1 << 20)
        .into_iter()
        .find_map(|cut| match cut {
            Cut::Refused(refused) => Some(refused.row.len()),
            Cut::Rows(_) => None,
        });
    assert_eq!(shown, Some(200));
}

#[test]
fn a_chunk_has_at_most_so_many_bytes_and_lines() {
    let row = "900101300007,clinic-of-the-very-first-street1,2024-01-01\n";
    let file = format!(
        "iin,clinic_code,attached_on\n{}{}",
        "\n".repeat(50_000),
        row.repeat(50_000)
    );
    let mut read = 0;
    for cut in cuts(file.as_bytes(), 1 << 20) {
        let Cut::Rows(chunk) = cut else {
            panic!("refused");
        };
        assert!(chunk.rows.len() <= crate::registry::MAX_CHUNK_BYTES);
        assert!(count_lines(&chunk.rows) <= crate::registry::MAX_CHUNK_LINES);
        read += rows(&chunk).len();
    }
    assert_eq!(read, 50_000);
}

#[test]
fn a_chunk_carries_the_plan() {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1);
    let plan = Plan {
        data_date: day,
        dry_run: true,
    };
    let file = b"iin;clinic_code;attached_on\n900101300007;1;2024-01-01" as &[u8];
    let Ok(Some(Cut::Rows(chunk))) = Chunker::open(file, plan).unwrap().next_cut() else {
        panic!("no chunk");
    };
    assert_eq!(
        (chunk.data_date, chunk.dry_run, chunk.separator),
        (day, true, ';')
    );
}

proptest! {
    /// However a file is cut, the same rows are read with the same line numbers: those that the csv crate sees.
    #[test]
    fn cuts_do_not_change_what_is_read(text in "[a,\"\n\r]{0,200}", max_bytes in 1..100_usize) {
        let file = format!("iin,clinic_code,attached_on\n{text}");
        let whole = read(file.as_bytes(), 1 << 20);
        prop_assert_eq!(&read(file.as_bytes(), max_bytes), &whole);
        let balanced = !whole.iter().any(|(_, row)| row.as_ref().is_err_and(|reason| reason.contains("quote")));
        if balanced {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            prop_assert_eq!(whole.len(), reader.byte_records().count());
        }
    }

    /// What is written is read back, whatever the texts hold.
    #[test]
    fn written_rows_are_read_back(name in "[a-z,;\"\n\r ]{1,20}", address in "\\PC{0,40}") {
        let text = |text: &str| text.trim().to_owned();
        let clinic = crate::person::Clinic {
            code: "1".into(),
            name_kk: format!("x{}", text(&name)),
            name_ru: format!("\"{}", text(&name)),
            address_kk: text(&address),
            address_ru: text(&name),
        };
        let mut lines = Lines::new();
        lines.push(&Row::Clinic(clinic.clone()));
        let chunk = chunk(Registry::Clinics, ',', lines.into_text().as_bytes());
        let read: Vec<_> = rows(&chunk).into_iter().map(|line| line.row).collect();
        prop_assert_eq!(read, [Ok(Row::Clinic(clinic))]);
    }
}
