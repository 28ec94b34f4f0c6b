//! What the public schema of pain.001 has where, as far as it is known here. Names of all versions, 2009 to 2023.

use std::collections::HashMap;

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// No part of a message: the envelope around it.
    Envelope,
    /// It holds others.
    Holder,
    /// Known and not used, with all that it holds.
    Unused,
    Message,
    Group,
    Payment,
    /// Whom it is paid for, of a payment or of a whole group: not the payer.
    ForAnother,
    /// A month to which a payment belongs.
    Period,
    // Those below hold a text.
    Reference,
    MessageCount,
    MessageSum,
    GroupCount,
    GroupSum,
    GroupPurpose,
    Day,
    /// The payer, an organisation.
    Payer,
    /// The payer, who may pay for himself.
    PersonPaying,
    Purpose,
    Person,
    GroupPerson,
    Amount,
    Words,
    Year,
    Month,
}

impl Item {
    /// True if the text in the element is used.
    pub(super) const fn is_text(self) -> bool {
        !matches!(
            self,
            Self::Envelope
                | Self::Holder
                | Self::Unused
                | Self::Message
                | Self::Group
                | Self::Payment
                | Self::ForAnother
                | Self::Period
        )
    }
}

/// The elements that are used, by their path in a message. What stands in between only holds others.
const USED: [(&str, Item); 27] = [
    ("", Item::Message),
    ("/GrpHdr/MsgId", Item::Reference),
    ("/GrpHdr/NbOfTxs", Item::MessageCount),
    ("/GrpHdr/CtrlSum", Item::MessageSum),
    ("/PmtInf", Item::Group),
    ("/PmtInf/NbOfTxs", Item::GroupCount),
    ("/PmtInf/CtrlSum", Item::GroupSum),
    ("/PmtInf/PmtTpInf/CtgyPurp/Prtry", Item::GroupPurpose),
    // A day, until 2013; since then it holds one.
    ("/PmtInf/ReqdExctnDt", Item::Day),
    ("/PmtInf/ReqdExctnDt/Dt", Item::Day),
    ("/PmtInf/ReqdExctnDt/DtTm", Item::Day),
    ("/PmtInf/Dbtr/Id/OrgId/Othr/Id", Item::Payer),
    ("/PmtInf/Dbtr/Id/PrvtId/Othr/Id", Item::PersonPaying),
    ("/PmtInf/UltmtDbtr", Item::ForAnother),
    ("/PmtInf/UltmtDbtr/Id/PrvtId/Othr/Id", Item::GroupPerson),
    ("/PmtInf/CdtTrfTxInf", Item::Payment),
    ("/PmtInf/CdtTrfTxInf/Amt/InstdAmt", Item::Amount),
    ("/PmtInf/CdtTrfTxInf/UltmtDbtr", Item::ForAnother),
    ("/PmtInf/CdtTrfTxInf/UltmtDbtr/Id/PrvtId/Othr/Id", Item::Person),
    ("/PmtInf/CdtTrfTxInf/Purp/Prtry", Item::Purpose),
    ("/PmtInf/CdtTrfTxInf/Tax/Rcrd/Prd", Item::Period),
    ("/PmtInf/CdtTrfTxInf/Tax/Rcrd/Prd/Yr", Item::Year),
    ("/PmtInf/CdtTrfTxInf/Tax/Rcrd/Prd/Tp", Item::Month),
    ("/PmtInf/CdtTrfTxInf/RmtInf/Ustrd", Item::Words),
    ("/PmtInf/CdtTrfTxInf/RmtInf/Strd/TaxRmt/Rcrd/Prd", Item::Period),
    ("/PmtInf/CdtTrfTxInf/RmtInf/Strd/TaxRmt/Rcrd/Prd/Yr", Item::Year),
    ("/PmtInf/CdtTrfTxInf/RmtInf/Strd/TaxRmt/Rcrd/Prd/Tp", Item::Month),
];

/// Elements of the schema that say nothing about who paid what, for whom and when: names and addresses, accounts, banks,
/// the receiver, how the order is to be carried out. Others are set aside, those of the schema too.
const UNUSED: [(&str, &[&str]); 15] = [
    (
        "/GrpHdr",
        &["CreDtTm", "Authstn", "InitgPty", "FwdgAgt", "InitnSrc"],
    ),
    (
        "/PmtInf",
        &[
            "PmtInfId",
            "PmtMtd",
            "ReqdAdvcTp",
            "BtchBookg",
            "PoolgAdjstmntDt",
            "DbtrAcct",
            "DbtrAgt",
            "DbtrAgtAcct",
            "ChrgBr",
            "ChrgsAcct",
            "ChrgsAcctAgt",
        ],
    ),
    ("/PmtInf/PmtTpInf", &["InstrPrty", "SvcLvl", "LclInstrm"]),
    ("/PmtInf/Dbtr", &["Nm", "PstlAdr", "CtryOfRes", "CtctDtls"]),
    ("/PmtInf/Dbtr/Id/OrgId", &["AnyBIC", "BICOrBEI", "LEI"]),
    ("/PmtInf/Dbtr/Id/OrgId/Othr", &["SchmeNm", "Issr"]),
    ("/PmtInf/Dbtr/Id/PrvtId", &["DtAndPlcOfBirth"]),
    ("/PmtInf/Dbtr/Id/PrvtId/Othr", &["SchmeNm", "Issr"]),
    ("/PmtInf/UltmtDbtr", &["Nm", "PstlAdr", "CtryOfRes", "CtctDtls"]),
    ("/PmtInf/UltmtDbtr/Id/PrvtId", &["DtAndPlcOfBirth"]),
    ("/PmtInf/UltmtDbtr/Id/PrvtId/Othr", &["SchmeNm", "Issr"]),
    (
        "/PmtInf/CdtTrfTxInf",
        &[
            "PmtId",
            "ChrgBr",
            "CdtrAgt",
            "CdtrAgtAcct",
            "Cdtr",
            "CdtrAcct",
            "UltmtCdtr",
        ],
    ),
    (
        "/PmtInf/CdtTrfTxInf/UltmtDbtr",
        &["Nm", "PstlAdr", "CtryOfRes", "CtctDtls"],
    ),
    ("/PmtInf/CdtTrfTxInf/UltmtDbtr/Id/PrvtId", &["DtAndPlcOfBirth"]),
    (
        "/PmtInf/CdtTrfTxInf/UltmtDbtr/Id/PrvtId/Othr",
        &["SchmeNm", "Issr"],
    ),
];

/// The elements that are known, by their path in a message.
pub(super) struct Schema(HashMap<String, Item>);

impl Schema {
    pub(super) fn new() -> Self {
        let mut items = HashMap::new();
        for (path, _) in USED {
            let ends = path.match_indices('/').map(|(at, _)| at);
            let holders = ends.filter_map(|at| path.get(..at));
            items.extend(holders.map(|holder| (holder.to_owned(), Item::Holder)));
        }
        for (holder, names) in UNUSED {
            items.extend(
                names
                    .iter()
                    .map(|name| (format!("{holder}/{name}"), Item::Unused)),
            );
        }
        items.extend(USED.map(|(path, item)| (path.to_owned(), item)));
        Self(items)
    }

    /// What stands at `path` of a message; `None`: it is not known.
    pub(super) fn item(&self, path: &str) -> Option<Item> {
        self.0.get(path).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_hangs_together() {
        let schema = Schema::new();
        for path in schema.0.keys().filter(|path| !path.is_empty()) {
            let (holder, _) = path.rsplit_once('/').unwrap();
            let holder = schema.item(holder);
            assert!(holder.is_some_and(|holder| holder != Item::Unused), "{path}");
        }
        assert_eq!(schema.item("/PmtInf/Rcrd/Prd/Yr"), None);
        assert_eq!(schema.item("/PmtInf/CdtTrfTxInf/Tax/Rcrd"), Some(Item::Holder));
    }
}
