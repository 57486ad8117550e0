//! Edits of tokens that are kept and read again: under a key of a store, as a member. Where the access token lies beside the
//! ID token, it is read in its place; where a store's writers are all known, it is put there first.

use super::token::{name_read, read_instead, sent_only};
use super::uses::Uses;
use super::{Change, Left, Sent};
use crate::eval::value::{Evidence, Node, Traced, Trail, Value, texts};
use crate::eval::{Eval, KeptWrite, Shared, Site};
use crate::ir::{Expr, ExprId, FileIr, Key, Lit, Name};
use crate::project::PlaceKey;
use crate::rules::path::Step;
use crate::rules::{Fact, StoreFact, TokenKind};
use crate::text::{FileId, Span};
use std::rc::Rc;
use std::sync::Arc;

/// Files that are searched for mentions of a key.
const FILES: usize = 100;

/// Finds what is kept.
pub(super) struct Kept<'a> {
    pub shared: &'a Shared<'a>,
    pub sent: &'a [Sent<'a>],
    pub uses: &'a Uses<'a>,
}

/// A read of what is kept.
struct Read {
    node: Node,
    /// The store and the key, where a call reads them.
    stored: Option<(Arc<str>, Name)>,
}

/// What an expression that is a key stands for.
enum Mention {
    /// The key of a known write, or of a read.
    Known,
    /// The only argument of a call that stands alone: it takes out what lies there.
    Removed(ExprId),
    /// Something that has nothing to do with the store.
    Elsewhere,
    /// It cannot be told.
    Unclear,
}

impl Kept<'_> {
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
        read.stored.as_ref()?;
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
            let place = ir.span(at.expr);
            let is_short = |_: &(&Name, ExprId)| !text[..place.start as usize].trim_end().ends_with(':');
            let key = ir.held_under(at.expr).filter(is_short).map(|(name, _)| format!("{name}: ")).unwrap_or_default();
            changes.push((at.file, place, format!("{key}{written}")));
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
                        Some(Read { node, stored: None })
                    }
                    Expr::Call { args, .. } if args.len() == 1 => {
                        self.store_read(node).map(|stored| Read { node, stored: Some(stored) })
                    }
                    _ => None,
                };
                reads.extend(read.filter(|read| self.comes_from(read.node, origin)));
            }
        }
        reads
    }

    /// Whether an expression is an ID token and nothing else, and may be the one that came into being at `origin`.
    fn comes_from(&self, node: Node, origin: (FileId, Span)) -> bool {
        let mut eval = Eval::new(self.shared);
        let values = eval.value(node, &None);
        let is_id = |value: &Traced| matches!(value.value, Value::Token(TokenKind::Id, _));
        let begins = |value: &Traced| first(value).is_some_and(|step| (step.file, step.span) == origin);
        !values.is_empty() && values.iter().all(is_id) && values.iter().any(begins)
    }

    /// The store and the key that a call reads.
    fn store_read(&self, node: Node) -> Option<(Arc<str>, Name)> {
        let ir = &self.shared.project.lowered(node.file)?.ir;
        ir.receiver(node.expr)?;
        let mut eval = Eval::new(self.shared);
        eval.glance();
        let called = eval.callees(node, &None);
        let [Traced { value: Value::Api(api), .. }] = called.as_slice() else { return None };
        let states = self.shared.rules.automaton.step(&api.states, &Step::Call);
        let read: &StoreFact = self.shared.rules.facts(&states).find_map(|fact| match fact {
            Fact::Read(read) if !read.own => Some(read),
            _ => None,
        })?;
        let keys = texts(&eval.slot(&read.key, &Site::of(node, &None, api)));
        match keys.as_slice() {
            [key] => Some((read.store.clone(), key.clone())),
            _ => None,
        }
    }

    fn of_read(&self, read: &Read) -> Result<Vec<Change>, Left> {
        let unclear =
            || Left::of(format!("how the token is read again at {} is not understood", self.uses.place(read.node)));
        let ir = &self.shared.project.lowered(read.node.file).ok_or_else(unclear)?.ir;
        let key = name_read(ir, read.node.expr);
        let Some((store, stored_key)) = &read.stored else {
            let key = key.ok_or_else(unclear)?;
            let access = self.shared.rules.access_member(key).ok_or_else(unclear)?;
            if self.is_access(self.member(read.node, access)) {
                return read_instead(self.shared, self.uses, read.node, access);
            }
            return Err(Left::of(format!(
                "only the ID token is kept as `{key}`, which is read at {}: keep the access token beside it as `{access}`, \
                 and send that",
                self.uses.place(read.node)
            )));
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
            if self.is_access(found) {
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
                        self.is_access(Eval::new(self.shared).value(node, &None))
                    })
            })
        };
        !writes.is_empty() && writes.iter().all(is_access)
    }

    /// What another member of the same object is.
    fn member(&self, read: Node, name: &str) -> Vec<Traced> {
        let Some(lowered) = self.shared.project.lowered(read.file) else { return Vec::new() };
        let Expr::Field { base, .. } = lowered.ir.expr(read.expr) else { return Vec::new() };
        let mut eval = Eval::new(self.shared);
        let bases = eval.value(Node { file: read.file, expr: *base }, &None);
        let found = eval.members(&bases, &PlaceKey::Name(name.into()), read, &None);
        let span = lowered.ir.span(read.expr);
        found.into_iter().map(|value| eval.as_token(value, read.file, span)).collect()
    }

    /// Whether values are access tokens, all of them, by more than a name.
    fn is_access(&self, values: Vec<Traced>) -> bool {
        let sure = |value: &Traced| {
            matches!(value.value, Value::Token(TokenKind::Access, Evidence::Api | Evidence::Convention))
        };
        !values.is_empty() && values.iter().all(sure)
    }

    /// The key that a call is given, as another.
    fn key_of_call(&self, call: Node, key: &str, to: &str) -> Option<Change> {
        let ir = &self.shared.project.lowered(call.file)?.ir;
        let Expr::Call { args, .. } = ir.expr(call.expr) else { return None };
        let literal = ir.span(ir.strip(args.first()?.expr));
        let text = self.shared.project.text(call.file);
        let written = text.get(literal.range())?;
        (written.len() == key.len() + 2 && written.get(1..written.len() - 1) == Some(key))
            .then(|| (call.file, Span::new(literal.start as usize + 1, literal.end as usize - 1), to.to_owned()))
    }

    /// The access token put into the store wherever the ID token is, and taken out wherever that is.
    fn put_beside(
        &self,
        read: &Read,
        (store, key): (&Arc<str>, &Name),
        writes: &[KeptWrite],
        access: &str,
    ) -> Result<Vec<Change>, Left> {
        let place = self.uses.place(read.node);
        if access.is_empty() {
            return Err(Left::of(format!(
                "the token is kept under `{key}`, which is read at {place}: keep the access token under a key of its own \
                 beside it, and send that"
            )));
        }
        let project = self.shared.project;
        if Eval::new(self.shared).stores(store, &access.into()) {
            return Err(Left::of(format!(
                "`{access}` is written, too, but not beside each write of `{key}`, or not with this login's access token"
            )));
        }
        let mut changes = Vec::new();
        let mut known: Vec<Node> = Vec::new();
        for write in writes {
            let (call, value) = match write {
                KeptWrite::Call { call, value } => (*call, *value),
                KeptWrite::Other(file) => {
                    let path = project.path(*file);
                    return Err(Left::of(format!("how `{key}` is written in {path} is not followed")));
                }
            };
            changes.push(self.written_beside(call, value, key, access)?);
            known.push(call);
        }
        if known.is_empty() {
            return Err(Left::of(format!("what writes `{key}` is not known")));
        }
        let (files, cut) = project.files_with(key, FILES);
        if cut {
            return Err(Left::of(format!("`{key}` is named in too many files")));
        }
        for file in files.into_iter().filter(|file| project.in_one_application(read.node.file, *file)) {
            let Some(lowered) = project.lowered(file) else { continue };
            let ir = &lowered.ir;
            for literal in ir.ids().filter(|id| matches!(ir.expr(*id), Expr::Lit(Lit::Str(text)) if text == key)) {
                match self.mention(ir, Node { file, expr: literal }, store, &known) {
                    Mention::Known | Mention::Elsewhere => {}
                    Mention::Removed(call) => {
                        changes.push(self.repeated(Node { file, expr: call }, &[(literal, access.to_owned())], key)?);
                    }
                    Mention::Unclear => {
                        let place = self.uses.place(Node { file, expr: literal });
                        return Err(Left::of(format!(
                            "`{key}` is named at {place} in a way that is not followed: what is kept beside it may have \
                             to be mentioned there, too"
                        )));
                    }
                }
            }
        }
        let unclear = || Left::of(format!("how the token is read again at {place} is not understood"));
        changes.push(self.key_of_call(read.node, key, access).ok_or_else(unclear)?);
        Ok(changes)
    }

    fn mention(&self, ir: &FileIr, literal: Node, store: &Arc<str>, known: &[Node]) -> Mention {
        let Some((call, nth)) = ir.argument_of(literal.expr) else {
            // a member's value, a comparison: not a key that something is done with
            let is_member = ir.held_under(literal.expr).is_some();
            let is_compared =
                ir.parents[literal.expr.index()].is_some_and(|up| matches!(ir.expr(up), Expr::Test { .. }));
            return if is_member || is_compared { Mention::Elsewhere } else { Mention::Unclear };
        };
        let node = Node { file: literal.file, expr: call };
        if known.contains(&node) && nth == 0 {
            return Mention::Known;
        }
        let mut eval = Eval::new(self.shared);
        let Some(receiver) = ir.receiver(call) else { return Mention::Unclear };
        if self.store_read(node).is_some() {
            return Mention::Known;
        }
        let values = eval.value(Node { file: literal.file, expr: receiver }, &None);
        let is_store = |value: &Traced| known.iter().any(|write| self.may_write(value, *write, store));
        let stands_alone = ir.parents[call.index()].is_none();
        let Expr::Call { args, .. } = ir.expr(call) else { return Mention::Unclear };
        if values.iter().any(is_store) {
            return if stands_alone && args.len() == 1 { Mention::Removed(call) } else { Mention::Unclear };
        }
        if values.is_empty() || values.iter().any(|value| value.value.is_unknown()) {
            Mention::Unclear
        } else {
            Mention::Elsewhere
        }
    }

    /// Whether the call of a write could be made on a value, too, and would write the same store.
    fn may_write(&self, value: &Traced, write: Node, store: &Arc<str>) -> bool {
        let rules = self.shared.rules;
        let Value::Api(api) = &value.value else { return false };
        let name = self.shared.project.lowered(write.file).and_then(|lowered| callee_name(&lowered.ir, write.expr));
        let Some(name) = name else { return false };
        let method = rules.automaton.step(&api.states, &Step::Member(name.to_string()));
        let called = rules.automaton.step(&method, &Step::Call);
        rules.facts(&called).any(|fact| matches!(fact, Fact::Write(write) if write.store == *store))
    }

    /// The statement that keeps the access token, behind the one that keeps the ID token.
    fn written_beside(&self, call: Node, value: Node, key: &Name, access: &str) -> Result<Change, Left> {
        let place = self.uses.place(call);
        let unclear = || {
            Left::of(format!(
                "what is kept under `{key}` at {place} is no member of the answer, beside which the access token would lie"
            ))
        };
        let ir = &self.shared.project.lowered(call.file).ok_or_else(unclear)?.ir;
        let value = ir.strip(value.expr);
        let Expr::Call { args, .. } = ir.expr(call.expr) else { return Err(unclear()) };
        let literal = args.first().map(|arg| ir.strip(arg.expr)).ok_or_else(unclear)?;
        if matches!(ir.expr(value), Expr::Lit(_)) {
            // it is emptied
            return self.repeated(call, &[(literal, access.to_owned())], key);
        }
        let Expr::Field { key: Key::Name(name), .. } = ir.expr(value) else { return Err(unclear()) };
        let twin = self.shared.rules.access_member(name).ok_or_else(unclear)?;
        if !self.is_access(self.member(Node { file: call.file, expr: value }, twin)) {
            return Err(Left::of(format!(
                "that the access token lies beside the ID token, as `{twin}`, is not certain at {place}"
            )));
        }
        self.repeated(call, &[(literal, access.to_owned()), (value, twin.to_owned())], key)
    }

    /// A statement once more behind itself, with other names at the ends of some of its expressions.
    fn repeated(&self, call: Node, names: &[(ExprId, String)], key: &Name) -> Result<Change, Left> {
        let place = self.uses.place(call);
        let left = || Left::of(format!("`{key}` is kept at {place} in a way that cannot be repeated beside it"));
        let ir = &self.shared.project.lowered(call.file).ok_or_else(left)?.ir;
        let text = self.shared.project.text(call.file);
        let span = ir.span(call.expr);
        if ir.parents[call.expr.index()].is_some() {
            return Err(left());
        }
        let line = text.get(..span.start as usize).ok_or_else(left)?.rfind('\n').map_or(0, |at| at + 1);
        let before = text.get(line..span.start as usize).ok_or_else(left)?;
        let previous = text.get(..line).ok_or_else(left)?.trim_end();
        let opens = |text: &str| text.ends_with(['{', '}', ';']) || text.is_empty();
        // without braces, a branch would lose the second statement
        let last_line = previous.rsplit('\n').next().unwrap_or_default().trim_start();
        let is_branch = ["if", "else", "for", "while"].iter().any(|word| {
            last_line
                .trim_start_matches(['}', ' '])
                .strip_prefix(word)
                .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        });
        let is_first = before.trim().is_empty()
            && (opens(previous) || !is_branch && !previous.ends_with([',', '(', '=', '>', ':', '?']));
        if !is_first && (before.trim().is_empty() || !opens(before.trim_end())) {
            return Err(left());
        }
        let mut written = text.get(span.range()).ok_or_else(left)?.to_owned();
        let mut names: Vec<(Span, &str)> = names.iter().map(|(id, to)| (ir.span(*id), to.as_str())).collect();
        names.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        for (at, to) in names {
            let end = (at.end - span.start) as usize;
            let part = written.get(..end).ok_or_else(left)?;
            let body = part.trim_end_matches([']', '\'', '"', '`']);
            let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
            let is_text = |c: char| !matches!(c, '\'' | '"' | '`');
            let from = if body.len() == part.len() {
                body.rfind(|c: char| !is_name(c))
            } else {
                body.rfind(|c: char| !is_text(c))
            };
            let range = from.map_or(0, |at| at + 1)..body.len();
            written.replace_range(range, to);
        }
        let after = text.get(span.end as usize..).ok_or_else(left)?;
        let (end, closed) = if after.starts_with(';') { (span.end as usize + 1, ";") } else { (span.end as usize, "") };
        let indent = if is_first { before } else { "" };
        let ending = if text.get(..line).is_some_and(|text| text.ends_with("\r\n")) { "\r\n" } else { "\n" };
        let separator = if is_first {
            format!("{ending}{indent}")
        } else if closed.is_empty() {
            "; ".to_owned()
        } else {
            " ".to_owned()
        };
        Ok((call.file, Span::new(end, end), format!("{separator}{written}{closed}")))
    }
}

/// The first step of the way of a value.
fn first(value: &Traced) -> Option<&Trail> {
    let mut at: &Rc<Trail> = value.trail.as_ref()?;
    while let Some(before) = at.before.as_ref() {
        at = before;
    }
    Some(at)
}

/// The name of the method that is called.
fn callee_name(ir: &FileIr, call: ExprId) -> Option<&Name> {
    match ir.expr(call) {
        Expr::Call { callee, .. } => match ir.expr(ir.strip(*callee)) {
            Expr::Field { key: Key::Name(name), .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}
