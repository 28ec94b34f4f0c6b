//! The story of the demo: who appears in it, what they type, and how it is told.

use chrono::NaiveDate;
use saqta_data::coverage::{Basis, Coverage, MonthState, Status};
use saqta_data::office::Office;
use saqta_data::person::Person;
use saqta_data::phone::{Msisdn, Role};
use saqta_data::synth::World;

use super::stage::{Scene, Step};
use crate::failure::Failure;

/// The most citizens looked at for the cast.
const MAX_CANDIDATES: usize = 5_000;
/// A phone that nobody is bound to: no operator has given out 7 799.
const STRANGER: u64 = 77_990_000_001;

/// A citizen with all that the story needs.
#[derive(Clone, Debug)]
pub(super) struct Citizen {
    pub(super) person: Person,
    pub(super) coverage: Coverage,
    /// The phone that is the citizen's own.
    pub(super) phone: Option<Msisdn>,
    /// How many people the phone is bound to.
    people_on_phone: usize,
}

/// The first citizens of `world`, with their statuses on `day`.
pub(super) async fn citizens(
    office: &Office,
    world: &World,
    day: NaiveDate,
) -> Result<Vec<Citizen>, Failure> {
    let mut citizens = Vec::new();
    for invented in world.citizens().take(MAX_CANDIDATES) {
        let own = invented
            .bindings
            .iter()
            .find(|(_, binding)| binding.role == Role::Own && binding.holds_on(day));
        let phone = own.map(|(msisdn, _)| *msisdn);
        let people_on_phone = match phone {
            Some(msisdn) => office.phone(msisdn).await?.people_on(day).count(),
            None => 0,
        };
        let coverage = office.coverage(&invented.person, day);
        citizens.push(Citizen {
            person: invented.person,
            coverage,
            phone,
            people_on_phone,
        });
    }
    Ok(citizens)
}

/// True for somebody whose screen shows a debt.
pub(super) fn owes(citizen: &Citizen) -> bool {
    citizen.has_one_phone() && citizen.coverage.basis == Some(Basis::Grace)
}

impl Citizen {
    /// Given name and age.
    fn introduce(&self, day: NaiveDate) -> String {
        self.person
            .identity
            .as_ref()
            .map_or_else(String::new, |identity| {
                let age = day.years_since(identity.birth_date).unwrap_or_default();
                format!("{} {} ({age})", identity.given_name, identity.surname)
            })
    }

    /// True for a patronymic in the Kazakh manner, whose bearer may be expected to write Kazakh.
    fn is_kazakh(&self) -> bool {
        let patronymic = self
            .person
            .identity
            .as_ref()
            .map_or("", |identity| &identity.patronymic);
        patronymic.ends_with("ұлы") || patronymic.ends_with("қызы")
    }

    fn has_one_phone(&self) -> bool {
        self.phone.is_some() && self.people_on_phone == 1
    }
}

/// Who appears, as far as there is somebody like it among the citizens.
struct Cast<'a> {
    /// Pays every month.
    paying: Option<&'a Citizen>,
    /// Owes, and is insured for now.
    grace: Option<&'a Citizen>,
    /// The state pays.
    state: Option<&'a Citizen>,
    /// Owes, and is not insured.
    owing: Option<&'a Citizen>,
    /// Has two or three people on one phone.
    parent: Option<&'a Citizen>,
    /// Had the payment of one of the last twelve months sent back.
    returned: Option<&'a Citizen>,
}

impl<'a> Cast<'a> {
    fn of(citizens: &'a [Citizen]) -> Self {
        let find = |wanted: &dyn Fn(&Citizen) -> bool| citizens.iter().find(|citizen| wanted(citizen));
        let with_basis = |basis| {
            find(&move |c: &Citizen| {
                c.has_one_phone() && c.coverage.basis == Some(basis) && c.person.attachment().is_some()
            })
        };
        Self {
            paying: find(&|c: &Citizen| {
                c.has_one_phone() && c.coverage.basis == Some(Basis::Contributions) && c.is_kazakh()
            }),
            grace: with_basis(Basis::Grace),
            state: with_basis(Basis::StateCategory),
            owing: find(&|c: &Citizen| c.has_one_phone() && c.coverage.status == Status::NotInsured),
            parent: find(&|c: &Citizen| (2..=3).contains(&c.people_on_phone)),
            returned: find(&|c: &Citizen| {
                let mut months = c.coverage.months.iter();
                c.has_one_phone() && months.any(|month| month.state == MonthState::Returned)
            }),
        }
    }
}

/// Whom an operator may look for, a line each: IIN, phone, and name with date of birth.
pub(super) fn examples(citizens: &[Citizen]) -> Vec<String> {
    let Cast {
        paying,
        grace,
        state,
        owing,
        parent,
        returned,
    } = Cast::of(citizens);
    let example = |citizen: &Citizen| {
        let phone = citizen.phone.map_or_else(String::new, Msisdn::reveal);
        let name = citizen.person.identity.as_ref().map(|identity| {
            let born = identity.birth_date.format("%d.%m.%Y");
            format!("{} {} {born}", identity.surname, identity.given_name)
        });
        let name = name.unwrap_or_default();
        let sign = saqta_tui::sign_of(citizen.coverage.status);
        format!("{sign} {}   {phone:<12}   {name}", citizen.person.iin.reveal())
    };
    let cast = [paying, grace, owing, state, parent, returned];
    cast.into_iter().flatten().map(example).collect()
}

/// The conversations, in their order.
pub(super) fn scenes(citizens: &[Citizen], day: NaiveDate) -> Vec<Scene> {
    let cast = Cast::of(citizens);
    let scenes = [
        cast.paying.map(|c| asks_in_kazakh(c, day)),
        cast.grace.map(|c| owes_in_russian(c, day)),
        cast.owing.map(|c| pays_in_english(c, day)),
        cast.paying.map(stranger_asks),
        cast.parent.map(|c| family_phone(c, day)),
        cast.state.map(|c| locks(c, day)),
        cast.grace.map(|c| dials_in_russian(c, day)),
        cast.state.map(|c| dials_in_kazakh(c, day)),
        cast.paying.map(|c| takes_it_along(c, day)),
        cast.owing.map(dials_directly),
    ];
    scenes.into_iter().flatten().flatten().collect()
}

fn text(words: impl Into<String>) -> Step {
    Step::Text(words.into())
}

fn scene(who: &Citizen, title: String, steps: Vec<Step>) -> Option<Scene> {
    Some(Scene {
        title,
        phone: who.phone?,
        steps,
    })
}

fn asks_in_kazakh(who: &Citizen, day: NaiveDate) -> Option<Scene> {
    let title = format!("{} texts an IIN", who.introduce(day));
    let slip = mistyped(&who.person.iin.reveal());
    scene(
        who,
        title,
        vec![text(slip), text(who.person.iin.reveal()), text("төлем")],
    )
}

/// The number with a slip of the finger in its tenth digit, which the check digit notices.
fn mistyped(iin: &str) -> String {
    let slip = |(at, c): (usize, char)| match (at, c.to_digit(10)) {
        (9, Some(digit)) => char::from_digit((digit + 1) % 10, 10).unwrap_or(c),
        _ => c,
    };
    iin.chars().enumerate().map(slip).collect()
}

fn owes_in_russian(who: &Citizen, day: NaiveDate) -> Option<Scene> {
    let title = format!("{} asks in Russian what is owed", who.introduce(day));
    scene(
        who,
        title,
        vec![text("статус"), text("Долг?"), text("поликлиника")],
    )
}

fn pays_in_english(who: &Citizen, day: NaiveDate) -> Option<Scene> {
    let title = format!("{} asks in English", who.introduce(day));
    scene(who, title, vec![text("EN status"), text("pay")])
}

/// Anybody may ask whether somebody is insured, and learns nothing else.
fn stranger_asks(about: &Citizen) -> Option<Scene> {
    let iin = about.person.iin.reveal();
    let steps = vec![text(format!("RU {iin}")), text(format!("платежи {iin}"))];
    Some(Scene {
        title: "A stranger asks about the first of them".into(),
        phone: Msisdn::from_number(STRANGER)?,
        steps,
    })
}

fn family_phone(who: &Citizen, day: NaiveDate) -> Option<Scene> {
    let title = format!("{} has the family on one phone", who.introduce(day));
    scene(who, title, vec![text("мәртебе"), text("2")])
}

fn locks(who: &Citizen, day: NaiveDate) -> Option<Scene> {
    let title = format!("{} hides the status from other phones", who.introduce(day));
    let stranger = Msisdn::from_number(STRANGER)?;
    let asks = || Step::TextFrom(stranger, who.person.iin.reveal());
    scene(
        who,
        title,
        vec![text("құлып"), asks(), text("ашу"), Step::Code, asks()],
    )
}

fn dial(code: impl Into<String>, inputs: &[&str]) -> Step {
    Step::Dial(
        code.into(),
        inputs.iter().map(|input| (*input).to_owned()).collect(),
    )
}

fn dials_in_russian(who: &Citizen, day: NaiveDate) -> Option<Scene> {
    let title = format!("{} dials *1414# in Russian", who.introduce(day));
    scene(who, title, vec![dial("*1414#", &["2", "1", "98", "2", "98"])])
}

fn dials_in_kazakh(who: &Citizen, day: NaiveDate) -> Option<Scene> {
    let title = format!("{} dials *1414# in Kazakh", who.introduce(day));
    scene(who, title, vec![dial("*1414#", &["1", "1", "1"])])
}

/// The menu of the first citizen is in the language chosen on its first page.
fn takes_it_along(who: &Citizen, day: NaiveDate) -> Option<Scene> {
    let title = format!("{} has the status sent by SMS", who.introduce(day));
    scene(who, title, vec![dial("*1414#", &["1", "1", "4"]), Step::Arrives])
}

fn dials_directly(who: &Citizen) -> Option<Scene> {
    let code = format!("*1414*{}#", who.person.iin.reveal());
    scene(
        who,
        "The one who asked in English dials an IIN at once".into(),
        vec![dial(code, &[])],
    )
}

#[cfg(test)]
mod tests {
    use saqta_data::iin::{Iin, IinError};

    use super::*;

    #[test]
    fn a_slip_is_noticed() {
        assert_eq!(Iin::parse(&mistyped("900101300007")), Err(IinError::CheckDigit));
    }
}
