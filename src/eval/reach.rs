//! Which of several assignments a use can see.

use super::known_as::last_name;
use crate::ir::{BlockId, BlockKind, Expr, FileIr, FuncId, Name};
use crate::text::Span;

/// An assignment: where it takes effect, and in which block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) at: u32,
    pub(crate) block: BlockId,
}

/// What reaches a use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reaching {
    /// The assignments that may be seen, by their place in the list.
    pub(crate) events: Vec<usize>,
    /// Whether one of them is seen on every way: what was there before counts no more.
    pub(crate) settled: bool,
}

/// Which of `events` reach a use at byte `at` in `block`.
///
/// In the function of the use, the last assignment that always runs before it hides the earlier ones. Assignments in
/// functions inside it may run at any time. For a use in a function inside the one that assigns, what counts is
/// everything that reaches the inner function's creation, and everything after it.
pub(crate) fn reaching(ir: &FileIr, events: &[Event], at: u32, block: BlockId) -> Reaching {
    let func = ir.blocks[block.index()].func;
    let mut seen = Reaching { events: Vec::new(), settled: false };
    let mut scopes: Vec<FuncId> = events.iter().map(|event| ir.blocks[event.block.index()].func).collect();
    scopes.sort_unstable();
    scopes.dedup();
    // the last assignment in a function that has surely happened by then
    let last_in = |scope: FuncId, at: u32, block: BlockId| {
        let is_before = |event: &Event| {
            ir.blocks[event.block.index()].func == scope && event.at <= at && always_before(ir, event.block, block)
        };
        (0..events.len()).filter(|&nth| is_before(&events[nth])).max_by_key(|&nth| (events[nth].at, nth))
    };
    for scope in scopes {
        let here = |event: &Event| ir.blocks[event.block.index()].func == scope;
        // the place in `scope` from which the use is reached
        match place_in(ir, scope, func, at, block) {
            // another function, that may run at any time; but nothing runs between two neighbours
            None if last_in(func, at, block).is_some_and(|last| !may_run_between(ir, scope, events[last].at, at)) => {}
            None => seen.events.extend((0..events.len()).filter(|&nth| here(&events[nth]))),
            Some((at, block, nested)) => {
                let last = last_in(scope, at, block);
                seen.settled |= last.is_some();
                let from = last.map_or(0, |nth| events[nth].at);
                let before: Vec<usize> = (0..events.len())
                    .filter(|&nth| {
                        let event = &events[nth];
                        let after = event.at > at;
                        here(event)
                            && (Some(nth) == last
                                || (!after && (last.is_none() || event.at > from))
                                || (after && (nested || share_loop(ir, event.block, block))))
                    })
                    .collect();
                if before.is_empty() && scope == func && !seen.settled {
                    // only later assignments: the code may run again
                    seen.events.extend((0..events.len()).filter(|&nth| here(&events[nth])));
                } else {
                    seen.events.extend(before);
                }
            }
        }
    }
    seen.events.sort_unstable();
    seen
}

/// Whether a function may be called between two places of another one: it stands there, or it is called there, or a
/// function of the file that calls something itself.
fn may_run_between(ir: &FileIr, scope: FuncId, from: u32, to: u32) -> bool {
    let span = ir.func(scope).span;
    let between = Span { start: from, end: to };
    if between.contains(span) {
        return true;
    }
    let may_lead = |name: Name| {
        let named = ir.funcs.iter().filter(|func| func.name.as_ref() == Some(&name));
        named.map(|func| func.span).any(|at| at == span || ir.calls_within(at).next().is_some())
    };
    ir.calls_within(between).any(|call| {
        let Expr::Call { callee, .. } = ir.expr(call) else { return false };
        // what a function that is called where it stands calls, is between them too
        last_name(ir, *callee).is_some_and(may_lead)
    })
}

/// Where in `scope` a use in `func` takes place: itself, or the creation of the inner function that holds it.
fn place_in(ir: &FileIr, scope: FuncId, func: FuncId, at: u32, block: BlockId) -> Option<(u32, BlockId, bool)> {
    let (mut func, mut at, mut block, mut nested) = (func, at, block, false);
    while func != scope {
        let inner = ir.func(func);
        at = inner.span.start;
        block = ir.blocks[inner.block.index()].parent?;
        func = inner.parent?;
        nested = true;
    }
    Some((at, block, nested))
}

/// Whether code in `block` has run whenever code behind it in `later` runs (both in one function).
fn always_before(ir: &FileIr, block: BlockId, later: BlockId) -> bool {
    let block = settle(ir, block);
    let mut outer = Some(later);
    while let Some(current) = outer {
        if settle(ir, current) == block {
            return true;
        }
        outer = match ir.blocks[current.index()].kind {
            BlockKind::Func => None,
            _ => ir.blocks[current.index()].parent,
        };
    }
    false
}

/// The block that decides whether `block` runs.
fn settle(ir: &FileIr, mut block: BlockId) -> BlockId {
    loop {
        let at = ir.blocks[block.index()];
        // behind a branch that leaves, code runs only where that does not
        match (at.kind, at.guard, at.parent) {
            (BlockKind::Plain, None, Some(parent)) => block = parent,
            _ => return block,
        }
    }
}

/// Whether one loop of the function holds both blocks.
fn share_loop(ir: &FileIr, left: BlockId, right: BlockId) -> bool {
    let loops = |mut block: BlockId| {
        let mut found = Vec::new();
        loop {
            match (ir.blocks[block.index()].kind, ir.blocks[block.index()].parent) {
                (BlockKind::Func, _) | (_, None) => return found,
                (kind, Some(parent)) => {
                    if kind == BlockKind::Loop {
                        found.push(block);
                    }
                    block = parent;
                }
            }
        }
    };
    let left = loops(left);
    loops(right).iter().any(|block| left.contains(block))
}
