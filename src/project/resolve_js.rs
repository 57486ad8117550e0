//! From a JS import specifier to a file of the project.
//!
//! Relative specifiers, with the endings and index files that bundlers and Node try.

use super::Project;
use crate::text::FileId;
use crate::text::files::{join, parent};

/// Where a module reference leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// To a file of the project.
    File(FileId),
    /// To a package, by its specifier.
    Package(String),
    /// To a file that is not in the project.
    Missing,
}

const ENDINGS: &[&str] = &[".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".d.ts", ".vue"];

impl Project<'_> {
    /// Resolve `specifier` as written in `from`.
    pub fn resolve_js(&self, from: FileId, specifier: &str) -> Resolved {
        if !specifier.starts_with('.') && !specifier.starts_with('/') {
            return match self.aliased(from, specifier) {
                Some(file) => Resolved::File(file),
                // `require('x@1.2.3')`, `npm:x`
                None => {
                    let name = specifier.strip_prefix("npm:").unwrap_or(specifier);
                    let end = name.char_indices().skip(1).find(|(_, c)| *c == '@').map_or(name.len(), |(at, _)| at);
                    Resolved::Package(name[..end].to_owned())
                }
            };
        }
        // a bundler's query: './x?raw'
        let specifier = specifier.split('?').next().unwrap_or(specifier);
        let path = join(parent(self.path(from)), specifier);
        self.js_file(&path).map_or(Resolved::Missing, Resolved::File)
    }

    /// A specifier that a bundler or `tsconfig.json` maps into the project: `@/x`, `~/x`, `src/x`, `app/x`. Tried from
    /// the importing file's folder outward, in the folder itself and in its `src` and `app`.
    fn aliased(&self, from: FileId, specifier: &str) -> Option<FileId> {
        let rest = match specifier.split_once('/') {
            Some(("@" | "~" | "@@" | "~~" | "#" | "$lib" | "@src" | "@app" | "@root", rest)) => rest,
            Some((first, _)) if !first.starts_with('@') => specifier,
            _ => return None,
        };
        let mut folder = parent(self.path(from));
        loop {
            for inside in ["", "src", "app", "lib"] {
                let found = self.js_file(&join(&join(folder, inside), rest));
                if found.is_some() {
                    return found.filter(|found| *found != from);
                }
            }
            if folder.is_empty() {
                return None;
            }
            folder = parent(folder);
        }
    }

    fn js_file(&self, path: &str) -> Option<FileId> {
        let exact = self.by_path(path);
        let with_ending = || ENDINGS.iter().find_map(|ending| self.by_path(&format!("{path}{ending}")));
        let typescript = || {
            // './x.js' written in TypeScript means './x.ts'
            let (stem, ending) = path.rsplit_once('.')?;
            let endings: &[&str] = match ending {
                "js" | "jsx" => &[".ts", ".tsx"],
                "mjs" => &[".mts"],
                "cjs" => &[".cts"],
                _ => &[],
            };
            endings.iter().find_map(|ending| self.by_path(&format!("{stem}{ending}")))
        };
        let index = || {
            let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
            ENDINGS.iter().find_map(|ending| self.by_path(&format!("{folder}index{ending}")))
        };
        exact.or_else(with_ending).or_else(typescript).or_else(index)
    }
}
