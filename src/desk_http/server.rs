//! The side of the server: one handler a question, the peer's uid as the operator.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use hyper::body::Frame;
use saqta_data::desk::{DeskError, ImportHead, Operator, Pieces, WholeDesk, Work};
use saqta_data::iin::Iin;
use saqta_data::journal::Door;
use saqta_data::phone::Msisdn;
use serde::Serialize;
use tokio::net::UnixStream;

use super::{
    CardQuestion, CardsQuestion, DOOR_HEADER, EndImportQuestion, ExportQuestion, JournalQuestion,
    MAX_INGEST_BYTES, MAX_QUESTION_BYTES, SearchQuestion, TellImportQuestion, door_of, read_chunk,
    read_piece,
};
use crate::roster::Roster;

/// Gives an operator who came through a door a desk.
pub(crate) type Seat = Box<dyn Fn(Operator, Door) -> Arc<dyn WholeDesk> + Send + Sync>;

/// Who may sit, and where.
pub(crate) struct Reception {
    pub(crate) roster: Roster,
    pub(crate) seat: Seat,
}

/// The uid at the other end of a connection; `None` if the kernel does not say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) Option<u32>);

impl Peer {
    /// The peer of a connection.
    pub(crate) fn of(stream: &UnixStream) -> Self {
        Self(stream.peer_cred().ok().map(|credentials| credentials.uid()))
    }
}

/// The routes of the desk.
pub(crate) fn router(reception: Arc<Reception>) -> Router {
    Router::new()
        .route("/whoami", post(whoami))
        .route("/search", post(search))
        .route("/card", post(card))
        .route("/cards", post(cards))
        .route("/journal", post(journal))
        .route("/exchange", post(exchange))
        .route("/work", post(work))
        .route("/status-sms", post(status_sms))
        .route("/law", post(law))
        .route("/carriers", post(carriers))
        .route("/pulse", post(pulse))
        .route("/imports", post(imports))
        .route("/refused", post(refused))
        .route("/begin-import", post(begin_import))
        .route("/end-import", post(end_import))
        .route("/figures", post(figures))
        .route("/export", post(export))
        .route("/check", post(check))
        .route("/backup", post(backup))
        .route("/compact", post(compact))
        .route("/erase", post(erase))
        .layer(DefaultBodyLimit::max(MAX_QUESTION_BYTES))
        .route(
            "/ingest",
            post(ingest).layer(DefaultBodyLimit::max(MAX_INGEST_BYTES)),
        )
        .route("/load", post(load).layer(DefaultBodyLimit::max(MAX_INGEST_BYTES)))
        .route(
            "/tell-import",
            post(tell_import).layer(DefaultBodyLimit::max(MAX_INGEST_BYTES)),
        )
        .with_state(reception)
}

type Answer<T> = Result<Json<T>, Refusal>;

async fn whoami(Seated(desk): Seated) -> Answer<impl Serialize> {
    Ok(Json(desk.whoami().await?))
}

async fn search(Seated(desk): Seated, Json(query): Json<SearchQuestion>) -> Answer<impl Serialize> {
    Ok(Json(desk.search(query).await?))
}

async fn card(Seated(desk): Seated, Json(asked): Json<CardQuestion>) -> Answer<impl Serialize> {
    Ok(Json(desk.card(asked.iin, asked.day).await?))
}

async fn cards(Seated(desk): Seated, Json(asked): Json<CardsQuestion>) -> Answer<impl Serialize> {
    Ok(Json(desk.cards(asked.iins, asked.day).await?))
}

async fn journal(Seated(desk): Seated, Json(asked): Json<JournalQuestion>) -> Answer<impl Serialize> {
    Ok(Json(desk.journal(asked.page, asked.filter, asked.limit).await?))
}

async fn exchange(Seated(desk): Seated, Json(seq): Json<u64>) -> Answer<impl Serialize> {
    Ok(Json(desk.exchange(seq).await?))
}

async fn work(Seated(desk): Seated, Json(asked): Json<Work>) -> Answer<impl Serialize> {
    Ok(Json(desk.work(asked).await?))
}

async fn status_sms(Seated(desk): Seated, Json((iin, to)): Json<(Iin, Msisdn)>) -> Answer<impl Serialize> {
    Ok(Json(desk.status_sms(iin, to).await?))
}

async fn law(Seated(desk): Seated) -> Answer<impl Serialize> {
    Ok(Json(desk.law().await?))
}

async fn carriers(Seated(desk): Seated) -> Answer<impl Serialize> {
    Ok(Json(desk.carriers().await?))
}

async fn pulse(Seated(desk): Seated) -> Answer<impl Serialize> {
    Ok(Json(desk.pulse().await?))
}

async fn imports(Seated(desk): Seated) -> Answer<impl Serialize> {
    Ok(Json(desk.imports().await?))
}

async fn refused(Seated(desk): Seated, Json(import): Json<u64>) -> Answer<impl Serialize> {
    Ok(Json(desk.refused(import).await?))
}

async fn begin_import(Seated(desk): Seated, Json(head): Json<ImportHead>) -> Answer<impl Serialize> {
    Ok(Json(desk.begin_import(head).await?))
}

async fn end_import(Seated(desk): Seated, Json(asked): Json<EndImportQuestion>) -> Answer<impl Serialize> {
    Ok(Json(desk.end_import(asked.import, asked.failure).await?))
}

async fn figures(Seated(desk): Seated) -> Answer<impl Serialize> {
    Ok(Json(desk.figures().await?))
}

async fn export(Seated(desk): Seated, Json(asked): Json<ExportQuestion>) -> Answer<impl Serialize> {
    Ok(Json(desk.export(asked.registry, asked.after).await?))
}

async fn check(Seated(desk): Seated) -> Answer<impl Serialize> {
    Ok(Json(desk.check().await?))
}

async fn backup(Seated(desk): Seated) -> Result<Body, Refusal> {
    Ok(Body::new(Streamed(desk.backup().await?)))
}

async fn compact(Seated(desk): Seated) -> Answer<impl Serialize> {
    Ok(Json(desk.compact().await?))
}

async fn erase(Seated(desk): Seated, Json(iin): Json<Iin>) -> Answer<impl Serialize> {
    Ok(Json(desk.erase(iin).await?))
}

async fn ingest(Seated(desk): Seated, body: Bytes) -> Answer<impl Serialize> {
    let chunk = read_chunk(&body).ok_or_else(|| DeskError::Bad("these rows cannot be read".into()))?;
    Ok(Json(desk.ingest(chunk).await?))
}

async fn load(Seated(desk): Seated, body: Bytes) -> Answer<impl Serialize> {
    let piece = read_piece(&body).ok_or_else(|| DeskError::Bad("these rows cannot be read".into()))?;
    Ok(Json(desk.load(piece).await?))
}

async fn tell_import(Seated(desk): Seated, Json(asked): Json<TellImportQuestion>) -> Answer<impl Serialize> {
    Ok(Json(desk.tell_import(asked.import, asked.step).await?))
}

/// A backup as a body. An error breaks the connection off, so that nobody takes what came for the whole.
struct Streamed(Pieces);

impl hyper::body::Body for Streamed {
    type Data = Bytes;
    type Error = DeskError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, DeskError>>> {
        let next = self.0.poll_next(context);
        next.map(|piece| piece.map(|piece| piece.map(|piece| Frame::data(piece.into()))))
    }
}

/// The desk of the operator who asks.
struct Seated(Arc<dyn WholeDesk>);

impl FromRequestParts<Arc<Reception>> for Seated {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, reception: &Arc<Reception>) -> Result<Self, Refusal> {
        let uid = parts.extensions.get::<Peer>().and_then(|peer| peer.0);
        let operator = admit(uid, reception)
            .await
            .ok_or_else(|| stranger(&reception.roster))?;
        let door = parts
            .headers
            .get(DOOR_HEADER)
            .and_then(|name| name.to_str().ok())
            .and_then(door_of);
        let door =
            door.ok_or_else(|| Refusal(DeskError::Bad(format!("the header {DOOR_HEADER} is missing"))))?;
        let State(reception) = State::<Arc<Reception>>::from_request_parts(parts, reception)
            .await
            .unwrap_or_else(|never| match never {});
        Ok(Self((reception.seat)(operator, door)))
    }
}

fn stranger(roster: &Roster) -> Refusal {
    Refusal(DeskError::Forbidden(format!(
        "of an operator of this server, which your account has not ({})",
        roster.advice()
    )))
}

async fn admit(uid: Option<u32>, reception: &Arc<Reception>) -> Option<Operator> {
    let (uid, reception) = (uid?, reception.clone());
    tokio::task::spawn_blocking(move || reception.roster.admit(uid))
        .await
        .ok()
        .flatten()
}

/// An error of the desk as a response.
struct Refusal(DeskError);

impl From<DeskError> for Refusal {
    fn from(error: DeskError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            DeskError::Forbidden(_) => StatusCode::FORBIDDEN,
            DeskError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            DeskError::Bad(_) => StatusCode::BAD_REQUEST,
            DeskError::Refused(_) => StatusCode::CONFLICT,
            DeskError::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
            DeskError::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, Json(self.0)).into_response()
    }
}
