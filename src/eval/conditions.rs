//! Conditions: whether code runs, under the calls and the request that the context assumes.
//!
//! Three-valued: what is not known decides nothing. A condition about the request at hand, or about what a caller hands
//! in, is decided; what only the environment or the program's state says is not, for that may be otherwise at run time.

use super::engine::{Eval, drop_null};
use super::matching;
use super::slots::args_in;
use super::value::{Ctx, FuncRef, Node, Object, Open, Reason, Traced, Vals, Value};
use crate::ir::{BindingId, BlockId, BlockKind, Expr, ExprId, FileIr, GivesWay, Guard, Key, Lit, Name, Op, Why};
use crate::text::{FileId, Span};

/// The value was made of what is known of the request at hand.
pub(crate) const REQUEST: u8 = 1;
/// The value comes from a setting of the environment.
pub(crate) const ENVIRONMENT: u8 = 2;
/// The value comes from something that changes while the program runs.
pub(crate) const STATE: u8 = 4;

/// Steps to decide one condition.
const STEPS: u32 = 400;
/// How deep conditions are looked at by syntax.
const DEPTH: u8 = 6;

/// Whether code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runs {
    /// Wherever the code around it does.
    Always,
    /// Not under these calls.
    Never,
    /// It cannot be told.
    Perhaps {
        /// What was left open and would tell.
        open: Option<Open>,
        /// Whether the condition is about the request at hand.
        on_request: bool,
    },
}

/// What is known of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Truth {
    holds: Option<bool>,
    open: Option<Open>,
    on_request: bool,
}

const UNDECIDED: Truth = Truth { holds: None, open: None, on_request: false };

impl<'s> Eval<'s> {
    /// Whether code in `block` runs where code in `around` does; as far out as its function where `around` is elsewhere.
    pub(crate) fn runs(&mut self, file: FileId, block: BlockId, around: BlockId, ctx: &Ctx) -> Runs {
        let Some(lowered) = self.lowered(file) else { return Runs::Always };
        let ir = &lowered.ir;
        let mut guards: Vec<(Guard, BlockId)> = Vec::new();
        let (mut inner, mut outer) = (block, around);
        // a block comes behind the one around it
        while inner != outer {
            if inner > outer {
                let at = ir.blocks[inner.index()];
                let Some(parent) = at.parent.filter(|_| at.kind != BlockKind::Func) else { break };
                guards.extend(at.guard.map(|guard| (guard, parent)));
                inner = parent;
            } else {
                let Some(parent) = ir.blocks[outer.index()].parent else { break };
                outer = parent;
            }
        }
        let mut runs = Runs::Always;
        for (guard, around) in guards.into_iter().rev() {
            let truth = self.truth(Node { file, expr: guard.test }, around, ctx);
            match truth.holds {
                Some(holds) if holds == guard.holds => {}
                Some(_) => return Runs::Never,
                None => {
                    let (open, on_request) = match runs {
                        Runs::Perhaps { open, on_request } => (open, on_request),
                        _ => (None, false),
                    };
                    let (open, on_request) = (open.or(truth.open), on_request || truth.on_request);
                    runs = Runs::Perhaps { open, on_request };
                }
            }
        }
        runs
    }

    /// Whether a call may run: not where it, or a function around it, stands in a branch that is not taken. If so,
    /// whether that hangs on a condition about the request at hand which was not decided.
    pub fn running(&mut self, node: Node, ctx: &Ctx) -> Option<bool> {
        let ir = &self.lowered(node.file)?.ir;
        let blocks = &ir.blocks;
        let mut inner = Some(ir.block_of(node.expr));
        let mut hangs = false;
        while let Some(block) = inner {
            match self.runs(node.file, block, BlockId(0), ctx) {
                Runs::Never => return None,
                Runs::Perhaps { on_request, .. } => hangs |= on_request,
                Runs::Always => {}
            }
            let mut outward = std::iter::successors(Some(block), |block| blocks[block.index()].parent);
            let function = outward.find(|block| blocks[block.index()].kind == BlockKind::Func);
            inner = function.and_then(|function| blocks[function.index()].parent);
        }
        Some(hangs)
    }

    /// The outermost block that runs whenever `block` does and the other way round, under this context.
    pub(crate) fn lifted(&mut self, file: FileId, mut block: BlockId, ctx: &Ctx) -> BlockId {
        let Some(lowered) = self.lowered(file) else { return block };
        loop {
            let at = lowered.ir.blocks[block.index()];
            let (Some(guard), Some(parent)) = (at.guard, at.parent) else { return block };
            let truth = self.truth(Node { file, expr: guard.test }, parent, ctx);
            if truth.holds != Some(guard.holds) {
                return block;
            }
            block = parent;
        }
    }

    /// What is known of a condition that is tested in the block `around`.
    fn truth(&mut self, test: Node, around: BlockId, ctx: &Ctx) -> Truth {
        let Some(lowered) = self.lowered(test.file) else { return UNDECIDED };
        // `a && b` is where `a` holds
        let block = lowered.ir.block_of(test.expr);
        let before = lowered.ir.blocks[block.index()].guard.filter(|_| block != around).map(|guard| guard.test);
        let mut tests = before.into_iter().chain([test.expr]);
        if !tests.any(|expr| self.may_decide(&lowered.ir, Node { file: test.file, expr }, ctx, 0)) {
            return UNDECIDED;
        }
        let address = super::engine::address(ctx);
        if let Some((_, known, marks)) = self.truths.get(&(test, address, self.open_set())) {
            let (known, marks) = (*known, *marks);
            self.mark(marks);
            return known;
        }
        let Some(decided) = self.deciding(test, address, STEPS, |eval| {
            let (holds, open) = eval.holds_within(&lowered.ir, test, around, ctx);
            let marks = eval.marks();
            let on_request = marks & REQUEST != 0;
            // another setting may be the one that counts
            let holds = holds.filter(|_| on_request || marks & ENVIRONMENT == 0);
            Truth { holds, open: open.filter(|_| holds.is_none()), on_request }
        }) else {
            return UNDECIDED;
        };
        let (truth, marks, whole) = decided;
        if whole {
            self.truths.insert((test, address, self.open_set()), (ctx.clone(), truth, marks));
        }
        truth
    }

    /// Whether a condition holds, and what would decide it.
    fn holds_within(&mut self, ir: &FileIr, test: Node, around: BlockId, ctx: &Ctx) -> (Option<bool>, Option<Open>) {
        let at = |expr: ExprId| Node { file: test.file, expr };
        let block = ir.block_of(test.expr);
        // the right side of `&&`
        let runs = self.runs(test.file, block, around, ctx);
        if runs == Runs::Never {
            return (Some(false), None);
        }
        let (holds, open) = match ir.expr(test.expr) {
            Expr::Through(inner, why) if *why != Why::Rest => self.holds_within(ir, at(*inner), block, ctx),
            Expr::Not(inner) => {
                let (holds, open) = self.holds_within(ir, at(*inner), block, ctx);
                (holds.map(|holds| !holds), open)
            }
            Expr::Or { first, second, gives_way: GivesWay::False } => {
                let (left, open) = self.holds_within(ir, at(*first), block, ctx);
                if left == Some(true) {
                    (left, None)
                } else {
                    // where the left side holds, it does not matter that the right side never runs
                    let (right, other) = self.holds_within(ir, at(*second), ir.block_of(*second), ctx);
                    match (left, right) {
                        (_, Some(true)) => (right, None),
                        (Some(false), Some(false)) => (right, None),
                        _ => (None, open.or(other)),
                    }
                }
            }
            Expr::Test { op: Op::Same, left, right } => {
                let values = self.eval(at(*left), ctx);
                let open = values.iter().find_map(|value| value.value.open());
                match self.equals(&values, at(*right), ctx) {
                    None => {
                        let others = self.eval(at(*right), ctx);
                        let open = open.or_else(|| others.iter().find_map(|value| value.value.open()));
                        (self.equals(&others, at(*left), ctx), open)
                    }
                    known => (known, open),
                }
            }
            Expr::Test { op, left, right } => {
                let (left, right) = (self.eval(at(*left), ctx), self.eval(at(*right), ctx));
                (all_agree(left.iter().flat_map(|l| right.iter().map(|r| less(*op, l, r)))), None)
            }
            _ => {
                let values = self.eval(test, ctx);
                let is_option = args_of_a_call(ctx) && reads_member(ir, test.expr, 0);
                let state = self.marks() & (STATE | REQUEST) == STATE;
                let open = values.iter().find_map(|value| value.value.open());
                let holds = all_agree(values.iter().map(|value| match &value.value {
                    Value::Bool(holds) if !state => Some(*holds),
                    // an option that the caller leaves out
                    Value::Unknown(unknown) if is_option && matches!(unknown.reason, Reason::Absent(_)) => Some(false),
                    _ => None,
                }));
                (holds, open)
            }
        };
        match runs {
            Runs::Always => (holds, open),
            Runs::Perhaps { open: other, .. } => (holds.filter(|holds| !holds), open.or(other)),
            Runs::Never => (Some(false), None),
        }
    }

    /// The value of a condition, where it is kept.
    pub(crate) fn tested(&mut self, ir: &FileIr, test: Node, ctx: &Ctx) -> Option<bool> {
        self.truth(test, ir.block_of(test.expr), ctx).holds
    }

    /// Whether a condition is of a form that may be decided, by syntax alone: most are about errors and about what is
    /// there at all.
    fn may_decide(&self, ir: &FileIr, test: Node, ctx: &Ctx, depth: u8) -> bool {
        if depth > DEPTH {
            return false;
        }
        let deeper = |expr: ExprId| self.may_decide(ir, Node { file: test.file, expr }, ctx, depth + 1);
        let is_null = |expr: ExprId| matches!(ir.expr(ir.strip(expr)), Expr::Lit(Lit::Null));
        let is_number = |expr: ExprId| matches!(ir.expr(ir.strip(expr)), Expr::Lit(Lit::Num(_)));
        match ir.expr(test.expr) {
            Expr::Lit(Lit::Bool(_)) => true,
            Expr::Not(inner) => deeper(*inner),
            Expr::Through(inner, why) => *why != Why::Rest && deeper(*inner),
            Expr::Or { first, second, .. } => deeper(*first) || deeper(*second),
            Expr::Test { op: Op::Same, left, right } => !is_null(*left) && !is_null(*right),
            Expr::Test { left, right, .. } => is_number(*left) || is_number(*right),
            // a test of a text; a function of one's own that tells something of what it is given
            Expr::Call { callee, args, .. } => {
                !args.is_empty() && matches!(ir.expr(ir.strip(*callee)), Expr::Field { .. } | Expr::Local(_))
            }
            Expr::Local(binding) => self.may_decide_kept(ir, test.file, *binding, ctx, depth),
            Expr::Field { base, key: Key::Name(_) } => args_of_a_call(ctx) && place_of_param(ir, *base),
            _ => false,
        }
    }

    /// Whether the value of a variable may decide a condition: a flag that is handed in, the result of a comparison.
    fn may_decide_kept(&self, ir: &FileIr, file: FileId, binding: BindingId, ctx: &Ctx, depth: u8) -> bool {
        let defs = &ir.binding(binding).defs;
        defs.len() <= 4
            && defs.iter().any(|def| match ir.expr(ir.strip(def.value)) {
                Expr::Param { func, .. } => {
                    args_in(FuncRef { file, func: *func }, ctx).is_some() || ir.func(*func).name.is_some()
                }
                Expr::Field { base, .. } => args_of_a_call(ctx) && place_of_param(ir, *base),
                Expr::Or { first, gives_way: GivesWay::Missing, .. } => {
                    matches!(ir.expr(*first), Expr::Param { .. } | Expr::Field { .. })
                }
                Expr::Local(_) => false,
                _ => self.may_decide(ir, Node { file, expr: def.value }, ctx, depth + 1),
            })
    }

    /// Whether all of `values` equal what is at `is`, or were made by the variant that `is` names. `None`: perhaps.
    fn equals(&mut self, values: &Vals, is: Node, ctx: &Ctx) -> Option<bool> {
        // a setting that may be missing is there where it is compared with
        let wanted = drop_null(self.eval(is, ctx));
        let variant = self.lowered(is.file).and_then(|lowered| super::known_as::last_name(&lowered.ir, is.expr));
        let mut all = Vec::with_capacity(values.len());
        for value in values {
            let same = match &value.value {
                Value::Object(object) => match (self.variant_of(object), &variant) {
                    // an alias of a variant is another name for it
                    (Some(left), Some(right)) if self.has_variant(object, right) => Some(left == *right),
                    _ => None,
                },
                Value::Null => match wanted.as_slice() {
                    [Traced { value: Value::Str(_) | Value::Bool(true), .. }] => Some(false),
                    _ => None,
                },
                _ => all_agree(wanted.iter().map(|wanted| self.is_same(value, wanted))),
            };
            all.push(same);
        }
        all_agree(all.into_iter())
    }

    fn is_same(&self, left: &Traced, right: &Traced) -> Option<bool> {
        match (&left.value, &right.value) {
            (Value::Str(left), Value::Str(right)) => matching::same(self.rules, left, right),
            (Value::Bool(left), Value::Bool(right)) => Some(left == right),
            (Value::AtLeast(least), Value::Str(text)) | (Value::Str(text), Value::AtLeast(least)) => {
                let number: i64 = text.text()?.parse().ok()?;
                (number < i64::from(*least)).then_some(false)
            }
            (left, right) => same_constant(left, right),
        }
    }

    /// Whether the object's class has a variant of this name, or is called so.
    fn has_variant(&self, object: &Object, name: &Name) -> bool {
        let Some(class) = object.class else { return false };
        let Some(lowered) = self.lowered(class.file) else { return false };
        let declared = lowered.ir.class(class.class);
        let is_variant = |field: &crate::ir::ClassField| matches!(&field.key, Key::Name(key) if key == name);
        declared.name.as_ref() == Some(name) || declared.fields.iter().any(is_variant)
    }

    /// The name of the variant or constructor that made an object.
    fn variant_of(&self, object: &Object) -> Option<Name> {
        let lowered = self.lowered(object.node.file)?;
        match lowered.ir.expr(object.node.expr) {
            Expr::Call { callee, .. } => super::known_as::last_name(&lowered.ir, *callee),
            Expr::Object { ty: Some(ty), .. } => super::known_as::last_name(&lowered.ir, *ty),
            _ => super::known_as::last_name(&lowered.ir, object.node.expr),
        }
    }
}

impl Traced {
    /// With the remark that `other` has, if it has one.
    pub fn doubted_like(self, other: &Traced) -> Traced {
        let mut at = other.trail.as_ref();
        while let Some(step) = at {
            if step.undecided {
                return self.doubted_for(step.file, step.span, step.note.clone());
            }
            at = step.before.as_ref();
        }
        self
    }

    /// With the remark that it only counts where a condition on the request holds, which was not decided.
    pub fn doubted(self, file: FileId, span: Span) -> Traced {
        self.doubted_for(file, span, "only where a condition on the request holds, which was not decided".to_owned())
    }

    /// With a step that makes it less sure.
    pub fn doubted_for(self, file: FileId, span: Span, note: String) -> Traced {
        let trail = super::value::Trail { file, span, note, undecided: true, before: self.trail, origin: None };
        Traced { value: self.value, trail: Some(trail.into()) }
    }
}

/// The one answer that all give.
fn all_agree(mut answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let first = answers.next()??;
    answers.all(|answer| answer == Some(first)).then_some(first)
}

/// Whether the context assumes a call.
fn args_of_a_call(ctx: &Ctx) -> bool {
    ctx.is_some()
}

/// Whether an expression reads a member, or a variable that holds one.
fn reads_member(ir: &FileIr, expr: ExprId, depth: u8) -> bool {
    match ir.expr(ir.strip(expr)) {
        Expr::Field { .. } => true,
        Expr::Or { first, gives_way: GivesWay::Missing, .. } => reads_member(ir, *first, depth),
        Expr::Local(binding) => {
            let defs = &ir.binding(*binding).defs;
            depth < 4 && !defs.is_empty() && defs.iter().all(|def| reads_member(ir, def.value, depth + 1))
        }
        _ => false,
    }
}

/// Whether an expression reads a parameter or a member of one.
fn place_of_param(ir: &FileIr, mut expr: ExprId) -> bool {
    for _ in 0..8 {
        match ir.expr(ir.strip(expr)) {
            Expr::Param { .. } => return true,
            Expr::Field { base, .. } => expr = *base,
            Expr::Or { first, gives_way: GivesWay::Missing, .. } => expr = *first,
            Expr::Local(binding) => match ir.binding(*binding).defs.as_slice() {
                [def] => expr = def.value,
                _ => return false,
            },
            _ => return false,
        }
    }
    false
}

/// Whether one number is less than another.
fn less(op: Op, left: &Traced, right: &Traced) -> Option<bool> {
    let range = |value: &Value| -> Option<(i64, Option<i64>)> {
        match value {
            Value::Str(text) => text.text()?.parse().ok().map(|number| (number, Some(number))),
            Value::AtLeast(least) => Some((i64::from(*least), None)),
            _ => None,
        }
    };
    let ((left_from, left_to), (right_from, right_to)) = (range(&left.value)?, range(&right.value)?);
    let below = |left: i64, right: i64| if op == Op::Less { left < right } else { left <= right };
    if left_to.is_some_and(|left| below(left, right_from)) {
        Some(true)
    } else if right_to.is_some_and(|right| !below(left_from, right)) {
        Some(false)
    } else {
        None
    }
}

/// Whether a library's value is the constant `wanted`, where both are constants of one type: `Method::GET`.
fn same_constant(value: &Value, wanted: &Value) -> Option<bool> {
    // two settings may be the same, whatever they are called
    let is_setting = |value: &Value| matches!(value, Value::Unknown(unknown) if unknown.reason == Reason::Environment);
    if is_setting(value) && is_setting(wanted) {
        return None;
    }
    let wanted = wanted.names();
    let [.., ty, name] = wanted.as_slice() else { return None };
    let names = value.names();
    // behind the constant come the names of what held it
    names.windows(2).find(|pair| pair[0] == *ty).map(|pair| pair[1] == *name)
}
