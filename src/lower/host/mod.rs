//! Script blocks in the files of other languages: components and pages.
//!
//! Owns which parts of such a file are scripts, in what language and scope. The parts are byte ranges of the host's text:
//! whoever parses them there gets positions of the host's file. Must not know what a script says. Never fails: what is no
//! script that runs is left out, and what runs but cannot be read is named.

mod code;
mod markup;
#[cfg(test)]
mod tests;

use super::Syntax;
use markup::{Dialect, Tag, Tags};
use std::ops::Range;

/// A kind of file that holds scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// `.vue`: a component of blocks.
    Vue,
    /// `.svelte`: a component, its markup beside its scripts.
    Svelte,
    /// `.astro`: a page with a fenced module before its markup.
    Astro,
    /// `.html .htm`.
    Html,
}

/// Who sees the names that scripts declare at their top level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every script of the page, in whatever file.
    Page,
    /// Only these scripts: a module.
    Module,
    /// Only these scripts, which see those of the module before them.
    Inner,
}

/// Scripts of one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Where they stand, in order.
    pub scripts: Vec<Range<usize>>,
    /// What they are written in: `Js`, `Ts` or `Tsx`.
    pub syntax: Syntax,
    /// Who sees their names.
    pub scope: Scope,
}

/// What a host's text says about scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scripts {
    /// The scripts written in it.
    pub units: Vec<Unit>,
    /// The files it takes scripts from, as written, with their places.
    pub sources: Vec<(String, Range<usize>)>,
    /// Languages of scripts that run but cannot be read.
    pub unread: Vec<String>,
    /// The comments of the markup, with what marks them as comments.
    pub comments: Vec<Range<usize>>,
}

/// A script's language.
enum Language {
    Read(Syntax),
    Unread(String),
    /// No script that runs.
    Data,
}

impl Host {
    /// By the file name's ending.
    pub fn of_ending(ending: &str) -> Option<Host> {
        match ending {
            "vue" => Some(Host::Vue),
            "svelte" => Some(Host::Svelte),
            "astro" => Some(Host::Astro),
            "html" | "htm" => Some(Host::Html),
            _ => None,
        }
    }

    /// Whether a script taken from another file is what this file exports.
    pub fn exports_sources(self) -> bool {
        matches!(self, Host::Vue | Host::Svelte)
    }

    /// The scripts in a text.
    pub fn scripts(self, text: &str) -> Scripts {
        match self {
            Host::Vue => vue(text),
            Host::Svelte => svelte(text),
            Host::Astro => astro(text),
            Host::Html => html(text),
        }
    }
}

impl Scripts {
    /// One more script: beside the others of its scope, or on its own.
    fn add(&mut self, script: Range<usize>, syntax: Syntax, scope: Scope, is_shared: bool) {
        if is_shared && let Some(unit) = self.units.iter_mut().find(|unit| unit.scope == scope) {
            unit.scripts.push(script);
            unit.syntax = wider(unit.syntax, syntax);
        } else {
            self.units.push(Unit { scripts: vec![script], syntax, scope });
        }
    }

    /// A script by its tag: its source, or its content in its language.
    fn add_tag(&mut self, text: &str, tag: &Tag<'_>, scope: Scope, is_shared: bool, language: Language) {
        let syntax = match language {
            Language::Read(syntax) => syntax,
            Language::Unread(name) => return self.unread.push(name),
            Language::Data => return,
        };
        if let Some(source) = tag.attribute("src").filter(|source| !source.is_empty()) {
            let start = source.as_ptr() as usize - text.as_ptr() as usize;
            return self.sources.push((source.to_owned(), start..start + source.len()));
        }
        if let Some(content) = tag.content.clone().filter(|content| !text[content.clone()].trim().is_empty()) {
            self.add(content, syntax, scope, is_shared);
        }
    }
}

/// All scripts of a component that stand on their own share one scope, whichever runs first.
fn vue(text: &str) -> Scripts {
    let dialect = Dialect {
        is_component: true,
        expression: Some(("{{", "}}")),
        holder: "template",
        is_blocks: true,
        ..Dialect::default()
    };
    let mut tags = Tags::new(text, 0, dialect);
    let found: Vec<Tag<'_>> = tags.by_ref().filter(|tag| tag.name == "script").collect();
    let mut scripts = Scripts::default();
    for tag in found.iter().filter(|tag| !tag.is_held || tags.is_held_open()) {
        scripts.add_tag(text, tag, Scope::Module, true, component_language(tag));
    }
    scripts.comments = tags.comments;
    scripts
}

/// The scripts of the component and of its module share one scope; those in the document's head are the page's.
fn svelte(text: &str) -> Scripts {
    let dialect = Dialect {
        is_component: true,
        tag_braces: true,
        expression: Some(("{", "}")),
        holder: "svelte:head",
        ..Dialect::default()
    };
    let mut scripts = Scripts::default();
    let mut tags = Tags::new(text, 0, dialect);
    for tag in tags.by_ref().filter(|tag| tag.name == "script") {
        if tag.is_held {
            scripts.add_tag(text, &tag, Scope::Page, true, page_language(&tag).0);
        } else {
            scripts.add_tag(text, &tag, Scope::Module, true, component_language(&tag));
        }
    }
    scripts.comments = tags.comments;
    scripts
}

/// The fenced module; each script is a module too, but for those that are put into the page as they stand.
fn astro(text: &str) -> Scripts {
    const FENCE: &str = "---";
    let mut scripts = Scripts::default();
    let before = text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
    let mut markup = 0;
    if text[before..].starts_with(FENCE) {
        let start = before + FENCE.len();
        let end = code::fence(text, start, FENCE);
        markup = end.map_or(text.len(), |end| end + FENCE.len());
        scripts.add(start..end.unwrap_or(text.len()), Syntax::Ts, Scope::Module, false);
    }
    let has_module = !scripts.units.is_empty();
    // the scripts that are handed values of the module come right behind it
    let (mut handed, mut others) = (Scripts::default(), Scripts::default());
    let dialect = Dialect { is_component: true, tag_braces: true, ..Dialect::default() };
    let mut tags = Tags::new(text, markup, dialect);
    for tag in tags.by_ref().filter(|tag| tag.name == "script") {
        let (language, is_module) = page_language(&tag);
        if has_module && tag.attributes.iter().any(|(name, _)| *name == "define:vars") {
            handed.add_tag(text, &tag, Scope::Inner, false, language);
        } else if tag.attributes.iter().all(|(name, _)| *name == "src") {
            others.add_tag(text, &tag, Scope::Module, false, Language::Read(Syntax::Ts));
        } else {
            // any other attribute keeps the script as it stands
            let scope = if is_module { Scope::Module } else { Scope::Page };
            others.add_tag(text, &tag, scope, !is_module, language);
        }
    }
    for more in [handed, others] {
        scripts.units.extend(more.units);
        scripts.sources.extend(more.sources);
        scripts.unread.extend(more.unread);
    }
    scripts.comments = tags.comments;
    scripts
}

/// The classic scripts of a page share one scope with those it loads; each module has its own.
fn html(text: &str) -> Scripts {
    let mut scripts = Scripts::default();
    let mut tags = Tags::new(text, 0, Dialect::default());
    for tag in tags.by_ref().filter(|tag| tag.name.eq_ignore_ascii_case("script")) {
        let (language, is_module) = page_language(&tag);
        let scope = if is_module { Scope::Module } else { Scope::Page };
        scripts.add_tag(text, &tag, scope, !is_module, language);
    }
    scripts.comments = tags.comments;
    // the modules see the names of the page
    scripts.units.sort_by_key(|unit| unit.scope != Scope::Page);
    scripts
}

/// The language of a component's script: what `lang` says, or an old `type`.
fn component_language(tag: &Tag<'_>) -> Language {
    let lang = tag.attribute("lang").filter(|lang| !lang.is_empty());
    let named = lang.unwrap_or_else(|| tag.attribute("type").unwrap_or_default()).to_ascii_lowercase();
    match named.as_str() {
        "ts" | "typescript" | "text/typescript" | "application/typescript" => Language::Read(Syntax::Ts),
        "tsx" => Language::Read(Syntax::Tsx),
        "" | "js" | "jsx" | "javascript" | "babel" | "es6" | "esnext" | "flow" => Language::Read(Syntax::Js),
        // a `type` says little: bundlers do not look at it
        _ if lang.is_none() => page_language(tag).0,
        other => Language::Unread(other.to_owned()),
    }
}

/// Languages that compilers and interpreters inside a page run, none of which is read here.
const RUN_IN_PAGES: &[&str] = &[
    "coffeescript",
    "coffee",
    "literate-coffeescript",
    "livescript",
    "ls",
    "dart",
    "python",
    "py",
    "brython",
    "vbscript",
];

/// The language of a page's script, and whether it is a module. What nothing in a page runs is data.
fn page_language(tag: &Tag<'_>) -> (Language, bool) {
    let given = |name: &str| tag.attribute(name).filter(|value| !value.is_empty());
    let full = given("type").or_else(|| given("language")).unwrap_or_default().to_ascii_lowercase();
    let kind = full.split(';').next().unwrap_or_default().trim();
    let is_module = kind == "module" || given("data-type") == Some("module");
    let bare = kind.rsplit('/').next().unwrap_or(kind).trim_start_matches("x-");
    let is_typed = given("data-presets").is_some_and(|presets| presets.contains("typescript"))
        || given("lang").is_some_and(|lang| lang == "ts" || lang == "tsx");
    let syntax = match bare {
        _ if is_typed => Syntax::Tsx,
        "typescript" | "ts" => Syntax::Ts,
        "tsx" => Syntax::Tsx,
        "" | "module" | "babel" | "jsx" | "jscript" | "partytown" => Syntax::Js,
        script if script.starts_with("javascript") || script.starts_with("ecmascript") => Syntax::Js,
        unread if RUN_IN_PAGES.contains(&unread) => return (Language::Unread(unread.to_owned()), is_module),
        _ => return (Language::Data, is_module),
    };
    (Language::Read(syntax), is_module)
}

/// The syntax that reads both.
fn wider(left: Syntax, right: Syntax) -> Syntax {
    match (left, right) {
        (Syntax::Tsx, _) | (_, Syntax::Tsx) => Syntax::Tsx,
        (Syntax::Ts, _) | (_, Syntax::Ts) => Syntax::Ts,
        _ => left,
    }
}
