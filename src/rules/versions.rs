//! Which versions of a library a fact is about.

use super::schema::VersionsText;
use super::{Place, RuleError};
use semver::VersionReq;
use std::sync::Arc;

/// Ranges by package, all of which must be possible; every version where it is empty.
pub type Versions = Vec<(Arc<str>, VersionReq)>;

impl Place<'_> {
    pub(super) fn versions(&self, texts: &VersionsText) -> Result<Versions, RuleError> {
        let mut versions = Versions::new();
        for (package, text) in texts {
            let range = VersionReq::parse(text.get_ref())
                .map_err(|error| self.error(text, &format!("a range of versions ({error})")))?;
            versions.push((package.as_str().into(), range));
        }
        Ok(versions)
    }
}
