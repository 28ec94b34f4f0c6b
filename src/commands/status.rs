//! `saqta status`: the status of people by IIN, as text or as JSON lines.

use std::io::{BufRead, BufReader, Read};

use chrono::NaiveDate;
use saqta_data::coverage::json::Line;
use saqta_data::desk::{Card, Desk};
use saqta_data::iin::{Iin, IinError};
use saqta_data::journal::Door;
use saqta_data::language::Language;
use saqta_gateway::dialog::answer::{Answer, View};
use saqta_gateway::render::Voice;

use super::{print, runtime};
use crate::cli::Status;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::open::{self, Missing};
use crate::texts;

/// The most lines answered in one go.
const MAX_BATCH: usize = 1_000;
/// The bytes read ahead from standard input: about five batches.
const READ_AHEAD_BYTES: usize = 64 << 10;
/// The longest line kept of standard input; what is longer is no IIN anyhow.
const MAX_LINE_BYTES: u64 = 1024;

/// How to answer.
struct Manner {
    day: Option<NaiveDate>,
    language: Option<Language>,
    /// For text; without it JSON.
    voice: Option<Voice>,
}

/// A line asked.
struct Asked {
    text: String,
    iin: Result<Iin, IinError>,
}

/// Answers every IIN in the order asked.
pub(super) fn run(args: &Status, config: &Config) -> Outcome {
    let json = args.json.or(config.file.json).unwrap_or_default();
    let manner = Manner {
        day: args.as_of.or(config.file.as_of.map(|day| day.0)),
        language: args.lang.or(config.file.lang),
        voice: if json {
            None
        } else {
            Some(texts::voice(config, &open::law(config)?)?)
        },
    };
    let store = config.store(args.store.store.as_deref())?;
    runtime()?.block_on(async {
        let opened = open::desk(config, &store, Missing::Refuse, Door::Command("status".into())).await?;
        let answered = match args.iins.as_slice() {
            [dash] if dash == "-" => answer_stream(&*opened.desk, &manner).await,
            iins => answer_each(&*opened.desk, &manner, iins).await,
        };
        opened.close().await?;
        answered
    })
}

impl Asked {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            iin: Iin::parse(text),
        }
    }
}

/// One look-up a person: what any operator may do.
async fn answer_each(desk: &dyn Desk, manner: &Manner, iins: &[String]) -> Outcome {
    for text in iins {
        let asked = Asked::new(text);
        let card = match asked.iin {
            Ok(iin) => desk.card(iin, manner.day).await?,
            Err(_) => None,
        };
        print(&manner.answer(&asked, card.as_ref())?)?;
    }
    Ok(())
}

/// Many people at once: for seniors, with one journal line a batch.
async fn answer_stream(desk: &dyn Desk, manner: &Manner) -> Outcome {
    let mut input = BufReader::with_capacity(READ_AHEAD_BYTES, std::io::stdin());
    loop {
        let batch = next_batch(&mut input)?;
        if batch.is_empty() {
            return Ok(());
        }
        let iins: Vec<Iin> = batch.iter().filter_map(|asked| asked.iin.ok()).collect();
        let mut cards = if iins.is_empty() {
            Vec::new()
        } else {
            desk.cards(iins, manner.day).await?
        }
        .into_iter();
        let mut answers = String::new();
        for asked in &batch {
            let card = if asked.iin.is_ok() {
                cards.next().flatten()
            } else {
                None
            };
            answers.push_str(&manner.answer(asked, card.as_ref())?);
        }
        print(&answers)?;
    }
}

/// The lines that have come: at least one, unless the input has ended, so that a dialogue over a pipe works.
fn next_batch(input: &mut BufReader<impl Read>) -> std::io::Result<Vec<Asked>> {
    let mut batch = Vec::new();
    let mut line = Vec::new();
    while batch.len() < MAX_BATCH && (batch.is_empty() || !input.buffer().is_empty()) {
        line.clear();
        if input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.last() != Some(&b'\n') {
            input.skip_until(b'\n')?;
        }
        batch.push(Asked::new(String::from_utf8_lossy(&line).trim()));
    }
    Ok(batch)
}

impl Manner {
    fn answer(&self, asked: &Asked, card: Option<&Card>) -> Result<String, Failure> {
        let text = match &self.voice {
            None => serde_json::to_string(&json_line(asked, card, self.language.unwrap_or_default()))?,
            Some(voice) => {
                let chosen = card.and_then(|card| card.phones.iter().find_map(|phone| phone.language));
                let language = self.language.or(chosen).unwrap_or_default();
                voice.sms(&plain_answer(asked, card), language, false, false).text
            }
        };
        Ok(text + "\n")
    }
}

/// What the bound phone would get.
fn plain_answer(asked: &Asked, card: Option<&Card>) -> Answer {
    match (asked.iin, card) {
        (Ok(_), Some(card)) => {
            let (coverage, clinic) = (card.coverage.clone(), card.clinic.clone());
            Answer::Status(Box::new(View::new(
                &card.person,
                coverage,
                clinic,
                card.data_date,
            )))
        }
        (Ok(iin), None) if iin.looks_like_bin() => Answer::LooksLikeBin,
        (Ok(_), None) => Answer::Neutral,
        (Err(IinError::CheckDigit), _) => Answer::WrongCheckDigit,
        (Err(IinError::NotTwelveDigits), _) => Answer::WrongLength {
            digits: asked.text.chars().filter(char::is_ascii_digit).count(),
        },
    }
}

fn json_line<'a>(asked: &'a Asked, card: Option<&'a Card>, language: Language) -> Line<'a> {
    match (asked.iin, card) {
        (Err(error), _) => Line::invalid(&asked.text, error),
        (Ok(iin), None) => Line::unknown(iin),
        (Ok(iin), Some(card)) => Line::known(iin, &card.coverage).at_clinic(
            card.person.attachment(),
            card.clinic.as_ref(),
            language,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(batch: &[Asked]) -> Vec<&str> {
        batch.iter().map(|asked| asked.text.as_str()).collect()
    }

    #[test]
    fn lines_come_as_they_are_typed_and_overlong_ones_stay_one() {
        let long = "9".repeat(5000);
        let text = format!("900101300007\r\n\n{long}\n 900101300017 \n900101300027");
        let mut input = BufReader::new(text.as_bytes());
        let batch = next_batch(&mut input).unwrap();
        let long_part = "9".repeat(1024);
        assert_eq!(
            texts(&batch),
            ["900101300007", "", &long_part, "900101300017", "900101300027"]
        );
        assert!(next_batch(&mut input).unwrap().is_empty());
    }

    #[test]
    fn a_batch_ends_at_its_maximum() {
        let text = "1\n".repeat(MAX_BATCH + 1);
        let mut input = BufReader::new(text.as_bytes());
        assert_eq!(next_batch(&mut input).unwrap().len(), MAX_BATCH);
        assert_eq!(next_batch(&mut input).unwrap().len(), 1);
    }
}
