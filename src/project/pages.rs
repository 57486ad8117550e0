//! Pages and the script files they load: what shares one set of global names.

use super::Project;
use crate::lower::Syntax;
use crate::text::FileId;
use crate::text::paths::{around, join, parent};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Folders from which servers hand out files as if they lay beside the pages, or at the root.
const SERVED: &[&str] = &["", "public", "static", "src", "app", "www", "assets", "client"];

/// The addresses of the scripts that a page loads.
fn addresses(syntax: Syntax, text: &str) -> Vec<String> {
    match syntax {
        Syntax::Host(host) if !host.exports_sources() => {
            host.scripts(text).sources.into_iter().map(|(source, _)| source).collect()
        }
        _ => Vec::new(),
    }
}

/// For each file on pages, all files that are on one of them, itself among them, in order.
pub(super) fn together(pages: &[Vec<FileId>]) -> FxHashMap<FileId, Vec<FileId>> {
    let mut together: FxHashMap<FileId, Vec<FileId>> = FxHashMap::default();
    for page in pages {
        for file in page {
            together.entry(*file).or_default().extend(page);
        }
    }
    for files in together.values_mut() {
        files.sort();
        files.dedup();
    }
    together
}

impl Project<'_> {
    /// Each page with the script files it loads.
    pub fn pages(&self) -> &[Vec<FileId>] {
        &self.pages
    }

    /// The files on the pages that a file is on, itself among them; none for a file on no page.
    pub fn on_page_with(&self, file: FileId) -> &[FileId] {
        self.together.get(&file).map_or(&[], Vec::as_slice)
    }

    pub(super) fn find_pages(&self) -> Vec<Vec<FileId>> {
        let is_host = |page: &FileId| matches!(self.file(*page).syntax, Syntax::Host(_));
        let hosts: Vec<FileId> = self.ids().filter(is_host).collect();
        let with_scripts = |page: FileId| {
            let mut scripts = self.loaded_by(page, &addresses(self.file(page).syntax, &self.text(page)));
            scripts.insert(0, page);
            (scripts.len() > 1).then_some(scripts)
        };
        hosts.into_par_iter().filter_map(with_scripts).collect()
    }

    /// The files of the project at the addresses that a page names.
    fn loaded_by(&self, page: FileId, addresses: &[String]) -> Vec<FileId> {
        let mut files: Vec<FileId> = addresses.iter().filter_map(|address| self.served(page, address)).collect();
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
        around(parent(self.path(page))).find_map(|folder| {
            let here = |inside: &&str| self.by_path(&join(&join(folder, inside), path.trim_start_matches('/')));
            SERVED.iter().find_map(here)
        })
    }
}
