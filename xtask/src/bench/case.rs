//! What is measured.

use super::session::Sessions;

/// One kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Plain,
    SessionOne,
    SessionFour,
    Refused,
    Large,
}

impl Case {
    pub(super) const ALL: [Self; 5] = [
        Self::Plain,
        Self::SessionOne,
        Self::SessionFour,
        Self::Refused,
        Self::Large,
    ];

    pub(super) fn parse(name: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|case| case.name() == name)
            .ok_or_else(|| format!("there is no case `{name}`; the cases are {names}"))
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::SessionOne => "session-1",
            Self::SessionFour => "session-4",
            Self::Refused => "refused",
            Self::Large => "large",
        }
    }

    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Plain => "forwarded without a session",
            Self::SessionOne => "v5 session of one cookie, 1 KB answer",
            Self::SessionFour => "v5 session of four chunks, 1 KB answer",
            Self::Refused => "401 without a session, nginx: `return 401`",
            Self::Large => "v5 session of one cookie, 64 KiB answer",
        }
    }

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Plain => "/plain/item",
            Self::SessionOne | Self::SessionFour => "/api/agent/item",
            Self::Refused => "/refused/item",
            Self::Large => "/api/agent/large",
        }
    }

    /// Every answer has this outcome, or the run does not count.
    pub(super) fn succeeds(self) -> bool {
        self != Self::Refused
    }

    /// The Cookie header, where there is one.
    pub(super) fn cookie(self, sessions: &Sessions) -> Option<&str> {
        match self {
            Self::Plain | Self::Refused => None,
            Self::SessionOne | Self::Large => Some(&sessions.one),
            Self::SessionFour => Some(&sessions.four),
        }
    }
}
