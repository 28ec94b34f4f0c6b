//! MT102 in its Kazakh dialect. No public text defines it: a field that is not known is set aside with its further lines,
//! an `/OPV/` of any letter is taken, parts of a person are read with one slash or two, the period of all may stand in the
//! head.

use std::fmt::Display;
use std::str::FromStr;

use super::list::{Aside, Found, Payment, Wrong, breaks_off, check_count, check_sum, clipped, lacks, second};
use crate::money::{Tiyn, Total};

/// How every list begins: its first block.
pub(super) const FIRST_BLOCK: &[u8] = b"{1:";
/// Begins the block with the text of a list.
const TEXT_BLOCK: &str = "{4:";
/// Ends it, at the begin of a line.
const END: &str = "-}";
/// The blocks before the text, of every message of SWIFT: who sends what to whom.
const HEADERS: [&str; 3] = ["{1:", "{2:", "{3:"];
/// The block behind it.
const TRAILER: &str = "{5:";

/// What is known of the head and not used, by tag: the parts, and `""` for what stands right behind the tag. As banks
/// write it: payer and receiver with their accounts, officers, residence and sector, both banks, number, date and purpose
/// of the order.
const OF_HEAD: [(&str, &[&str]); 5] = [
    ("50", &["D", "NAME", "CHIEF", "MAINBK", "IRS", "SECO"]),
    ("52B", &[""]),
    ("57B", &[""]),
    ("59", &["", "NAME", "IDN", "IRS", "SECO"]),
    ("70", &["NUM", "DATE", "SEND", "VO", "PSO", "PRT", "ASSIGN"]),
];
/// Likewise of a payment: its kind, whatever the letter, surname, given name, patronymic and birth date of the person.
const OF_PAYMENT: [(&str, &[&str]); 1] = [("70", &["OPV", "FM", "NM", "FT", "DT"])];
/// Those of them that may go on over further lines.
const LONG: [&str; 2] = ["NAME", "ASSIGN"];
/// The longest name of a part in characters; the longest known has six.
const MAX_PART: usize = 8;

/// The payments of all lists of a file.
pub(super) fn read(bytes: &[u8]) -> Result<Found, Wrong> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut lists = Lists::default();
    let last = 1 + super::count_lines(bytes) as u64;
    let mut number = 0;
    for bytes in bytes.split(|byte| *byte == b'\n') {
        number += 1;
        let bytes = bytes.trim_ascii();
        let line = Line { number, bytes };
        // Names come in several encodings, and are not read.
        let text = String::from_utf8_lossy(bytes);
        let taken = lists.line(line, text.trim());
        // What is cut within a line looks wrong.
        let is_cut = number == last && lists.list.is_some();
        taken
            .or_else(|reason| if is_cut { Ok(()) } else { Err(reason) })
            .map_err(|reason| Wrong { line: number, reason })?;
    }
    lists.ended().map_err(|missing| Wrong {
        line: number,
        reason: breaks_off(missing),
    })
}

/// A line of the file, to be set aside as it stands.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: u64,
    bytes: &'a [u8],
}

#[derive(Default)]
struct Lists {
    list: Option<List>,
    /// What stands around the lists.
    around: Around,
    found: Found,
}

/// How far the blocks around the lists are.
#[derive(Default)]
struct Around {
    /// A list begins, and its text has not come.
    begun: bool,
    /// The last of them is not closed on its line.
    open: bool,
}

/// A list that is being read.
#[derive(Default)]
struct List {
    /// The tag that came last, and the part of its field.
    tag: String,
    part: String,
    /// What is known of them.
    known: Known,
    /// What holds for every payment that says nothing else.
    head: Payment,
    total: Option<Total>,
    payments: Vec<Payment>,
}

/// What is known of a line.
#[derive(Clone, Copy, Default, PartialEq)]
enum Known {
    /// All of it; it ends with the line.
    #[default]
    Whole,
    /// All of it; it may go on over further lines.
    Long,
    /// Nothing.
    Not,
}

impl Lists {
    /// Takes `text`, which is `line` or what is left of it.
    fn line(&mut self, line: Line<'_>, text: &str) -> Result<(), String> {
        let Some(list) = &mut self.list else {
            let Some((before, inside)) = text.split_once(TEXT_BLOCK) else {
                self.around(line, text);
                return Ok(());
            };
            self.around(line, before);
            self.around = Around::default();
            self.list = Some(List::default());
            return self.line(line, inside.trim());
        };
        let Some(after) = text.strip_prefix(END) else {
            check_count(list.payments.len() + self.found.payments.len())?;
            return list.line(line, text, &mut self.found.aside);
        };
        let list = self.list.take().unwrap_or_default();
        self.found.payments.extend(list.checked()?);
        // The next list may begin on the line on which this one ends.
        self.line(line, after)
    }

    /// Takes what stands around the lists.
    fn around(&mut self, line: Line<'_>, text: &str) {
        let mut rest = text.trim();
        if rest.is_empty() {
            return;
        }
        loop {
            let is_header = HEADERS.iter().any(|block| rest.starts_with(block));
            self.around.begun |= is_header;
            let after = behind_block(rest);
            self.around.open = rest.starts_with('{') && after.is_none();
            if !is_header && !rest.starts_with(TRAILER) {
                break;
            }
            rest = after.unwrap_or_default().trim_start();
            if rest.is_empty() {
                return;
            }
        }
        self.found.aside.field(line.number, "{…}", line.bytes);
    }

    /// What was found, if the file ends with a list's end; else what is missing.
    fn ended(self) -> Result<Found, &'static str> {
        if self.list.is_some() {
            Err("its end, -}, is missing")
        } else if self.around.begun {
            Err("its text, {4:, is missing")
        } else if self.around.open {
            Err("a block is not closed")
        } else {
            Ok(self.found)
        }
    }
}

/// What follows the block with which `text` begins; `None`: it is not closed.
fn behind_block(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let end = text.find(|c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    text.get(end? + 1..)
}

impl List {
    fn line(&mut self, line: Line<'_>, text: &str, aside: &mut Aside) -> Result<(), String> {
        if let Some((tag, value)) = tagged(text) {
            tag.clone_into(&mut self.tag);
            self.part.clear();
            self.known = self.field(line.number, value)?;
        } else if text.starts_with('/') {
            self.known = self.part(text)?;
        } else {
            self.further(line, text, aside);
            return Ok(());
        }
        if self.known == Known::Not {
            aside.field(line.number, &self.name(), line.bytes);
        }
        Ok(())
    }

    /// Tag and part that came last.
    fn name(&self) -> String {
        match (self.tag.as_str(), self.part.as_str()) {
            ("", "") => String::new(),
            (tag, "") => format!(":{tag}:"),
            (tag, part) => format!(":{tag}:/{part}/"),
        }
    }

    /// A further line of what came last.
    fn further(&mut self, line: Line<'_>, text: &str, aside: &mut Aside) {
        match self.known {
            _ if text.is_empty() => {}
            Known::Long if !text.starts_with(':') => {}
            Known::Not => aside.further(line.number, line.bytes),
            _ => {
                aside.field(line.number, &format!("{}…", self.name()), line.bytes);
                self.known = Known::Not;
            }
        }
    }

    /// The field whose tag came last, as far as it stands in the line of the tag.
    fn field(&mut self, at: u64, value: &str) -> Result<Known, String> {
        match self.tag.as_str() {
            "20" if !self.head.reference.is_empty() => return Err(second(":20:")),
            "20" => self.head.reference = clipped(value),
            "21" => self.payments.push(Payment {
                at,
                number: clipped(value),
                ..Payment::default()
            }),
            "32B" => {
                let payment = self.payments.last_mut().ok_or("a :32B: before the first :21:")?;
                if payment.amount.replace(money::<Tiyn>(value)?).is_some() {
                    return Err(second(":32B:"));
                }
            }
            "32A" => {
                let (day, sum) = value.split_at_checked(6).ok_or(":32A: has no date")?;
                if self.total.replace(money::<Total>(sum)?).is_some() {
                    return Err(second(":32A:"));
                }
                self.head.paid_on = date(day)?;
            }
            _ => return self.part(value),
        }
        Ok(Known::Whole)
    }

    /// `/NAME/value`, `//NAME/value` or a value alone, of the field whose tag came last.
    fn part(&mut self, text: &str) -> Result<Known, String> {
        let (name, value) = match parted(text) {
            Some(parted) => parted,
            None if text.starts_with('/') => ("…", text),
            None => ("", text),
        };
        name.clone_into(&mut self.part);
        let head = self.payments.is_empty();
        let of = self.payments.last_mut().unwrap_or(&mut self.head);
        let place = match (self.tag.as_str(), name, head) {
            ("50", "IDN", true) => &mut of.payer,
            ("70", "KNP", _) => &mut of.knp,
            ("70", "PERIOD", _) => &mut of.period,
            ("70", "IDN", false) => &mut of.iin,
            (tag, name, _) => return Ok(unused(head, tag, name, value)),
        };
        if !place.is_empty() {
            return Err(second(&format!("/{name}/")));
        }
        *place = clipped(value);
        Ok(Known::Whole)
    }

    /// The payments, each with what holds for all.
    fn checked(self) -> Result<Vec<Payment>, String> {
        let total = self.total.ok_or_else(|| lacks(":32A:"))?;
        check_sum(&self.payments, total, ":32A:")?;
        let head = self.head;
        let whole = |payment: Payment| Payment {
            reference: head.reference.clone(),
            period: or(payment.period, &head.period),
            knp: or(payment.knp, &head.knp),
            payer: head.payer.clone(),
            paid_on: head.paid_on.clone(),
            ..payment
        };
        Ok(self.payments.into_iter().map(whole).collect())
    }
}

/// What is known of a part that is not used.
fn unused(head: bool, tag: &str, name: &str, value: &str) -> Known {
    let known: &[(&str, &[&str])] = if head { &OF_HEAD } else { &OF_PAYMENT };
    let parts = known.iter().find(|(known, _)| *known == tag);
    match parts.map(|(_, parts)| *parts) {
        // The parts of a field may begin on the line below its tag.
        Some(_) if name.is_empty() && value.is_empty() => Known::Whole,
        Some(parts) if !parts.contains(&name) => Known::Not,
        Some(_) if LONG.contains(&name) => Known::Long,
        Some(_) => Known::Whole,
        None => Known::Not,
    }
}

/// The tag with which a line begins, two digits and perhaps a letter, and what follows.
fn tagged(text: &str) -> Option<(&str, &str)> {
    let (tag, value) = text.strip_prefix(':')?.split_once(':')?;
    let is_tag = match tag.as_bytes() {
        [first, second] | [first, second, b'A'..=b'Z'] => first.is_ascii_digit() && second.is_ascii_digit(),
        _ => false,
    };
    is_tag.then_some((tag, value))
}

/// The name of the part with which `text` begins, and what follows.
fn parted(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('/')?;
    let (name, value) = text.strip_prefix('/').unwrap_or(text).split_once('/')?;
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let is_part = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.len() <= MAX_PART
        && name.chars().all(is_name);
    is_part.then_some((name, value))
}

fn or(own: String, of_all: &str) -> String {
    if own.is_empty() { of_all.to_owned() } else { own }
}

fn money<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    let amount = text.trim().strip_prefix("KZT").ok_or("the sum is not in KZT")?;
    // A decimal comma may stand at the end: "4250,".
    let amount = amount.strip_suffix(',').unwrap_or(amount);
    amount.parse().map_err(|error| format!("the sum: {error}"))
}

/// `YYMMDD` as a registry writes it; whether there is such a day is asked of each row.
fn date(text: &str) -> Result<String, String> {
    let part = |from: usize| text.get(from..from + 2);
    match (part(0), part(2), part(4)) {
        (Some(year), Some(month), Some(day)) => Ok(format!("20{year}-{month}-{day}")),
        _ => Err(":32A: has no date".into()),
    }
}

#[cfg(test)]
mod tests;
