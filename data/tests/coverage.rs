//! The coverage rules against worked cases, against a second, simple implementation, and against laws that hold for all.

#[path = "coverage/golden.rs"]
mod golden;
#[cfg(test)]
#[path = "coverage/laws.rs"]
mod laws;
#[cfg(test)]
#[path = "coverage/lives.rs"]
mod lives;
#[cfg(test)]
#[path = "coverage/naive.rs"]
mod naive;
#[cfg(test)]
#[path = "coverage/reason.rs"]
mod reason;
#[cfg(test)]
#[path = "coverage/what_if.rs"]
mod what_if;
#[cfg(test)]
#[path = "coverage/worked.rs"]
mod worked;
#[cfg(test)]
#[path = "coverage/years.rs"]
mod years;
