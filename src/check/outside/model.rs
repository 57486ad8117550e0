//! What files that are no code tell about calls, as plain data.

use crate::check::model::{Location, Verdict};

/// How a file sets the tenant's toggle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ToggleState {
    /// ID tokens are taken.
    On,
    /// ID tokens are refused.
    Off,
    /// The file does not say: a placeholder, a variable.
    Undecided,
}

impl ToggleState {
    /// As every format writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            ToggleState::On => "on",
            ToggleState::Off => "off",
            ToggleState::Undecided => "undecided",
        }
    }
}

/// A place that sets the tenant's toggle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toggle {
    /// The value.
    pub at: Location,
    /// What it says.
    pub state: ToggleState,
}

/// A recorded request to an affected endpoint whose Bearer says what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Where it stands.
    pub at: Location,
    /// One of the names of the migration table.
    pub endpoint: String,
    /// What the Bearer's claims say.
    pub verdict: Verdict,
    /// Which claims say so, by their names alone; a sentence.
    pub why: String,
    /// How many audiences an access token for the Management API has; 0 for other tokens.
    pub audiences: usize,
    /// What its body says of the token that it takes.
    pub notes: Vec<Note>,
}

/// What the body of a recorded request says of the token that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Names of keys and claims, no values; a sentence.
    pub text: String,
    /// The rule that reports it, and what to do, where it is a finding of its own.
    pub finding: Option<(String, String)>,
}

/// What a tenant's log says about deprecated requests of one client to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deprecation {
    /// The first entry.
    pub at: Location,
    /// One of the names of the migration table.
    pub endpoint: String,
    /// The client's id, if the log has it.
    pub client_id: Option<String>,
    /// The client's name, if the log has it.
    pub client_name: Option<String>,
    /// How many entries.
    pub count: usize,
    /// What is deprecated, in the log's words; may be empty.
    pub feature: String,
    /// Whether these words speak of ID tokens.
    pub about_id_tokens: bool,
    /// The first and the last date, as they are written.
    pub dates: Option<(String, String)>,
    /// The calls to this endpoint that may be meant: those not known to send an access token, as indexes into the
    /// report's calls.
    pub calls: Vec<usize>,
}

/// What files that are no code tell.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// How many files may tell something, by their names.
    pub files: usize,
    /// Every place that sets the toggle, sorted.
    pub toggles: Vec<Toggle>,
    /// Every recorded request that could be judged, sorted by place.
    pub recorded: Vec<Recorded>,
    /// What logs say, sorted by place.
    pub deprecations: Vec<Deprecation>,
}

impl Outside {
    /// The places that turn the toggle on.
    pub fn turned_on(&self) -> impl Iterator<Item = &Toggle> {
        self.toggles.iter().filter(|toggle| toggle.state == ToggleState::On)
    }

    /// Recorded requests that sent an ID token.
    pub fn sent_id_tokens(&self) -> impl Iterator<Item = &Recorded> {
        self.recorded.iter().filter(|recorded| recorded.verdict == Verdict::IdToken)
    }

    /// Entries of logs that say that ID tokens were sent.
    pub fn logged_id_tokens(&self) -> impl Iterator<Item = &Deprecation> {
        self.deprecations.iter().filter(|deprecation| deprecation.about_id_tokens)
    }

    /// Add what another report tells, whose calls are those from `before` on.
    pub(crate) fn add(&mut self, other: Outside, before: usize) {
        self.files += other.files;
        self.toggles.extend(other.toggles);
        self.recorded.extend(other.recorded);
        self.deprecations.extend(other.deprecations.into_iter().map(|mut deprecation| {
            deprecation.calls.iter_mut().for_each(|call| *call += before);
            deprecation
        }));
    }

    /// Every place, to be named otherwise.
    pub(crate) fn places_mut(&mut self) -> impl Iterator<Item = &mut Location> {
        let toggles = self.toggles.iter_mut().map(|toggle| &mut toggle.at);
        let recorded = self.recorded.iter_mut().map(|recorded| &mut recorded.at);
        toggles.chain(recorded).chain(self.deprecations.iter_mut().map(|deprecation| &mut deprecation.at))
    }

    /// Whether nothing here speaks against turning the toggle off.
    pub fn is_ready(&self) -> bool {
        self.turned_on().next().is_none()
            && self.sent_id_tokens().next().is_none()
            && self.logged_id_tokens().next().is_none()
    }
}
