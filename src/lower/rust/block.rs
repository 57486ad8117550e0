//! Blocks and statements.

use super::{Flow, Lower, extent, name, place};
use crate::ir::{BlockKind, Guard};
use syn::{Block, Item, Local, Pat, Stmt};

impl Lower {
    /// A block's statements in a scope of their own, in the current region of code; its value is the tail's.
    pub(super) fn block(&mut self, block: &Block) -> Flow {
        self.enter_scope();
        let flow = self.statements(&block.stmts, place(block.brace_token.span.open()).start);
        self.leave_scope();
        flow
    }

    /// The same in a region that runs perhaps, or often.
    pub(super) fn block_in(&mut self, kind: BlockKind, guard: Option<Guard>, block: &Block) -> Flow {
        self.b.enter_guarded(kind, guard);
        let flow = self.block(block);
        self.b.leave_block();
        flow
    }

    /// Statements in the current scope. Items among them count from `at` on, which is the block's begin.
    pub(super) fn statements(&mut self, stmts: &[Stmt], at: u32) -> Flow {
        let mut expanded: Vec<Item> = Vec::new();
        for stmt in stmts {
            if let Stmt::Macro(stmt) = stmt
                && let Some(items) = self.macro_items(&stmt.mac)
            {
                expanded.extend(items);
            }
        }
        let items: Vec<&Item> = stmts
            .iter()
            .filter_map(|stmt| match stmt {
                Stmt::Item(item) => Some(item),
                _ => None,
            })
            .chain(&expanded)
            .collect();
        for item in &items {
            self.note_rules(item);
        }
        self.block_items(&items, at);
        let mut never = false;
        let mut tail = Flow::Unit;
        let mut opened = 0;
        for stmt in stmts {
            self.left_by = None;
            let (flow, is_tail) = match stmt {
                Stmt::Item(_) => continue,
                Stmt::Local(local) => {
                    self.let_statement(local);
                    (Flow::Unit, false)
                }
                Stmt::Expr(expr, semi) => (self.flow(expr), semi.is_none()),
                Stmt::Macro(stmt) if self.is_item_macro(&stmt.mac) => continue,
                Stmt::Macro(stmt) => (self.macro_call(&stmt.mac), stmt.semi_token.is_none()),
            };
            never |= flow == Flow::Never;
            tail = if is_tail { flow } else { Flow::Unit };
            // behind a branch that does not come back
            let is_if = matches!(stmt, Stmt::Expr(syn::Expr::If(_), _));
            if let Some(guard) = self.left_by.take().filter(|_| is_if && opened < super::control::GUARDED) {
                self.b.enter_guarded(BlockKind::Plain, Some(guard));
                opened += 1;
            }
        }
        for _ in 0..opened {
            self.b.leave_block();
        }
        if never { Flow::Never } else { tail }
    }

    fn let_statement(&mut self, local: &Local) {
        let Some(init) = &local.init else {
            return self.bind_nothing(&local.pat);
        };
        let value = self.expr(&init.expr);
        let at = extent::end(&init.expr).end;
        if let Some((_, diverge)) = &init.diverge {
            self.b.enter_block(BlockKind::Branch);
            self.body(diverge);
            self.b.leave_block();
        }
        self.bind(&local.pat, value, None, at, None);
        let inner = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            pat => pat,
        };
        if let Pat::Ident(ident) = inner {
            let bound = name(&ident.ident);
            self.name_func(value, &bound);
            if let Some(binding) = self.lookup(&bound, super::scope::Ns::Value) {
                self.note_borrow(binding, value);
            }
        }
    }

    /// `let x;`, `let x: T;`: assigned later.
    fn bind_nothing(&mut self, pat: &Pat) {
        match pat {
            Pat::Ident(ident) => {
                self.local(&name(&ident.ident), crate::ir::BindingKind::Var, place(ident.ident.span()));
            }
            Pat::Type(typed) => {
                let ty = self.hint(&typed.ty);
                if let Pat::Ident(ident) = &*typed.pat {
                    let binding =
                        self.local(&name(&ident.ident), crate::ir::BindingKind::Var, place(ident.ident.span()));
                    self.b.ir_mut().bindings[binding.index()].ty = ty;
                }
            }
            Pat::Tuple(tuple) => tuple.elems.iter().for_each(|elem| self.bind_nothing(elem)),
            _ => {}
        }
    }
}
