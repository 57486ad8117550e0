//! Pages and the script files they load: what shares one set of global names.

use super::Project;
use crate::lower::Syntax;
use crate::text::FileId;
use crate::text::files::{join, parent};

/// Folders from which servers hand out files as if they lay beside the pages, or at the root.
const SERVED: &[&str] = &["", "public", "static", "src", "app", "www", "assets", "client"];

/// The script files that a page's text names.
pub(super) fn sources(syntax: Syntax, text: &str) -> Vec<String> {
    match syntax {
        Syntax::Host(host) if !host.exports_sources() => {
            host.scripts(text).sources.into_iter().map(|(source, _)| source).collect()
        }
        _ => Vec::new(),
    }
}

impl Project<'_> {
    /// The files of the project that a page loads, by the addresses it names them with.
    pub(super) fn loaded_by(&self, page: FileId, sources: &[String]) -> Vec<FileId> {
        let mut files: Vec<FileId> = sources.iter().filter_map(|source| self.served(page, source)).collect();
        files.sort();
        files.dedup();
        files
    }

    /// The file that a server hands out for an address: tried from the page's folder outward.
    fn served(&self, page: FileId, address: &str) -> Option<FileId> {
        let path = address.split(['?', '#']).next()?;
        if path.contains("://") || path.starts_with("//") || path.is_empty() {
            return None;
        }
        let mut folder = parent(self.path(page));
        loop {
            let here = |inside: &&str| self.by_path(&join(&join(folder, inside), path.trim_start_matches('/')));
            let found = SERVED.iter().find_map(here);
            if found.is_some() || folder.is_empty() {
                return found;
            }
            folder = parent(folder);
        }
    }
}
