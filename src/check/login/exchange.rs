//! Edits where no member beside the ID token holds the access token, but a call hands it out: the call that hands out claims
//! is renamed, or the claims are left as they are and the other call is written where their raw token was.

use super::token::{renamed, sent_only};
use super::uses::Uses;
use super::{Change, Left};
use crate::eval::Shared;
use crate::eval::value::Node;
use crate::ir::{BindingId, Expr, ExprId, FileIr, FuncId, Key, Why};
use crate::project::Lowered;
use crate::rules::TOKEN;
use crate::rules::schema::ExchangeTable;
use crate::text::{FileId, Span};
use std::sync::Arc;

/// The exchange at the origin of one call's token.
pub(super) struct Exchange<'a> {
    uses: &'a Uses<'a>,
    table: &'a ExchangeTable,
    /// What a variable is called that holds the access token.
    access_name: &'a str,
    file: FileId,
    lowered: &'a Lowered,
    text: Arc<str>,
    changes: Vec<Change>,
}

/// Where the claims come from.
enum Claims {
    /// A call that hands them out.
    Call(ExprId),
    /// A member that holds them, or is a stream of them.
    Member(ExprId),
}

impl<'a> Exchange<'a> {
    pub(super) fn new(
        shared: &'a Shared<'a>,
        uses: &'a Uses<'a>,
        table: &'a ExchangeTable,
        file: FileId,
    ) -> Option<Self> {
        let lowered = shared.project.lowered(file)?;
        Some(Exchange {
            uses,
            table,
            access_name: shared.rules.access_name(),
            file,
            lowered,
            text: shared.project.text(file),
            changes: Vec::new(),
        })
    }

    fn ir(&self) -> &'a FileIr {
        &self.lowered.ir
    }

    fn node(&self, expr: ExprId) -> Node {
        Node { file: self.file, expr }
    }

    fn place(&self, expr: ExprId) -> String {
        self.uses.place(self.node(expr))
    }

    fn written(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn change(&mut self, span: Span, to: impl Into<String>) {
        self.changes.push((self.file, span, to.into()));
    }

    /// What the raw token is read off, where an expression reads it.
    fn raw(&self, id: ExprId) -> Option<ExprId> {
        match self.ir().expr(id) {
            Expr::Field { base, key: Key::Name(key) } if **key == *self.table.member => Some(*base),
            _ => None,
        }
    }

    /// The expression at the origin that reads the raw token off the claims.
    pub(super) fn read_at(&self, origin: Span) -> Option<ExprId> {
        self.ir().ids().find(|id| self.ir().span(*id) == origin && self.raw(*id).is_some())
    }

    /// The changes that send the access token in the place of the raw ID token.
    pub(super) fn changes(mut self, read: ExprId) -> Result<Vec<Change>, Left> {
        let ir = self.ir();
        let base = self.raw(read).ok_or_else(|| self.unclear(read))?;
        let claims = ir.strip(base);
        if let Some(member) = self.held(claims) {
            self.held_claims(read, member)?;
            return Ok(self.changes);
        }
        match ir.expr(claims) {
            Expr::Call { .. } => {
                let call = self.claims_call(claims).ok_or_else(|| self.unclear(read))?;
                sent_only(self.uses, self.node(read))?;
                if self.is_in_pattern(read) {
                    self.pattern(read, base, call)?;
                } else {
                    self.taken_out(read)?;
                    self.handed_out(call)?;
                }
            }
            Expr::Local(binding) => self.variable(read, *binding)?,
            _ => return Err(self.unclear(read)),
        }
        Ok(self.changes)
    }

    fn unclear(&self, read: ExprId) -> Left {
        Left::of(format!("how the claims come to {} is not understood", self.place(read)))
    }

    /// Where claims come from that a call makes: handed out by it, or read off a member by a call around that.
    fn claims_call(&self, call: ExprId) -> Option<Claims> {
        let ir = self.ir();
        let Expr::Call { callee, args, .. } = ir.expr(call) else { return None };
        let name = match ir.expr(ir.strip(*callee)) {
            Expr::Field { key: Key::Name(key), .. } => &**key,
            Expr::Local(binding) => &*ir.binding(*binding).name,
            _ => return None,
        };
        if self.table.call.as_deref() == Some(name) {
            return Some(Claims::Call(call));
        }
        // the first of a stream, as a promise
        let [only] = &**args else { return None };
        let member = ir.strip(only.expr);
        self.is_stream(member).then_some(Claims::Member(member))
    }

    fn is_stream(&self, id: ExprId) -> bool {
        matches!(self.ir().expr(id), Expr::Field { key: Key::Name(key), .. } if self.table.stream.as_deref() == Some(&**key))
    }

    fn is_in_pattern(&self, read: ExprId) -> bool {
        self.lowered.index.binding_of.contains_key(&read)
            && self.written(self.ir().span(read)).starts_with(&self.table.member)
    }

    /// `const { __raw } = await …`: what is handed out is the token itself.
    fn pattern(&mut self, read: ExprId, base: ExprId, claims: Claims) -> Result<(), Left> {
        let ir = self.ir();
        let is_other = |id: &ExprId| {
            *id != read && matches!(ir.expr(*id), Expr::Field { base: other, .. } if ir.strip(*other) == ir.strip(base))
        };
        let span = ir.span(read);
        let binding = *self.lowered.index.binding_of.get(&read).ok_or_else(|| self.unclear(read))?;
        if ir.ids().any(|id| is_other(&id)) {
            // the other claims are still wanted
            let Claims::Call(call) = claims else { return Err(self.unclear(read)) };
            for at in self.lowered.index.reads.get(&binding).cloned().unwrap_or_default() {
                self.called_here(at, call)?;
            }
            let part = self.with_comma(span);
            self.change(part, "");
            return Ok(());
        }
        let around = self.around(span).ok_or_else(|| self.unclear(read))?;
        let name = &*ir.binding(binding).name;
        if *name == *self.table.member {
            for (span, to) in renamed(self.lowered, &self.text, binding, (self.access_name, self.access_name))? {
                if span != ir.binding(binding).span {
                    self.change(span, to);
                }
            }
            self.change(around, self.access_name);
        } else {
            self.change(around, name);
        }
        self.handed_out(claims)
    }

    /// The braces around the only part of a pattern.
    fn around(&self, part: Span) -> Option<Span> {
        let before = self.text.get(..part.start as usize)?.trim_end();
        let after = self.text.get(part.end as usize..)?;
        let rest = after.trim_start();
        let rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        let end = self.text.len() - rest.strip_prefix('}')?.len();
        before.ends_with('{').then(|| Span::new(before.len() - 1, end))
    }

    /// A part of a pattern with the comma and the space that keep it from the others.
    fn with_comma(&self, part: Span) -> Span {
        let (from, to) = (part.start as usize, part.end as usize);
        let after = self.text.get(to..).unwrap_or_default();
        let rest = after.trim_start();
        if let Some(rest) = rest.strip_prefix(',')
            && !rest.trim_start().starts_with('}')
        {
            return Span::new(from, self.text.len() - rest.trim_start().len());
        }
        let before = self.text.get(..from).unwrap_or_default().trim_end();
        match before.strip_suffix(',') {
            Some(before) => Span::new(before.len(), to),
            None => part,
        }
    }

    /// The claims are held by a variable.
    fn variable(&mut self, read: ExprId, binding: BindingId) -> Result<(), Left> {
        let ir = self.ir();
        let [def] = ir.binding(binding).defs.as_slice() else {
            return Err(Left::of(format!("`{}` is assigned more than once", ir.binding(binding).name)));
        };
        let reads = self.lowered.index.reads.get(&binding).cloned().unwrap_or_default();
        let made = ir.strip(def.value);
        let claims = match ir.expr(made) {
            Expr::Call { .. } => self.claims_call(made),
            Expr::Param { func, index: 0, rest: false } => self.given(*func),
            _ => None,
        };
        let claims = claims.ok_or_else(|| self.unclear(read))?;
        let raw_reads: Vec<ExprId> =
            reads.iter().filter_map(|at| above(ir, *at)).filter(|used| self.raw(*used).is_some()).collect();
        for used in &raw_reads {
            sent_only(self.uses, self.node(*used))?;
        }
        if raw_reads.len() == reads.len() {
            for used in raw_reads {
                self.taken_out(used)?;
            }
            // what is named after claims would hold a token
            let mut named = [TOKEN, self.access_name]
                .into_iter()
                .filter_map(|name| renamed(self.lowered, &self.text, binding, (name, name)).ok());
            named.next().into_iter().flatten().for_each(|(span, to)| self.change(span, to));
            return self.handed_out(claims);
        }
        let Claims::Call(call) = claims else {
            let other = reads.iter().find(|at| above(ir, **at).is_none_or(|used| self.raw(used).is_none()));
            let place = self.place(other.copied().unwrap_or(read));
            return Err(Left::of(format!("the claims are used for something else, too, at {place}")));
        };
        for used in raw_reads {
            self.called_here(used, call)?;
        }
        Ok(())
    }

    /// What hands claims to a function: a promise of them, or a stream.
    fn given(&self, func: FuncId) -> Option<Claims> {
        let ir = self.ir();
        let function = ir.func(func);
        let (given_to, 0) = ir.argument_of(function.expr)? else { return None };
        if let Some(receiver) = ir.receiver(given_to)
            && let Some(claims @ Claims::Call(_)) = self.claims_call(ir.strip(receiver))
        {
            return Some(claims);
        }
        // the way out to the call that begins with the stream
        let mut around = std::iter::successors(Some(function.expr), |at| ir.parents[at.index()]);
        let begins = |id: ExprId, at: ExprId| ir.span(id).start == ir.span(at).start && self.is_stream(id);
        let member = around.find_map(|at| ir.ids().find(|id| *id != at && begins(*id, at)))?;
        let from = ir.span(member).end;
        let is_between = |other: &crate::ir::Func| other.span.start >= from && other.span.end <= function.span.start;
        (!ir.funcs.iter().any(is_between)).then_some(Claims::Member(member))
    }

    /// A member that holds the claims, which an expression reads, wrapped or not.
    fn held(&self, claims: ExprId) -> Option<ExprId> {
        let ir = self.ir();
        let held = self.table.held.as_deref()?;
        let is_held = |id: ExprId| match ir.expr(id) {
            Expr::Field { key: Key::Name(key), .. } => **key == *held,
            Expr::Local(binding) => match ir.binding(*binding).defs.as_slice() {
                [def] => {
                    matches!(ir.expr(ir.strip(def.value)), Expr::Field { key: Key::Name(key), .. } if **key == *held)
                }
                _ => false,
            },
            _ => false,
        };
        if is_held(claims) {
            return Some(claims);
        }
        match ir.expr(claims) {
            Expr::Field { base, key: Key::Name(_) } => Some(ir.strip(*base)).filter(|base| is_held(*base)),
            _ => None,
        }
    }

    /// Claims that a member holds: the other call is written in their place.
    fn held_claims(&mut self, read: ExprId, member: ExprId) -> Result<(), Left> {
        let ir = self.ir();
        sent_only(self.uses, self.node(read))?;
        self.is_async(read)?;
        let call = match ir.expr(member) {
            Expr::Field { base, .. } => format!("{}.{}", self.written(ir.span(*base)), self.table.access),
            Expr::Local(binding) => {
                let reads = self.lowered.index.reads.get(binding).cloned().unwrap_or_default();
                let others = reads.iter().any(|at| *at != member && !is_dependency(ir, *at));
                let call = self.beside(*binding, !others)?;
                // the read goes with what is read off it
                let inside = ir.span(member);
                self.changes.retain(|(_, span, _)| *span != inside);
                call
            }
            _ => return Err(self.unclear(read)),
        };
        self.change(ir.span(read), format!("await {call}()"));
        Ok(())
    }

    fn is_async(&self, at: ExprId) -> Result<(), Left> {
        let ir = self.ir();
        let func = ir.func_of(at);
        let header = self.written(ir.func(func).span);
        let header = header.split(['(', '{']).next().unwrap_or_default().split("=>").next().unwrap_or_default();
        if func != FuncId::MODULE && header.split_whitespace().any(|word| word == "async") {
            return Ok(());
        }
        let why =
            format!("the access token has to be waited for, and the function around {} is not async", self.place(at));
        Err(Left::of(why))
    }

    /// The other call, written in the place of an expression.
    fn called_here(&mut self, at: ExprId, call: ExprId) -> Result<(), Left> {
        let ir = self.ir();
        let awaited = ir.parents[call.index()].is_some_and(|up| matches!(ir.expr(up), Expr::Through(_, Why::Await)));
        if !awaited || ir.func_of(at) != ir.func_of(call) {
            return Err(Left::of(format!(
                "the claims are used for something else, too, and at {} the access token cannot be waited for",
                self.place(at)
            )));
        }
        let Expr::Call { callee, .. } = ir.expr(call) else { return Err(self.unclear(at)) };
        let callee = ir.strip(*callee);
        let name = match ir.expr(callee) {
            Expr::Field { base, .. } => format!("{}.{}", self.written(ir.span(*base)), self.table.access),
            Expr::Local(binding) => self.beside(*binding, false)?,
            _ => return Err(self.unclear(at)),
        };
        self.change(ir.span(at), format!("await {name}()"));
        Ok(())
    }

    /// `.member` is left off, and the bracket of `(await x).member` where nothing else is read off it.
    fn taken_out(&mut self, field: ExprId) -> Result<(), Left> {
        let ir = self.ir();
        let base = self.raw(field).ok_or_else(|| self.unclear(field))?;
        let (base, whole) = (ir.span(ir.strip(base)), ir.span(field));
        let rest = self.text.get(base.end as usize..whole.end as usize).unwrap_or_default();
        let at = rest.find(['.', '?', '!', '[']).ok_or_else(|| self.unclear(field))?;
        let (mut from, end) = (base.end as usize + at, whole.end as usize);
        let follows = self.text.get(end..).and_then(|text| text.chars().next());
        let inner = self.text.get(whole.start as usize + 1..from - 1).unwrap_or_default();
        let is_bracket = self.written(whole).starts_with('(')
            && self.text.get(..from).is_some_and(|text| text.ends_with(')'))
            && inner.starts_with("await ")
            && !follows.is_some_and(|next| matches!(next, '.' | '[' | '(' | '?' | '!' | '`'))
            && self.text.get(..whole.start as usize).is_some_and(|text| {
                let before = text.trim_end();
                before.ends_with(['=', '(', '{', ',']) || before.ends_with("return") || before.ends_with("=>")
            });
        if is_bracket {
            self.change(Span::new(whole.start as usize, whole.start as usize + 1), "");
            from -= 1;
        }
        self.change(Span::new(from, end), "");
        Ok(())
    }

    /// What hands out claims hands out the access token.
    fn handed_out(&mut self, claims: Claims) -> Result<(), Left> {
        let ir = self.ir();
        match claims {
            Claims::Member(member) => {
                let (span, stream) = (ir.span(member), self.table.stream.as_deref().unwrap_or_default());
                if !self.written(span).ends_with(stream) {
                    return Err(self.unclear(member));
                }
                let end = span.end as usize;
                self.change(Span::new(end - stream.len(), end), format!("{}()", self.table.access));
                Ok(())
            }
            Claims::Call(call) => {
                let Expr::Call { callee, .. } = ir.expr(call) else { return Err(self.unclear(call)) };
                let callee = ir.strip(*callee);
                let (span, name) = (ir.span(callee), self.table.call.as_deref().unwrap_or_default());
                if !self.written(span).ends_with(name) {
                    return Err(self.unclear(call));
                }
                let access = match ir.expr(callee) {
                    Expr::Local(binding) => {
                        let binding = *binding;
                        let reads = self.lowered.index.reads.get(&binding).cloned().unwrap_or_default();
                        let other_call = reads.iter().any(|read| *read != callee && !is_dependency(ir, *read));
                        self.beside(binding, !other_call)?
                    }
                    _ => self.table.access.clone(),
                };
                let end = span.end as usize;
                self.change(Span::new(end - name.len(), end), access);
                Ok(())
            }
        }
    }

    /// The variable that holds the other call, taken out of the same object as `binding`; in the place of that where it is
    /// needed no more.
    fn beside(&mut self, binding: BindingId, is_last: bool) -> Result<String, Left> {
        let ir = self.ir();
        let held = ir.binding(binding);
        let unclear = || Left::of(format!("where `{}` is taken from is not understood", held.name));
        let [def] = held.defs.as_slice() else { return Err(unclear()) };
        let Expr::Field { base, .. } = ir.expr(ir.strip(def.value)) else { return Err(unclear()) };
        let access = self.table.access.clone();
        let is_there = |other: &&crate::ir::Binding| match other.defs.as_slice() {
            [def] => match ir.expr(ir.strip(def.value)) {
                Expr::Field { base: from, key: Key::Name(key) } => {
                    **key == *access && ir.strip(*from) == ir.strip(*base)
                }
                _ => false,
            },
            _ => false,
        };
        if let Some(known) = ir.bindings.iter().find(is_there) {
            return Ok(known.name.to_string());
        }
        if self.written(held.span) != &*held.name || ir.span(ir.strip(def.value)) != held.span {
            return Err(unclear());
        }
        if is_last {
            for (span, to) in renamed(self.lowered, &self.text, binding, (&access, &access))? {
                self.change(span, to);
            }
        } else {
            if ir.bindings.iter().any(|other| *other.name == *access) {
                return Err(Left::of(format!("the name `{access}` is taken already")));
            }
            let end = held.span.end as usize;
            self.change(Span::new(end, end), format!(", {access}"));
        }
        Ok(access)
    }
}

/// What an expression is part of, whatever wraps it.
fn above(ir: &FileIr, expr: ExprId) -> Option<ExprId> {
    let mut at = ir.parents[expr.index()]?;
    while matches!(ir.expr(at), Expr::Through(..)) {
        at = ir.parents[at.index()]?;
    }
    Some(at)
}

/// Whether a variable is only named for a hook to look at: an element of the list behind a function.
pub(super) fn is_dependency(ir: &FileIr, read: ExprId) -> bool {
    let Some(list) = ir.parents[read.index()].filter(|list| matches!(ir.expr(*list), Expr::List(_))) else {
        return false;
    };
    let Some((call, nth)) = ir.argument_of(list) else { return false };
    let Expr::Call { callee, args, .. } = ir.expr(call) else { return false };
    let is_hook = match ir.expr(ir.strip(*callee)) {
        Expr::Field { key: Key::Name(name), .. } | Expr::Global(name) => name.starts_with("use"),
        Expr::Local(binding) => ir.binding(*binding).name.starts_with("use"),
        _ => false,
    };
    let behind_function = || {
        nth.checked_sub(1)
            .and_then(|nth| args.get(nth as usize))
            .is_some_and(|arg| matches!(ir.expr(ir.strip(arg.expr)), Expr::Func(_)))
    };
    is_hook && behind_function()
}
