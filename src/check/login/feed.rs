//! Which logins feed a call's token, and how sure that is.
//!
//! Owns the choice among the logins of a project: what the token was followed to, what it was read off, where the login
//! sends its answer, and what lies near. Where the code does not tell them apart, all that may feed it are handed on.

use super::find::Login;
use super::written::{HOLE, Held};
use super::{Config, Sent, effective};
use crate::check::model::Confidence;
use crate::check::origin::Origin;
use crate::eval::value::{Node, Value};
use crate::eval::{Eval, Shared};
use crate::ir::{Expr, ExprId, FileIr, Lit};
use crate::rules::LoginFact;
use crate::text::paths::is_test;
use crate::text::{FileId, Span};
use std::cell::LazyCell;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Expressions that are looked at on the way from a token to what it was read off.
const STEPS: usize = 200;
/// A client's id is no shorter than this, where it is looked for in a text.
const CLIENT_ID: usize = 8;

/// The logins that feed a token.
#[derive(Clone, Debug, Default)]
pub(super) struct Feeding {
    /// The ways to log in of which one feeds it: each where a login is set up and where it is used.
    pub ways: Vec<Vec<Config>>,
    /// How sure it is that they do.
    pub sure: Sure,
}

/// How sure it is that a login feeds a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// The token was followed to it.
    #[default]
    Followed,
    /// The token was followed to it on some ways, and to others, so many in all, on other ways.
    EachOf(usize),
    /// It is the only one that may.
    Only,
    /// It is one of so many.
    OneOf(usize),
}

impl Sure {
    /// As reports say it.
    pub(super) fn confidence(self) -> Confidence {
        match self {
            Sure::Followed | Sure::EachOf(_) => Confidence::High,
            Sure::Only => Confidence::Medium,
            Sure::OneOf(_) => Confidence::Low,
        }
    }
}

/// The logins of a project.
pub(super) struct Logins<'a> {
    shared: &'a Shared<'a>,
    all: &'a [Login],
    /// What files import, once it is asked.
    imports: RefCell<BTreeMap<FileId, Vec<FileId>>>,
}

impl<'a> Logins<'a> {
    pub(super) fn new(shared: &'a Shared<'a>, all: &'a [Login]) -> Logins<'a> {
        Logins { shared, all, imports: RefCell::default() }
    }

    /// Whether one of two files imports the other.
    fn are_joined(&self, one: FileId, other: FileId) -> bool {
        let mut known = self.imports.borrow_mut();
        let mut names = |from: FileId, to: FileId| {
            known.entry(from).or_insert_with(|| self.shared.project.imports_of(from)).contains(&to)
        };
        names(one, other) || names(other, one)
    }

    fn fact(&self, nth: usize) -> &LoginFact {
        &self.shared.rules.logins[self.all[nth].number]
    }

    fn bases(&self) -> impl Iterator<Item = usize> {
        (0..self.all.len()).filter(|nth| !self.fact(*nth).part)
    }

    fn parts(&self) -> impl Iterator<Item = usize> {
        (0..self.all.len()).filter(|nth| self.fact(*nth).part)
    }

    /// Whether a part adds to what was set up here.
    fn adds(&self, base: usize, part: usize) -> bool {
        let client = &self.all[part].client;
        client.made.contains(&self.all[base].node) || client.feeds.contains(&self.all[base].number)
    }

    fn with_parts(&self, base: usize) -> Vec<Config> {
        let found: Vec<Config> =
            self.parts().filter(|part| self.adds(base, *part)).map(|part| (Some(base), Some(part))).collect();
        if found.is_empty() { vec![(Some(base), None)] } else { found }
    }

    /// Whether one way to log in sets anything.
    pub(super) fn says_something(&self, config: &Config) -> bool {
        config.1.or(config.0).is_some_and(|nth| self.all[nth].says_something())
    }

    /// The logins that feed what a call sends: those that each of the tokens was followed to which it may send, or where
    /// the first was not, those that may feed that.
    pub(super) fn feeding(&self, sent: &Sent<'_>) -> Feeding {
        let place = LazyCell::new(|| Place::of(self.shared, sent));
        let mut feeding = self.feeding_from(sent.origin, &place);
        let is_followed = |sure: Sure| matches!(sure, Sure::Followed | Sure::EachOf(_));
        if !is_followed(feeding.sure) || feeding.ways.is_empty() {
            return feeding;
        }
        for other in &sent.origin.others {
            let more = self.feeding_from(other, &place);
            for way in more.ways.into_iter().filter(|_| is_followed(more.sure)) {
                // what is known of one login on two ways is one
                let is_known = |(base, part): &Config| {
                    feeding
                        .ways
                        .iter()
                        .flatten()
                        .any(|(other, of)| if base.is_some() { base == other } else { part == of })
                };
                if !way.iter().any(is_known) {
                    feeding.ways.push(way);
                }
            }
        }
        if feeding.ways.len() > 1 {
            feeding.sure = Sure::EachOf(feeding.ways.len());
        }
        feeding
    }

    /// The logins that feed one token, which is sent around `place`.
    fn feeding_from(&self, origin: &Origin, place: &LazyCell<Place, impl FnOnce() -> Place>) -> Feeding {
        let mut configs: Vec<Config> = Vec::new();
        for part in self.parts().filter(|part| origin.made.contains(&self.all[*part].node)) {
            let before = configs.len();
            let bases = self.bases().filter(|base| self.adds(*base, part));
            configs.extend(bases.map(|base| (Some(base), Some(part))));
            if configs.len() == before {
                configs.push((None, Some(part)));
            }
        }
        if !configs.is_empty() {
            return Feeding { ways: vec![configs], sure: Sure::Followed };
        }
        let feeds =
            |nth: &usize| origin.made.contains(&self.all[*nth].node) || origin.feeds.contains(&self.all[*nth].number);
        let known = self.nearest(origin, place, self.bases().filter(feeds).collect());
        if !known.is_empty() {
            return self.told_apart(&known);
        }
        if !(origin.made.is_empty() && origin.feeds.is_empty()) {
            return Feeding::default();
        }
        // nothing is known of where it came from: by what the code around it shows
        let all: Vec<usize> = self.bases().collect();
        let read_off = if all.is_empty() { Vec::new() } else { self.read_off(origin, &all) };
        if !read_off.is_empty() {
            let told = self.told_apart(&read_off);
            let is_alike =
                |bases: &[usize]| bases.iter().all(|base| self.all[*base].number == self.all[bases[0]].number);
            if told.sure == Sure::Followed && read_off.len() > 1 && is_alike(&read_off) {
                // each is behind it on some way, and none says more than another
                let ways = read_off.iter().map(|base| self.with_parts(*base)).collect();
                return Feeding { ways, sure: Sure::EachOf(read_off.len()) };
            }
            return told;
        }
        let mut found = self.narrowed(place, all);
        self.without_silent(&mut found);
        let sure = match found.len() {
            0 | 1 => Sure::Only,
            several => Sure::OneOf(several),
        };
        Feeding { ways: found.into_iter().map(|base| self.with_parts(base)).collect(), sure }
    }

    /// Logins that are known to feed a token: of those of one kind that each set something, it is not known which.
    fn told_apart(&self, bases: &[usize]) -> Feeding {
        let speaks = |base: &&usize| self.with_parts(**base).iter().any(|config| self.says_something(config));
        let spoken: Vec<usize> = bases.iter().filter(speaks).copied().collect();
        let alike = |base: &&usize| {
            spoken.iter().filter(|other| self.all[**other].number == self.all[**base].number).count() > 1
        };
        let alike: Vec<usize> = spoken.iter().filter(alike).copied().collect();
        if alike.is_empty() {
            let ways = vec![bases.iter().flat_map(|base| self.with_parts(*base)).collect()];
            return Feeding { ways, sure: Sure::Followed };
        }
        let sure = Sure::OneOf(alike.len());
        Feeding { ways: alike.into_iter().map(|base| self.with_parts(base)).collect(), sure }
    }

    /// Leave out what sets nothing where another login of its kind does: what takes the answer has the same name.
    fn without_silent(&self, bases: &mut Vec<usize>) {
        let speaks = |base: usize| self.with_parts(base).iter().any(|config| self.says_something(config));
        let spoken: BTreeSet<usize> =
            bases.iter().filter(|base| speaks(**base)).map(|base| self.all[*base].number).collect();
        bases.retain(|base| speaks(*base) || !spoken.contains(&self.all[*base].number));
    }

    /// Of several logins that are known to feed a token, those it was made by; else those of its file; else those of its
    /// application; else all.
    fn nearest(&self, origin: &Origin, place: &Place, all: Vec<usize>) -> Vec<usize> {
        let Some((from, _)) = origin.at.filter(|_| all.len() > 1) else { return all };
        let made = |nth: usize| origin.made.contains(&self.all[nth].node);
        let here = |nth: usize| self.all[nth].node.file == from;
        let found = preferred(all, &[&made, &here, &|nth| self.is_near(place, nth)]);
        // the file of a login names its own client
        preferred(found, &[&|nth| !here(nth) && self.is_of_client(place, nth)])
    }

    fn is_near(&self, place: &Place, nth: usize) -> bool {
        place.files.iter().any(|file| self.shared.project.in_one_application(self.all[nth].node.file, *file))
    }

    /// Of several logins, those that the code around a call points to.
    fn narrowed(&self, place: &Place, all: Vec<usize>) -> Vec<usize> {
        let project = self.shared.project;
        let path = |nth: usize| project.path(self.all[nth].node.file);
        let is_in_test = place.files.iter().any(|file| is_test(project.path(*file)));
        let mut found = preferred(all, &[&|nth| is_in_test || !is_test(path(nth))]);
        found = preferred(found, &[&|nth| self.is_near(place, nth)]);
        if found.len() < 2 {
            return found;
        }
        let answered: Vec<usize> = found.iter().map(|nth| self.answered(*nth, place)).collect();
        let best = answered.iter().max().copied().unwrap_or(0);
        let of_best = found.iter().zip(&answered).filter(|(_, score)| **score == best);
        found = of_best.map(|(nth, _)| *nth).collect();
        let of_client = |nth: usize| self.is_of_client(place, nth);
        let is_apart = |one: &str, other: &str| !one.is_empty() && !other.is_empty() && one != other;
        let together = |nth: usize| {
            let folders = place.files.iter().map(|file| first_folder(project.path(*file)));
            let mut apart = folders.filter(|folder| is_apart(folder, first_folder(path(nth))));
            apart.next().is_none()
        };
        let here = |nth: usize| place.files.contains(&self.all[nth].node.file);
        let joined = |nth: usize| place.files.iter().any(|file| self.are_joined(*file, self.all[nth].node.file));
        preferred(preferred(found, &[&of_client, &together]), &[&here, &joined])
    }

    /// Whether the code around a call names the id of the client that logs in there.
    fn is_of_client(&self, place: &Place, nth: usize) -> bool {
        let project = self.shared.project;
        match &self.all[nth].client_id.held {
            Held::Texts(ids) => ids.iter().any(|id| {
                let is_told = id.len() >= CLIENT_ID && !id.contains(HOLE);
                is_told && place.files.iter().any(|file| project.text(*file).contains(id.as_str()))
            }),
            _ => false,
        }
    }

    /// How many parts of the path to which a login sends its answer name the place of a token: 0 where that is elsewhere.
    fn answered(&self, nth: usize, place: &Place) -> usize {
        let settings =
            self.with_parts(nth).into_iter().map(|config| effective(self.all, config, |login| &login.redirect).0);
        let addresses = settings.flat_map(|setting| match &setting.held {
            Held::Texts(addresses) => addresses.as_slice(),
            _ => &[],
        });
        addresses.filter_map(|address| path_of(address)).map(|path| place.names(&path)).max().unwrap_or(0)
    }

    /// The logins whose own answer a token was read off, by the code that reads it.
    fn read_off(&self, origin: &Origin, bases: &[usize]) -> Vec<usize> {
        let Some((file, span)) = origin.at else { return Vec::new() };
        let calls = calls_behind(self.shared, file, span);
        bases.iter().copied().filter(|nth| calls.contains(&self.all[*nth].node)).collect()
    }
}

/// Those that fit the first test which any fits; else all.
fn preferred(all: Vec<usize>, tests: &[&dyn Fn(usize) -> bool]) -> Vec<usize> {
    if all.len() < 2 {
        return all;
    }
    let mut found = tests.iter().map(|fits| all.iter().copied().filter(|nth| fits(*nth)).collect::<Vec<_>>());
    found.find(|some| !some.is_empty()).unwrap_or(all)
}

/// The folder at the project's top that a file lies in.
fn first_folder(path: &str) -> &str {
    path.trim_start_matches("./").split_once('/').map_or("", |(folder, _)| folder)
}

/// The parts of the path of an address to which an answer is sent, as far as they are known.
fn path_of(address: &str) -> Option<Vec<String>> {
    let plain = address.split(['?', '#']).next().unwrap_or_default();
    let behind = plain.split_once("://").map_or(plain, |(_, rest)| rest);
    let (_, path) = behind.split_once('/')?;
    let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    (!parts.is_empty() && parts.iter().all(|part| !part.contains(HOLE))).then_some(parts)
}

/// Where a token is read and sent: what may say which login it is of.
struct Place {
    files: Vec<FileId>,
    /// The paths that calls around it name: `app.get('/callback', …)`.
    routes: BTreeSet<String>,
    /// The names of the files and functions around it.
    names: Vec<Vec<String>>,
}

impl Place {
    fn of(shared: &Shared<'_>, sent: &Sent<'_>) -> Place {
        let project = shared.project;
        let mut place = Place { files: Vec::new(), routes: BTreeSet::new(), names: Vec::new() };
        let at = sent.origin.at;
        let call = project.by_path(&sent.call.at.path).map(|file| (file, sent.call.at.span));
        for (file, span) in at.into_iter().chain(call) {
            if !place.files.contains(&file) {
                place.files.push(file);
            }
            place.names.push(named_by_path(project.path(file)));
            let Some(lowered) = project.lowered(file) else { continue };
            for expr in lowered.at(span) {
                place.look_around(&lowered.ir, expr);
            }
        }
        place
    }

    fn look_around(&mut self, ir: &FileIr, expr: ExprId) {
        let names = ir.functions_around(expr).filter_map(|func| ir.func(func).name.as_deref());
        self.names.extend(names.map(|name| vec![plain(name)]));
        for func in ir.functions_around(expr) {
            let Some(Expr::Call { args, .. }) = handed_to(ir, ir.func(func).expr).map(|call| ir.expr(call)) else {
                continue;
            };
            self.routes.extend(args.iter().filter_map(|arg| match ir.expr(ir.strip(arg.expr)) {
                Expr::Lit(Lit::Str(text)) if text.starts_with('/') => Some(text.to_string()),
                _ => None,
            }));
        }
    }

    /// How many of a path's parts name this place: all of them where a route is this path, else those at its end that
    /// files and functions are called by.
    fn names(&self, path: &[String]) -> usize {
        /// More than any path has parts.
        const ROUTE: usize = 1_000;
        if self.routes.iter().any(|route| route.split('/').filter(|part| !part.is_empty()).eq(path.iter())) {
            return ROUTE;
        }
        let wanted: Vec<String> = path.iter().map(|part| plain(part)).collect();
        let fits = |names: &Vec<String>| {
            let common = names.iter().rev().zip(wanted.iter().rev()).take_while(|(name, part)| name == part).count();
            // a path that goes on where the file's does not is another one
            if common == wanted.len() || common == names.len() { common } else { 0 }
        };
        self.names.iter().map(fits).max().unwrap_or(0)
    }
}

/// A name as it is compared: letters and digits, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The parts of a path as a page's address has them: no ending, no file that stands for its folder.
fn named_by_path(path: &str) -> Vec<String> {
    const FOLDERS_OWN: &[&str] = &["index", "page", "route", "mod", "+page", "+server"];
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if let Some(file) = parts.pop() {
        let stem = file.split('.').next().unwrap_or_default();
        if !FOLDERS_OWN.contains(&stem) {
            parts.push(stem);
        }
    }
    parts.into_iter().map(plain).collect()
}

/// The call that a function is an argument of, where it stands.
fn handed_to(ir: &FileIr, func: ExprId) -> Option<ExprId> {
    let mut at = func;
    loop {
        let parent = ir.parents[at.index()]?;
        match ir.expr(parent) {
            Expr::Through(..) => at = parent,
            Expr::Call { args, .. } => return args.iter().any(|arg| arg.expr == at).then_some(parent),
            _ => return None,
        }
    }
}

/// The calls whose results the expression at a place is read off: through members, waiting, variables, the callbacks of
/// promises, and functions of the project.
fn calls_behind(shared: &Shared<'_>, file: FileId, span: Span) -> BTreeSet<Node> {
    let mut calls = BTreeSet::new();
    let Some(lowered) = shared.project.lowered(file) else { return calls };
    let mut open: Vec<Node> = lowered.at(span).map(|expr| Node { file, expr }).collect();
    let mut seen: BTreeSet<Node> = BTreeSet::new();
    let mut eval = Eval::new(shared);
    while let Some(node) = open.pop() {
        if seen.len() >= STEPS || !seen.insert(node) {
            continue;
        }
        let Some(lowered) = shared.project.lowered(node.file) else { continue };
        let ir = &lowered.ir;
        let mut next = |expr: ExprId| open.push(Node { file: node.file, expr });
        match ir.expr(node.expr) {
            Expr::Through(inner, _) => next(*inner),
            Expr::Field { base, .. } => next(*base),
            Expr::Either(all) => all.iter().for_each(|one| next(*one)),
            Expr::Or { first, second, .. } => [first, second].into_iter().for_each(|one| next(*one)),
            Expr::Local(binding) => ir.binding(*binding).defs.iter().for_each(|def| next(def.value)),
            // what calls back
            Expr::Param { func, .. } => {
                handed_to(ir, ir.func(*func).expr).into_iter().for_each(next);
            }
            Expr::Call { callee, args, .. } => {
                calls.insert(node);
                if let Expr::Field { base, .. } = ir.expr(ir.strip(*callee)) {
                    next(*base);
                }
                eval.glance();
                let mut is_own = false;
                for called in eval.callees(node, &None) {
                    if let Value::Func(own) = &called.value {
                        is_own = true;
                        let func = own.func;
                        let Some(lowered) = shared.project.lowered(func.file) else { continue };
                        let returns = lowered.ir.func(func.func).returns.iter();
                        open.extend(returns.map(|expr| Node { file: func.file, expr: *expr }));
                    }
                }
                if !is_own {
                    // `JSON.parse(answer)`
                    let values = args.iter().filter(|arg| !matches!(ir.expr(ir.strip(arg.expr)), Expr::Func(_)));
                    open.extend(values.map(|arg| Node { file: node.file, expr: arg.expr }));
                }
            }
            _ => {}
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_sent_to_paths() {
        let parts = |address: &str| path_of(address).map(|parts| parts.join(" "));
        assert_eq!(parts("https://app.example/admin/callback?x=/y"), Some("admin callback".to_owned()));
        assert_eq!(parts(&format!("{HOLE}/callback")), Some("callback".to_owned()));
        assert_eq!(parts("https://app.example/"), None);
        assert_eq!(parts(&HOLE.to_string()), None);
        assert_eq!(parts(&format!("https://app.example/{HOLE}")), None);
    }

    #[test]
    fn places_are_named_by_files_functions_and_routes() {
        let place = Place {
            files: Vec::new(),
            routes: BTreeSet::from(["/login/done".to_owned()]),
            names: vec![named_by_path("src/pages/admin/callback/index.tsx"), vec![plain("signedIn")]],
        };
        let score = |path: &[&str]| place.names(&path.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(score(&["admin", "callback"]), 2);
        assert_eq!(score(&["callback"]), 1);
        assert_eq!(score(&["shop", "callback"]), 0);
        assert_eq!(score(&["signed-in"]), 1);
        assert_eq!(score(&["login", "done"]), 1_000);
        assert_eq!(score(&["done"]), 0);
    }
}
