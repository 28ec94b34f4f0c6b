//! A checked row in as few bytes as it needs.

use crate::category::{Category, CategorySpan, TemporaryStatus};
use crate::contribution::{Contribution, Knp, Payer, PayerKind, WaitingReturn};
use crate::iin::Iin;
use crate::money::Tiyn;
use crate::period::Period;
use crate::person::{Attachment, Identity, Sex};
use crate::phone::{Binding, Msisdn, Role};
use crate::registry::row::Row;
use crate::store::packed::{Damage, Packer, Unpacker, at, position};

/// What the first byte says the row is of.
const PERSON: u8 = 0;
const CATEGORY: u8 = 1;
const TEMPORARY: u8 = 2;
const ATTACHMENT: u8 = 3;
const PHONE: u8 = 4;
const CONTRIBUTION: u8 = 5;
const RETURN: u8 = 6;

/// Packs a row. The IIN is the key of the record and so is left out, but for a phone's row, which may stand under its
/// number. A clinic's row is not sorted: nothing is packed.
pub(crate) fn pack(packer: &mut Packer, row: &Row) {
    match row {
        Row::Person(_, identity) => pack_identity(packer, identity),
        Row::Category(_, span) => {
            packer.byte(CATEGORY);
            packer.byte(position(&Category::ALL, &span.category));
            packer.day(span.from);
            packer.maybe_day_after(span.to, span.from);
        }
        Row::Temporary(_, status) => {
            packer.byte(TEMPORARY);
            packer.day(status.from);
            packer.day_after(status.to, status.from);
        }
        Row::Attachment(_, attachment) => {
            packer.byte(ATTACHMENT);
            packer.day(attachment.attached_on);
            packer.text(&attachment.clinic_code);
        }
        Row::Phone(msisdn, binding) => {
            packer.byte(PHONE);
            packer.number(msisdn.number());
            packer.number(binding.iin.number());
            packer.byte(u8::from(binding.role == Role::Child));
            packer.day(binding.bound_on);
            packer.maybe_day_after(binding.unbound_on, binding.bound_on);
        }
        Row::Contribution(_, row) => pack_contribution(packer, row),
        Row::Return(_, row) => {
            packer.byte(RETURN);
            packer.text(&row.reference);
            packer.number(row.line.into());
            packer.day(row.returned_on);
        }
        Row::Clinic(_) => {}
    }
}

fn pack_identity(packer: &mut Packer, identity: &Identity) {
    packer.byte(PERSON);
    packer.text(&identity.surname);
    packer.text(&identity.given_name);
    packer.text(&identity.patronymic);
    packer.day(identity.birth_date);
    packer.byte(u8::from(identity.sex == Sex::Female));
    packer.byte(position(PayerKind::ALL, &identity.payer_kind));
}

fn pack_contribution(packer: &mut Packer, row: &Contribution) {
    packer.byte(CONTRIBUTION);
    packer.text(&row.reference);
    packer.number(row.line.into());
    packer.number(row.period.number().into());
    packer.byte(position(&Knp::ALL, &row.knp));
    packer.byte(position(Payer::ALL, &row.payer));
    // 0 is no payer: a number of 12 zeros is 1.
    packer.number(row.payer_id.map_or(0, |id| id + 1));
    packer.signed(row.amount.0);
    packer.day_after(row.paid_on, row.period.first_day());
}

/// The row that [`pack`] packed under the number `key`; `None` for bytes that are no row such as [`Row::read`] makes.
pub(crate) fn unpack(key: u64, bytes: &[u8]) -> Option<Row> {
    let mut unpacker = Unpacker::new(bytes);
    let row = unpack_row(&mut unpacker, key).ok()?;
    unpacker.finish().ok()?;
    row.is_sound().then_some(row)
}

fn unpack_row(unpacker: &mut Unpacker<'_>, key: u64) -> Result<Row, Damage> {
    let kind = unpacker.byte()?;
    if kind == PHONE {
        return unpack_phone(unpacker, key);
    }
    let iin = Iin::from_number(key).ok_or(Damage)?;
    Ok(match kind {
        PERSON => Row::Person(iin, unpack_identity(unpacker)?),
        CATEGORY => {
            let category = at(&Category::ALL, unpacker.byte()?)?;
            let from = unpacker.day()?;
            let to = unpacker.maybe_day_after(from)?;
            Row::Category(iin, CategorySpan { category, from, to })
        }
        TEMPORARY => {
            let from = unpacker.day()?;
            let to = unpacker.day_after(from)?;
            Row::Temporary(iin, TemporaryStatus { from, to })
        }
        ATTACHMENT => {
            let attachment = Attachment {
                attached_on: unpacker.day()?,
                clinic_code: unpacker.text()?.to_owned(),
            };
            Row::Attachment(iin, attachment)
        }
        CONTRIBUTION => Row::Contribution(iin, unpack_contribution(unpacker)?),
        RETURN => {
            let row = WaitingReturn {
                reference: unpacker.text()?.to_owned(),
                line: unpack_line(unpacker)?,
                returned_on: unpacker.day()?,
            };
            Row::Return(iin, row)
        }
        _ => return Err(Damage),
    })
}

/// A phone's row stands under the phone's number or the person's.
fn unpack_phone(unpacker: &mut Unpacker<'_>, key: u64) -> Result<Row, Damage> {
    let msisdn = Msisdn::from_number(unpacker.number()?).ok_or(Damage)?;
    let iin = Iin::from_number(unpacker.number()?).ok_or(Damage)?;
    if key != msisdn.number() && key != iin.number() {
        return Err(Damage);
    }
    let role = match unpacker.byte()? {
        0 => Role::Own,
        1 => Role::Child,
        _ => return Err(Damage),
    };
    let bound_on = unpacker.day()?;
    let unbound_on = unpacker.maybe_day_after(bound_on)?;
    Ok(Row::Phone(
        msisdn,
        Binding {
            iin,
            role,
            bound_on,
            unbound_on,
        },
    ))
}

fn unpack_identity(unpacker: &mut Unpacker<'_>) -> Result<Identity, Damage> {
    Ok(Identity {
        surname: unpacker.text()?.to_owned(),
        given_name: unpacker.text()?.to_owned(),
        patronymic: unpacker.text()?.to_owned(),
        birth_date: unpacker.day()?,
        sex: at(&[Sex::Male, Sex::Female], unpacker.byte()?)?,
        payer_kind: at(PayerKind::ALL, unpacker.byte()?)?,
    })
}

fn unpack_contribution(unpacker: &mut Unpacker<'_>) -> Result<Contribution, Damage> {
    let reference = unpacker.text()?.to_owned();
    let line = unpack_line(unpacker)?;
    let period = u16::try_from(unpacker.number()?)
        .ok()
        .and_then(Period::from_number);
    let period = period.ok_or(Damage)?;
    Ok(Contribution {
        period,
        reference,
        line,
        knp: at(&Knp::ALL, unpacker.byte()?)?,
        payer: at(Payer::ALL, unpacker.byte()?)?,
        payer_id: unpacker.number()?.checked_sub(1),
        amount: Tiyn(unpacker.signed()?),
        paid_on: unpacker.day_after(period.first_day())?,
        returned_on: None,
    })
}

fn unpack_line(unpacker: &mut Unpacker<'_>) -> Result<u32, Damage> {
    u32::try_from(unpacker.number()?).map_err(|_| Damage)
}
