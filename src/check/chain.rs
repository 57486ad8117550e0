//! Chains of method calls, by syntax alone.

use crate::eval::Shared;
use crate::eval::value::Node;
use crate::ir::Expr;

/// The chain of method calls that begins with this call, from its end inward.
pub(super) fn chain(shared: &Shared<'_>, node: Node) -> Vec<Node> {
    let mut chain = vec![node];
    let Some(lowered) = shared.project.lowered(node.file) else { return chain };
    let ir = &lowered.ir;
    let mut at = node.expr;
    while let Some(parent) = ir.parents[at.index()] {
        match ir.expr(parent) {
            Expr::Through(..) => at = parent,
            Expr::Field { base, .. } if *base == at => at = parent,
            Expr::Call { callee, .. } if *callee == at => {
                at = parent;
                chain.push(Node { file: node.file, expr: parent });
            }
            _ => break,
        }
    }
    chain.reverse();
    chain
}
