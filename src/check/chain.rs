//! Chains of method calls, by syntax alone.

use crate::eval::Shared;
use crate::eval::value::Node;
use crate::ir::Expr;

/// The chain of method calls that begins with this call, from its end inward; a call that is given what the chain made so
/// far may go on with it.
pub(super) fn chain(shared: &Shared<'_>, node: Node) -> Vec<Node> {
    let mut chain = vec![node];
    let Some(lowered) = shared.project.lowered(node.file) else { return chain };
    let ir = &lowered.ir;
    let mut at = node.expr;
    while let Some(parent) = ir.parents[at.index()] {
        match ir.expr(parent) {
            Expr::Through(..) => at = parent,
            Expr::Field { base, .. } if *base == at => at = parent,
            // a method of it, or a helper that hands on what it adds to
            Expr::Call { callee, args, .. }
                if *callee == at || args.iter().any(|arg| arg.expr == at && !arg.spread) =>
            {
                at = parent;
                chain.push(Node { file: node.file, expr: parent });
            }
            _ => break,
        }
    }
    chain.reverse();
    chain
}
