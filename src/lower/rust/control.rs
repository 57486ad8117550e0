//! Branches, loops and jumps. What a branch gives is one of the whole's values, unless it does not come back.

use super::{Flow, Lower, Target, extent};
use crate::ir::{BlockKind, Expr as IrExpr, ExprId};
use crate::text::Span;
use syn::{BinOp, Block, Expr, ExprForLoop, ExprIf, ExprMatch, ExprWhile, Label, Lifetime};

impl Lower {
    /// `if … else if … else`, as a loop: generated code has thousands.
    pub(super) fn if_else(&mut self, first: &ExprIf) -> Flow {
        let last = first
            .else_branch
            .as_ref()
            .map_or_else(|| super::place(first.then_branch.brace_token.span.join()), |(_, inner)| extent::end(inner));
        let span = super::place(first.if_token.span).to(last);
        let mut flows = Vec::new();
        let mut branch = first;
        let mut opened = 0;
        loop {
            self.enter_scope();
            let within = self.condition(&branch.cond);
            flows.push(self.block_in(BlockKind::Branch, &branch.then_branch));
            for _ in 0..within {
                self.b.leave_block();
            }
            self.leave_scope();
            match branch.else_branch.as_ref().map(|(_, inner)| &**inner) {
                None => {
                    flows.push(Flow::Unit);
                    break;
                }
                Some(Expr::If(next)) => {
                    // Later conditions run only if the earlier ones fail. One region is enough for all of them.
                    if opened == 0 {
                        self.b.enter_block(BlockKind::Branch);
                        opened = 1;
                    }
                    branch = next;
                }
                Some(last) => {
                    self.b.enter_block(BlockKind::Branch);
                    flows.push(self.body(last));
                    self.b.leave_block();
                    break;
                }
            }
        }
        for _ in 0..opened {
            self.b.leave_block();
        }
        self.join(&flows, span)
    }

    /// A condition, with the names that its `let`s bring into the current scope. What follows the first `&&` runs
    /// perhaps; returns how many blocks were entered for that.
    fn condition(&mut self, cond: &Expr) -> u32 {
        let mut operands = Vec::new();
        let mut at = cond;
        while let Expr::Binary(binary) = at
            && matches!(binary.op, BinOp::And(_))
        {
            operands.push(&*binary.right);
            at = &binary.left;
        }
        operands.push(at);
        let chained = operands.len() > 1;
        for (nth, operand) in operands.into_iter().rev().enumerate() {
            if nth == 1 {
                self.b.enter_block(BlockKind::Branch);
            }
            self.expr(operand);
        }
        u32::from(chained)
    }

    pub(super) fn match_arms(&mut self, node: &ExprMatch) -> Flow {
        let span = super::place(node.match_token.span).to(super::place(node.brace_token.span.join()));
        let value = self.expr(&node.expr);
        let mut flows = Vec::with_capacity(node.arms.len());
        for arm in &node.arms {
            self.enter_scope();
            self.b.enter_block(BlockKind::Branch);
            self.bind(&arm.pat, value, None, extent::pat(&arm.pat).end, None);
            let mut cases = Vec::new();
            let is_tested = self.variants(&arm.pat, &mut cases);
            let flow = self.body(&arm.body);
            flows.push(match flow {
                Flow::Value(result) if is_tested => Flow::Value(self.b.when(value, &cases, result, span)),
                flow => flow,
            });
            self.b.leave_block();
            self.leave_scope();
        }
        self.join(&flows, span)
    }

    /// The value of a construct from those of its branches.
    pub(super) fn join(&mut self, flows: &[Flow], span: Span) -> Flow {
        let values: Vec<ExprId> = flows
            .iter()
            .filter_map(|flow| match flow {
                Flow::Value(value) => Some(*value),
                _ => None,
            })
            .collect();
        if !values.is_empty() {
            Flow::Value(self.b.either(values, span))
        } else if flows.iter().all(|flow| *flow == Flow::Never) {
            Flow::Never
        } else {
            Flow::Unit
        }
    }

    pub(super) fn endless(&mut self, label: Option<&Label>, body: &Block, span: Span) -> Flow {
        self.enter_target(label, true);
        self.block_in(BlockKind::Loop, body);
        let Some(target) = self.targets.pop() else { return Flow::Unit };
        if !target.values.is_empty() {
            Flow::Value(self.b.either(target.values, span))
        } else if target.broken {
            Flow::Unit
        } else {
            Flow::Never
        }
    }

    pub(super) fn while_loop(&mut self, node: &ExprWhile) {
        self.enter_target(node.label.as_ref(), true);
        self.enter_scope();
        self.b.enter_block(BlockKind::Loop);
        let within = self.condition(&node.cond);
        self.block(&node.body);
        for _ in 0..=within {
            self.b.leave_block();
        }
        self.leave_scope();
        self.targets.pop();
    }

    pub(super) fn for_loop(&mut self, node: &ExprForLoop) {
        let over = self.expr(&node.expr);
        self.enter_target(node.label.as_ref(), true);
        self.enter_scope();
        self.b.enter_block(BlockKind::Loop);
        let span = extent::pat(&node.pat);
        let element = self.b.expr(IrExpr::Elem(over), span);
        self.bind(&node.pat, element, None, span.end, None);
        self.block(&node.body);
        self.b.leave_block();
        self.leave_scope();
        self.targets.pop();
    }

    /// `{ … }` with or without a label, `unsafe`, `async`, `const`, `try`.
    pub(super) fn plain_block(&mut self, label: Option<&Label>, block: &Block) -> Flow {
        if label.is_none() {
            return self.block_in(BlockKind::Plain, block);
        }
        self.enter_target(label, false);
        let tail = self.block_in(BlockKind::Plain, block);
        let Some(target) = self.targets.pop() else { return tail };
        let span = super::place(block.brace_token.span.join());
        let mut flows: Vec<Flow> = target.values.into_iter().map(Flow::Value).collect();
        if target.broken {
            flows.push(Flow::Unit);
        }
        flows.push(tail);
        self.join(&flows, span)
    }

    /// What a branch or closure consists of, in the region that was entered for it.
    pub(super) fn body(&mut self, node: &Expr) -> Flow {
        match node {
            Expr::Block(inner) if inner.label.is_none() => self.block(&inner.block),
            node => self.flow(node),
        }
    }

    fn enter_target(&mut self, label: Option<&Label>, is_loop: bool) {
        let label = label.map(|label| label.name.ident.to_string());
        self.targets.push(Target { label, is_loop, broken: false, values: Vec::new() });
    }

    pub(super) fn break_to(&mut self, label: Option<&Lifetime>, value: Option<&Expr>) {
        let value = value.map(|value| self.expr(value));
        let label = label.map(|label| label.ident.to_string());
        let target = self.targets.iter_mut().rev().find(|target| match &label {
            Some(label) => target.label.as_ref() == Some(label),
            None => target.is_loop,
        });
        if let Some(target) = target {
            target.broken = true;
            target.values.extend(value);
        }
    }

    pub(super) fn return_value(&mut self, value: Option<&Expr>) {
        if let Some(value) = value
            && let Flow::Value(value) = self.flow(value)
        {
            let func = self.b.func();
            self.b.func_mut(func).returns.push(value);
        }
    }
}
