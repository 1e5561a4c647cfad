//! The assistant: conversations, tools over the tenant's real rows, and proposals that a person decides.
//!
//! A message comes in by [`chat`] and becomes a [`turn`]: a provider of [`provider`] answers, and what
//! it wants called goes through [`toolbox`]. Reading tools look something up ([`lookup`]); the others
//! only propose ([`propose`], [`draft`]), and the table in [`tier`] says when a proposal runs. People
//! decide ([`decision`]), and [`executor`] carries it out. Nothing in a text decides anything.

mod action;
mod chat;
mod conversation;
mod decision;
mod draft;
mod executor;
mod facts;
mod greeting;
mod health;
mod lookup;
mod phrase;
mod proposal;
mod propose;
mod provider;
mod session;
mod setting;
mod stream;
mod tier;
mod toolbox;
mod tools;
mod turn;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(crate) use conversation::Conversation;
pub(crate) use decision::{confirm, reject};
pub(crate) use greeting::to_visitor as greeting_to_visitor;
pub(crate) use health::{Assistant, Health};
pub(crate) use proposal::ProposalRow;
pub(crate) use provider::Audience;
pub use provider::{ApiKey, Endpoint, ProviderSettings};
pub(crate) use stream::{Answer, answer};
pub(crate) use turn::Turn;

/// The routes under `/v1/agent`.
pub(crate) fn routes(app: &App) -> OpenApiRouter<App> {
    session::routes()
        .merge(chat::routes(app))
        .merge(proposal::routes(app))
}
