//! The law as text, to be sent to another process and read there with all the checks of a file.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Law, LawError, files};

/// The TOML of the law tables in force, comments and sources included. A table that the receiver does not know is
/// refused: it would compute by another law.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawText {
    /// `rates.toml`.
    pub rates: String,
    /// `rules.toml`.
    pub rules: String,
    /// `requisites.toml`.
    pub requisites: String,
}

impl fmt::Debug for LawText {
    /// The lengths only: the text is some 9 kB.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LawText")
            .field("rates", &self.rates.len())
            .field("rules", &self.rules.len())
            .field("requisites", &self.requisites.len())
            .finish()
    }
}

impl Law {
    /// The text that this law was read from; [`Law::from_sources`] makes the same law of it.
    #[must_use]
    pub const fn sources(&self) -> &LawText {
        &self.sources
    }

    /// The law of a text of [`Law::sources`].
    ///
    /// # Errors
    /// [`LawError::Content`], as for files: dates, sums or keys that cannot be right, or a table of over 1 MiB.
    pub fn from_sources(text: &LawText) -> Result<Self, LawError> {
        Self::read(
            files::sent(files::RATES, &text.rates)?,
            files::sent(files::RULES, &text.rules)?,
            files::sent(files::REQUISITES, &text.requisites)?,
        )
    }
}

impl From<Law> for LawText {
    fn from(law: Law) -> Self {
        law.sources
    }
}

impl TryFrom<LawText> for Law {
    type Error = LawError;
    fn try_from(text: LawText) -> Result<Self, LawError> {
        Self::from_sources(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The compiled-in law with other figures, so that it is not the receiver's own.
    fn changed() -> LawText {
        let mut text = Law::builtin().unwrap().sources().clone();
        text.rates = text.rates.replace("tenge = 85_000", "tenge = 90_000");
        text.rules = text
            .rules
            .replace("window_months = { value = 12", "window_months = { value = 24");
        text.requisites = text.requisites.replace("\"122\"", "\"121\"");
        text
    }

    #[test]
    fn a_law_sent_is_the_same_law() {
        for law in [Law::builtin().unwrap(), Law::from_sources(&changed()).unwrap()] {
            let json = serde_json::to_string(law.sources()).unwrap();
            let received: LawText = serde_json::from_str(&json).unwrap();
            assert_eq!(Law::from_sources(&received).unwrap(), law);
        }
    }

    #[test]
    fn what_was_sent_is_in_force() {
        let law = Law::from_sources(&changed()).unwrap();
        let day = "2026-08-26".parse().unwrap();
        assert_eq!(law.rate_on(day).mzp.tenge(), 90_000);
        assert_eq!(law.rules_on(day).window_months, 24);
        assert_eq!(law.requisites().knp, "121");
    }

    #[test]
    fn a_law_sent_is_checked() {
        let refused = |change: fn(&mut LawText)| {
            let mut text = changed();
            change(&mut text);
            Law::from_sources(&text).unwrap_err().to_string()
        };
        let error = refused(|text| text.rates = "rates = []".into());
        assert!(
            error.contains("rates.toml (sent)") && error.contains("no row"),
            "{error}"
        );
        let error = refused(|text| text.rules.clear());
        assert!(error.contains("rules.toml (sent)"), "{error}");
        let error = refused(|text| text.requisites = "#".repeat((1 << 20) + 1));
        assert!(error.contains("requisites.toml (sent): it is larger"), "{error}");
    }

    #[test]
    fn a_law_that_cannot_be_right_is_not_received() {
        let mut json = serde_json::to_value(Law::builtin().unwrap()).unwrap();
        json["rates"] = "rates = []".into();
        assert!(serde_json::from_value::<Law>(json).is_err());
    }

    #[test]
    fn an_unknown_table_is_refused() {
        let mut json = serde_json::to_value(changed()).unwrap();
        json["fines"] = "".into();
        assert!(serde_json::from_value::<LawText>(json).is_err());
    }

    #[test]
    fn printing_is_short() {
        let printed = format!("{:?}", changed());
        assert!(printed.len() < 100 && !printed.contains("tenge"), "{printed}");
    }

    #[test]
    fn requisites_travel() {
        let law = Law::builtin().unwrap();
        let json = serde_json::to_string(law.requisites()).unwrap();
        let received: crate::law::Requisites = serde_json::from_str(&json).unwrap();
        assert_eq!(&received, law.requisites());
    }
}
