//! MT102 in its Kazakh dialect. No public text defines it: a field that is not known is passed over, an `/OPV/` of any
//! letter is taken, parts of a person are read with one slash or two, the period of all may stand in the head.

use super::list::{Payment, Wrong, check_count, check_sum, clipped};
use crate::money::Tiyn;

/// How every list begins: its first block.
pub(super) const FIRST_BLOCK: &[u8] = b"{1:";
/// Begins the block with the text of a list.
const TEXT_BLOCK: &str = "{4:";
/// Ends it, at the begin of a line.
const END: &str = "-}";

/// The payments of all lists of a file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Payment>, Wrong> {
    let mut lists = Lists::default();
    let mut line = 0;
    for bytes in bytes.split(|byte| *byte == b'\n') {
        line += 1;
        // Names come in several encodings, and are not read.
        let text = String::from_utf8_lossy(bytes);
        lists
            .line(line, text.trim())
            .map_err(|reason| Wrong { line, reason })?;
    }
    if lists.list.is_some() {
        let reason = "the list breaks off: its end, -}, is missing".to_owned();
        return Err(Wrong { line, reason });
    }
    Ok(lists.payments)
}

#[derive(Default)]
struct Lists {
    list: Option<List>,
    payments: Vec<Payment>,
}

/// A list that is being read.
#[derive(Default)]
struct List {
    /// The tag that came last.
    tag: String,
    /// What holds for every payment that says nothing else.
    head: Payment,
    total: Option<Tiyn>,
    payments: Vec<Payment>,
}

impl Lists {
    fn line(&mut self, at: u64, text: &str) -> Result<(), String> {
        let Some(list) = &mut self.list else {
            if text.contains(TEXT_BLOCK) {
                self.list = Some(List::default());
            }
            return Ok(());
        };
        if !text.starts_with(END) {
            check_count(list.payments.len() + self.payments.len())?;
            return list.line(at, text);
        }
        let list = self.list.take().unwrap_or_default();
        self.payments.extend(list.checked()?);
        // The next list may begin on the line on which this one ends.
        if text.contains(TEXT_BLOCK) {
            self.list = Some(List::default());
        }
        Ok(())
    }
}

impl List {
    fn line(&mut self, at: u64, text: &str) -> Result<(), String> {
        let tagged = text.strip_prefix(':').and_then(|text| text.split_once(':'));
        let Some((tag, value)) = tagged else {
            return self.part(text);
        };
        self.tag = clipped(tag);
        match tag {
            "20" => self.head.reference = clipped(value),
            "21" => self.payments.push(Payment {
                at,
                number: clipped(value),
                ..Payment::default()
            }),
            "32B" => {
                let payment = self.payments.last_mut().ok_or("a :32B: before the first :21:")?;
                if payment.amount.replace(money(value)?).is_some() {
                    return Err("a second :32B: in one payment".into());
                }
            }
            "32A" => {
                let (day, sum) = value.split_at_checked(6).ok_or(":32A: has no date")?;
                if self.total.replace(money(sum)?).is_some() {
                    return Err("a second :32A: in one list".into());
                }
                self.head.paid_on = date(day)?;
            }
            _ => return self.part(value),
        }
        Ok(())
    }

    /// `/NAME/value` or `//NAME/value`, of the field whose tag came last.
    fn part(&mut self, text: &str) -> Result<(), String> {
        let named = text
            .strip_prefix('/')
            .map(|text| text.strip_prefix('/').unwrap_or(text));
        let Some((name, value)) = named.and_then(|text| text.split_once('/')) else {
            return Ok(());
        };
        let head = self.payments.is_empty();
        let of = self.payments.last_mut().unwrap_or(&mut self.head);
        let place = match (self.tag.as_str(), name, head) {
            ("50", "IDN", true) => &mut of.payer,
            ("70", "KNP", _) => &mut of.knp,
            ("70", "PERIOD", _) => &mut of.period,
            ("70", "IDN", false) => &mut of.iin,
            _ => return Ok(()),
        };
        if !place.is_empty() {
            return Err(format!("a second /{name}/ where there is one already"));
        }
        *place = clipped(value);
        Ok(())
    }

    /// The payments, each with what holds for all.
    fn checked(self) -> Result<Vec<Payment>, String> {
        let total = self.total.ok_or("the list has no :32A:, the sum and its day")?;
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

fn or(own: String, of_all: &str) -> String {
    if own.is_empty() { of_all.to_owned() } else { own }
}

fn money(text: &str) -> Result<Tiyn, String> {
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
