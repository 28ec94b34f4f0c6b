//! The desk over HTTP on a Unix socket: what one side writes and the other reads.
//!
//! Every question is a POST to the path of its name with a JSON body, and is answered 200 with JSON; a refusal carries
//! a [`DeskError`](saqta_data::desk::DeskError) as JSON under a status of its own. Rows to take in follow their JSON
//! line as they are: as a list of numbers they would be four times as long.

pub(crate) mod client;
pub(crate) mod server;

use chrono::NaiveDate;
use saqta_data::desk::{ImportStep, JournalFilter, JournalPage, Query};
use saqta_data::iin::Iin;
use saqta_data::journal::Door;
use saqta_data::registry::sorted::Piece;
use saqta_data::registry::{Chunk, MAX_CHUNK_BYTES, Registry};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The header that names the door: `console`, or the name of a command.
const DOOR_HEADER: &str = "x-saqta-door";
/// The largest question without rows: 1,000 IINs fit many times.
const MAX_QUESTION_BYTES: usize = 64 << 10;
/// The largest question with rows.
const MAX_INGEST_BYTES: usize = MAX_CHUNK_BYTES + (4 << 10);
/// The largest answer: the card of one person with the most rows, or those of 1,000 people without payments.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// Body of `/card`.
#[derive(Debug, Serialize, Deserialize)]
struct CardQuestion {
    iin: Iin,
    day: Option<NaiveDate>,
}

/// Body of `/cards`.
#[derive(Debug, Serialize, Deserialize)]
struct CardsQuestion {
    iins: Vec<Iin>,
    day: Option<NaiveDate>,
}

/// Body of `/journal`.
#[derive(Debug, Serialize, Deserialize)]
struct JournalQuestion {
    page: JournalPage,
    filter: JournalFilter,
    limit: usize,
}

/// Body of `/end-import`.
#[derive(Debug, Serialize, Deserialize)]
struct EndImportQuestion {
    import: u64,
    failure: Option<String>,
}

/// Body of `/export`.
#[derive(Debug, Serialize, Deserialize)]
struct ExportQuestion {
    registry: Registry,
    after: Option<Vec<u8>>,
}

/// Body of `/search`.
type SearchQuestion = Query;

/// The door's name in the header.
fn door_name(door: &Door) -> String {
    match door {
        Door::Console => "console".to_owned(),
        Door::Command(name) | Door::Sms(name) | Door::Ussd(name) => name.clone(),
    }
}

/// The door of a name; only letters, so that the journal holds no surprises.
fn door_of(name: &str) -> Option<Door> {
    let fits = (1..=16).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase());
    match name {
        "console" => Some(Door::Console),
        _ => fits.then(|| Door::Command(name.to_owned())),
    }
}

/// Body of `/tell-import`.
#[derive(Debug, Serialize, Deserialize)]
struct TellImportQuestion {
    import: u64,
    step: ImportStep,
}

/// The records of `piece` behind a line of JSON with all the rest.
fn write_piece(mut piece: Piece) -> Result<Vec<u8>, serde_json::Error> {
    let records = std::mem::take(&mut piece.records);
    join(&piece, &records)
}

/// The piece that [`write_piece`] wrote.
fn read_piece(bytes: &[u8]) -> Option<Piece> {
    let (mut piece, records): (Piece, _) = split(bytes)?;
    piece.records = records;
    Some(piece)
}

/// The rows of `chunk` behind a line of JSON with all the rest.
fn write_chunk(chunk: Chunk) -> Result<Vec<u8>, serde_json::Error> {
    let mut head = chunk;
    let rows = std::mem::take(&mut head.rows);
    join(&head, &rows)
}

/// The chunk that [`write_chunk`] wrote.
fn read_chunk(bytes: &[u8]) -> Option<Chunk> {
    let (mut chunk, rows): (Chunk, _) = split(bytes)?;
    chunk.rows = rows;
    Some(chunk)
}

/// `bytes` behind a line of JSON.
fn join(head: &impl Serialize, bytes: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    let mut joined = serde_json::to_vec(head)?;
    joined.reserve(bytes.len() + 1);
    joined.push(b'\n');
    joined.extend_from_slice(bytes);
    Ok(joined)
}

/// What [`join`] joined.
fn split<T: DeserializeOwned>(bytes: &[u8]) -> Option<(T, Vec<u8>)> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (head, rest) = bytes.split_at_checked(end)?;
    Some((serde_json::from_slice(head).ok()?, rest.get(1..)?.to_vec()))
}

#[cfg(test)]
mod tests;
