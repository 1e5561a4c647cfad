//! The admin listener: health for orchestrators, metrics for Prometheus. Loopback unless configured.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::LocalSet;

use crate::metrics::{Snapshot, exposition};
use crate::places::Places;
use crate::server::Control;
use crate::worker::{ACCEPT_AGAIN, Message};

/// Serves until the process ends.
pub(crate) fn run(listener: TcpListener, control: &Control) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let places = Arc::new(Places::default());
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // As for clients: mostly "too many open files", and some will be closed.
                    tracing::error!(%error, "failed to accept a connection to the admin listener");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                    continue;
                }
            };
            let Some(place) = places.take(MAX_CONNECTIONS) else {
                tracing::warn!("closed a connection to the admin listener: too many are open");
                continue;
            };
            let control = control.clone();
            tokio::task::spawn_local(async move {
                let _place = place;
                let service = service_fn(|request| answer(request, control.clone()));
                let mut server = http1::Builder::new();
                server.timer(TokioTimer::new());
                // A probe that breaks off is nobody's concern.
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    })
}

async fn answer(
    request: Request<Incoming>,
    control: Control,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(text(
            StatusCode::METHOD_NOT_ALLOWED,
            "only GET is answered here\n",
        ));
    }
    Ok(match request.uri().path() {
        "/readyz" | "/healthz" if control.is_draining() => {
            text(StatusCode::SERVICE_UNAVAILABLE, "draining\n")
        }
        "/livez" | "/readyz" | "/healthz" => text(StatusCode::OK, "ok\n"),
        "/metrics" => metrics(&control).await,
        _ => text(
            StatusCode::NOT_FOUND,
            "here are /livez, /readyz and /metrics\n",
        ),
    })
}

async fn metrics(control: &Control) -> Response<Full<Bytes>> {
    let mut sum = Snapshot::default();
    for worker in control.workers() {
        let (reply, snapshot) = oneshot::channel();
        // A core that has ended has nothing more to say.
        if worker.send(Message::Snapshot(reply)).is_ok()
            && let Ok(snapshot) = snapshot.await
        {
            sum.add(snapshot);
        }
    }
    match exposition(sum, control.process()) {
        Ok(exposition) => {
            let mut response = text(StatusCode::OK, exposition);
            let media = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(media));
            response
        }
        Err(_) => text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "failed to write the metrics\n",
        ),
    }
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// Probes and scrapers are few; whoever opens more must not take the descriptors of the clients.
const MAX_CONNECTIONS: usize = 64;
