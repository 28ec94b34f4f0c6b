//! Who is an operator: the account at the other end of the socket, as the kernel says, and its role.

use std::ffi::OsStr;

use saqta_data::desk::{Operator, OperatorRole};

use crate::config::Operators;

/// The operators of a server.
#[derive(Clone, Debug)]
pub(crate) struct Roster {
    own_uid: u32,
    configured: Operators,
}

/// An account of this machine.
struct Account {
    name: String,
    groups: Vec<String>,
}

impl Roster {
    /// The server's own account and those configured.
    pub(crate) fn new(configured: Operators) -> Self {
        Self {
            own_uid: uzers::get_effective_uid(),
            configured,
        }
    }

    /// The roster of a server that runs as somebody else.
    #[cfg(test)]
    pub(crate) const fn of(own_uid: u32, configured: Operators) -> Self {
        Self { own_uid, configured }
    }

    /// The operator with this uid; `None` if the account is not listed. Asks the user database, which may block.
    pub(crate) fn admit(&self, uid: u32) -> Option<Operator> {
        let account = account(uid);
        let role = self.role(uid, &account)?;
        Some(Operator {
            name: account.name,
            role,
            lookups_left: None,
        })
    }

    /// What an account that was not admitted lacks.
    pub(crate) fn advice(&self) -> String {
        let groups: Vec<_> = self.configured.groups.keys().map(String::as_str).collect();
        if groups.is_empty() {
            return "it must be named in [operators] of the configuration".into();
        }
        format!("it must be in the group {}", groups.join(" or "))
    }

    fn role(&self, uid: u32, account: &Account) -> Option<OperatorRole> {
        if uid == self.own_uid {
            return Some(OperatorRole::Senior);
        }
        let by_group = || {
            account
                .groups
                .iter()
                .filter_map(|group| self.configured.groups.get(group))
                .max()
        };
        self.configured
            .users
            .get(&account.name)
            .or_else(by_group)
            .copied()
    }
}

/// The configured accounts and groups that this machine does not know, by their keys: most likely slips.
pub(crate) fn unknown(configured: &Operators) -> Vec<String> {
    let users = configured.users.keys();
    let groups = configured.groups.keys();
    users
        .filter(|name| uzers::get_user_by_name(name).is_none())
        .map(|name| format!("operators.users.{name}"))
        .chain(
            groups
                .filter(|name| uzers::get_group_by_name(name).is_none())
                .map(|name| format!("operators.groups.{name}")),
        )
        .collect()
}

/// The operator who runs this process: senior, since the files are open to the account.
pub(crate) fn own() -> Operator {
    Operator {
        name: account(uzers::get_effective_uid()).name,
        role: OperatorRole::Senior,
        lookups_left: None,
    }
}

/// The account of `uid`; one that the user database does not know is named by its digits.
fn account(uid: u32) -> Account {
    let text = |name: &OsStr| name.to_string_lossy().into_owned();
    uzers::get_user_by_uid(uid).map_or_else(
        || Account {
            name: uid.to_string(),
            groups: Vec::new(),
        },
        |user| Account {
            name: text(user.name()),
            groups: user
                .groups()
                .unwrap_or_default()
                .iter()
                .map(|group| text(group.name()))
                .collect(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster() -> Roster {
        let mut configured = Operators::default();
        configured.users.insert("aigul".into(), OperatorRole::Viewer);
        configured.groups.insert("desk".into(), OperatorRole::Operator);
        configured.groups.insert("heads".into(), OperatorRole::Senior);
        Roster {
            own_uid: 1001,
            configured,
        }
    }

    fn role(uid: u32, name: &str, groups: &[&str]) -> Option<OperatorRole> {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        roster().role(
            uid,
            &Account {
                name: name.into(),
                groups,
            },
        )
    }

    #[test]
    fn the_servers_own_account_is_senior_and_an_unlisted_one_is_nobody() {
        assert_eq!(role(1001, "saqta", &[]), Some(OperatorRole::Senior));
        assert_eq!(role(1002, "mallory", &["users"]), None);
        assert_eq!(
            role(0, "root", &["root"]),
            None,
            "not even root, unless it runs the server"
        );
    }

    #[test]
    fn an_account_goes_before_its_groups_and_the_highest_group_counts() {
        assert_eq!(role(1003, "aigul", &["heads"]), Some(OperatorRole::Viewer));
        assert_eq!(
            role(1004, "bolat", &["desk", "heads"]),
            Some(OperatorRole::Senior)
        );
        assert_eq!(role(1005, "dana", &["desk"]), Some(OperatorRole::Operator));
    }

    #[test]
    fn an_account_not_admitted_is_told_what_it_lacks() {
        assert_eq!(roster().advice(), "it must be in the group desk or heads");
        let nobody = Roster::of(1001, Operators::default());
        assert!(nobody.advice().contains("[operators]"));
    }

    #[test]
    fn names_that_the_machine_does_not_know_are_found() {
        let mut configured = roster().configured;
        configured.users.insert("root".into(), OperatorRole::Viewer);
        configured.groups = ["root", "no such group"]
            .map(|name| (name.to_owned(), OperatorRole::Viewer))
            .into();
        configured
            .users
            .insert("no such user".into(), OperatorRole::Viewer);
        configured.users.remove("aigul");
        assert_eq!(
            unknown(&configured),
            ["operators.users.no such user", "operators.groups.no such group"]
        );
    }

    #[test]
    fn this_process_runs_for_somebody() {
        let own = own();
        assert_eq!((own.role, own.name.is_empty()), (OperatorRole::Senior, false));
        let admitted = Roster::new(Operators::default()).admit(uzers::get_effective_uid());
        assert_eq!(admitted, Some(own));
    }
}
