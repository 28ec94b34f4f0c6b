//! The side of the console and the commands.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::NaiveDate;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use saqta_data::desk::{
    Card, CarrierFigures, Desk, DeskError, Erased, ExportPage, Figures, Findings, Hit, Import, ImportHead,
    ImportStep, JournalFilter, JournalPage, JournalSlice, Operator, Pieces, Pulse, Query, StatusSms,
    StoredAnswer, Upkeep, Work,
};
use saqta_data::iin::Iin;
use saqta_data::journal::Door;
use saqta_data::law::Law;
use saqta_data::phone::Msisdn;
use saqta_data::registry::sorted::{Loaded, Piece};
use saqta_data::registry::{Chunk, Ingested, Refused, Registry};
use saqta_data::store::copy::Compacted;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;
use tokio::sync::Mutex;

use super::{
    CardQuestion, CardsQuestion, DOOR_HEADER, EndImportQuestion, ExportQuestion, JournalQuestion,
    MAX_ANSWER_BYTES, TellImportQuestion, door_name, write_chunk, write_piece,
};

/// The connections kept open between questions.
const MAX_IDLE: usize = 4;
/// How long an answer may take; a server that is busy with an import answers in far less.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long a chunk of rows or a page of an export may take on a slow disk.
const BULK_DEADLINE: Duration = Duration::from_secs(300);
/// How long the check of a store of twenty million people may take, or writing it anew.
const CHECK_DEADLINE: Duration = Duration::from_secs(3600);

type Connection = SendRequest<Full<Bytes>>;

/// The desk of a server, over its socket. Connects when asked, and again when the server was started anew.
pub(crate) struct RemoteDesk {
    socket: PathBuf,
    door: String,
    idle: Mutex<Vec<Connection>>,
}

impl std::fmt::Debug for RemoteDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteDesk")
            .field("socket", &self.socket)
            .finish_non_exhaustive()
    }
}

impl RemoteDesk {
    /// The desk of the server at `socket`, entered through `door`. Connects at the first question.
    pub(crate) fn new(socket: &Path, door: &Door) -> Self {
        Self {
            socket: socket.to_path_buf(),
            door: door_name(door),
            idle: Mutex::default(),
        }
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str, question: &impl Serialize) -> Result<T, DeskError> {
        let body = serde_json::to_vec(question).map_err(|e| DeskError::Bad(e.to_string()))?;
        self.ask_bytes(path, body.into(), DEADLINE).await
    }

    async fn ask_bytes<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Bytes,
        deadline: Duration,
    ) -> Result<T, DeskError> {
        let answered = tokio::time::timeout(deadline, self.exchange(path, body)).await;
        let (status, body) = answered.map_err(|_| DeskError::Away("it took too long".into()))??;
        if status == StatusCode::OK {
            return serde_json::from_slice(&body).map_err(|_| garbled());
        }
        Err(serde_json::from_slice(&body).unwrap_or_else(|_| refusal_without_words(status)))
    }

    async fn exchange(&self, path: &str, body: Bytes) -> Result<(StatusCode, Bytes), DeskError> {
        let (mut connection, response) = self.send(self.request(path, body)?).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES)
            .collect()
            .await
            .map_err(|_| garbled())?
            .to_bytes();
        if connection.ready().await.is_ok() {
            let mut idle = self.idle.lock().await;
            if idle.len() < MAX_IDLE {
                idle.push(connection);
            }
        }
        Ok((status, body))
    }

    fn request(&self, path: &str, body: Bytes) -> Result<Request<Full<Bytes>>, DeskError> {
        Request::post(path)
            .header("host", "saqta")
            .header("content-type", "application/json")
            .header(DOOR_HEADER, &self.door)
            .body(Full::new(body))
            .map_err(|e| DeskError::Bad(e.to_string()))
    }

    /// Sends on a connection kept open, or on a new one if the server has closed those.
    async fn send(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(Connection, Response<hyper::body::Incoming>), DeskError> {
        loop {
            let kept = self.idle.lock().await.pop();
            let was_kept = kept.is_some();
            let mut connection = match kept {
                Some(connection) => connection,
                None => connect(&self.socket)
                    .await
                    .map_err(|e| DeskError::Away(e.to_string()))?,
            };
            match connection.try_send_request(request).await {
                Ok(response) => return Ok((connection, response)),
                // Handed back unsent: the connection had been closed. Each turn uses up one that was kept.
                Err(mut refused) => match (was_kept, refused.take_message()) {
                    (true, Some(unsent)) => request = unsent,
                    _ => return Err(DeskError::Away("it broke the connection off".into())),
                },
            }
        }
    }
}

async fn connect(socket: &Path) -> std::io::Result<Connection> {
    let stream = UnixStream::connect(socket).await?;
    let (sender, connection) = handshake(TokioIo::new(stream))
        .await
        .map_err(std::io::Error::other)?;
    // Ends by itself when the sender is dropped or the server closes; what goes wrong shows at the sender.
    tokio::spawn(async move { connection.await.unwrap_or_default() });
    Ok(sender)
}

fn garbled() -> DeskError {
    DeskError::Away("its answer cannot be read; is it another version of saqta?".into())
}

fn refusal_without_words(status: StatusCode) -> DeskError {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => DeskError::Bad("this is too much for one question".into()),
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            DeskError::Bad("the server did not understand; is it another version of saqta?".into())
        }
        _ => DeskError::Away(format!("it answered {}", status.as_u16())),
    }
}

#[async_trait]
impl Desk for RemoteDesk {
    async fn whoami(&self) -> Result<Operator, DeskError> {
        self.ask("/whoami", &()).await
    }

    async fn search(&self, query: Query) -> Result<Vec<Hit>, DeskError> {
        self.ask("/search", &query).await
    }

    async fn card(&self, iin: Iin, day: Option<NaiveDate>) -> Result<Option<Card>, DeskError> {
        self.ask("/card", &CardQuestion { iin, day }).await
    }

    async fn cards(&self, iins: Vec<Iin>, day: Option<NaiveDate>) -> Result<Vec<Option<Card>>, DeskError> {
        self.ask("/cards", &CardsQuestion { iins, day }).await
    }

    async fn journal(
        &self,
        page: JournalPage,
        filter: JournalFilter,
        limit: usize,
    ) -> Result<JournalSlice, DeskError> {
        let question = JournalQuestion { page, filter, limit };
        self.ask("/journal", &question).await
    }

    async fn exchange(&self, seq: u64) -> Result<Option<StoredAnswer>, DeskError> {
        self.ask("/exchange", &seq).await
    }

    async fn work(&self, work: Work) -> Result<Option<Box<Card>>, DeskError> {
        self.ask("/work", &work).await
    }

    async fn status_sms(&self, iin: Iin, to: Msisdn) -> Result<StatusSms, DeskError> {
        self.ask("/status-sms", &(iin, to)).await
    }

    async fn law(&self) -> Result<Law, DeskError> {
        self.ask("/law", &()).await
    }

    async fn carriers(&self) -> Result<Vec<CarrierFigures>, DeskError> {
        self.ask("/carriers", &()).await
    }

    async fn pulse(&self) -> Result<Pulse, DeskError> {
        self.ask("/pulse", &()).await
    }

    async fn imports(&self) -> Result<Vec<Import>, DeskError> {
        self.ask("/imports", &()).await
    }

    async fn refused(&self, import: u64) -> Result<Vec<Refused>, DeskError> {
        self.ask("/refused", &import).await
    }

    async fn begin_import(&self, head: ImportHead) -> Result<u64, DeskError> {
        self.ask("/begin-import", &head).await
    }

    async fn end_import(&self, import: u64, failure: Option<String>) -> Result<(), DeskError> {
        let question = EndImportQuestion { import, failure };
        self.ask("/end-import", &question).await
    }

    async fn figures(&self) -> Result<Figures, DeskError> {
        self.ask("/figures", &()).await
    }

    async fn ingest(&self, chunk: Chunk) -> Result<Ingested, DeskError> {
        let body = write_chunk(chunk).map_err(|e| DeskError::Bad(e.to_string()))?;
        self.ask_bytes("/ingest", body.into(), BULK_DEADLINE).await
    }

    async fn load(&self, piece: Piece) -> Result<Loaded, DeskError> {
        let body = write_piece(piece).map_err(|e| DeskError::Bad(e.to_string()))?;
        self.ask_bytes("/load", body.into(), BULK_DEADLINE).await
    }

    async fn tell_import(&self, import: u64, step: ImportStep) -> Result<(), DeskError> {
        let question = TellImportQuestion { import, step };
        self.ask("/tell-import", &question).await
    }

    async fn export(&self, registry: Registry, after: Option<Vec<u8>>) -> Result<ExportPage, DeskError> {
        let body = serde_json::to_vec(&ExportQuestion { registry, after })
            .map_err(|e| DeskError::Bad(e.to_string()))?;
        self.ask_bytes("/export", body.into(), BULK_DEADLINE).await
    }

    async fn check(&self) -> Result<Findings, DeskError> {
        self.ask_bytes("/check", Bytes::new(), CHECK_DEADLINE).await
    }
}

#[async_trait]
impl Upkeep for RemoteDesk {
    async fn backup(&self) -> Result<Pieces, DeskError> {
        let (connection, response) = self.send(self.request("/backup", Bytes::new())?).await?;
        let status = response.status();
        if status != StatusCode::OK {
            let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES)
                .collect()
                .await;
            let body = body.map_err(|_| garbled())?.to_bytes();
            return Err(serde_json::from_slice(&body).unwrap_or_else(|_| refusal_without_words(status)));
        }
        let (sender, pieces) = Pieces::channel();
        tokio::spawn(async move {
            let mut body = response.into_body();
            while let Some(frame) = body.frame().await {
                let piece = match frame.map(hyper::body::Frame::into_data) {
                    Ok(Ok(piece)) => Ok(piece.to_vec()),
                    // Trailers are not ours.
                    Ok(Err(_)) => continue,
                    Err(_) => Err(DeskError::Away("it broke the backup off; see its log".into())),
                };
                let is_over = piece.is_err();
                if sender.send(piece).await.is_err() || is_over {
                    break;
                }
            }
            drop(connection);
        });
        Ok(pieces)
    }

    async fn compact(&self) -> Result<Compacted, DeskError> {
        self.ask_bytes("/compact", Bytes::new(), CHECK_DEADLINE).await
    }

    async fn erase(&self, iin: Iin) -> Result<Erased, DeskError> {
        let body = serde_json::to_vec(&iin).map_err(|e| DeskError::Bad(e.to_string()))?;
        self.ask_bytes("/erase", body.into(), CHECK_DEADLINE).await
    }
}
