//! A call of a provider, carried out: read something, or make a proposal.
//!
//! Whatever goes wrong is told to the provider as data, so that it can say so; an outage of ours is
//! no more precise than it is to anybody else.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::conversation::Conversation;
use super::lookup;
use super::propose;
use super::provider::Call;
use super::tools::Tool;
use crate::app::App;
use crate::model::proposal::Proposal;
use crate::problem::{Code, Problem};

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    /// What the tool says, or what is wrong.
    pub(crate) result: Result<Value, Value>,
    pub(crate) proposal: Option<Proposal>,
}

/// Carries out a call, if the conversation has such a tool.
pub(crate) async fn call(app: &App, conversation: &Conversation, call: &Call) -> Outcome {
    let Some(tool) = Tool::named(&call.name, conversation.audience()) else {
        return Outcome {
            name: "unknown",
            result: Err(error("unknown_tool", "There is no such tool")),
            proposal: None,
        };
    };
    let arguments = call.arguments.clone();
    let outcome = if tool.reads() {
        let found = lookup::look_up(app, conversation, tool, arguments).await;
        found.map(|found| (found, None))
    } else {
        let made = propose::propose(app, conversation, tool, arguments).await;
        made.map(|proposal| (propose::told(&proposal), Some(proposal)))
    };
    match outcome {
        Ok((result, proposal)) => Outcome {
            name: tool.name(),
            result: Ok(result),
            proposal,
        },
        Err(refusal) => Outcome {
            name: tool.name(),
            result: Err(refusal.told()),
            proposal: None,
        },
    }
}

/// Why a tool did nothing.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The arguments are not those of the tool.
    Arguments(serde_json::Error),
    /// The rows do not allow it, or cannot be reached.
    Problem(Problem),
}

impl Refusal {
    fn told(&self) -> Value {
        match self {
            Self::Arguments(what) => error("invalid_arguments", &what.to_string()),
            Self::Problem(problem) => {
                let (code, _, title) = problem.code().parts();
                let mut told = error(code, title);
                let fields = problem
                    .errors()
                    .iter()
                    .map(|error| json!({"field": error.field, "message": error.message}));
                let fields: Vec<Value> = fields.collect();
                if let (Some(first), Some(told)) =
                    (problem.errors().first(), told.pointer_mut("/error/message"))
                {
                    *told = json!(format!("{} ({})", first.message, first.field));
                }
                if let (false, Some(Value::Object(members))) =
                    (fields.is_empty(), told.get_mut("error"))
                {
                    members.insert("errors".to_owned(), Value::Array(fields));
                }
                told
            }
        }
    }
}

impl<E: Into<Problem>> From<E> for Refusal {
    fn from(problem: E) -> Self {
        Self::Problem(problem.into())
    }
}

/// Reads the arguments of a tool; unknown ones are refused.
pub(crate) fn arguments<T: DeserializeOwned>(arguments: Value) -> Result<T, Refusal> {
    serde_json::from_value(arguments).map_err(Refusal::Arguments)
}

/// A row of this tenant that there is not.
pub(crate) fn missing() -> Refusal {
    Refusal::Problem(Code::NotFound.into())
}

fn error(code: &str, message: &str) -> Value {
    json!({"error": {"code": code, "message": message}})
}
