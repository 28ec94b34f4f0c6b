//! The encoding of a person, packed by hand: most of a person is rows of payments, and a packed row is a third of
//! what a general encoding makes of it.
//!
//! After the version byte: the number; a byte of flags; the identity; then the lists. A row of payment stands next to
//! similar ones, so it is told by what is different: the period and the day by their distance from the ones before,
//! the reference and the payer by how far back they were last named.

use super::packed::{Damage, Packer, Unpacker, at, position};
use super::unit::Record;
use super::{StoreError, Tree, Value, codec};
use crate::category::{Category, CategorySpan, TemporaryStatus};
use crate::contribution::{Contribution, Knp, Payer, PayerKind, WaitingReturn};
use crate::iin::Iin;
use crate::money::Tiyn;
use crate::period::Period;
use crate::person::{Attachment, Identity, Person, Sex};
use crate::phone::Msisdn;

#[cfg(test)]
mod tests;

const VERSION: u8 = 1;

/// How many names back a repeated one is looked for. One not found is written again, which only takes more bytes.
const LOOK_BACK: u8 = 16;
/// Stands for a payer that the registry left empty.
const NO_PAYER: u8 = u8::MAX;
/// The month before the first row, January 2020: the first contributions.
const NO_MONTH: i64 = 2020 * 12;

/// Flags of a person.
const HAS_IDENTITY: u8 = 1;
const IS_LOCKED: u8 = 2;

/// Payers that the first byte of a row has room for.
const PAYERS: u8 = 8;
/// Pairs of a KNP and a payer that it has room for; its two highest bits are flags.
const KINDS: u8 = 64;
/// The amount is in tiyn, not in tenge.
const IN_TIYN: u8 = KINDS;
/// The sum was returned.
const WAS_RETURNED: u8 = 2 * KINDS;

/// The fewest bytes of an item of each list.
const LEAST_SPAN: usize = 3;
const LEAST_TEMPORARY: usize = 2;
const LEAST_ATTACHMENT: usize = 2;
const LEAST_CONTRIBUTION: usize = 7;
const LEAST_RETURN: usize = 3;
const LEAST_PHONE: usize = 4;

impl Record for Person {
    const TREE: Tree = Tree::People;

    fn encode(&self) -> Value {
        let rows = self.contributions.len() + self.waiting_returns.len();
        let mut packer = Packer::new(VERSION, 128 + 24 * rows);
        pack_person(&mut packer, self);
        packer.finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let rest = codec::strip_version("person", VERSION, bytes)?;
        let mut unpacker = Unpacker::new(rest);
        let person = unpack_person(&mut unpacker).and_then(|person| unpacker.finish().map(|()| person));
        person.map_err(|Damage| codec::damaged("person", "its bytes make no sense"))
    }
}

fn pack_person(packer: &mut Packer, person: &Person) {
    packer.number(person.iin.number());
    let identity = if person.identity.is_some() {
        HAS_IDENTITY
    } else {
        0
    };
    packer.byte(identity | if person.locked { IS_LOCKED } else { 0 });
    if let Some(identity) = &person.identity {
        pack_identity(packer, identity);
    }
    packer.length(person.categories.len());
    for span in &person.categories {
        packer.byte(position(&Category::ALL, &span.category));
        packer.day(span.from);
        packer.maybe_day_after(span.to, span.from);
    }
    packer.length(person.temporary.len());
    for status in &person.temporary {
        packer.day(status.from);
        packer.day_after(status.to, status.from);
    }
    packer.length(person.attachments.len());
    for attachment in &person.attachments {
        packer.day(attachment.attached_on);
        packer.text(&attachment.clinic_code);
    }
    pack_rows(packer, person);
    packer.length(person.phones.len());
    for phone in &person.phones {
        packer.number(phone.number());
    }
}

fn unpack_person(unpacker: &mut Unpacker<'_>) -> Result<Person, Damage> {
    let iin = Iin::from_number(unpacker.number()?).ok_or(Damage)?;
    let flags = unpacker.byte()?;
    if flags > HAS_IDENTITY | IS_LOCKED {
        return Err(Damage);
    }
    let has_identity = flags & HAS_IDENTITY != 0;
    let identity = has_identity.then(|| unpack_identity(unpacker)).transpose()?;
    let categories = unpacker.list(LEAST_SPAN, unpack_span)?;
    let temporary = unpacker.list(LEAST_TEMPORARY, |unpacker| {
        let from = unpacker.day()?;
        let to = unpacker.day_after(from)?;
        Ok(TemporaryStatus { from, to })
    })?;
    let attachments = unpacker.list(LEAST_ATTACHMENT, |unpacker| {
        Ok(Attachment {
            attached_on: unpacker.day()?,
            clinic_code: unpacker.text()?.to_owned(),
        })
    })?;
    let (contributions, waiting_returns) = unpack_rows(unpacker)?;
    let phones = unpacker.list(LEAST_PHONE, |unpacker| {
        Msisdn::from_number(unpacker.number()?).ok_or(Damage)
    })?;
    Ok(Person {
        iin,
        identity,
        categories,
        temporary,
        attachments,
        contributions,
        waiting_returns,
        phones,
        locked: flags & IS_LOCKED != 0,
    })
}

fn pack_identity(packer: &mut Packer, identity: &Identity) {
    packer.text(&identity.surname);
    packer.text(&identity.given_name);
    packer.text(&identity.patronymic);
    packer.day(identity.birth_date);
    let sex = match identity.sex {
        Sex::Male => 0,
        Sex::Female => 1,
    };
    packer.byte(position(PayerKind::ALL, &identity.payer_kind) * 2 + sex);
}

fn unpack_identity(unpacker: &mut Unpacker<'_>) -> Result<Identity, Damage> {
    let surname = unpacker.text()?.to_owned();
    let given_name = unpacker.text()?.to_owned();
    let patronymic = unpacker.text()?.to_owned();
    let birth_date = unpacker.day()?;
    let kinds = unpacker.byte()?;
    let sex = if kinds % 2 == 0 { Sex::Male } else { Sex::Female };
    let payer_kind = at(PayerKind::ALL, kinds / 2)?;
    Ok(Identity {
        surname,
        given_name,
        patronymic,
        birth_date,
        sex,
        payer_kind,
    })
}

fn unpack_span(unpacker: &mut Unpacker<'_>) -> Result<CategorySpan, Damage> {
    let category = at(&Category::ALL, unpacker.byte()?)?;
    let from = unpacker.day()?;
    let to = unpacker.maybe_day_after(from)?;
    Ok(CategorySpan { category, from, to })
}

/// The names used so far, the newest at the end. Writer and reader keep the same ones.
struct Named<T>(Vec<T>);

impl<T: PartialEq + Copy> Named<T> {
    /// Writes how far back `name` was used last, 1 for the newest; or 0 and then, by `pack`, the name.
    fn pack(&mut self, packer: &mut Packer, name: T, pack: impl FnOnce(&mut Packer, T)) {
        let mut recent = self.0.iter().rev().zip(1..=LOOK_BACK);
        if let Some((_, distance)) = recent.find(|(used, _)| **used == name) {
            return packer.byte(distance);
        }
        packer.byte(0);
        pack(packer, name);
        self.0.push(name);
    }

    /// The name `distance` back; for 0 the one that `unpack` reads.
    fn unpack(&mut self, distance: u8, unpack: impl FnOnce() -> Result<T, Damage>) -> Result<T, Damage> {
        if let Some(back) = usize::from(distance).checked_sub(1) {
            return self.0.iter().rev().nth(back).copied().ok_or(Damage);
        }
        let name = unpack()?;
        self.0.push(name);
        Ok(name)
    }
}

/// What the rows so far have named.
struct Names<'a> {
    references: Named<&'a str>,
    payers: Named<u64>,
}

impl<'a> Names<'a> {
    const fn new() -> Self {
        Self {
            references: Named(Vec::new()),
            payers: Named(Vec::new()),
        }
    }

    fn pack_reference(&mut self, packer: &mut Packer, reference: &'a str) {
        self.references.pack(packer, reference, Packer::text);
    }

    fn unpack_reference(&mut self, unpacker: &mut Unpacker<'a>) -> Result<&'a str, Damage> {
        let distance = unpacker.byte()?;
        self.references.unpack(distance, || unpacker.text())
    }

    fn pack_payer(&mut self, packer: &mut Packer, payer: Option<u64>) {
        match payer {
            Some(payer) => self.payers.pack(packer, payer, Packer::number),
            None => packer.byte(NO_PAYER),
        }
    }

    fn unpack_payer(&mut self, unpacker: &mut Unpacker<'a>) -> Result<Option<u64>, Damage> {
        match unpacker.byte()? {
            NO_PAYER => Ok(None),
            distance => self.payers.unpack(distance, || unpacker.number()).map(Some),
        }
    }
}

fn pack_rows(packer: &mut Packer, person: &Person) {
    let mut names = Names::new();
    let mut month = NO_MONTH;
    packer.length(person.contributions.len());
    for row in &person.contributions {
        packer.signed(i64::from(row.period.number()) - month);
        month = row.period.number().into();
        pack_contribution(packer, &mut names, row);
    }
    packer.length(person.waiting_returns.len());
    for waiting in &person.waiting_returns {
        names.pack_reference(packer, &waiting.reference);
        packer.number(waiting.line.into());
        packer.day(waiting.returned_on);
    }
}

type Rows = (Vec<Contribution>, Vec<WaitingReturn>);

fn unpack_rows(unpacker: &mut Unpacker<'_>) -> Result<Rows, Damage> {
    let mut names = Names::new();
    let mut month = NO_MONTH;
    let contributions = unpacker.list(LEAST_CONTRIBUTION, |unpacker| {
        month = month.checked_add(unpacker.signed()?).ok_or(Damage)?;
        let period = u16::try_from(month).ok().and_then(Period::from_number);
        unpack_contribution(unpacker, &mut names, period.ok_or(Damage)?)
    })?;
    let waiting_returns = unpacker.list(LEAST_RETURN, |unpacker| {
        Ok(WaitingReturn {
            reference: names.unpack_reference(unpacker)?.to_owned(),
            line: unpack_line(unpacker)?,
            returned_on: unpacker.day()?,
        })
    })?;
    Ok((contributions, waiting_returns))
}

fn pack_contribution<'a>(packer: &mut Packer, names: &mut Names<'a>, row: &'a Contribution) {
    let kinds = position(&Knp::ALL, &row.knp) * PAYERS + position(Payer::ALL, &row.payer);
    let in_tiyn = row.amount.0 % 100 != 0;
    let flags = if in_tiyn { IN_TIYN } else { 0 }
        | if row.returned_on.is_some() {
            WAS_RETURNED
        } else {
            0
        };
    packer.byte(kinds | flags);
    names.pack_reference(packer, &row.reference);
    packer.number(row.line.into());
    names.pack_payer(packer, row.payer_id);
    packer.signed(if in_tiyn { row.amount.0 } else { row.amount.tenge() });
    packer.day_after(row.paid_on, row.period.first_day());
    if let Some(returned_on) = row.returned_on {
        packer.day_after(returned_on, row.paid_on);
    }
}

fn unpack_contribution<'a>(
    unpacker: &mut Unpacker<'a>,
    names: &mut Names<'a>,
    period: Period,
) -> Result<Contribution, Damage> {
    let head = unpacker.byte()?;
    let kinds = head % KINDS;
    let reference = names.unpack_reference(unpacker)?.to_owned();
    let line = unpack_line(unpacker)?;
    let payer_id = names.unpack_payer(unpacker)?;
    let unit = if head & IN_TIYN == 0 { 100 } else { 1 };
    let amount = unpacker.signed()?.checked_mul(unit).ok_or(Damage)?;
    let paid_on = unpacker.day_after(period.first_day())?;
    let returned = head & WAS_RETURNED != 0;
    Ok(Contribution {
        period,
        reference,
        line,
        knp: at(&Knp::ALL, kinds / PAYERS)?,
        payer: at(Payer::ALL, kinds % PAYERS)?,
        payer_id,
        amount: Tiyn(amount),
        paid_on,
        returned_on: returned.then(|| unpacker.day_after(paid_on)).transpose()?,
    })
}

fn unpack_line(unpacker: &mut Unpacker<'_>) -> Result<u32, Damage> {
    u32::try_from(unpacker.number()?).map_err(|_| Damage)
}
