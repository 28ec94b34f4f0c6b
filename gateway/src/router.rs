//! The paths of the webhooks, and what holds for every request.

use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Router, middleware};
use serde::Deserialize;
use tower_http::catch_panic::CatchPanicLayer;

use crate::carrier::adapter::{Service, Tail, Webhook};
use crate::error::Refusal;
use crate::state::{Gateway, Mount};

mod admin;
mod limits;
mod observe;

pub use admin::{Admin, Phase, admin_router};
pub use limits::{MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_URI_BYTES};

/// The webhooks of `gateway`. Each request must carry the peer's address as the extension
/// [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo): without it sandboxes and IP lists refuse everybody.
pub fn router(gateway: Gateway) -> Router {
    let mut routes = Router::new().fallback(async || Refusal::UnknownPath);
    for service in Service::ALL {
        let handler = any(move |state, target, request| webhook(service, state, target, request));
        let segment = service.segment();
        routes = routes
            .route(&format!("/v1/carriers/{{name}}/{segment}"), handler.clone())
            .route(&format!("/v1/carriers/{{name}}/{{secret}}/{segment}"), handler);
    }
    // Below USSD some carriers have paths of their own.
    let below = any(move |state, target, request| webhook(Service::Ussd, state, target, request));
    routes = routes
        .route("/v1/carriers/{name}/ussd/{*tail}", below.clone())
        .route("/v1/carriers/{name}/{secret}/ussd/{*tail}", below);
    layers(routes, &gateway).with_state(gateway)
}

/// What every request passes, from the innermost to the outermost.
fn layers(routes: Router<Gateway>, gateway: &Gateway) -> Router<Gateway> {
    routes
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(limits::check_head))
        .layer(middleware::from_fn_with_state(gateway.clone(), observe::observe))
}

/// The variable segments of the path.
#[derive(Deserialize)]
struct Target {
    name: String,
    secret: Option<String>,
    tail: Option<String>,
}

/// The name of the instance that a response is from, for logs and metrics.
#[derive(Clone)]
struct InstanceName(Arc<str>);

/// The address that a request to an instance was from, for the log; `None`: not known.
#[derive(Clone, Copy)]
struct Source(Option<IpAddr>);

async fn webhook(
    service: Service,
    State(gateway): State<Gateway>,
    target: Result<Path<Target>, PathRejection>,
    mut request: Request,
) -> Response {
    let Ok(Path(Target { name, secret, tail })) = target else {
        return Refusal::UnknownCarrier.into_response();
    };
    let Some(mount) = gateway.mount(&name) else {
        return Refusal::UnknownCarrier.into_response();
    };
    request.extensions_mut().insert(Tail(tail.unwrap_or_default()));
    let (head, body) = request.into_parts();
    let source = mount.source(&head);
    let mut response = serve(&gateway, &mount, service, secret.as_deref(), (head, body))
        .await
        .unwrap_or_else(|refusal| {
            // That is how parts of a text are waited for.
            if refusal != Refusal::Partial {
                gateway.note_refusal(&mount);
            }
            mount.refuse(service, &refusal)
        });
    response.extensions_mut().insert(InstanceName(name.into()));
    response.extensions_mut().insert(Source(source));
    response
}

async fn serve(
    gateway: &Gateway,
    mount: &Mount,
    service: Service,
    secret: Option<&str>,
    (head, body): (Parts, Body),
) -> Result<Response, Refusal> {
    mount.admit(service, &head, secret)?;
    let _slot = gateway.slot()?;
    let body = limits::read(&head.headers, body).await?;
    gateway.respond(mount, service, &Webhook { head, body }).await
}

/// What a panic said stays inside: it may quote what was sent.
fn panicked(_panic: Box<dyn Any + Send>) -> Response {
    Refusal::Panicked.into_response()
}

#[cfg(test)]
mod tests;
