//! Draws conversations as text: what was typed on the right, what came back on the left, USSD pages in a frame.

use std::fmt::Write;

use crate::handset::{Received, Screen};

/// The width of the page, in columns.
const PAGE: usize = 78;
/// The widest line in a bubble.
const BUBBLE: usize = 46;
/// The widest line of a USSD page: a keypad phone's.
const HANDSET: usize = 32;

/// A heading over a conversation, with the phone at its end.
pub(crate) fn heading(title: &str, phone: &str) -> String {
    let rule = "─".repeat(PAGE.saturating_sub(width(title) + width(phone) + 8));
    format!("\n── {title} {rule} {phone} ──\n\n")
}

/// Another phone texts in between.
pub(crate) fn caller(phone: &str) -> String {
    format!("{:>PAGE$}\n", format!("from {phone}:"))
}

/// What a person typed, on the right.
pub(crate) fn typed(text: &str) -> String {
    let lines = wrap(text, BUBBLE);
    let inner = widest(&lines);
    let indent = " ".repeat(PAGE.saturating_sub(inner + 4));
    frame(&lines, inner, &indent, "")
}

/// What came back by SMS, on the left, with what it took on the air.
pub(crate) fn received(message: &Received) -> String {
    let lines = wrap(&message.text, BUBBLE);
    let alphabet = if message.encoding == "gsm7" {
        "GSM 7-bit"
    } else {
        "UCS-2"
    };
    frame(
        &lines,
        widest(&lines),
        "  ",
        &format!("  {} SMS, {alphabet}", message.parts),
    )
}

/// Silence.
pub(crate) fn silence() -> String {
    "  (no answer)\n".to_owned()
}

/// A USSD page as the handset shows it.
pub(crate) fn screen(page: &Screen) -> String {
    let lines = wrap(&page.text, HANDSET);
    let note = if page.end { "  the session ends" } else { "" };
    frame(&lines, HANDSET, "  ", note)
}

fn frame(lines: &[String], inner: usize, indent: &str, note: &str) -> String {
    let rule = "─".repeat(inner + 2);
    let mut text = format!("{indent}┌{rule}┐\n");
    for line in lines {
        let space = " ".repeat(inner.saturating_sub(width(line)));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{indent}│ {line}{space} │");
    }
    text + &format!("{indent}└{rule}┘{note}\n")
}

/// The columns that a text takes: every letter of the three languages takes one.
fn width(text: &str) -> usize {
    text.chars().count()
}

fn widest(lines: &[String]) -> usize {
    lines.iter().map(|line| width(line)).max().unwrap_or_default()
}

/// `text` in lines of at most `columns`, broken between words where there is a space.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ').flat_map(|word| pieces(word, columns)) {
            if !line.is_empty() && width(&line) + 1 + width(&word) > columns {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        lines.push(line);
    }
    lines
}

/// A word in pieces of at most `columns`.
fn pieces(word: &str, columns: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters
        .chunks(columns)
        .map(|piece| piece.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_never_exceed() {
        let text = "САҚТАНДЫРЫЛҒАН 31.01.2027 дейін.\nСоңғы төлем: қазан";
        let lines = wrap(text, 16);
        assert_eq!(
            lines,
            ["САҚТАНДЫРЫЛҒАН", "31.01.2027", "дейін.", "Соңғы төлем:", "қазан"]
        );
        assert!(wrap(&"ұ".repeat(100), 46).iter().all(|line| width(line) <= 46));
    }

    #[test]
    fn every_row_of_a_frame_is_as_wide() {
        let page = Screen {
            text: "1 Менің мәртебем\n2 ЖСН бойынша".into(),
            end: false,
        };
        let drawn = screen(&page);
        let widths: Vec<_> = drawn.lines().map(width).collect();
        assert!(widths.iter().all(|w| *w == widths[0]), "{drawn}");
        let drawn = typed("900101300007");
        assert!(drawn.lines().all(|line| width(line) == PAGE), "{drawn}");
    }
}
