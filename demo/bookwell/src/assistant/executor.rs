//! Carrying out what was decided: the effect and the final state are one transaction.

use std::future::Future;

use serde_json::{Value, json};
use sqlx::{Any, Transaction};

use super::action::Action;
use super::provider::Audience;
use crate::app::App;
use crate::database::retried;
use crate::ids::TenantId;
use crate::landing_document::LandingDocument;
use crate::model::blackout::Added;
use crate::model::booking::Source;
use crate::model::proposal::{self, Proposal};
use crate::model::{blackout, booking, branding, landing_page, package};
use crate::mount;
use crate::problem::{Code, Problem, REQUEST_ID};

/// Runs to its end, even when the request that wants it is given up: a proposal that has begun
/// would otherwise stay half-way until the next start.
pub(crate) async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    let request = REQUEST_ID.try_with(Clone::clone).unwrap_or_default();
    let task = tokio::spawn(REQUEST_ID.scope(request, work));
    task.await.unwrap_or_else(|error| {
        tracing::error!(%error, "carrying out a proposal broke off");
        Err(Code::Internal.into())
    })
}

/// Takes a proposal from executing to what becomes of it.
pub(crate) async fn finish(
    app: &App,
    tenant: TenantId,
    audience: Audience,
    begun: Proposal,
) -> Result<Proposal, Problem> {
    let problem = match retried(|| carry_out(app, tenant, audience, &begun)).await {
        Ok(done) => return Ok(done),
        Err(problem) => problem,
    };
    let (code, _, _) = problem.code().parts();
    let mut transaction = app.database().begin().await?;
    let (session, id) = (begun.session, begun.id);
    let failed =
        proposal::finish(tenant, &mut transaction, session, id, Err(code), app.now()).await?;
    transaction.commit().await?;
    failed.ok_or_else(|| Code::ProposalNotPending.into())
}

async fn carry_out(
    app: &App,
    tenant: TenantId,
    audience: Audience,
    begun: &Proposal,
) -> Result<Proposal, Problem> {
    let action = serde_json::from_value(begun.payload.clone()).map_err(|error| {
        tracing::error!(%error, "a proposal of another version of the program");
        Code::Internal
    })?;
    let mut transaction = app.database().begin().await?;
    let result = effect(app, &mut transaction, tenant, audience, action).await?;
    let (session, id) = (begun.session, begun.id);
    let done = proposal::finish(
        tenant,
        &mut transaction,
        session,
        id,
        Ok(&result),
        app.now(),
    )
    .await?;
    let done = done.ok_or(Code::ProposalNotPending)?;
    transaction.commit().await?;
    Ok(done)
}

/// What the action does to the tenant's rows. Every function here looks for the tenant's own row,
/// and for the state that the person saw.
pub(crate) async fn effect(
    app: &App,
    transaction: &mut Transaction<'static, Any>,
    tenant: TenantId,
    audience: Audience,
    action: Action,
) -> Result<Value, Problem> {
    let now = app.now();
    match action {
        Action::AddBlackout { request } => {
            let added = blackout::add(tenant, app.database(), transaction, &request, now).await?;
            Ok(match added {
                Added::New(row) => json!({
                    "blackout_id": row.id,
                    "undo": {
                        "method": "DELETE",
                        "path": mount::path(format_args!("tenant-admin/blackouts/{}", row.id)),
                    },
                }),
                // It was blocked before, and not by this: there is nothing to take back.
                Added::Known(row) => json!({"blackout_id": row.id}),
            })
        }
        Action::CancelBooking {
            booking: id,
            version,
            reason,
        } => {
            let found = booking::find(tenant, &mut **transaction, id).await?;
            if found.ok_or(Code::NotFound)?.version != version {
                return Err(Code::VersionConflict.into());
            }
            let row = booking::cancel(tenant, transaction, id, reason.as_deref(), now).await?;
            Ok(json!({"booking_id": row.id}))
        }
        Action::CreateBooking {
            request,
            price_cents,
        } => {
            let found = package::find(tenant, &mut **transaction, request.package_id).await?;
            if found.ok_or(Code::NotFound)?.price_cents != price_cents {
                return Err(Code::VersionConflict.into());
            }
            let source = match audience {
                Audience::Admin => Source::Tenant,
                Audience::Visitor => Source::Chat,
            };
            let database = app.database();
            let row = booking::create(tenant, database, transaction, &request, source, now).await?;
            Ok(json!({"booking_id": row.id}))
        }
        Action::CreatePackage { content } => {
            let row = package::create(tenant, transaction, &content, now).await?;
            Ok(json!({"package_id": row.id}))
        }
        Action::DeletePackage {
            package: id,
            version,
        } => {
            package::delete(tenant, transaction, id, version).await?;
            Ok(json!({"package_id": id}))
        }
        Action::ChangePrice {
            package: id,
            version,
            content,
        }
        | Action::EditPackage {
            package: id,
            version,
            content,
        } => {
            let row = package::update(tenant, transaction, id, version, &content, now).await?;
            Ok(json!({"package_id": row.id}))
        }
        Action::PublishLandingPage { version } => {
            let page = landing_page::publish_draft(tenant, transaction, version, now).await?;
            Ok(json!({"version": page.version}))
        }
        Action::SaveBranding { look } => {
            let before = branding::find(tenant, &mut **transaction).await?.draft;
            branding::set_draft(tenant, transaction, Some(&look), now).await?;
            let path = mount::path("tenant-admin/branding/draft");
            Ok(json!({
                "undo": match before {
                    Some(before) => json!({"method": "PUT", "path": path, "body": before}),
                    None => json!({"method": "DELETE", "path": path}),
                },
            }))
        }
        Action::SaveLandingDraft { version, document } => {
            let document = LandingDocument::new(document)?;
            let before = landing_page::find(tenant, &mut **transaction).await?.draft;
            let page =
                landing_page::save_draft(tenant, transaction, version, &document, now).await?;
            let path = mount::path("tenant-admin/landing-page/draft");
            let version = page.version;
            Ok(json!({
                "version": version,
                "undo": match before {
                    Some(before) => json!({
                        "method": "PUT", "path": path, "if_match": version, "body": before,
                    }),
                    None => json!({"method": "DELETE", "path": path, "if_match": version}),
                },
            }))
        }
    }
}
