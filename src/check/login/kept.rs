//! Edits of tokens that are kept and read again: under a key of a store, as a member. Where the access token lies beside the
//! ID token, it is read in its place; where a store's writers are all known, it is put there first.

use super::stores::{Stores, callee_name};
use super::token::{key_before, name_read, read_instead, sent_only};
use super::twin::{Twins, is_access, without_nothing};
use super::uses::Uses;
use super::{Change, Left, Sent};
use crate::eval::value::{Args, Node, Traced, Value};
use crate::eval::{Eval, KeptWrite, Shared};
use crate::ir::{Expr, Key, Name};
use crate::rules::TokenKind;
use crate::text::{FileId, Span};
use std::sync::Arc;

/// Finds what is kept.
pub(super) struct Kept<'a> {
    pub shared: &'a Shared<'a>,
    pub sent: &'a [Sent<'a>],
    pub uses: &'a Uses<'a>,
}

/// A read of what is kept.
pub(super) struct Read {
    pub(super) node: Node,
    how: How,
}

/// How it is read.
enum How {
    /// As a member.
    Member,
    /// By a function that hands it out, beside one of this name for the access token.
    Handed(String),
    /// Under this key of a store.
    Stored(Arc<str>, Name),
}

impl<'a> Kept<'a> {
    pub(super) fn stores(&self) -> Stores<'a> {
        Stores { shared: self.shared }
    }

    pub(super) fn twins(&self) -> Twins<'a> {
        Twins { shared: self.shared }
    }

    /// The changes for one call, if what it sends is read from where it was kept.
    pub(super) fn changes(&self, nth: usize, origin: (FileId, Span)) -> Result<Option<Vec<Change>>, Left> {
        let reads = self.reads(nth, origin);
        if reads.is_empty() {
            return Ok(None);
        }
        let mut why = None;
        let mut changes = Vec::new();
        for read in &reads {
            match sent_only(self.uses, read.node) {
                Ok(()) if self.uses.of(read.node).is_ok_and(|calls| calls.contains(&nth)) => {
                    changes.extend(self.of_read(read)?);
                }
                Ok(()) => {}
                Err(left) => match self.at_uses(read, nth) {
                    Some(there) => changes.extend(there?),
                    None => why = why.or(Some(left)),
                },
            }
        }
        if !changes.is_empty() {
            return Ok(Some(changes));
        }
        Err(why.unwrap_or_else(|| Left::of("where the token is read again on its way to the call is not certain")))
    }

    /// The access token read where a call uses what was read: other uses of it keep the ID token. Only of stores that are
    /// there wherever the code is.
    fn at_uses(&self, read: &Read, nth: usize) -> Option<Result<Vec<Change>, Left>> {
        let lowered = self.shared.project.lowered(read.node.file)?;
        let ir = &lowered.ir;
        let How::Stored(..) = read.how else { return None };
        if !matches!(ir.expr(ir.strip(ir.receiver(read.node.expr)?)), Expr::Global(_)) {
            return None;
        }
        let uses = self.uses.of_what_holds(read.node)?.into_iter();
        let sent: Vec<Node> = uses.filter(|at| self.uses.of(*at).is_ok_and(|calls| calls.contains(&nth))).collect();
        if sent.is_empty() {
            return None;
        }
        let changes = match self.of_read(read) {
            Ok(changes) => changes,
            Err(left) => return Some(Err(left)),
        };
        let span = ir.span(read.node.expr);
        let is_here = |(file, at, _): &Change| *file == read.node.file && at.start >= span.start && at.end <= span.end;
        let (here, mut changes): (Vec<Change>, Vec<Change>) = changes.into_iter().partition(is_here);
        let [(_, at, to)] = here.as_slice() else { return None };
        let text = self.shared.project.text(read.node.file);
        let before = text.get(span.start as usize..at.start as usize)?;
        let after = text.get(at.end as usize..span.end as usize)?;
        let written = format!("{before}{to}{after}");
        for at in sent {
            let ir = &self.shared.project.lowered(at.file)?.ir;
            let text = self.shared.project.text(at.file);
            let key = key_before(ir, at.expr, &text);
            changes.push((at.file, ir.span(at.expr), format!("{key}{written}")));
        }
        Some(Ok(changes))
    }

    /// The expressions on the way of a call's token that read it again.
    fn reads(&self, nth: usize, origin: (FileId, Span)) -> Vec<Read> {
        let project = self.shared.project;
        let mut files: Vec<FileId> =
            self.sent[nth].call.trace.iter().filter_map(|step| project.by_path(&step.at.path)).collect();
        files.sort();
        files.dedup();
        let mut reads = Vec::new();
        for file in files {
            let Some(lowered) = project.lowered(file) else { continue };
            for expr in lowered.ir.ids() {
                let node = Node { file, expr };
                if (file, lowered.ir.span(expr)) == origin {
                    continue;
                }
                let read = match lowered.ir.expr(expr) {
                    Expr::Field { key: Key::Name(name), .. } if self.shared.rules.access_member(name).is_some() => {
                        Some(Read { node, how: How::Member })
                    }
                    Expr::Call { args, callee, .. } if args.is_empty() => {
                        let name = crate::project::last_name(&lowered.ir, *callee);
                        let other = name.and_then(|name| self.shared.rules.access_function(&name));
                        other.map(|other| Read { node, how: How::Handed(other) })
                    }
                    Expr::Call { args, .. } if args.len() == 1 => {
                        self.stores().read_by(node).map(|(store, key)| Read { node, how: How::Stored(store, key) })
                    }
                    _ => None,
                };
                reads.extend(read.filter(|read| self.comes_from(read.node, origin)));
            }
        }
        reads
    }

    /// Whether an expression is an ID token and nothing else, and may be the one that came into being at `origin`.
    pub(super) fn comes_from(&self, node: Node, origin: (FileId, Span)) -> bool {
        let mut eval = Eval::new(self.shared);
        let values = without_nothing(eval.value(node, &None));
        let is_id = |value: &Traced| matches!(value.value, Value::Token(TokenKind::Id, _));
        let begins = |value: &Traced| {
            value.trail.as_ref().is_some_and(|trail| (trail.first().file, trail.first().span) == origin)
        };
        !values.is_empty() && values.iter().all(is_id) && values.iter().any(begins)
    }

    fn of_read(&self, read: &Read) -> Result<Vec<Change>, Left> {
        let unclear =
            || Left::of(format!("how the token is read again at {} is not understood", self.uses.place(read.node)));
        let ir = &self.shared.project.lowered(read.node.file).ok_or_else(unclear)?.ir;
        let key = name_read(ir, read.node.expr);
        let (store, stored_key) = match &read.how {
            How::Stored(store, key) => (store, key),
            How::Handed(other) => return self.handed_instead(read.node, other).ok_or_else(unclear),
            How::Member => {
                let key = key.ok_or_else(unclear)?;
                let access = self.shared.rules.access_member(key).ok_or_else(unclear)?;
                if is_access(self.twins().member(read.node, access)) {
                    return read_instead(self.shared, self.uses, read.node, access);
                }
                return Err(Left::of(format!(
                    "only the ID token is kept as `{key}`, which is read at {}: keep the access token beside it as \
                     `{access}`, and send that",
                    self.uses.place(read.node)
                )));
            }
        };
        let Some(key) = key.filter(|key| **key == **stored_key) else {
            return Err(Left::of(format!(
                "the key `{stored_key}` is not written out where it is read at {}",
                self.uses.place(read.node)
            )));
        };
        let writes = Eval::new(self.shared).writes_under(store, stored_key, read.node.file);
        let access = self.shared.rules.access_member(key).unwrap_or_default();
        let twin = self.twin(key, access, &writes);
        if let Some(twin) = &twin {
            let span = ir.span(read.node.expr);
            let found = Eval::new(self.shared).stored(store, &twin.as_str().into(), read.node.file, span);
            if is_access(found) {
                return Ok(vec![self.key_of_call(read.node, key, twin).ok_or_else(unclear)?]);
            }
        }
        self.put_beside(read, (store, stored_key), &writes, access)
    }

    /// The key under which the access token lies: every write of the ID token has one of it beside.
    fn twin(&self, key: &str, access: &str, writes: &[KeptWrite]) -> Option<String> {
        let mut common: Option<Vec<String>> = None;
        for write in writes {
            let KeptWrite::Call { call, .. } = write else { return None };
            let ir = &self.shared.project.lowered(call.file)?.ir;
            let beside = ir.calls.iter().filter(|other| ir.block_of(**other) == ir.block_of(call.expr));
            let alike = beside.filter(|it| **it != call.expr && callee_name(ir, **it) == callee_name(ir, call.expr));
            let names: Vec<String> =
                alike.filter_map(|it| name_read(ir, *it)).filter(|name| *name != key).map(str::to_owned).collect();
            common = Some(match common {
                Some(common) => common.into_iter().filter(|name| names.contains(name)).collect(),
                None => names,
            });
        }
        let common = common.unwrap_or_default();
        let by_name = common.iter().find(|name| *name == access).cloned();
        by_name.or_else(|| common.into_iter().find(|name| self.is_kept_as_access(name, writes)))
    }

    /// Whether what is written under a key beside a write is an access token.
    fn is_kept_as_access(&self, key: &str, writes: &[KeptWrite]) -> bool {
        let is_access = |write: &KeptWrite| {
            let KeptWrite::Call { call, .. } = write else { return false };
            let Some(lowered) = self.shared.project.lowered(call.file) else { return false };
            let ir = &lowered.ir;
            ir.calls.iter().any(|other| {
                let Expr::Call { args, .. } = ir.expr(*other) else { return false };
                ir.block_of(*other) == ir.block_of(call.expr)
                    && name_read(ir, *other) == Some(key)
                    && args.get(1).is_some_and(|arg| {
                        let node = Node { file: call.file, expr: arg.expr };
                        is_access(Eval::new(self.shared).value(node, &None))
                    })
            })
        };
        !writes.is_empty() && writes.iter().all(is_access)
    }

    /// Another method of the same object called, which hands out the access token.
    fn handed_instead(&self, call: Node, other: &str) -> Option<Vec<Change>> {
        let ir = &self.shared.project.lowered(call.file)?.ir;
        let Expr::Call { callee, .. } = ir.expr(call.expr) else { return None };
        let callee = ir.strip(*callee);
        let Expr::Field { key: Key::Name(name), .. } = ir.expr(callee) else { return None };
        let mut eval = Eval::new(self.shared);
        let mut handed = Vec::new();
        for method in self.twins().member(Node { file: call.file, expr: callee }, other) {
            let Value::Func(closure) = &method.value else { return None };
            handed.extend(eval.result(closure, Args::Given(Vec::new()), closure.this.clone()));
        }
        let end = ir.span(callee).end as usize;
        let text = self.shared.project.text(call.file);
        let is_written = text.get(..end).is_some_and(|text| text.ends_with(&**name));
        (is_written && is_access(handed)).then(|| vec![(call.file, Span::new(end - name.len(), end), other.to_owned())])
    }

    /// The key that a call is given, as another.
    pub(super) fn key_of_call(&self, call: Node, key: &str, to: &str) -> Option<Change> {
        let ir = &self.shared.project.lowered(call.file)?.ir;
        let Expr::Call { args, .. } = ir.expr(call.expr) else { return None };
        let literal = ir.span(ir.strip(args.first()?.expr));
        let text = self.shared.project.text(call.file);
        let written = text.get(literal.range())?;
        (written.len() == key.len() + 2 && written.get(1..written.len() - 1) == Some(key))
            .then(|| (call.file, Span::new(literal.start as usize + 1, literal.end as usize - 1), to.to_owned()))
    }
}
