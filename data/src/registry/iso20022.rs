//! ISO 20022 pain.001, customer credit transfer initiation, as far as its public schema goes, any version of it. What the
//! medical payments put where is not published; taken is what the schema has for it:
//!
//! - the person: the private identification of the ultimate debtor, for whom it is paid, be it of the transfer or of its
//!   group; only where there is none that of the debtor, who pays for himself; the payer: the identification of the debtor;
//! - KNP: the proprietary purpose of the transfer, else the category purpose of its group;
//! - period: year and month of the tax record, be it of the transfer or in the structured remittance; else
//!   `/PERIOD/MMYYYY` in the unstructured one, as MT102 writes it;
//! - reference: the message's identification, under which a payment is known by its place in the message;
//! - the day: the requested execution date of the group.
//!
//! An element is known by its whole path in the message. Those that say nothing about who paid what, for whom and when are
//! passed over (`schema.rs` names them); any other is set aside, as are attributes and text where none belongs, in the
//! envelope around the messages too. Counts and sums of the message, which must have a count, and of each group must agree
//! with the payments; nothing may be said twice in two ways. Entities are never expanded, a document type is refused.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::list::{Aside, Found, Wrong, breaks_off};

mod lists;
mod schema;

use lists::Lists;
use schema::{Item, Schema};

/// The deepest nesting: the schema's own is half of it.
const MAX_DEPTH: usize = 32;
/// The longest name of an element, in bytes: the schema's are half of it. With the depth it bounds the path.
const MAX_NAME: usize = 64;
/// The most bytes of an element's text that are kept: the schema's longest, 140 characters, fits.
const MAX_TEXT: usize = 1024;
/// Holds a message. It stands alone or in a [`DOCUMENT`], with or without an envelope around that.
const MESSAGE: &str = "CstmrCdtTrfInitn";
const DOCUMENT: &str = "/Document";
/// The header in the usual envelope (head.001): which system sends what to which.
const HEADER: &str = "AppHdr";
const NOT_WHOLE: &str = "this is not whole XML; have the whole file sent again";

/// The payments of all messages of a file.
pub(super) fn read(bytes: &[u8]) -> Result<Found, Wrong> {
    let wrong = |line, reason: &str| Wrong {
        line,
        reason: reason.to_owned(),
    };
    let text = std::str::from_utf8(bytes).map_err(|error| match error.error_len() {
        // Cut within a letter.
        None => wrong(1 + super::count_lines(bytes) as u64, NOT_WHOLE),
        Some(_) => wrong(1, "the file is not UTF-8"),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    let mut walk = Walk::new();
    let mut place = Place { text, at: 0, line: 1 };
    loop {
        let from = reader.buffer_position();
        let event = reader.read_event();
        let spot = place.spot(from, reader.buffer_position());
        let event = event.map_err(|_| wrong(spot.line, NOT_WHOLE))?;
        if matches!(event, Event::Eof) {
            return walk.ended().map_err(|reason| Wrong {
                line: spot.line,
                reason,
            });
        }
        walk.take(spot, event).map_err(|reason| Wrong {
            line: spot.line,
            reason,
        })?;
    }
}

/// Counts lines.
struct Place<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

/// Where something stands in the file.
#[derive(Clone, Copy)]
struct Spot<'a> {
    /// The line on which it begins.
    line: u64,
    /// The file from where it begins.
    text: &'a str,
    /// The file from where it ends.
    after: &'a str,
}

impl<'a> Place<'a> {
    /// The spot of the bytes from `from` to `to`. None is before the one asked about last.
    fn spot(&mut self, from: u64, to: u64) -> Spot<'a> {
        let rest = |at| {
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            self.text.get(at..).unwrap_or_default()
        };
        let (text, after) = (rest(from), rest(to));
        let at = self.text.len() - text.len();
        let passed = self.text.as_bytes().get(self.at..at).unwrap_or_default();
        self.line += super::count_lines(passed) as u64;
        self.at = at;
        Spot {
            line: self.line,
            text,
            after,
        }
    }
}

impl<'a> Spot<'a> {
    /// What stands from here to the end of `last`, and the line on which it begins.
    fn to(self, last: Spot<'_>) -> (u64, &'a [u8]) {
        let length = self.text.len().saturating_sub(last.after.len());
        let text = self.text.as_bytes().get(..length).unwrap_or_default();
        let begun = text.trim_ascii_start();
        let blank = text.strip_suffix(begun).unwrap_or_default();
        let line = self.line + super::count_lines(blank) as u64;
        (line, begun.trim_ascii_end())
    }
}

/// The way through the elements of a file.
struct Walk<'a> {
    schema: Schema,
    /// The elements that are open, each with a `/` before it, and what they are.
    path: String,
    open: Vec<Item>,
    /// Where in `path` the message ends and what it holds begins.
    message_at: Option<usize>,
    /// The element that is not looked into.
    skipped: Option<Skipped<'a>>,
    /// What stands in the element that is open.
    text: String,
    lists: Lists,
    aside: Aside,
}

/// An element that is passed over or set aside.
#[derive(Clone, Copy)]
struct Skipped<'a> {
    depth: usize,
    /// Where it begins; `None`: it is known.
    unknown: Option<Spot<'a>>,
}

impl<'a> Walk<'a> {
    fn new() -> Self {
        Self {
            schema: Schema::new(),
            path: String::new(),
            open: Vec::new(),
            message_at: None,
            skipped: None,
            text: String::new(),
            lists: Lists::default(),
            aside: Aside::default(),
        }
    }

    fn take(&mut self, spot: Spot<'a>, event: Event<'_>) -> Result<(), String> {
        let not_utf8 = |_| "the file is not UTF-8".to_owned();
        match event {
            Event::Start(tag) => self.opened(spot, &tag)?,
            Event::Empty(tag) => {
                self.opened(spot, &tag)?;
                self.closed(spot)?;
            }
            Event::End(_) => self.closed(spot)?,
            Event::Text(text) => self.said(spot, &text.decode().map_err(not_utf8)?),
            Event::CData(text) => self.said(spot, &text.decode().map_err(not_utf8)?),
            Event::GeneralRef(name) => {
                let reference = format!("&{};", name.decode().map_err(not_utf8)?);
                let said = quick_xml::escape::unescape(&reference);
                self.said(
                    spot,
                    &said.map_err(|_| "an entity that XML itself does not know")?,
                );
            }
            Event::DocType(_) => return Err("a document type has no place in a payment list".into()),
            _ => {}
        }
        Ok(())
    }

    fn opened(&mut self, spot: Spot<'a>, tag: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} elements in each other"));
        }
        if tag.name().as_ref().len() > MAX_NAME {
            return Err(format!("an element's name of more than {MAX_NAME} bytes"));
        }
        let name = tag.local_name();
        let item = self.entered(&String::from_utf8_lossy(name.as_ref()));
        self.open.push(item.unwrap_or(Item::Unused));
        if self.skipped.is_some() {
            return Ok(());
        }
        match item {
            None | Some(Item::Unused) => {
                self.skipped = Some(Skipped {
                    depth: self.open.len(),
                    unknown: item.is_none().then_some(spot),
                });
                Ok(())
            }
            Some(item) => {
                self.text.clear();
                self.attributes(spot, item, tag)?;
                self.lists.opened(item, spot.line, tag)
            }
        }
    }

    /// What the element `name` is, which is entered; `None`: it is not known.
    fn entered(&mut self, name: &str) -> Option<Item> {
        let may_hold_message = self.path.is_empty() || self.path.ends_with(DOCUMENT);
        self.path.push('/');
        self.path.push_str(name);
        if self.skipped.is_some() {
            return Some(Item::Unused);
        }
        if self.message_at.is_none() {
            match name {
                MESSAGE if may_hold_message => self.message_at = Some(self.path.len()),
                HEADER => return Some(Item::Unused),
                _ => return Some(Item::Envelope),
            }
        }
        self.schema.item(self.place())
    }

    /// Where the open element stands in its message, or in the envelope.
    fn place(&self) -> &str {
        let place = self.path.get(self.message_at.unwrap_or_default()..);
        place.unwrap_or_default()
    }

    /// Sets the attributes aside that are not known.
    fn attributes(&mut self, spot: Spot<'_>, item: Item, tag: &BytesStart<'_>) -> Result<(), String> {
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| NOT_WHOLE)?;
            let key = attribute.key.as_ref();
            let is_of_xml = key.starts_with(b"xmlns") || key.starts_with(b"xsi:");
            if is_of_xml || item == Item::Amount && key == b"Ccy" {
                continue;
            }
            let name = format!("{}@{}", self.place(), String::from_utf8_lossy(key));
            let text = [key, b"=", &attribute.value].concat();
            self.aside.field(spot.line, &name, &text);
        }
        Ok(())
    }

    fn closed(&mut self, spot: Spot<'a>) -> Result<(), String> {
        match self.skipped {
            None => {
                let text = std::mem::take(&mut self.text);
                let item = self.open.last().copied().unwrap_or(Item::Envelope);
                self.lists.closed(item, text.trim())?;
                self.message_at = self.message_at.filter(|_| item != Item::Message);
            }
            Some(Skipped { depth, unknown }) if depth == self.open.len() => {
                self.skipped = None;
                if let Some(begin) = unknown {
                    self.set_aside(begin, spot, "");
                }
            }
            Some(_) => {}
        }
        self.open.pop();
        let outer = self.path.rfind('/').unwrap_or_default();
        self.path.truncate(outer);
        Ok(())
    }

    /// Text in the element that is open.
    fn said(&mut self, spot: Spot<'_>, text: &str) {
        let item = self.open.last().copied().unwrap_or(Item::Envelope);
        if self.skipped.is_some() {
            return;
        }
        if !item.is_text() {
            if !text.trim().is_empty() {
                self.set_aside(spot, spot, "/…");
            }
        } else if self.text.len() < MAX_TEXT {
            self.text.push_str(text);
        }
    }

    /// Sets aside what stands from `begin` to the end of `last`, in the open element, or what follows in it.
    fn set_aside(&mut self, begin: Spot<'_>, last: Spot<'_>, what: &str) {
        let (line, text) = begin.to(last);
        let name = format!("{}{what}", self.place());
        self.aside.field(line, &name, text);
    }

    fn ended(self) -> Result<Found, String> {
        if !self.open.is_empty() {
            return Err(breaks_off("not every element is closed"));
        }
        if self.lists.messages == 0 {
            let reason = "no customer credit transfers (CstmrCdtTrfInitn of pain.001) are in this XML";
            return Err(reason.into());
        }
        Ok(Found {
            payments: self.lists.payments,
            aside: self.aside,
        })
    }
}

#[cfg(test)]
mod tests;
