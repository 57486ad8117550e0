//! What an analysis says, as plain data: the one type every output format reads.

use super::outside::model::Outside;
use super::unite::Shard;
use crate::rules::Side;
use crate::text::paths::is_inside;
use crate::text::{LineCol, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A region of a file that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Relative to the working directory, with `/`.
    pub path: String,
    /// First position.
    pub start: LineCol,
    /// One past the last position.
    pub end: LineCol,
    /// The bytes of the file.
    pub span: Span,
}

/// What a call's Bearer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// An ID token, on at least one path.
    IdToken,
    /// Not decided; the call carries the reason.
    Unknown,
    /// An access token on every path.
    AccessToken,
}

impl Verdict {
    /// As every format writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::IdToken => "id-token",
            Verdict::Unknown => "unknown",
            Verdict::AccessToken => "access-token",
        }
    }
}

/// How sure a verdict is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A name or two guesses.
    Low,
    /// One guess: a name, an unresolved host.
    Medium,
    /// Followed to a known source.
    High,
}

impl Confidence {
    /// As every format writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// Whose user a call acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The user the token is about.
    CurrentUser,
    /// Any user: an administrator's call.
    AnyUser,
    /// Not decided.
    Unclear,
}

impl Subject {
    /// As every format writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Subject::CurrentUser => "current-user",
            Subject::AnyUser => "any-user",
            Subject::Unclear => "unclear",
        }
    }
}

/// Why a verdict is `unknown`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable, kebab-case: `unresolved-import`, `no-callers`, …
    pub id: &'static str,
    /// One sentence about this call.
    pub text: String,
}

/// One step of the way from a token's origin to the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceStep {
    /// Where.
    pub at: Location,
    /// What happens there.
    pub note: String,
}

/// Where a call runs: which tokens it may have depends on that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runs {
    /// In a browser or on a device, or on a server.
    pub side: Side,
    /// By what that is told: part of a sentence.
    pub why: String,
}

impl Side {
    /// As every format writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Client => "client",
            Side::Server => "server",
        }
    }
}

/// One call to an affected endpoint.
#[derive(Clone, Debug)]
pub struct Call {
    /// The call that fixes the endpoint.
    pub at: Location,
    /// One of the eight names of the migration table, `GET /api/v2/users/{id}`.
    pub endpoint: String,
    /// The HTTP client or SDK.
    pub client: String,
    /// What the Bearer is.
    pub verdict: Verdict,
    /// How sure.
    pub confidence: Confidence,
    /// Present exactly where the verdict is unknown.
    pub reason: Option<Reason>,
    /// Whose user.
    pub subject: Subject,
    /// The scopes with which the logged-in user's own token may do this.
    pub current_user_scopes: Vec<String>,
    /// The scopes with which a token may do this to any user.
    pub any_user_scopes: Vec<String>,
    /// What to ask for here.
    pub suggested_scopes: Vec<String>,
    /// Why just these: whose user it is, and what in the request's body decides. One sentence.
    pub scope_reason: Option<String>,
    /// From the origin to the request; the last step is the call.
    pub trace: Vec<TraceStep>,
    /// Where it runs, as far as that can be told.
    pub runs: Option<Runs>,
    /// What the migration table's page does not say: disagreements with today's API description.
    pub notes: Vec<String>,
    /// Why an unknown call is known to send no ID token all the same: somebody looked, and said so.
    pub accepted: Option<String>,
}

impl Call {
    /// Whether it is unknown, and somebody looked at it.
    pub fn is_accepted(&self) -> bool {
        self.verdict == Verdict::Unknown && self.accepted.is_some()
    }
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Will break when the toggle is turned off.
    Error,
    /// May break.
    Warning,
}

impl Severity {
    /// As every format writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A place that has to do with a finding, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub at: Location,
    /// What it has to do with it.
    pub note: String,
}

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced; an empty region is an insertion before its position.
    pub at: Location,
    /// By what.
    pub replacement: String,
}

/// Whether an edit may be made without a second look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// The program does the same as before.
    Safe,
    /// The program does something else, which is wanted; somebody should look at it.
    Unsafe,
}

impl Applicability {
    /// As every format writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
        }
    }
}

/// Edits that together do what a finding asks for: all of them or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What they do, one sentence.
    pub description: String,
    /// Sorted by place; they do not overlap.
    pub edits: Vec<Edit>,
    /// Whether they may be made without a second look.
    pub applicability: Applicability,
}

/// An option to set where tokens are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanOption {
    /// As the SDK calls it, with the way to it: `authorizationParams.scope`.
    pub name: String,
    /// To what.
    pub value: String,
}

/// What a login has to ask for, so that all the calls that it feeds go on working.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the tokens are asked for.
    pub at: Location,
    /// With which SDK.
    pub sdk: String,
    /// The only audience.
    pub audience: String,
    /// The scopes that all the calls need together.
    pub scopes: Vec<String>,
    /// What to write there.
    pub options: Vec<PlanOption>,
    /// The calls that it feeds, as indexes into [`Report::calls`].
    pub calls: Vec<usize>,
    /// How sure it is that it feeds them: high where the token was followed to it, medium where there is no other login,
    /// low where it is one of several that may.
    pub confidence: Confidence,
}

/// Something to do.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Kebab-case rule id.
    pub rule: String,
    /// How serious.
    pub severity: Severity,
    /// What is wrong, one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where.
    pub at: Location,
    /// Survives moved lines and formatting: rule, place, endpoint, what the call's text says, and a number where these
    /// repeat. Hexadecimal.
    pub fingerprint: String,
    /// The same without the place and the number: survives a file's move.
    pub content: String,
    /// The file's path from [`Report::base`] on: the same wherever the program runs.
    pub place: String,
    /// Index into [`Report::calls`].
    pub call: Option<usize>,
    /// Other places that have to do with it, the trace of its call aside.
    pub related: Vec<Related>,
    /// Edits that do what is asked for, where that is certain.
    pub fix: Option<Fix>,
    /// Why there is none, where that was looked for: part of a sentence.
    pub no_fix: Option<String>,
}

/// What keeps a finding from counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressedBy {
    /// A comment in the source.
    Comment,
    /// The configuration accepts the call.
    Configuration,
    /// It was there before.
    Baseline,
}

impl SuppressedBy {
    /// As every format writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            SuppressedBy::Comment => "comment",
            SuppressedBy::Configuration => "configuration",
            SuppressedBy::Baseline => "baseline",
        }
    }
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// What keeps it.
    pub by: SuppressedBy,
    /// What was said about it.
    pub reason: String,
    /// Where that is written, if it is written in a file that was analysed.
    pub at: Option<Location>,
}

/// A finding that does not count.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Why.
    pub suppression: Suppression,
}

/// Something about what teams wrote for this program: a decision that applies to nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// The file.
    pub path: String,
    /// 1-based.
    pub line: u32,
    /// Stable, kebab-case.
    pub id: &'static str,
    /// One sentence.
    pub message: String,
}

/// A file or folder that was not analysed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Relative to the working directory, with `/`.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// How many files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// Walked, of a kind that is analysed, the skipped ones included.
    pub seen: usize,
    /// Parsed, because something was looked for in them.
    pub parsed: usize,
    /// Not analysed; named in [`Report::skipped`].
    pub skipped: usize,
    /// Left out because the configuration says so; not among the seen ones.
    pub excluded: usize,
}

/// What one run says.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The project, as given.
    pub root: String,
    /// What was to be reported, relative to the working directory.
    pub paths: Vec<String>,
    /// The folder that findings' places are seen from, relative to the working directory.
    pub base: String,
    /// How many files.
    pub files: FileCounts,
    /// Every call to an affected endpoint that is to be reported, sorted by place.
    pub calls: Vec<Call>,
    /// What to do, sorted by place.
    pub findings: Vec<Finding>,
    /// What the logins have to ask for, sorted by place.
    pub plans: Vec<Plan>,
    /// What files that are no code tell.
    pub outside: Outside,
    /// Findings that do not count, sorted by place.
    pub suppressed: Vec<Suppressed>,
    /// What to tidy up in what was written for this program, sorted.
    pub notices: Vec<Notice>,
    /// What was not analysed, sorted.
    pub skipped: Vec<Skipped>,
    /// Every affected endpoint in the order of the migration table.
    pub endpoints: Vec<String>,
    /// The texts that locations point into, by path.
    pub sources: BTreeMap<String, Arc<str>>,
    /// Of a part of a run, what the other parts need.
    pub shard: Option<Shard>,
}

impl Report {
    /// How many calls have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.calls.iter().filter(|call| call.verdict == verdict).count()
    }

    /// Whether only some of the project's paths were asked for.
    pub fn is_of_part(&self) -> bool {
        let is_asked = |root: &str| self.paths.iter().any(|path| is_inside(root, path));
        !self.paths.is_empty() && !self.root.split(", ").all(is_asked)
    }

    /// Put what was added into its order.
    pub fn sort(&mut self) {
        self.suppressed.sort_by(|left, right| left.finding.at.cmp(&right.finding.at));
        self.notices.sort();
    }

    /// How many findings were kept from counting by this.
    pub fn suppressed_by(&self, by: SuppressedBy) -> usize {
        self.suppressed.iter().filter(|suppressed| suppressed.suppression.by == by).count()
    }

    /// How many unknown calls somebody looked at.
    pub fn accepted(&self) -> usize {
        self.calls.iter().filter(|call| call.is_accepted()).count()
    }

    /// Whether the toggle can be turned off, and stays off, as far as these files are concerned.
    pub fn ready(&self) -> bool {
        self.calls.iter().all(|call| call.verdict == Verdict::AccessToken || call.is_accepted())
            && self.outside.is_ready()
    }
}
