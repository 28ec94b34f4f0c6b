//! What the law says about a person beyond the status: why not insured, what to pay by when, the ways of regaining, the
//! years before. Computed once for a card, not for each frame.

use saqta_data::coverage::reason::Reason;
use saqta_data::coverage::what_if::{Due, Ways, next_due, ways};
use saqta_data::coverage::{Year, years};
use saqta_data::desk::Card;
use saqta_data::law::Law;
use saqta_data::money::Tiyn;

use super::detail;

/// What was computed of a card.
#[derive(Clone, Debug)]
pub(crate) struct Outlook {
    /// Why not insured, if so.
    pub(crate) reason: Option<Reason>,
    /// What to pay next.
    pub(crate) due: Option<Due>,
    /// What comes of paying.
    pub(crate) ways: Ways,
    /// The years before the window, oldest first.
    pub(crate) years: Vec<Year>,
    /// What was paid for the months of each of them, returns left out.
    pub(crate) paid: Vec<Tiyn>,
}

impl Outlook {
    /// What `law` says about `card` on its day.
    pub(crate) fn of(card: &Card, law: &Law) -> Self {
        let (person, day) = (&card.person, card.coverage.day);
        let mut years = years(person, law, day);
        years.reverse();
        let paid = years.iter().map(|year| paid_in(card, year)).collect();
        Self {
            reason: Reason::of(person, &card.coverage),
            due: next_due(person, law, day),
            ways: ways(person, law, day),
            years,
            paid,
        }
    }
}

/// What was paid for the months of `year` that are told of.
fn paid_in(card: &Card, year: &Year) -> Tiyn {
    detail::months(year)
        .map(|(period, _)| detail::kept(card, period))
        .sum()
}
