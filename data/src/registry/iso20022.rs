//! ISO 20022 pain.001, customer credit transfer initiation, as far as its public schema goes, any version of it. What the
//! medical payments put where is not published; taken is what the schema has for it:
//!
//! - the person: the private identification of the ultimate debtor, for whom it is paid; else of the debtor, who pays for
//!   himself; the payer: the identification of the debtor;
//! - KNP: the proprietary purpose of the transfer, else the category purpose of its group;
//! - period: year and month of the tax record in the structured remittance; else `/PERIOD/MMYYYY` in the unstructured one,
//!   as MT102 writes it;
//! - reference: the message's identification, under which a payment is known by its place in the message;
//! - the day: the requested execution date of the group.
//!
//! Sums and counts of the message and of each group must agree with the payments. Other elements are passed over. Entities
//! are never expanded, a document type is refused.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::list::{Payment, Wrong, check_count, check_sum, clipped};
use crate::money::Tiyn;

/// The deepest nesting: the schema's own is half of it.
const MAX_DEPTH: usize = 32;
/// The longest name of an element, in bytes: the schema's are half of it. With the depth it bounds the path.
const MAX_NAME: usize = 64;
/// The most bytes of an element's text that are kept: the schema's longest, 140 characters, fits.
const MAX_TEXT: usize = 1024;
/// Holds a message; what it stands in, an envelope, is passed over.
const MESSAGE: &str = "/CstmrCdtTrfInitn";
/// Where a group of payments begins in a message, and a payment.
const GROUP: &str = "/PmtInf";
const PAYMENT: &str = "/PmtInf/CdtTrfTxInf";

/// The payments of all messages of a file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Payment>, Wrong> {
    let wrong = |line, reason: &str| Wrong {
        line,
        reason: reason.to_owned(),
    };
    let text = std::str::from_utf8(bytes).map_err(|_| wrong(1, "the file is not UTF-8"))?;
    let mut reader = Reader::from_str(text);
    let mut lists = Lists::default();
    let mut place = Place { text, at: 0, line: 1 };
    loop {
        // The place of an event is where the one before ended.
        let line = place.line_at(reader.buffer_position());
        let event = reader.read_event();
        let event = event.map_err(|_| wrong(line, "this is not whole XML"))?;
        if matches!(event, Event::Eof) {
            return lists.ended().map_err(|reason| wrong(line, reason));
        }
        lists.take(line, event).map_err(|reason| Wrong { line, reason })?;
    }
}

/// Counts lines.
struct Place<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Place<'_> {
    /// The line of the byte `position`, which is not before the one asked about last.
    fn line_at(&mut self, position: u64) -> u64 {
        let position = usize::try_from(position)
            .unwrap_or(usize::MAX)
            .min(self.text.len());
        let passed = self.text.as_bytes().get(self.at..position).unwrap_or_default();
        self.line += super::count_lines(passed) as u64;
        self.at = position;
        self.line
    }
}

#[derive(Default)]
struct Lists {
    /// The elements that are open, each with a `/` before it.
    path: String,
    depth: usize,
    /// What stands in the element that is open.
    text: String,
    /// The currency of the amount that is open.
    currency: Option<String>,
    message: Totals,
    group: Totals,
    /// What holds for every payment of the group that says nothing else.
    head: Payment,
    /// True if the payer of the group is a person, who may pay for himself.
    is_person: bool,
    payment: Payment,
    year: String,
    month: String,
    reference: String,
    /// Of all messages so far.
    payments: Vec<Payment>,
    messages: usize,
}

/// What a message or a group says of its payments.
#[derive(Default)]
struct Totals {
    count: Option<usize>,
    sum: Option<Tiyn>,
    /// Where its payments begin.
    from: usize,
}

impl Totals {
    fn check(&self, payments: &[Payment]) -> Result<(), String> {
        let payments = payments.get(self.from..).unwrap_or_default();
        if let Some(count) = self.count.filter(|count| *count != payments.len()) {
            return Err(format!(
                "there are {} payments, but NbOfTxs says {count}",
                payments.len()
            ));
        }
        self.sum.map_or(Ok(()), |sum| check_sum(payments, sum, "CtrlSum"))
    }
}

impl Lists {
    fn take(&mut self, line: u64, event: Event<'_>) -> Result<(), String> {
        let not_utf8 = |_| "the file is not UTF-8".to_owned();
        match event {
            Event::Start(tag) => self.open(line, &tag)?,
            Event::Empty(tag) => {
                self.open(line, &tag)?;
                self.close()?;
            }
            Event::End(_) => self.close()?,
            Event::Text(text) => self.say(&text.decode().map_err(not_utf8)?),
            Event::CData(text) => self.say(&text.decode().map_err(not_utf8)?),
            Event::GeneralRef(name) => {
                let reference = format!("&{};", name.decode().map_err(not_utf8)?);
                let said = quick_xml::escape::unescape(&reference);
                self.say(&said.map_err(|_| "an entity that XML itself does not know")?);
            }
            Event::DocType(_) => return Err("a document type has no place in a payment list".into()),
            _ => {}
        }
        Ok(())
    }

    fn say(&mut self, text: &str) {
        if self.text.len() < MAX_TEXT {
            self.text.push_str(text);
        }
    }

    /// Where the open element stands in its message.
    fn place(&self) -> Option<&str> {
        self.path.split_once(MESSAGE).map(|(_, place)| place)
    }

    fn open(&mut self, line: u64, tag: &BytesStart<'_>) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} elements in each other"));
        }
        if tag.name().as_ref().len() > MAX_NAME {
            return Err(format!("an element's name of more than {MAX_NAME} bytes"));
        }
        let name = tag.local_name();
        self.path.push('/');
        self.path.push_str(&String::from_utf8_lossy(name.as_ref()));
        self.text.clear();
        match self.place() {
            Some("") => {
                self.message = Totals {
                    from: self.payments.len(),
                    ..Totals::default()
                };
                self.reference.clear();
            }
            Some(GROUP) => {
                self.group = Totals {
                    from: self.payments.len(),
                    ..Totals::default()
                };
                self.head = Payment::default();
                self.is_person = false;
            }
            Some(PAYMENT) => {
                check_count(self.payments.len())?;
                self.payment = Payment {
                    at: line,
                    ..Payment::default()
                };
                (self.year, self.month) = Default::default();
            }
            Some("/PmtInf/CdtTrfTxInf/Amt/InstdAmt") => self.currency = currency(tag)?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let text = std::mem::take(&mut self.text);
        let path = std::mem::take(&mut self.path);
        if let Some((_, place)) = path.split_once(MESSAGE) {
            self.closed(place, text.trim())?;
        }
        let outer = path.rfind('/').unwrap_or_default();
        self.path = path;
        self.path.truncate(outer);
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// The element at `place` of a message, which holds `text`, has ended.
    fn closed(&mut self, place: &str, text: &str) -> Result<(), String> {
        match place {
            "" => {
                self.messages += 1;
                self.message.check(&self.payments)?;
                let payments = self.payments.get_mut(self.message.from..).unwrap_or_default();
                for (payment, number) in payments.iter_mut().zip(1_u64..) {
                    payment.number = number.to_string();
                    payment.reference.clone_from(&self.reference);
                }
            }
            "/GrpHdr/MsgId" => self.reference = clipped(text),
            "/GrpHdr/NbOfTxs" => self.message.count = Some(count(text)?),
            "/GrpHdr/CtrlSum" => self.message.sum = Some(money(text)?),
            GROUP => self.group_closed()?,
            "/PmtInf/NbOfTxs" => self.group.count = Some(count(text)?),
            "/PmtInf/CtrlSum" => self.group.sum = Some(money(text)?),
            "/PmtInf/ReqdExctnDt" | "/PmtInf/ReqdExctnDt/Dt" | "/PmtInf/ReqdExctnDt/DtTm" => {
                self.head.paid_on = or(&self.head.paid_on, text.get(..10).unwrap_or(text));
            }
            "/PmtInf/PmtTpInf/CtgyPurp/Prtry" => self.head.knp = clipped(text),
            "/PmtInf/Dbtr/Id/OrgId/Othr/Id" => identify(&mut self.head.payer, text),
            "/PmtInf/Dbtr/Id/PrvtId/Othr/Id" => {
                identify(&mut self.head.payer, text);
                self.is_person = true;
            }
            PAYMENT => self.payments.push(std::mem::take(&mut self.payment)),
            "/PmtInf/CdtTrfTxInf/Purp/Prtry" => self.payment.knp = clipped(text),
            "/PmtInf/CdtTrfTxInf/UltmtDbtr/Id/PrvtId/Othr/Id" => identify(&mut self.payment.iin, text),
            "/PmtInf/CdtTrfTxInf/Amt/InstdAmt" => {
                if self.currency.take().as_deref() != Some("KZT") {
                    return Err("the sum is not in KZT".into());
                }
                self.payment.amount = Some(money(text)?);
            }
            "/PmtInf/CdtTrfTxInf/RmtInf/Ustrd" => {
                let named = text.split_once("/PERIOD/").map(|(_, rest)| rest);
                let period = named.and_then(|rest| rest.split(['/', ' ', '\n']).next());
                self.payment.period = or(&self.payment.period, period.unwrap_or_default());
            }
            _ if place.starts_with(PAYMENT) && place.ends_with("/Rcrd/Prd/Yr") => self.year = clipped(text),
            _ if place.starts_with(PAYMENT) && place.ends_with("/Rcrd/Prd/Tp") => {
                self.month = clipped(text);
            }
            _ if place.starts_with(PAYMENT) && place.ends_with("/Rcrd/Prd") => self.period_closed(),
            _ => {}
        }
        Ok(())
    }

    /// `2026` (in older versions a date) and `MM07` are the month; other types are quarters and halves.
    fn period_closed(&mut self) {
        let month = self.month.strip_prefix("MM").filter(|month| month.len() == 2);
        if let (Some(month), Some(year)) = (month, self.year.get(..4)) {
            self.payment.period = format!("{month}{year}");
        }
    }

    fn group_closed(&mut self) -> Result<(), String> {
        self.group.check(&self.payments)?;
        for payment in self.payments.get_mut(self.group.from..).unwrap_or_default() {
            payment.knp = or(&payment.knp, &self.head.knp);
            payment.paid_on.clone_from(&self.head.paid_on);
            payment.payer.clone_from(&self.head.payer);
            if self.is_person {
                payment.iin = or(&payment.iin, &self.head.payer);
            }
        }
        Ok(())
    }

    fn ended(self) -> Result<Vec<Payment>, &'static str> {
        if self.depth > 0 {
            return Err("the list breaks off: not every element is closed");
        }
        if self.messages == 0 {
            return Err("no customer credit transfers (CstmrCdtTrfInitn of pain.001) are in this XML");
        }
        Ok(self.payments)
    }
}

fn or(own: &str, other: &str) -> String {
    clipped(if own.is_empty() { other } else { own })
}

/// Of several identifications the one that has the length of an IIN or BIN is meant.
fn identify(place: &mut String, text: &str) {
    if place.len() != 12 {
        *place = clipped(text);
    }
}

fn currency(tag: &BytesStart<'_>) -> Result<Option<String>, String> {
    let attribute = tag
        .try_get_attribute("Ccy")
        .map_err(|_| "this is not whole XML")?;
    Ok(attribute.map(|attribute| String::from_utf8_lossy(&attribute.value).into_owned()))
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "NbOfTxs is not a number".to_owned())
}

fn money(text: &str) -> Result<Tiyn, String> {
    text.parse().map_err(|error| format!("the sum: {error}"))
}

#[cfg(test)]
mod tests;
