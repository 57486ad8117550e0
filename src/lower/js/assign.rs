//! Assignments, and what CommonJS makes of some of them.

use super::Lower;
use super::kinds::{F, K};
use crate::ir::{BindingKind, Expr, ExprId, GivesWay, Key, Lit, Name, OpaqueKind};
use crate::text::Span;
use tree_sitter::Node;

/// Something that can be assigned to, its parts lowered.
pub(super) enum Target<'t> {
    /// A name.
    Name(&'t str, Span),
    /// A property.
    Property(ExprId, Key),
    /// A pattern.
    Pattern(Node<'t>),
    /// Nothing that holds a value.
    Nothing,
}

/// What a property of a CommonJS module object stands for.
enum Exported {
    Whole,
    Named(Name),
}

impl<'t> Lower<'t> {
    /// `left = right`.
    pub(super) fn assignment(&mut self, node: Node<'t>) -> ExprId {
        let (Some(left), Some(right)) = (self.at(node, F::Left), self.at(node, F::Right)) else {
            return self.syntax(node);
        };
        let target = self.target(left);
        let name = match &target {
            Target::Name(name, _) => Some(Name::from(*name)),
            Target::Property(_, Key::Name(name)) => Some(name.clone()),
            _ => None,
        };
        let value = self.expr_named(right, name.as_deref());
        let span = self.span(node);
        self.assign(target, value, span.end, span);
        value
    }

    /// `left += right` and its like.
    pub(super) fn augmented(&mut self, node: Node<'t>) -> ExprId {
        let (Some(left), Some(right)) = (self.at(node, F::Left), self.at(node, F::Right)) else {
            return self.syntax(node);
        };
        let operator = self.at(node, F::Operator).map_or("", |operator| self.text(operator));
        let target = self.target(left);
        let left_span = self.span(left);
        let before = self.read_target(&target, left_span);
        let span = self.span(node);
        match operator {
            "||=" | "??=" | "&&=" => self.perhaps(|lower| {
                let value = lower.expr(right);
                lower.assign(target, value, span.end, span);
                match operator {
                    "&&=" => value,
                    "??=" => lower.b.or(before, value, GivesWay::Null, span),
                    _ => lower.b.or(before, value, GivesWay::False, span),
                }
            }),
            _ => {
                let right = self.expr(right);
                let value =
                    if operator == "+=" { self.b.concat(vec![before, right], span) } else { self.operator(node) };
                self.assign(target, value, span.end, span);
                value
            }
        }
    }

    /// `x++`: of no use, but what it held before is gone.
    pub(super) fn update(&mut self, node: Node<'t>) -> ExprId {
        let Some(argument) = self.at(node, F::Argument) else { return self.syntax(node) };
        let target = self.target(argument);
        let value = self.operator(node);
        if let Target::Name(name, _) = &target
            && let Some(binding) = self.b.lookup(name)
        {
            let at = self.span(node).end;
            self.b.define(binding, value, at);
        }
        value
    }

    /// Lower the parts of what is assigned to.
    pub(super) fn target(&mut self, node: Node<'t>) -> Target<'t> {
        let node = self.bare(node);
        match self.kind(node) {
            K::Identifier | K::ShorthandPattern | K::Shorthand | K::Undefined => {
                let (name, span) = (self.text(node), self.span(node));
                match self.followed(name, span) {
                    Some(store) => Target::Property(store, Key::Name("$".into())),
                    None => Target::Name(name, span),
                }
            }
            K::Member | K::Subscript => {
                let access = self.expr(node);
                match self.b.ir().expr(access) {
                    Expr::Field { base, key } => Target::Property(*base, key.clone()),
                    _ => Target::Nothing,
                }
            }
            K::NonNull | K::As | K::Satisfies => match self.only(node) {
                Some(inner) if self.depth < super::DEPTH_LIMIT => {
                    self.depth += 1;
                    let target = self.target(inner);
                    self.depth -= 1;
                    target
                }
                _ => Target::Nothing,
            },
            K::ObjectPattern | K::ArrayPattern => Target::Pattern(node),
            _ => {
                self.any(node);
                Target::Nothing
            }
        }
    }

    fn read_target(&mut self, target: &Target<'t>, span: Span) -> ExprId {
        match target {
            Target::Name(name, _) => self.b.read(name, span),
            Target::Property(base, key) => self.b.expr(Expr::Field { base: *base, key: key.clone() }, span),
            Target::Pattern(_) | Target::Nothing => self.b.opaque(OpaqueKind::Unsupported, span),
        }
    }

    /// Record that `target` holds `value` from byte `at` on.
    pub(super) fn assign(&mut self, target: Target<'t>, value: ExprId, at: u32, span: Span) {
        match target {
            Target::Name("", _) | Target::Nothing => {}
            Target::Name(name, name_span) => match self.b.lookup(name) {
                Some(binding) => self.b.define(binding, value, at),
                // A name nobody declares is a property of the global object; strict code does not make one.
                None => {
                    let global = self.b.expr(Expr::Global("globalThis".into()), name_span);
                    self.b.write(global, Key::Name(name.into()), value, span);
                    if self.is_strict {
                        self.b.needs_global();
                    }
                }
            },
            Target::Property(base, key) => {
                self.common_js(base, &key, value);
                self.note_write(base, &key, value);
                self.b.write(base, key, value, span);
            }
            Target::Pattern(pattern) => self.bind(pattern, value, at, span),
        }
    }

    /// The name that no scope declares for which an expression stands: itself, or what a loader gives under another name.
    pub(super) fn stands_for(&self, id: ExprId) -> Option<Name> {
        let ir = self.b.ir();
        match ir.expr(id) {
            Expr::Global(name) => Some(name.clone()),
            Expr::Local(binding) => match (ir.binding(*binding).kind, ir.binding(*binding).defs.as_slice()) {
                (BindingKind::Import, [def]) => match ir.expr(def.value) {
                    Expr::Global(name) => Some(name.clone()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// `module.exports = …`, `module.exports.a = …`, `exports.a = …`.
    pub(super) fn common_js(&mut self, base: ExprId, key: &Key, value: ExprId) {
        let Key::Name(name) = key else { return };
        let exported = match (self.stands_for(base).as_deref(), self.b.ir().expr(base)) {
            (Some("module"), _) if &**name == "exports" => Exported::Whole,
            (Some("exports"), _) => Exported::Named(name.clone()),
            (None, Expr::Field { base, key: Key::Name(middle) }) if &**middle == "exports" => {
                match self.stands_for(*base).as_deref() {
                    Some("module") => Exported::Named(name.clone()),
                    _ => return,
                }
            }
            _ => return,
        };
        // Compilers write `exports.a = void 0` ahead of the real value.
        if matches!(self.b.ir().expr(value), Expr::Lit(Lit::Null)) {
            return;
        }
        let exports = &mut self.b.ir_mut().exports;
        match exported {
            Exported::Whole => exports.whole.push(value),
            Exported::Named(name) => exports.names.push((name, value)),
        }
    }
}
