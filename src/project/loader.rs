//! Names for modules that are loaded at run time (`define`, `require([…])`): what a loader's configuration says they are,
//! and where it looks for those about which nothing is said.
//!
//! A configuration is code: `requirejs.config({ baseUrl: 'js', paths: { session: 'auth/session' } })`, or the object under
//! the loader's own name before it is there.

use super::{Project, Resolved};
use crate::ir::{Expr, ExprId, FileIr, Key, Lang, Lit, Prop};
use crate::text::FileId;
use crate::text::paths::{around, join, parent};
use memchr::memmem::Finder;
use rayon::prelude::*;
use regex::bytes::Regex;
use std::sync::{Arc, LazyLock};

/// Files in which configurations are looked for.
const FILES: usize = 64;

/// What one configuration says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Loader {
    /// The folder of the file that it stands in.
    folder: String,
    /// Where names begin, seen from the page, which lies in that folder or around it.
    base: String,
    /// Names, or their beginnings, and what they stand for.
    paths: Vec<(String, String)>,
}

impl Loader {
    /// What a name stands for, below the base.
    fn target(&self, name: &str) -> String {
        let fits = |known: &str| name.strip_prefix(known).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let best = self.paths.iter().filter_map(|(known, target)| Some((known.len(), target, fits(known)?)));
        match best.max_by_key(|(length, ..)| *length) {
            Some((_, target, rest)) => format!("{target}{rest}"),
            None => name.to_owned(),
        }
    }
}

impl Project<'_> {
    /// Resolve what a loader is asked for in `from`.
    pub fn resolve_loaded(&self, from: FileId, specifier: &str) -> Resolved {
        // `text!./page.html` goes through a plugin
        let name = specifier.rsplit('!').next().unwrap_or(specifier);
        if name.starts_with(['.', '/']) || name.contains("://") {
            return self.resolve_js(from, name);
        }
        self.configs.loaded.get(from, specifier, || self.find_loaded(from, name))
    }

    fn find_loaded(&self, from: FileId, name: &str) -> Resolved {
        let other = |file: &FileId| *file != from;
        let at = |path: &str| self.loaded_file(path).filter(other);
        let folder = parent(self.path(from));
        let packages = self.packages_around(from).into_iter();
        let loaders: Vec<Arc<Vec<Loader>>> = packages
            .map(|package| self.configs.loaders.get(&package, || Arc::new(self.read_loaders(package))))
            .collect();
        // the nearest configuration first
        let mut nearest: Vec<&Loader> = loaders.iter().flat_map(|loaders| loaders.iter()).collect();
        let shared =
            |loader: &Loader| folder.split('/').zip(loader.folder.split('/')).take_while(|(a, b)| a == b).count();
        nearest.sort_by_key(|loader| std::cmp::Reverse(shared(loader)));
        for loader in nearest {
            let target = loader.target(name);
            let found = around(&loader.folder).find_map(|page| {
                at(&join(&join(page, &loader.base), &target)).or_else(|| at(&join(&join(page, "public"), &target)))
            });
            if let Some(file) = found {
                return Resolved::Member(file, name.to_owned());
            }
        }
        match around(folder).find_map(|folder| at(&join(folder, name))) {
            Some(file) => Resolved::Member(file, name.to_owned()),
            None => self.resolve_js(from, name),
        }
    }

    fn loaded_file(&self, path: &str) -> Option<FileId> {
        [".js", ".ts", ".json", ""].iter().find_map(|ending| self.by_path(&format!("{path}{ending}")))
    }

    /// All configurations of a package.
    fn read_loaders(&self, package: usize) -> Vec<Loader> {
        let own: Vec<FileId> = self.ids().filter(|file| self.lies_in(package, *file)).collect();
        let files = own.into_par_iter().filter(|file| may_configure(self.text(*file).as_bytes()));
        let files = files.collect::<Vec<FileId>>().into_iter().take(FILES);
        let mut loaders = Vec::new();
        for file in files {
            let Some(lowered) = self.lowered(file) else { continue };
            if lowered.ir.lang == Lang::Js {
                loaders.extend(
                    configurations(&lowered.ir).map(|options| read(&lowered.ir, options, parent(self.path(file)))),
                );
            }
        }
        loaders
    }
}

/// Whether a text may configure a loader, by its bytes alone.
fn may_configure(text: &[u8]) -> bool {
    static NAMES: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["paths", "baseUrl"].map(Finder::new));
    // a call with an object, a call of `config`, a variable
    static LOADER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"require(js)?\s*(\(\s*[{(</]|\.\s*config\b|\[|\?\.|=\s*[{(</]|:[^=;\n]*=)"#).ok()
    });
    NAMES.iter().any(|name| name.find(text).is_some()) && LOADER.as_ref().is_none_or(|loader| loader.is_match(text))
}

/// The objects that a loader is configured with.
fn configurations(ir: &FileIr) -> impl Iterator<Item = ExprId> {
    let is_loader = |id: ExprId| match ir.expr(id) {
        Expr::Global(name) => matches!(&**name, "require" | "requirejs"),
        _ => false,
    };
    let is_object = |id: &ExprId| matches!(ir.expr(*id), Expr::Object { .. });
    let called = ir.calls.iter().filter_map(move |call| match ir.expr(*call) {
        Expr::Call { callee, args, .. } => {
            let configures = match ir.expr(*callee) {
                Expr::Field { base, key: Key::Name(name) } => &**name == "config" && is_loader(*base),
                _ => is_loader(*callee),
            };
            args.first().filter(|_| configures).map(|first| ir.strip(first.expr))
        }
        _ => None,
    });
    let named = ir.bindings.iter().filter(|binding| matches!(&*binding.name, "require" | "requirejs"));
    let held = named.flat_map(|binding| &binding.defs).map(|def| ir.strip(def.value));
    called.chain(held).filter(is_object)
}

fn read(ir: &FileIr, options: ExprId, folder: &str) -> Loader {
    let text = |id: ExprId| match ir.expr(ir.strip(id)) {
        Expr::Lit(Lit::Str(text)) => Some(text.to_string()),
        // the first counts, the others are tried where it is not there
        Expr::List(items) => items.first().and_then(|first| match ir.expr(first.expr) {
            Expr::Lit(Lit::Str(text)) => Some(text.to_string()),
            _ => None,
        }),
        _ => None,
    };
    let members = |id: ExprId| -> Vec<(String, ExprId)> {
        let Expr::Object { props, .. } = ir.expr(ir.strip(id)) else { return Vec::new() };
        let field = |prop: &Prop| match prop {
            Prop::Field(Key::Name(name), value) => Some((name.to_string(), *value)),
            _ => None,
        };
        props.iter().filter_map(field).collect()
    };
    let mut loader = Loader { folder: folder.to_owned(), base: String::new(), paths: Vec::new() };
    for (name, value) in members(options) {
        match name.as_str() {
            "baseUrl" => loader.base = text(value).unwrap_or_default().trim_start_matches('/').to_owned(),
            "paths" => {
                loader.paths = members(value).into_iter().filter_map(|(name, to)| Some((name, text(to)?))).collect()
            }
            _ => {}
        }
    }
    loader
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_counts() {
        let path = |name: &str, target: &str| (name.to_owned(), target.to_owned());
        let paths = vec![path("auth", "lib/auth"), path("auth/session", "app/session")];
        let loader = Loader { folder: String::new(), base: "js".to_owned(), paths };
        assert_eq!(loader.target("auth/token"), "lib/auth/token");
        assert_eq!(loader.target("auth/session"), "app/session");
        assert_eq!(loader.target("author"), "author");
    }
}
