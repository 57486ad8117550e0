//! Values as texts, joined and shown, and as other types: what a class displays, what a conversion makes.

use super::alternatives::{ALTERNATIVES, drop_null};
use super::conditions::Runs;
use super::engine::Eval;
use super::value::{Args, Closure, Ctx, FuncRef, Node, Pattern, Reason, Traced, Trail, Vals, Value};
use crate::ir::{Expr, Key};
use crate::project::{Effect, EffectKind, PlaceKey, Root};
use std::rc::Rc;

/// Steps of one part of a string.
const PART_STEPS: u32 = 5_000;

impl<'s> Eval<'s> {
    /// `parts` joined as strings.
    pub(crate) fn concat(&mut self, parts: Vec<Node>, ctx: &Ctx) -> Vals {
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            // no part may spend what the others need
            values.push(self.within(PART_STEPS, |eval| eval.eval(part, ctx)));
        }
        self.join(values)
    }

    /// Every combination of the parts' alternatives, up to the limits.
    pub(crate) fn join(&mut self, parts: Vec<Vals>) -> Vals {
        // beside each, the way of its last part that is known: where all is, it is the text's own
        let mut joined = vec![(Pattern::default(), None)];
        for part in parts {
            // what may be missing is written out where it is there
            let mut part = drop_null(self.as_text(part));
            if part.is_empty() {
                part.push(Traced::new(Value::unknown(Reason::Cycle, Vec::new())));
            }
            let mut next = Vec::with_capacity(joined.len() * part.len());
            'all: for (pattern, way) in &joined {
                for value in &part {
                    if next.len() >= ALTERNATIVES {
                        break 'all;
                    }
                    let mut longer = pattern.clone();
                    longer.push(value);
                    next.push((longer, value.trail.clone().or_else(|| way.clone())));
                }
            }
            joined = next;
        }
        let text = |(pattern, way): (Pattern, Option<Rc<Trail>>)| {
            let trail = way.filter(|_| pattern.text().is_some());
            Traced { value: Value::Str(pattern), trail }
        };
        joined.into_iter().map(text).collect()
    }

    /// Objects as the text they are shown as: what their class displays, or the only member of a wrapper.
    pub(crate) fn as_text(&mut self, values: Vals) -> Vals {
        let mut texts = Vals::new();
        for value in values {
            let class = match &value.value {
                Value::Object(object) => object.class,
                Value::Instance(class) => Some(*class),
                _ => None,
            };
            let is_rust = class
                .and_then(|class| self.lowered(class.file))
                .is_some_and(|lowered| lowered.ir.lang == crate::ir::Lang::Rust);
            let (Some(class), true) = (class, is_rust) else {
                match &value.value {
                    Value::Api(api) if self.cell_fact(api).is_some_and(|cell| cell.transparent) => {
                        let cell = self.cell_fact(api).map(|cell| self.cell_value(api, cell)).unwrap_or_default();
                        if cell.is_empty() { texts.push(value) } else { texts.extend(cell) }
                    }
                    Value::Api(api) => match self.wrapped(api) {
                        Some((_, values)) => texts.extend(self.as_text(values)),
                        None => texts.push(value),
                    },
                    _ => texts.push(value),
                }
                continue;
            };
            let methods = self.methods_of(class);
            // what it displays, or what it is behind a reference
            let named = |wanted: &str| methods.iter().find(|(_, name, ..)| &**name == wanted).map(|found| found.0);
            let mut found = named("fmt").map(|func| self.displayed(func, &value)).unwrap_or_default();
            if let Some(func) = named("deref")
                && found.is_empty()
            {
                let closure = Rc::new(Closure { func, ctx: None, this: Some(value.clone()) });
                found = self.result(&closure, Args::Given(Vec::new()), Some(value.clone()));
            }
            let blank = |found: &Vals| found.iter().all(|value| matches!(value.value, Value::Null | Value::Unknown(_)));
            let fields = self.lowered(class.file).map_or(0, |lowered| lowered.ir.class(class.class).fields.len());
            if blank(&found) && fields == 1 {
                let node = match &value.value {
                    Value::Object(object) => object.node,
                    _ => Node { file: class.file, expr: crate::ir::ExprId(0) },
                };
                let key =
                    self.lowered(class.file).and_then(|lowered| match &lowered.ir.class(class.class).fields[0].key {
                        Key::Name(name) => Some(PlaceKey::Name(name.clone())),
                        Key::Index(index) => Some(PlaceKey::Index(*index)),
                        Key::Computed(_) => None,
                    });
                if let Some(key) = key {
                    found = self.members(&vec![value.clone()], &key, node, &None);
                }
            }
            if found.is_empty() { texts.push(value) } else { texts.extend(found) }
        }
        texts
    }

    /// What a function that is given a formatter writes to it, called on `this`.
    fn displayed(&mut self, func: FuncRef, this: &Traced) -> Vals {
        let Some(lowered) = self.lowered(func.file) else { return Vals::new() };
        let declared = lowered.ir.func(func.func);
        let last = u32::try_from(declared.params.len()).unwrap_or_default().saturating_sub(1);
        let bindings = lowered.index.param_bindings.get(&(func.func, last)).map_or(&[][..], Vec::as_slice);
        let closure = Closure { func, ctx: None, this: Some(this.clone()) };
        let ctx = self.call_frame(&closure, Args::Given(Vec::new()), Some(this.clone()));
        let effects = bindings.iter().flat_map(|binding| lowered.index.effects(&Root::Local(*binding)));
        let mut effects: Vec<&Effect> = effects.filter(|effect| effect.path.is_empty()).collect();
        effects.sort_by_key(|effect| effect.at);
        let mut parts = Vec::new();
        let mut is_sure = false;
        for effect in effects {
            let runs = self.runs(func.file, effect.block, declared.block, &ctx);
            if matches!(runs, Runs::Never) {
                continue;
            }
            let written = match effect.kind {
                EffectKind::Method(call) => self.added_by(lowered, effect, Node { file: func.file, expr: call }, &ctx),
                // `self.0.fmt(f)`, `Display::fmt(&self.0, f)`
                EffectKind::Passed(call, nth) => {
                    let shown = match nth {
                        0 => lowered.ir.receiver(call),
                        _ => self.arg_expr(Node { file: func.file, expr: call }, 0),
                    };
                    let Some(shown) = shown else { continue };
                    let shown = self.eval(Node { file: func.file, expr: shown }, &ctx);
                    vec![self.as_text(shown)]
                }
                EffectKind::Write(_) => continue,
            };
            let always = matches!(runs, Runs::Always);
            for mut part in written.into_iter().filter(|part| !part.is_empty()) {
                is_sure |= always;
                if !always {
                    part.push(Traced::new(Value::Str(Pattern::default())));
                }
                parts.push(part);
            }
        }
        if is_sure {
            return self.join(parts);
        }
        // one of several branches
        let is_blank = |value: &Traced| matches!(&value.value, Value::Str(pattern) if pattern.pieces.is_empty());
        parts.into_iter().flatten().filter(|value| !is_blank(value)).collect()
    }

    /// `let a: A = b.into()`: what `A` makes of it.
    pub(crate) fn converted(
        &mut self,
        lowered: &'s crate::project::Lowered,
        values: Vals,
        binding: crate::ir::BindingId,
        node: Node,
        ctx: &Ctx,
    ) -> Vals {
        let declared = lowered.ir.binding(binding);
        let (Some(ty), [def], crate::ir::Lang::Rust) = (declared.ty, declared.defs.as_slice(), lowered.ir.lang) else {
            return values;
        };
        let value = lowered.ir.strip(def.value);
        let is_conversion = matches!(lowered.ir.expr(value), Expr::Call { callee, .. }
            if super::known_as::last_name(&lowered.ir, *callee).is_some_and(|name| matches!(&*name, "into" | "try_into")));
        if !is_conversion {
            return values;
        }
        let Some(class) = self.class_named(Node { file: node.file, expr: ty }) else { return values };
        let from = self
            .methods_of(class)
            .into_iter()
            .find(|(_, name, _, is_static)| *is_static && matches!(&**name, "from" | "try_from"));
        let Some((func, ..)) = from else { return values };
        let closure = Rc::new(Closure { func, ctx: ctx.clone(), this: None });
        self.result(&closure, Args::Given(vec![values]), None)
    }
}
