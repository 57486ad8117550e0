//! The access token kept as a member beside the ID token: behind each statement that keeps that, in each literal that holds it,
//! and read where a call sends it. Both the write and the read change, or none.

use super::kept::Kept;
use super::token::read_instead;
use super::{Change, line_ending};
use crate::eval::value::Node;
use crate::ir::{Expr, ExprId, FileIr, Key, Name, Prop};
use crate::text::{FileId, Span};

/// Objects that a token goes through, one after another.
const HOPS: usize = 4;
/// Files that are searched for a member.
const FILES: usize = 60;

/// What keeps a value as a member.
enum Holder {
    /// `holder.key = value`: the whole assignment.
    Write(Span),
    /// A member of a literal.
    Literal(Span),
}

impl Kept<'_> {
    /// The changes for one call whose ID token, which comes into being at `origin`, is kept as a member on its way.
    pub(super) fn beside_members(&self, nth: usize, origin: (FileId, Span)) -> Option<Vec<Change>> {
        let project = self.shared.project;
        let found =
            project.lowered(origin.0)?.at(origin.1).map(|expr| Node { file: origin.0, expr }).find_map(|node| {
                let twin = self.twins().of(node)?;
                Some((node, twin))
            });
        let (node, twin) = found?;
        let mut changes = twin.changes;
        let mut open = vec![(node, twin.written)];
        let mut is_read = false;
        for _ in 0..HOPS {
            let mut next = Vec::new();
            for (value, written) in open {
                let ir = &project.lowered(value.file)?.ir;
                let (key, holder) = self.holder(ir, value)?;
                let access = self.shared.rules.access_member(&key)?.to_owned();
                if self.is_known(&access, &key)? {
                    return None;
                }
                changes.push(self.kept_beside(value, &holder, (&key, &access), &written)?);
                for read in self.uses.member_reads(&key)?.into_iter().filter(|read| self.comes_from(*read, origin)) {
                    let ir = &project.lowered(read.file)?.ir;
                    if self.holder(ir, read).is_some_and(|(key, _)| self.shared.rules.access_member(&key).is_some()) {
                        let text = project.text(read.file);
                        let whole = text.get(ir.span(read.expr).range())?;
                        next.push((read, format!("{}{access}", whole.strip_suffix(&*key)?)));
                    } else if let Ok(calls) = self.uses.of(read)
                        && !calls.is_empty()
                    {
                        is_read |= calls.contains(&nth);
                        changes.extend(read_instead(self.shared, self.uses, read, &access).ok()?);
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            open = next;
        }
        is_read.then_some(changes)
    }

    /// What keeps a value as a member, and under which name.
    fn holder(&self, ir: &FileIr, value: Node) -> Option<(Name, Holder)> {
        let lowered = self.shared.project.lowered(value.file)?;
        let mut at = value.expr;
        loop {
            if let Some(nth) = lowered.index.write_of.get(&at) {
                let write = &ir.writes[*nth];
                let Key::Name(key) = &write.key else { return None };
                return Some((key.clone(), Holder::Write(write.span)));
            }
            if let Some((key, _)) = ir.held_under(at) {
                return Some((key.clone(), Holder::Literal(ir.span(at))));
            }
            let parent = ir.parents[at.index()]?;
            if !matches!(ir.expr(parent), Expr::Through(..)) {
                return None;
            }
            at = parent;
        }
    }

    /// Whether something has the access token's name already, or a type says which members there are.
    fn is_known(&self, access: &str, key: &Name) -> Option<bool> {
        let project = self.shared.project;
        let name: Name = access.into();
        let (files, cut) = project.files_with(access, FILES);
        let is_prop = |ir: &FileIr, expr: &Expr| match expr {
            Expr::Object { props, .. } => props.iter().any(|prop| match prop {
                Prop::Field(Key::Name(held), value) => *held == name && !self.is_option(ir, *value),
                _ => false,
            }),
            _ => false,
        };
        for file in files {
            let Some(lowered) = project.lowered(file) else { continue };
            let ir = &lowered.ir;
            if lowered.index.writes_by_key.contains_key(&name) || ir.exprs.iter().any(|expr| is_prop(ir, expr)) {
                return Some(true);
            }
        }
        let (typed, more) = project.files_with(key, FILES);
        let declares = |file: FileId| {
            let is_typed =
                [".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"].iter().any(|end| project.path(file).ends_with(end));
            is_typed
                && project.lowered(file).is_some_and(|lowered| {
                    let fields = lowered.ir.classes.iter().flat_map(|class| &class.fields);
                    fields.into_iter().any(|field| matches!(&field.key, Key::Name(name) if name == key))
                })
        };
        Some(cut || more || typed.into_iter().any(declares))
    }

    /// Whether a member's value says only whether something is to be done: `{ accessToken: true }`.
    fn is_option(&self, ir: &FileIr, value: ExprId) -> bool {
        matches!(ir.expr(ir.strip(value)), Expr::Lit(crate::ir::Lit::Bool(_)))
    }

    /// The access token under its name beside the ID token.
    fn kept_beside(&self, value: Node, holder: &Holder, (key, access): (&Name, &str), written: &str) -> Option<Change> {
        let project = self.shared.project;
        let ir = &project.lowered(value.file)?.ir;
        let text = project.text(value.file);
        match holder {
            Holder::Literal(span) => {
                let end = span.end as usize;
                let follows = text.get(end..)?.trim_start();
                if !follows.starts_with([',', '}']) {
                    return None;
                }
                let line = text.get(..span.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
                let before = text.get(line..span.start as usize)?;
                let indent: String = before.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
                let stands_alone = before.trim().is_empty() || before.trim_start().starts_with(&**key);
                let separator =
                    if stands_alone { format!(",{}{indent}", line_ending(&text, line)) } else { ", ".to_owned() };
                Some((value.file, Span::new(end, end), format!("{separator}{access}: {written}")))
            }
            Holder::Write(span) => {
                let whole = text.get(span.range())?;
                let at = ir.span(value.expr);
                let (from, to) = (at.start.checked_sub(span.start)? as usize, at.end.checked_sub(span.start)? as usize);
                let target = whole.get(..from)?;
                let place = target.rfind(&**key)?;
                let target = format!("{}{access}{}", &target[..place], &target[place + key.len()..]);
                let statement = format!("{target}{written}{}", whole.get(to..)?);
                self.behind_statement(value.file, *span, Some(statement), key).ok()
            }
        }
    }
}
