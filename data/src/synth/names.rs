//! Names in the shapes that the people registry knows.

use super::dice::{Dice, List};
use super::tables::{Given, Group, Names};
use crate::person::Sex;

/// How a family calls itself.
pub(super) struct FamilyName<'a> {
    group: &'a Group,
    given: &'a Given,
    /// As `names.toml` writes it.
    surname: &'a str,
    /// A surname made of a name stands without -ов.
    bare: bool,
    /// Patronymics in -ұлы and -қызы.
    kazakh_patronymic: bool,
}

/// Surname, given name, patronymic, and what the children of a man are called after him.
pub(super) struct FullName {
    pub(super) surname: String,
    pub(super) given_name: String,
    pub(super) patronymic: String,
    /// The given name as `names.toml` writes it: children take their patronymic from it.
    root: String,
}

impl<'a> FamilyName<'a> {
    /// A family of any group.
    pub(super) fn draw(dice: &mut Dice, names: &'a Names) -> Option<Self> {
        let group = dice.weighted(&names.groups, |group| group.share_per_mille);
        Some(Self::of_group(dice, group, names.given.get(&group.given)?))
    }

    /// Another family of the same group.
    pub(super) fn other(&self, dice: &mut Dice) -> Self {
        Self::of_group(dice, self.group, self.given)
    }

    fn of_group(dice: &mut Dice, group: &'a Group, given: &'a Given) -> Self {
        Self {
            group,
            given,
            surname: dice.pick(&group.surnames).as_str(),
            bare: dice.percent(group.bare_surname_percent),
            kazakh_patronymic: dice.percent(group.kazakh_patronymic_percent),
        }
    }

    /// The name of a member whose father is `father`; a father nobody knows is drawn.
    pub(super) fn member(&self, dice: &mut Dice, sex: Sex, father: Option<&FullName>) -> FullName {
        let root = dice.pick(self.given_names(sex)).clone();
        let father = match father {
            Some(father) => father.root.clone(),
            None => dice.pick(&self.given.male).clone(),
        };
        let patronymic = if dice.percent(self.group.no_patronymic_percent) {
            String::new()
        } else {
            patronymic(&father, sex, self.kazakh_patronymic)
        };
        FullName {
            surname: surname(self.surname, sex, self.bare),
            given_name: given_name(&root).to_owned(),
            patronymic,
            root,
        }
    }

    const fn given_names(&self, sex: Sex) -> &'a List<String> {
        match sex {
            Sex::Male => &self.given.male,
            Sex::Female => &self.given.female,
        }
    }
}

fn given_name(root: &str) -> &str {
    root.split_once('/').map_or(root, |(name, _)| name)
}

fn surname(entry: &str, sex: Sex, bare: bool) -> String {
    if let Some(stem) = entry.strip_suffix('-') {
        return match (bare, sex) {
            (true, _) => stem.to_owned(),
            (false, Sex::Male) => joined(stem, "в"),
            (false, Sex::Female) => joined(stem, "ва"),
        };
    }
    let (male, female) = entry.split_once('/').unwrap_or((entry, entry));
    match sex {
        Sex::Male => male.to_owned(),
        Sex::Female => female.to_owned(),
    }
}

/// The patronymic after a father as `names.toml` writes him.
fn patronymic(father: &str, sex: Sex, kazakh: bool) -> String {
    let mut forms = father.split('/');
    let name = forms.next().unwrap_or_default();
    if let (Some(son), Some(daughter)) = (forms.next(), forms.next()) {
        return match sex {
            Sex::Male => son.to_owned(),
            Sex::Female => daughter.to_owned(),
        };
    }
    match (kazakh, sex) {
        (true, Sex::Male) => format!("{name}ұлы"),
        (true, Sex::Female) => format!("{name}қызы"),
        (false, Sex::Male) => joined(name, "вич"),
        (false, Sex::Female) => joined(name, "вна"),
    }
}

/// A name and an ending joined by о after a hard consonant and by е otherwise: Серіков, Әлиев, Абаев, Мұстафаев,
/// Сатыбалдиев, Равильевич.
fn joined(name: &str, ending: &str) -> String {
    let last = name.chars().next_back().unwrap_or_default();
    let without_last = name.strip_suffix(last).unwrap_or(name);
    match last {
        'й' => format!("{without_last}е{ending}"),
        'ы' | 'і' => format!("{without_last}ие{ending}"),
        'а' | 'ә' | 'е' | 'и' | 'о' | 'у' | 'ь' | 'э' | 'ю' | 'я' => format!("{name}е{ending}"),
        _ => format!("{name}о{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_join_their_endings() {
        for (name, son, daughter) in [
            ("Серік", "Серікович", "Серіковна"),
            ("Абай", "Абаевич", "Абаевна"),
            ("Файзулла", "Файзуллаевич", "Файзуллаевна"),
            ("Амангелді", "Амангелдиевич", "Амангелдиевна"),
            ("Равиль", "Равильевич", "Равильевна"),
            ("Илья/Ильич/Ильинична", "Ильич", "Ильинична"),
        ] {
            assert_eq!(patronymic(name, Sex::Male, false), son);
            assert_eq!(patronymic(name, Sex::Female, false), daughter);
        }
        assert_eq!(patronymic("Нұрлан", Sex::Male, true), "Нұрланұлы");
        assert_eq!(patronymic("Нұрлан", Sex::Female, true), "Нұрланқызы");
    }

    #[test]
    fn surnames_have_the_form_of_the_sex() {
        for (entry, bare, male, female) in [
            ("Әбдірахман-", false, "Әбдірахманов", "Әбдірахманова"),
            ("Сейтқали-", false, "Сейтқалиев", "Сейтқалиева"),
            ("Сейтқали-", true, "Сейтқали", "Сейтқали"),
            ("Сатыбалды-", false, "Сатыбалдиев", "Сатыбалдиева"),
            ("Покровский/Покровская", false, "Покровский", "Покровская"),
            ("Шевченко", false, "Шевченко", "Шевченко"),
        ] {
            assert_eq!(surname(entry, Sex::Male, bare), male);
            assert_eq!(surname(entry, Sex::Female, bare), female);
        }
    }
}
