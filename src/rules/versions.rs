//! Which versions of a library a fact is about.

use semver::VersionReq;
use std::sync::Arc;

/// Ranges by package, all of which must be possible; every version where it is empty.
pub type Versions = Vec<(Arc<str>, VersionReq)>;
