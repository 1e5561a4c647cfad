//! The assistant: conversations, tools over the tenant's real data, and proposals.
mod phrase;
mod provider;
mod tools;
