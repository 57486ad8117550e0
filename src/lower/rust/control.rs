//! Branches, loops and jumps. What a branch gives is one of the whole's values, unless it does not come back.

use super::{Flow, Lower, Target, extent};
use crate::ir::{BlockKind, Expr as IrExpr, ExprId, Guard};
use crate::text::Span;
use syn::{BinOp, Block, Expr, ExprForLoop, ExprIf, ExprMatch, ExprWhile, Label, Lifetime};

/// Branches of one construct, or statements of one block, that are known to rule out what follows them.
pub(super) const GUARDED: u32 = 16;

/// A condition that was read.
struct Condition {
    /// How many blocks were entered for what stands behind `&&`.
    within: u32,
    /// What the last operand tests.
    last: Option<ExprId>,
}

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
        let mut left_by = None;
        loop {
            self.enter_scope();
            let condition = self.condition(&branch.cond);
            let then = condition.last.map(|test| Guard { test, holds: true });
            let flow = self.block_in(BlockKind::Branch, then, &branch.then_branch);
            for _ in 0..condition.within {
                self.b.leave_block();
            }
            self.leave_scope();
            // of several conditions that hold together, any may be the one that does not
            let alone = condition.last.filter(|_| condition.within == 0);
            let otherwise = alone.map(|test| Guard { test, holds: false });
            flows.push(flow);
            match branch.else_branch.as_ref().map(|(_, inner)| &**inner) {
                None => {
                    if opened == 0 && flow == Flow::Never {
                        left_by = otherwise;
                    }
                    flows.push(Flow::Unit);
                    break;
                }
                Some(Expr::If(next)) => {
                    // Later conditions run only if the earlier ones fail.
                    if opened < GUARDED {
                        self.b.enter_guarded(BlockKind::Branch, otherwise);
                        opened += 1;
                    }
                    branch = next;
                }
                Some(last) => {
                    self.b.enter_guarded(BlockKind::Branch, otherwise);
                    flows.push(self.body(last));
                    self.b.leave_block();
                    break;
                }
            }
        }
        for _ in 0..opened {
            self.b.leave_block();
        }
        self.left_by = left_by;
        self.join(&flows, span)
    }

    /// A condition, with the names that its `let`s bring into the current scope. What follows an `&&` runs perhaps.
    fn condition(&mut self, cond: &Expr) -> Condition {
        let mut operands = Vec::new();
        let mut at = cond;
        while let Expr::Binary(binary) = at
            && matches!(binary.op, BinOp::And(_))
        {
            operands.push(&*binary.right);
            at = &binary.left;
        }
        operands.push(at);
        let mut condition = Condition { within: 0, last: None };
        for (nth, operand) in operands.into_iter().rev().enumerate() {
            if nth > 0 {
                let guard = condition.last.map(|test| Guard { test, holds: true });
                self.b.enter_guarded(BlockKind::Branch, guard);
                condition.within += 1;
            }
            condition.last = self.operand_test(operand);
        }
        condition
    }

    /// What an operand of a condition tests. `if let Some(x) = y` tests nothing that is looked at.
    fn operand_test(&mut self, operand: &Expr) -> Option<ExprId> {
        let Expr::Let(e) = operand else { return Some(self.expr(operand)) };
        let value = self.expr(&e.expr);
        let at = extent::end(&e.expr);
        let mut cases = Vec::new();
        let is_tested = self.variants(&e.pat, &mut cases);
        let around = self.arm_test.take();
        self.bind(&e.pat, value, None, at.end, None);
        let beside = std::mem::replace(&mut self.arm_test, around);
        self.b.one_of(value, &cases, at).filter(|_| is_tested).or(beside)
    }

    pub(super) fn match_arms(&mut self, node: &ExprMatch) -> Flow {
        let span = super::place(node.match_token.span).to(super::place(node.brace_token.span.join()));
        let value = self.expr(&node.expr);
        let mut flows = Vec::with_capacity(node.arms.len());
        // what the arms so far have taken for themselves
        let mut taken: Vec<ExprId> = Vec::new();
        for arm in &node.arms {
            self.enter_scope();
            let mut cases = Vec::new();
            let is_tested = self.variants(&arm.pat, &mut cases);
            let guard = match is_tested {
                true => self.b.one_of(value, &cases, span).map(|test| Guard { test, holds: true }),
                false => self.b.one_of(value, &taken, span).map(|test| Guard { test, holds: false }),
            };
            self.b.enter_guarded(BlockKind::Branch, guard);
            self.arm_test = None;
            self.bind(&arm.pat, value, None, extent::pat(&arm.pat).end, None);
            let test = self.arm_test.take();
            if is_tested && test.is_none() {
                taken.extend(cases);
            }
            if let Some(test) = test {
                self.b.enter_guarded(BlockKind::Branch, Some(Guard { test, holds: true }));
            }
            flows.push(self.body(&arm.body));
            if test.is_some() {
                self.b.leave_block();
            }
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
        self.block_in(BlockKind::Loop, None, body);
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
        let within = self.condition(&node.cond).within;
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
            return self.block_in(BlockKind::Plain, None, block);
        }
        self.enter_target(label, false);
        let tail = self.block_in(BlockKind::Plain, None, block);
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
