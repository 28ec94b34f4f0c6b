//! Cards of people.

use chrono::NaiveDate;

use super::LocalDesk;
use crate::desk::{BoundPhone, Card, DeskError, OperatorRole};
use crate::iin::Iin;
use crate::person::Person;

/// The most people of one question for many.
pub const MAX_CARDS: usize = 1_000;
/// The newest look-ups shown on a card.
const ASKED_ON_CARD: usize = 20;

impl LocalDesk {
    /// The card of a person with everything on it.
    pub(super) async fn whole_card(
        &self,
        iin: Iin,
        day: Option<NaiveDate>,
    ) -> Result<Option<Card>, DeskError> {
        let lookup = self.begin("card");
        let card = match self.office.person(iin).await? {
            Some(person) => Some(self.full_card(person, day).await?),
            None => None,
        };
        self.enter(lookup.about(iin, card.is_some())).await?;
        Ok(card)
    }

    /// The cards of many in one question.
    pub(super) async fn plain_cards(
        &self,
        iins: Vec<Iin>,
        day: Option<NaiveDate>,
    ) -> Result<Vec<Option<Card>>, DeskError> {
        if iins.len() > MAX_CARDS {
            return Err(DeskError::Bad(format!(
                "ask about at most {MAX_CARDS} people at once"
            )));
        }
        let lookup = self.begin("cards").about_many(iins.len());
        let mut cards = Vec::with_capacity(iins.len());
        for iin in iins {
            cards.push(match self.office.person(iin).await? {
                Some(person) => {
                    let mut card = self.plain_card(person, day).await?;
                    // Nearly all of a card's bytes: with them a thousand would not fit into one answer.
                    card.person.contributions = Vec::new();
                    card.person.waiting_returns = Vec::new();
                    Some(card)
                }
                None => None,
            });
        }
        if !cards.is_empty() {
            self.enter(lookup).await?;
        }
        Ok(cards)
    }

    /// The card with phones, journal and notes, not yet in the journal itself.
    pub(super) async fn full_card(&self, person: Person, day: Option<NaiveDate>) -> Result<Card, DeskError> {
        let phones = self.bound_phones(&person).await?;
        let asked = self.office.asked(person.iin, ASKED_ON_CARD).await?;
        let notes = self.notes(person.iin).await?;
        let card = self.plain_card(person, day).await?;
        Ok(Card {
            phones,
            asked,
            notes,
            ..card
        })
    }

    /// The card without phones and journal.
    async fn plain_card(&self, mut person: Person, day: Option<NaiveDate>) -> Result<Card, DeskError> {
        let day = day.unwrap_or_else(|| self.office.clock().today());
        let coverage = self.office.coverage(&person, day);
        if self.role < OperatorRole::Operator {
            // They tell of illness, prison, poverty; a viewer sees that the state pays.
            person.categories = Vec::new();
        }
        let clinic = match person.attachment() {
            Some(attachment) => self.office.clinic(&attachment.clinic_code).await?,
            None => None,
        };
        Ok(Card {
            coverage,
            clinic,
            phones: Vec::new(),
            asked: Vec::new(),
            notes: Vec::new(),
            data_date: self.office.data_date().await?,
            person,
        })
    }

    async fn bound_phones(&self, person: &Person) -> Result<Vec<BoundPhone>, DeskError> {
        let mut bound = Vec::new();
        for msisdn in &person.phones {
            let phone = self.office.phone(*msisdn).await?;
            let binding = phone.bindings.iter().find(|binding| binding.iin == person.iin);
            bound.extend(binding.map(|binding| BoundPhone {
                msisdn: *msisdn,
                binding: *binding,
                language: phone.language,
            }));
        }
        Ok(bound)
    }
}
