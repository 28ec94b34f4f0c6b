//! The stage of the demo: plays conversations through the real gateway and writes down what was said.

use saqta_data::phone::Msisdn;

use super::inbox::Inbox;
use crate::bubble;
use crate::failure::Failure;
use crate::handset::{Handset, Session};

/// What happens in a scene, step by step.
pub(super) enum Step {
    /// An SMS.
    Text(String),
    /// The four digits of the code that came last.
    Code,
    /// An SMS from another phone.
    TextFrom(Msisdn, String),
    /// A code dialled, and what is typed on each page.
    Dial(String, Vec<String>),
    /// An SMS that is no answer arrives.
    Arrives,
}

/// A conversation with a title.
pub(super) struct Scene {
    pub(super) title: String,
    pub(super) phone: Msisdn,
    pub(super) steps: Vec<Step>,
}

/// Plays the story through `phone`'s connection and tells it; what is no answer comes to `inbox`.
pub(super) async fn tell(phone: &Handset, inbox: &mut Inbox, scenes: &[Scene]) -> Result<String, Failure> {
    let mut told = String::new();
    for scene in scenes {
        told.push_str(&play(phone, inbox, scene).await?);
    }
    Ok(told)
}

async fn play(line: &Handset, inbox: &mut Inbox, scene: &Scene) -> Result<String, Failure> {
    let phone = line.of(scene.phone);
    let mut told = bubble::heading(&scene.title, &scene.phone.reveal());
    let mut last = String::new();
    for step in &scene.steps {
        match step {
            Step::Text(words) => told.push_str(&exchange(&phone, words, &mut last).await?),
            Step::Code => {
                let code = code_in(&last);
                told.push_str(&exchange(&phone, &code, &mut last).await?);
            }
            Step::TextFrom(other, words) => {
                told.push_str(&bubble::caller(&other.reveal()));
                told.push_str(&exchange(&line.of(*other), words, &mut String::new()).await?);
            }
            Step::Dial(code, inputs) => told.push_str(&session(&phone, code, inputs).await?),
            Step::Arrives => told.push_str(&bubble::received(&inbox.arrival_at(scene.phone).await?)),
        }
    }
    Ok(told)
}

async fn exchange(phone: &Handset, words: &str, last: &mut String) -> Result<String, Failure> {
    let mut told = bubble::typed(words);
    let messages = phone.text("1414", words).await?;
    if messages.is_empty() {
        told.push_str(&bubble::silence());
    }
    for message in &messages {
        told.push_str(&bubble::received(message));
        last.clone_from(&message.text);
    }
    Ok(told)
}

async fn session(phone: &Handset, code: &str, inputs: &[String]) -> Result<String, Failure> {
    let mut session = Session::new(code);
    let mut told = bubble::typed(code);
    let mut page = phone.press(&mut session, "").await?;
    told.push_str(&bubble::screen(&page));
    for input in inputs {
        if page.end {
            break;
        }
        told.push_str(&bubble::typed(input));
        page = phone.press(&mut session, input).await?;
        told.push_str(&bubble::screen(&page));
    }
    Ok(told)
}

/// The first word of exactly four digits, the end of an IIN (`...0007`) aside; empty if there is none, which the
/// transcript will show.
fn code_in(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.starts_with("..."));
    let digits = words.map(|word| word.trim_matches(|c: char| !c.is_ascii_digit()));
    let mut codes = digits.filter(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()));
    codes.next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_four_digits_alone() {
        assert_eq!(
            code_in("Код 4821, чтобы открыть ...0007. Пришлите его за 10 минут."),
            "4821"
        );
        assert_eq!(code_in("...0007 ашу коды: 4821. 10 минут"), "4821");
        assert_eq!(code_in("900101300007"), "");
    }
}
