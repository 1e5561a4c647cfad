//! The assistant of a tenant: conversations, answers, proposals.

#[cfg(test)]
mod chat;
#[cfg(test)]
mod health;
#[cfg(test)]
mod intents;
#[cfg(test)]
mod proposals;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod storefront;
#[cfg(test)]
mod streams;

use serde_json::{Value, json};

use crate::call::Call;
use crate::world::{Answer, World};

/// Somebody who works for a tenant, in a conversation.
pub(crate) struct Panel<'w> {
    pub(crate) world: &'w World,
    pub(crate) token: String,
    pub(crate) session: String,
}

impl<'w> Panel<'w> {
    pub(crate) async fn open(world: &'w World, email: &str) -> Self {
        let token = world.sign_in(email).await;
        let begun = world.post("/v1/agent/session", &token, json!({})).await;
        let session = begun.text("session_id");
        Self {
            world,
            token,
            session,
        }
    }

    pub(crate) async fn send(&self, body: Value) -> Answer {
        self.world.post("/v1/agent/chat", &self.token, body).await
    }

    pub(crate) async fn try_say(&self, message: &str) -> Answer {
        self.send(json!({"session_id": self.session, "message": message}))
            .await
    }

    /// Says something, and gets the whole answer.
    #[track_caller]
    pub(crate) fn say(&self, message: &str) -> impl Future<Output = Value> {
        let body = json!({"session_id": self.session, "message": message});
        async move {
            let answer = self.send(body).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            answer.body
        }
    }

    /// Says something that leads to one proposal.
    pub(crate) async fn propose(&self, message: &str) -> Value {
        let answer = self.say(message).await;
        let proposals = answer["proposals"].as_array().unwrap();
        assert_eq!(proposals.len(), 1, "{answer}");
        proposals[0].clone()
    }

    pub(crate) async fn confirm(&self, proposal: &Value) -> Answer {
        self.decide(proposal, "confirm").await
    }

    pub(crate) async fn decide(&self, proposal: &Value, how: &str) -> Answer {
        let id = proposal["id"].as_str().unwrap();
        let path = format!("/v1/agent/proposals/{id}/{how}");
        self.world.post(&path, &self.token, json!({})).await
    }

    /// Makes the call that takes a proposal back.
    pub(crate) async fn undo(&self, proposal: &Value) -> Answer {
        let undo = &proposal["undo"];
        let method = undo["method"].as_str().unwrap().parse().unwrap();
        // The path is the client's, and no gateway stands before this world.
        let (_, rest) = undo["path"]
            .as_str()
            .unwrap()
            .split_once("/tenant-admin/")
            .unwrap();
        let mut call = Call::new(method, &format!("/v1/tenant-admin/{rest}"), &self.token);
        if let Some(version) = undo["if_match"].as_i64() {
            call = call.if_match(version);
        }
        if let Some(body) = undo.get("body") {
            call = call.json(body);
        }
        call.send(self.world).await
    }

    pub(crate) async fn state(&self, proposal: &Value) -> String {
        let id = proposal["id"].as_str().unwrap();
        let row = self
            .world
            .get(&format!("/v1/agent/proposals/{id}"), &self.token)
            .await;
        row.text("state")
    }
}

/// A sentence that leads to a booking on a day that is free in every seeded calendar.
pub(crate) const BOOK: &str =
    "Book the Garden Elopement on 2028-03-15 for Anna Miller, anna@x.test";
