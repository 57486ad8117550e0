//! Access paths: how a rule names a value of a library.
//!
//! A path is a root and steps, `import auth0-js .WebAuth@new.parseHash@arg(*)@param(1)`:
//!
//! | root | the value |
//! |---|---|
//! | `import a,b` | of the package (Rust: crate) `a` or `b` |
//! | `global a,b` | of a name that no scope declares |
//! | `name a,b` | of a parameter, variable or field of that name about which nothing better is known |
//! | `param a,b` | of a parameter of that name, and of nothing else, about which nothing better is known |
//! | `type t` | of any value that a `[[type]]` named `t` describes |
//! | `any` | of a value about which nothing is known |
//!
//! | step | leads to |
//! |---|---|
//! | `.name`, `.{a,b}`, `.*` | the member |
//! | `()` | the result of calling it |
//! | `@new` | an instance of it: `new`, or a value declared to be of this type |
//! | `@arg(0)`, `@arg(*)` | the value given to it as an argument |
//! | `@param(0)` | what it is called with, if it is a function given to the library |
//! | `@param(0 of 3)` | the same, if that function has three parameters |

use std::fmt;

/// Where a path starts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    /// A package or crate.
    Import(String),
    /// An undeclared name.
    Global(String),
    /// A parameter, variable or field by its name.
    Name(String),
    /// A parameter by its name.
    Param(String),
    /// A described type.
    Type(String),
    /// Anything.
    Any,
}

/// One transition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A named member.
    Member(String),
    /// Any member.
    AnyMember,
    /// The result of a call.
    Call,
    /// An instance.
    New,
    /// An argument.
    Arg(u32),
    /// Any argument.
    AnyArg,
    /// A parameter of a function given to the library.
    Param(u32),
    /// The same of a function with this many parameters.
    ParamOf(u32, u32),
}

/// What one text says: a path, or several that share their steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternatives {
    /// Where they start.
    pub roots: Vec<Root>,
    /// What each step may be.
    pub steps: Vec<Vec<Step>>,
}

impl Alternatives {
    /// Each by itself, in order.
    pub fn paths(&self) -> Vec<Path> {
        let mut paths: Vec<Path> =
            self.roots.iter().map(|root| Path { root: root.clone(), steps: Vec::new() }).collect();
        for steps in &self.steps {
            let longer = |path: &Path, step: &Step| Path {
                root: path.root.clone(),
                steps: path.steps.iter().chain([step]).cloned().collect(),
            };
            paths = paths.iter().flat_map(|path| steps.iter().map(move |step| longer(path, step))).collect();
        }
        paths
    }

    /// The names that the last member on them may have.
    pub fn last_members(&self) -> impl Iterator<Item = &String> {
        let name = |step: &Step| matches!(step, Step::Member(_));
        let last = self.steps.iter().rev().find(|steps| steps.iter().any(name));
        last.into_iter().flatten().filter_map(|step| match step {
            Step::Member(name) => Some(name),
            _ => None,
        })
    }

    /// The names by which code calls them where nothing is imported: those of the last member, or of the roots.
    pub fn called(&self) -> Vec<&String> {
        let members: Vec<&String> = self.last_members().collect();
        if !members.is_empty() {
            return members;
        }
        let roots = self.roots.iter().filter_map(|root| match root {
            Root::Global(name) | Root::Name(name) | Root::Param(name) => Some(name),
            _ => None,
        });
        roots.collect()
    }
}

/// A parsed path without alternatives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// Where it starts.
    pub root: Root,
    /// How it goes on.
    pub steps: Vec<Step>,
}

impl Path {
    /// The names of the root and of each step, as they are written.
    pub(super) fn names(&self) -> Vec<String> {
        let root = Path { root: self.root.clone(), steps: Vec::new() }.to_string();
        std::iter::once(root).chain(self.steps.iter().map(ToString::to_string)).collect()
    }

    /// Whether it names a call: the result of calling a value, or what is made with it.
    pub fn is_call(&self) -> bool {
        matches!(self.steps.last(), Some(Step::Call | Step::New))
    }
}

/// As it is written.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            Root::Import(name) => write!(f, "import {name}")?,
            Root::Global(name) => write!(f, "global {name}")?,
            Root::Name(name) => write!(f, "name {name}")?,
            Root::Param(name) => write!(f, "param {name}")?,
            Root::Type(name) => write!(f, "type {name}")?,
            Root::Any => f.write_str("any")?,
        }
        if !self.steps.is_empty() {
            f.write_str(" ")?;
        }
        self.steps.iter().try_for_each(|step| step.fmt(f))
    }
}

/// As it is written.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Member(name) => write!(f, ".{name}"),
            Step::AnyMember => f.write_str(".*"),
            Step::Call => f.write_str("()"),
            Step::New => f.write_str("@new"),
            Step::Arg(nth) => write!(f, "@arg({nth})"),
            Step::AnyArg => f.write_str("@arg(*)"),
            Step::Param(nth) => write!(f, "@param({nth})"),
            Step::ParamOf(nth, count) => write!(f, "@param({nth} of {count})"),
        }
    }
}

/// Why a path cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// Byte offset in the path.
    pub at: usize,
    /// What was expected.
    pub expected: &'static str,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at character {}", self.expected, self.at + 1)
    }
}

/// Read each path of a text; `{a,b}` and `a,b` multiply.
///
/// ```
/// # use idtoken_lint::rules::path::parse;
/// assert_eq!(parse("import axios .{get,head}()").unwrap().len(), 2);
/// assert!(parse("import axios .get(").is_err());
/// ```
pub fn parse(text: &str) -> Result<Vec<Path>, PathError> {
    alternatives(text).map(|alternatives| alternatives.paths())
}

/// Read a path with its alternatives.
pub fn alternatives(text: &str) -> Result<Alternatives, PathError> {
    let bad = |at: usize, expected: &'static str| PathError { at, expected };
    let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
    let mut at = text.len() - rest.len();
    // package names hold dots and at signs, so a space ends them; other names end where a step begins
    let is_package = kind == "import";
    let names = |at: &mut usize| -> Result<Vec<String>, PathError> {
        let rest = &text[*at..];
        let end = rest.find(|c| c == ' ' || (!is_package && matches!(c, '@' | '('))).unwrap_or(rest.len());
        if end == 0 {
            return Err(bad(*at, "a name"));
        }
        // no package is called so: a step that nothing keeps apart from the name
        if let Some(step) =
            ["(", "{", "@new", "@arg(", "@param("].iter().filter_map(|step| rest[..end].find(step)).min()
        {
            return Err(bad(*at + step, "a space between the package and the first step"));
        }
        if let Some(empty) = empty_name(&rest[..end]) {
            return Err(bad(*at + empty, "a name"));
        }
        let names = rest[..end].split(',').map(str::to_owned).collect();
        *at += end + usize::from(rest[end..].starts_with(' '));
        Ok(names)
    };
    let roots: Vec<Root> = match kind {
        "import" => names(&mut at)?.into_iter().map(Root::Import).collect(),
        "global" => names(&mut at)?.into_iter().map(Root::Global).collect(),
        "name" => names(&mut at)?.into_iter().map(Root::Name).collect(),
        "param" => names(&mut at)?.into_iter().map(Root::Param).collect(),
        "type" => names(&mut at)?.into_iter().map(Root::Type).collect(),
        "any" => vec![Root::Any],
        _ => return Err(bad(0, "`import`, `global`, `name`, `param`, `type` or `any`")),
    };
    let mut steps = Vec::new();
    while at < text.len() {
        let (step, length) = step(text, at)?;
        at += length;
        steps.push(step);
    }
    Ok(Alternatives { roots, steps })
}

/// Where a list of names has none between its commas.
fn empty_name(list: &str) -> Option<usize> {
    let mut at = 0;
    for name in list.split(',') {
        if name.trim().is_empty() {
            return Some(at);
        }
        at += name.len() + 1;
    }
    None
}

/// The alternatives of the step at `at`, and its length in bytes.
fn step(text: &str, at: usize) -> Result<(Vec<Step>, usize), PathError> {
    let bad = |at: usize, expected: &'static str| PathError { at, expected };
    let rest = &text[at..];
    if rest.starts_with("()") {
        return Ok((vec![Step::Call], 2));
    }
    if rest.starts_with("@new") {
        return Ok((vec![Step::New], 4));
    }
    for (prefix, is_arg) in [("@arg(", true), ("@param(", false)] {
        if let Some(inner) = rest.strip_prefix(prefix) {
            let end = inner.find(')').ok_or(bad(at, "a closing `)`"))?;
            let step = match (&inner[..end], is_arg) {
                ("*", true) => Step::AnyArg,
                (digits, _) => {
                    let number = |digits: &str| digits.parse().map_err(|_| bad(at + prefix.len(), "a number"));
                    match (digits.split_once(" of "), is_arg) {
                        (Some((index, count)), false) => Step::ParamOf(number(index)?, number(count)?),
                        (_, true) => Step::Arg(number(digits)?),
                        (None, false) => Step::Param(number(digits)?),
                    }
                }
            };
            return Ok((vec![step], prefix.len() + end + 1));
        }
    }
    let Some(member) = rest.strip_prefix('.') else {
        return Err(bad(at, "`.name`, `()`, `@new`, `@arg(…)` or `@param(…)`"));
    };
    if member.starts_with('*') {
        return Ok((vec![Step::AnyMember], 2));
    }
    if let Some(inner) = member.strip_prefix('{') {
        let end = inner.find('}').ok_or(bad(at, "a closing `}`"))?;
        if let Some(empty) = empty_name(&inner[..end]) {
            return Err(bad(at + 2 + empty, "a name"));
        }
        let names = inner[..end].split(',').map(|name| Step::Member(name.trim().to_owned())).collect();
        return Ok((names, end + 3));
    }
    let end = member.find(['.', '(', '@', '{', ' ']).unwrap_or(member.len());
    if end == 0 {
        return Err(bad(at + 1, "a member's name"));
    }
    Ok((vec![Step::Member(member[..end].to_owned())], end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_root_and_steps() {
        let paths = parse("import auth0-js,auth0 .WebAuth@new.parseHash@arg(*)@param(1)").unwrap();
        assert_eq!(paths.len(), 2);
        assert_eq!(paths[0].root, Root::Import("auth0-js".into()));
        assert_eq!(
            paths[0].steps,
            [Step::Member("WebAuth".into()), Step::New, Step::Member("parseHash".into()), Step::AnyArg, Step::Param(1)]
        );
        assert_eq!(parse("import axios").unwrap()[0].steps, []);
        for path in [&paths[0], &parse("any .a.*@arg(2)@param(3 of 7)()").unwrap()[0]] {
            assert_eq!(parse(&path.to_string()).unwrap(), std::slice::from_ref(path));
        }
        assert_eq!(parse("any @param(3 of 7)").unwrap()[0].steps, [Step::ParamOf(3, 7)]);
    }

    #[test]
    fn a_broken_path_says_where() {
        assert_eq!(parse("import x .a(").unwrap_err().at, 11);
        assert_eq!(parse("package x").unwrap_err().at, 0);
        assert_eq!(parse("any @arg(x)").unwrap_err().expected, "a number");
        assert_eq!(parse("any .{a").unwrap_err().expected, "a closing `}`");
        assert_eq!(parse("import x .{a,}").unwrap_err().at, 13);
        let unspaced = parse("import x.get()").unwrap_err();
        assert_eq!((unspaced.at, unspaced.expected), (12, "a space between the package and the first step"));
    }
}
