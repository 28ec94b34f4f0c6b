//! What the elements of messages mean, in the order in which they come.

use std::collections::BTreeSet;

use quick_xml::events::BytesStart;

use super::schema::Item;
use crate::money::{Tiyn, Total};
use crate::registry::list::{Payment, check_count, check_sum, clipped, lacks, second};

/// The most digits of a number of payments.
const MAX_COUNT_DIGITS: usize = 15;
/// Digits of an IIN or BIN.
const ID_DIGITS: usize = 12;
/// Characters of a day, `YYYY-MM-DD`, with which a time begins, too.
const DAY_CHARS: usize = 10;

/// The messages so far.
#[derive(Default)]
pub(super) struct Lists {
    /// The currency of the amount that is open.
    currency: Option<String>,
    message: Totals,
    group: Totals,
    /// What holds for every payment of the group that says nothing else.
    head: Payment,
    /// True if the payer of the group is a person, who may pay for himself.
    is_person: bool,
    /// True if the group is paid for somebody else than the payer.
    is_for_another: bool,
    /// True between the begin and the end of a payment.
    in_payment: bool,
    /// Which payments say themselves that they are for somebody else, whoever that is.
    for_others: BTreeSet<usize>,
    payment: Payment,
    /// The period of the payment by its tax record, and its parts.
    taxed: String,
    year: String,
    month: String,
    reference: String,
    /// Of all messages.
    pub(super) payments: Vec<Payment>,
    pub(super) messages: usize,
}

/// What a message or a group says of its payments.
#[derive(Default)]
struct Totals {
    count: Option<usize>,
    sum: Option<Total>,
    /// Where its payments begin.
    from: usize,
}

impl Totals {
    /// Of one whose payments come after those of `before`.
    fn behind(before: &[Payment]) -> Self {
        Self {
            from: before.len(),
            ..Self::default()
        }
    }

    fn count(&mut self, text: &str) -> Result<(), String> {
        let is_count = text.len() <= MAX_COUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        let count = text.parse().ok().filter(|_| is_count);
        let count = count.ok_or("NbOfTxs is not a number")?;
        match self.count.replace(count) {
            None => Ok(()),
            Some(_) => Err(second("NbOfTxs")),
        }
    }

    fn sum(&mut self, text: &str) -> Result<(), String> {
        let sum = decimal(text)
            .parse()
            .map_err(|error| format!("CtrlSum: {error}"))?;
        match self.sum.replace(sum) {
            None => Ok(()),
            Some(_) => Err(second("CtrlSum")),
        }
    }

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
    /// `item` begins on `line`.
    pub(super) fn opened(&mut self, item: Item, line: u64, tag: &BytesStart<'_>) -> Result<(), String> {
        match item {
            Item::Message => {
                self.message = Totals::behind(&self.payments);
                self.reference.clear();
            }
            Item::Group => {
                self.group = Totals::behind(&self.payments);
                self.head = Payment::default();
                self.is_person = false;
                self.is_for_another = false;
            }
            Item::ForAnother if self.in_payment => {
                self.for_others.insert(self.payments.len());
            }
            Item::ForAnother => self.is_for_another = true,
            Item::Payment => {
                check_count(self.payments.len())?;
                self.in_payment = true;
                self.payment = Payment {
                    at: line,
                    ..Payment::default()
                };
                self.taxed.clear();
            }
            Item::Period => (self.year, self.month) = Default::default(),
            Item::Amount => self.currency = currency(tag)?,
            _ => {}
        }
        Ok(())
    }

    /// `item`, which holds `text`, has ended.
    pub(super) fn closed(&mut self, item: Item, text: &str) -> Result<(), String> {
        match item {
            Item::Message => self.message_closed()?,
            Item::Group => self.group_closed()?,
            Item::Payment => {
                let mut payment = std::mem::take(&mut self.payment);
                payment.period = or(&self.taxed, &payment.period);
                self.in_payment = false;
                self.payments.push(payment);
            }
            Item::Reference => set(&mut self.reference, text, "MsgId")?,
            Item::MessageCount => self.message.count(text)?,
            Item::MessageSum => self.message.sum(text)?,
            Item::GroupCount => self.group.count(text)?,
            Item::GroupSum => self.group.sum(text)?,
            Item::Day => {
                let day = text.get(..DAY_CHARS).unwrap_or(text);
                set(&mut self.head.paid_on, day, "ReqdExctnDt")?;
            }
            Item::GroupPurpose => set(&mut self.head.knp, text, "CtgyPurp")?,
            Item::Payer => identify(&mut self.head.payer, text)?,
            Item::PersonPaying => {
                identify(&mut self.head.payer, text)?;
                self.is_person = true;
            }
            Item::Purpose => set(&mut self.payment.knp, text, "Purp")?,
            Item::Person => identify(&mut self.payment.iin, text)?,
            Item::GroupPerson => identify(&mut self.head.iin, text)?,
            Item::Amount => self.amount_closed(text)?,
            Item::Words => {
                let named = text.split_once("/PERIOD/").map(|(_, rest)| rest);
                let period = named.and_then(|rest| rest.split(['/', ' ', '\n']).next());
                set(&mut self.payment.period, period.unwrap_or_default(), "/PERIOD/")?;
            }
            Item::Year => self.year = clipped(text),
            Item::Month => self.month = clipped(text),
            Item::Period => self.period_closed()?,
            Item::Envelope | Item::Holder | Item::Unused | Item::ForAnother => {}
        }
        Ok(())
    }

    fn message_closed(&mut self) -> Result<(), String> {
        self.messages += 1;
        if self.message.count.is_none() {
            return Err(lacks("NbOfTxs"));
        }
        self.message.check(&self.payments)?;
        let payments = self.payments.get_mut(self.message.from..).unwrap_or_default();
        for (payment, number) in payments.iter_mut().zip(1_u64..) {
            payment.number = number.to_string();
            payment.reference.clone_from(&self.reference);
        }
        Ok(())
    }

    fn group_closed(&mut self) -> Result<(), String> {
        self.group.check(&self.payments)?;
        // Who pays for somebody who is not identified pays for nobody that we know: not for himself.
        let of_group = match (self.is_for_another, self.is_person) {
            (true, _) => self.head.iin.clone(),
            (false, true) => self.head.payer.clone(),
            (false, false) => String::new(),
        };
        let payments = self.payments.iter_mut().enumerate().skip(self.group.from);
        for (at, payment) in payments {
            payment.knp = or(&payment.knp, &self.head.knp);
            payment.paid_on.clone_from(&self.head.paid_on);
            payment.payer.clone_from(&self.head.payer);
            if !self.for_others.contains(&at) {
                payment.iin.clone_from(&of_group);
            }
        }
        Ok(())
    }

    fn amount_closed(&mut self, text: &str) -> Result<(), String> {
        if self.currency.take().as_deref() != Some("KZT") {
            return Err("the sum is not in KZT".into());
        }
        let amount: Result<Tiyn, _> = decimal(text).parse();
        let amount = amount.map_err(|error| format!("the sum: {error}"))?;
        match self.payment.amount.replace(amount) {
            None => Ok(()),
            Some(_) => Err(second("InstdAmt")),
        }
    }

    /// `2026` (in older versions a date) and `MM07` are the month; other types are quarters and halves.
    fn period_closed(&mut self) -> Result<(), String> {
        let month = self.month.strip_prefix("MM").filter(|month| month.len() == 2);
        match (month, self.year.get(..4)) {
            (Some(month), Some(year)) => set(&mut self.taxed, &format!("{month}{year}"), "Prd"),
            _ => Ok(()),
        }
    }
}

/// Puts `text` into `place`, the only one that the element `name` has.
fn set(place: &mut String, text: &str, name: &str) -> Result<(), String> {
    let text = clipped(text);
    if place.is_empty() {
        *place = text;
    } else if !text.is_empty() && *place != text {
        return Err(second(name));
    }
    Ok(())
}

/// Of several identifications the one that has the length of an IIN or BIN is meant.
fn identify(place: &mut String, text: &str) -> Result<(), String> {
    if place.len() != ID_DIGITS {
        *place = clipped(text);
    } else if text.len() == ID_DIGITS {
        set(place, text, "Othr/Id")?;
    }
    Ok(())
}

fn or(own: &str, other: &str) -> String {
    clipped(if own.is_empty() { other } else { own })
}

fn currency(tag: &BytesStart<'_>) -> Result<Option<String>, String> {
    let attribute = tag.try_get_attribute("Ccy").map_err(|_| super::NOT_WHOLE)?;
    Ok(attribute.map(|attribute| String::from_utf8_lossy(&attribute.value).into_owned()))
}

/// A decimal of XML as an amount is written: without a plus and without the zeros at its end, of which there may be many.
fn decimal(text: &str) -> &str {
    let text = text.strip_prefix('+').unwrap_or(text);
    if text.contains('.') {
        let text = text.trim_end_matches('0');
        text.strip_suffix('.').unwrap_or(text)
    } else {
        text
    }
}
