//! Where a call's token came into being, as far as that leads to the login: plain data that outlives the evaluation.

use crate::eval::value::{Api, ApiStep, Node, Pattern, Piece, Reason, Traced, Trail, Value};
use crate::eval::{Eval, Shared};
use crate::ir::Expr;
use crate::rules::{Fact, Rules};
use crate::text::{FileId, Span};
use std::rc::Rc;

/// Where a token came into being.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    /// The expression that is the token.
    pub at: Option<(FileId, Span)>,
    /// Where it comes into being on other ways to the same call.
    pub others: Vec<Origin>,
    /// The calls on the way to it: of the client's making, of the method that hands it out.
    pub made: Vec<Node>,
    /// The logins, by their numbers in the rules, that feed what was read wherever they are.
    pub feeds: Vec<usize>,
    /// The tables, by number, of tokens of the program's own, and what they may hold for.
    pub own: Vec<(usize, Node)>,
    /// The calls that make up the request which sends it.
    pub sent_by: Vec<Node>,
    /// The one of them that is the request itself.
    pub request: Option<Node>,
    /// Where the request's URL begins, before the API's path, as a template writes it.
    pub base: Option<String>,
}

impl Origin {
    /// The origin of what this trail led to.
    pub(super) fn of(shared: &Shared<'_>, trail: Option<&Rc<Trail>>, sent_by: Vec<Node>) -> Origin {
        let mut origin = Origin { sent_by, ..Origin::default() };
        let Some(first) = trail.map(|trail| trail.first()) else { return origin };
        origin.at = Some((first.file, first.span));
        if let Some(Traced { value: Value::Api(api), .. }) = &first.origin {
            let chain = Chain::of(shared, api);
            (origin.made, origin.feeds, origin.own) = (chain.made, chain.feeds, chain.own);
        }
        origin
    }
}

/// What URLs begin with before the API's path, where it is one and the same: texts, and settings of the environment as the
/// code around `request` reads them.
pub(super) fn base(shared: &Shared<'_>, request: Node, urls: &[Pattern]) -> Option<String> {
    let source = shared.project.text(request.file);
    let base = |pattern: &Pattern| {
        let mut written = String::new();
        for piece in &pattern.pieces {
            match piece {
                Piece::Lit(text) => written.push_str(text),
                Piece::Hole(hole) => written.push_str(&format!("${{{}}}", setting_read(hole, &source)?)),
            }
            if let Some((before, _)) = written.split_once(shared.rules.prefix()) {
                return Some(before.to_owned()).filter(|before| before.contains("://") || before.starts_with('$'));
            }
        }
        None
    };
    let mut bases = urls.iter().map(base);
    let first = bases.next()??;
    bases.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// The code that reads a setting of the environment, as it is written in a text.
fn setting_read(hole: &Traced, source: &str) -> Option<String> {
    let Value::Unknown(unknown) = &hole.value else { return None };
    let name = unknown.names.last().filter(|_| unknown.reason == Reason::Environment)?;
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
    let mut reads = source.match_indices(&**name).filter_map(|(at, _)| {
        let (before, after) = (source.get(..at)?, source.get(at + name.len()..)?);
        let from = before.rfind(|c: char| !is_part(c)).map_or(0, |at| at + 1);
        (before.ends_with('.') && !after.starts_with(is_part)).then(|| format!("{}{name}", &before[from..]))
    });
    let first = reads.next()?;
    reads.all(|other| other == first).then_some(first)
}

/// How a library's value was reached.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    /// The calls on the way.
    pub made: Vec<Node>,
    /// The logins, by number, that feed one of the values on the way.
    pub feeds: Vec<usize>,
    /// Tables of tokens of the program's own, by number, and the call or what else they may hold for.
    pub own: Vec<(usize, Node)>,
}

impl Chain {
    /// The way to a library's value.
    pub(super) fn of(shared: &Shared<'_>, api: &Rc<Api>) -> Chain {
        let mut chain = Chain::default();
        let mut at = Some(api.clone());
        let mut given = false;
        let mut steps = 0;
        while let Some(api) = at {
            chain.feeds.extend(feeds(shared.rules, &api));
            chain.own.extend(shared.rules.facts(&api.states).filter_map(|fact| match fact {
                Fact::Own(number) => Some((*number, api.node)),
                _ => None,
            }));
            match api.step {
                ApiStep::Call | ApiStep::New => chain.made.push(api.node),
                // the method that calls back: its call
                ApiStep::Member(_) if given => chain.made.extend(call_of(shared, api.node)),
                _ => {}
            }
            given = api.step == ApiStep::Given;
            at = match api.from.as_ref().map(|from| &from.value) {
                Some(Value::Api(from)) if steps < 200 => Some(from.clone()),
                _ => None,
            };
            steps += 1;
        }
        chain
    }

    /// The way to the receiver of a call.
    pub(super) fn of_receiver(eval: &mut Eval<'_>, receiver: Option<&Traced>) -> Chain {
        match receiver.map(|receiver| &receiver.value) {
            Some(Value::Api(api)) => Chain::of(eval.shared(), api),
            _ => Chain::default(),
        }
    }
}

fn feeds(rules: &Rules, api: &Api) -> Vec<usize> {
    let number = |fact: &Fact| match fact {
        Fact::Feeds(number) => Some(*number),
        _ => None,
    };
    rules.facts(&api.states).filter_map(number).collect()
}

/// The call whose callee a node is.
fn call_of(shared: &Shared<'_>, member: Node) -> Option<Node> {
    let ir = &shared.project.lowered(member.file)?.ir;
    let mut child = member.expr;
    while let Some(parent) = ir.parents[child.index()] {
        match ir.expr(parent) {
            Expr::Through(..) => child = parent,
            Expr::Call { callee, .. } if *callee == child => return Some(Node { file: member.file, expr: parent }),
            _ => return None,
        }
    }
    None
}
