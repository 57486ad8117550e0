//! The access token put into a store beside the ID token: behind each statement that writes that, and taken out wherever that
//! is. All places that name the key must be known.

use super::kept::{Kept, Read};
use super::stores::{FILES, Mention};
use super::{Change, Left, line_ending};
use crate::eval::value::{FuncRef, Node};
use crate::eval::{Eval, KeptWrite};
use crate::ir::{Expr, ExprId, Key, Lit, Name};
use crate::text::{FileId, Span};
use std::sync::Arc;

impl Kept<'_> {
    /// The access token put into the store wherever the ID token is, and taken out wherever that is.
    pub(super) fn put_beside(
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
            changes.extend(self.written_beside(call, value, key, access)?);
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
                match self.stores().mention(ir, Node { file, expr: literal }, store, &known) {
                    Mention::Written | Mention::Read(_) | Mention::Elsewhere => {}
                    Mention::Removed(call) => {
                        let node = Node { file, expr: call };
                        changes.push(self.behind(node, self.written_as(node, literal, access, None), key)?);
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

    /// The statements that keep the access token, behind those that keep the ID token.
    fn written_beside(&self, call: Node, value: Node, key: &Name, access: &str) -> Result<Vec<Change>, Left> {
        let place = self.uses.place(call);
        let unclear = || {
            Left::of(format!(
                "what is kept under `{key}` at {place} is no member of the answer, beside which the access token would lie"
            ))
        };
        let ir = &self.shared.project.lowered(call.file).ok_or_else(unclear)?.ir;
        let value = Node { expr: ir.strip(value.expr), ..value };
        let Expr::Call { args, .. } = ir.expr(call.expr) else { return Err(unclear()) };
        let literal = args.first().map(|arg| ir.strip(arg.expr)).ok_or_else(unclear)?;
        if matches!(ir.expr(value.expr), Expr::Lit(_)) {
            // it is emptied
            return Ok(vec![self.behind(call, self.written_as(call, literal, access, None), key)?]);
        }
        if let Some(twin) = self.twins().of(value) {
            let mut changes = twin.changes;
            let written = self.written_as(call, literal, access, Some((value.expr, &twin.written)));
            changes.push(self.behind(call, written, key)?);
            return Ok(changes);
        }
        if let Some(changes) = self.handed_in(call, value, literal, (key, access)) {
            return changes;
        }
        match ir.expr(value.expr) {
            Expr::Field { key: Key::Name(name), .. } => {
                let twin = self.shared.rules.access_member(name).ok_or_else(unclear)?;
                Err(Left::of(format!(
                    "that the access token lies beside the ID token, as `{twin}`, is not certain at {place}"
                )))
            }
            _ => Err(unclear()),
        }
    }

    /// A function writes what it is given: the access token is written behind its calls. Only where the store is there
    /// wherever the code is.
    fn handed_in(
        &self,
        call: Node,
        value: Node,
        literal: ExprId,
        (key, access): (&Name, &str),
    ) -> Option<Result<Vec<Change>, Left>> {
        let ir = &self.shared.project.lowered(call.file)?.ir;
        if !matches!(ir.expr(ir.strip(ir.receiver(call.expr)?)), Expr::Global(_)) {
            return None;
        }
        let Expr::Local(binding) = ir.expr(value.expr) else { return None };
        let [def] = ir.binding(*binding).defs.as_slice() else { return None };
        let Expr::Param { func, index, rest: false } = ir.expr(ir.strip(def.value)) else { return None };
        let callers = self.uses.callers(FuncRef { file: call.file, func: *func })?;
        let mut changes = Vec::new();
        for caller in callers {
            let ir = &self.shared.project.lowered(caller.file)?.ir;
            let Expr::Call { args, .. } = ir.expr(caller.expr) else { return None };
            let arg = args.get(*index as usize).filter(|arg| !arg.spread)?;
            let twin = self.twins().of(Node { file: caller.file, expr: arg.expr })?;
            changes.extend(twin.changes);
            let written = self.written_as(call, literal, access, Some((value.expr, &twin.written)));
            match self.behind(caller, written, key) {
                Ok(change) => changes.push(change),
                Err(left) => return Some(Err(left)),
            }
        }
        Some(Ok(changes))
    }

    /// The text of a call with another key, and another value.
    fn written_as(&self, call: Node, literal: ExprId, key: &str, value: Option<(ExprId, &str)>) -> Option<String> {
        let ir = &self.shared.project.lowered(call.file)?.ir;
        let text = self.shared.project.text(call.file);
        let span = ir.span(call.expr);
        let mut written = text.get(span.range())?.to_owned();
        let quoted = ir.span(literal);
        let inside = Span::new(quoted.start as usize + 1, (quoted.end as usize).checked_sub(1)?);
        let mut parts = vec![(inside, key)];
        parts.extend(value.map(|(value, to)| (ir.span(value), to)));
        parts.sort_by_key(|(at, _)| std::cmp::Reverse(at.start));
        for (at, to) in parts {
            let (from, end) = (at.start.checked_sub(span.start)?, at.end.checked_sub(span.start)?);
            written.get(from as usize..end as usize)?;
            written.replace_range(from as usize..end as usize, to);
        }
        Some(written)
    }

    /// A statement behind another one.
    fn behind(&self, call: Node, written: Option<String>, key: &Name) -> Result<Change, Left> {
        let place = self.uses.place(call);
        let left = || Left::of(format!("`{key}` is kept at {place} in a way that cannot be repeated beside it"));
        let ir = &self.shared.project.lowered(call.file).ok_or_else(left)?.ir;
        let span = ir.span(call.expr);
        if ir.parents[call.expr.index()].is_some() {
            return Err(left());
        }
        self.behind_statement(call.file, span, written, key)
    }

    /// The same, behind the statement at a place.
    pub(super) fn behind_statement(
        &self,
        file: FileId,
        span: Span,
        written: Option<String>,
        key: &Name,
    ) -> Result<Change, Left> {
        let text = self.shared.project.text(file);
        let place = || self.shared.project.place(file, span);
        let left = || Left::of(format!("`{key}` is kept at {} in a way that cannot be repeated beside it", place()));
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
        let written = written.ok_or_else(left)?;
        let after = text.get(span.end as usize..).ok_or_else(left)?;
        let ends = after.trim_start_matches([' ', '\t']);
        if !(ends.is_empty() || ends.starts_with([';', '\n', '\r', '}']) || ends.starts_with("//")) {
            return Err(left());
        }
        let (end, closed) = if after.starts_with(';') { (span.end as usize + 1, ";") } else { (span.end as usize, "") };
        let indent = if is_first { before } else { "" };
        let ending = line_ending(&text, line);
        let separator = if is_first {
            format!("{ending}{indent}")
        } else if closed.is_empty() {
            "; ".to_owned()
        } else {
            " ".to_owned()
        };
        Ok((file, Span::new(end, end), format!("{separator}{written}{closed}")))
    }
}
