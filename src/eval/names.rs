//! Names: variables with the assignments that reach them, globals, `this`.

use super::conditions::Runs;
use super::engine::{Eval, OWNERS, drop_null, own, own_all};
use super::lists::has_element;
use super::reach::{Event, reaching};
use super::value::{Ctx, FrameKind, FuncRef, Node, Object, Owner, Reason, Traced, Vals, Value};
use crate::ir::{BindingId, BindingKind, Expr, FuncId, Key, Lang, Name, ThisOf};
use crate::project::{EffectKind, Lowered, Root};
use crate::rules::path::{Root as ApiRoot, Step};
use crate::text::FileId;
use std::rc::Rc;
use std::sync::Arc;

/// A place where a script says something about a global name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum GlobalPlace {
    /// A top-level variable of a script.
    Variable(FileId, BindingId),
    /// It is given to a function that is called where it stands, as this argument.
    Argument(FuncRef, u32),
    /// Something is done to the object of this name.
    Held(FileId),
    /// Property write number `.1` may be one to the global object.
    Written(FileId, usize),
}

impl GlobalPlace {
    fn file(self) -> FileId {
        match self {
            GlobalPlace::Variable(file, _) | GlobalPlace::Held(file) | GlobalPlace::Written(file, _) => file,
            GlobalPlace::Argument(func, _) => func.file,
        }
    }
}

impl<'s> Eval<'s> {
    pub(crate) fn binding(&mut self, lowered: &'s Lowered, node: Node, id: BindingId, ctx: &Ctx) -> Vals {
        let ir = &lowered.ir;
        let binding = ir.binding(id);
        let span = ir.span(node.expr);
        // what the module's own code makes does not depend on who calls
        let none = None;
        let ctx = if binding.func == FuncId::MODULE && !has_element(ctx) { &none } else { ctx };
        let mut events: Vec<Event> = binding.defs.iter().map(|def| Event { at: def.at, block: def.block }).collect();
        // which of them run: those that surely do hide what was there before, those that surely do not are none
        let mut runs = vec![Runs::Always; events.len()];
        if binding.kind == BindingKind::Var {
            for (event, runs) in events.iter_mut().zip(&mut runs) {
                *runs = self.runs(node.file, event.block, ir.block_of(node.expr), ctx);
                if *runs == Runs::Always {
                    event.block = self.lifted(node.file, event.block, ctx);
                }
            }
        }
        let which: Vec<usize> = (0..events.len()).filter(|&nth| runs[nth] != Runs::Never).collect();
        let possible: Vec<Event> = which.iter().map(|&nth| events[nth]).collect();
        let reached = match binding.kind {
            BindingKind::Func | BindingKind::Class | BindingKind::Import => which,
            _ => {
                let found = reaching(ir, &possible, span.start, ir.block_of(node.expr)).events;
                found.into_iter().map(|nth| which[nth]).collect()
            }
        };
        let mut values = Vals::new();
        for nth in reached {
            if let Runs::Perhaps { open: Some(open), .. } = runs[nth] {
                // whoever decides the condition decides this
                values.push(Traced::new(Value::open_at(open)));
                continue;
            }
            let is_doubtful = matches!(runs[nth], Runs::Perhaps { on_request: true, .. });
            let value = binding.defs[nth].value;
            let silent = matches!(binding.kind, BindingKind::Func | BindingKind::Class | BindingKind::Import)
                || matches!(ir.expr(value), Expr::Param { .. } | Expr::Class(_) | Expr::Func(_));
            for found in self.eval(Node { file: node.file, expr: value }, ctx) {
                let kept = if silent {
                    found
                } else {
                    found.step(node.file, ir.span(value), || format!("kept in `{}`", binding.name))
                };
                values.push(if is_doubtful { kept.doubted(node.file, ir.span(value)) } else { kept });
            }
        }
        values = drop_null(values);
        let is_left_open = values.iter().any(|found| found.value.open().is_some());
        let nothing = values.iter().all(|found| found.value.is_unknown() || matches!(found.value, Value::Null));
        if nothing
            && !is_left_open
            && let Some(ty) = binding.ty
        {
            let typed = self.typed(Node { file: node.file, expr: ty }, node);
            if !typed.is_empty() {
                values = typed;
            }
        }
        if values.is_empty() && binding.defs.is_empty() {
            values.push(Traced::new(Value::unknown(Reason::Unassigned, Vec::new())));
        }
        values = self.converted(lowered, values, id, node, ctx);
        values = self.appended(lowered, values, id, node, ctx);
        values = self.named_beside(lowered, values, id, node);
        let owner = Owner { seen: Some(node.expr), ctx: ctx.clone(), ..Owner::new(node.file, Root::Local(id)) };
        values
            .into_iter()
            .map(|value| own(value, &owner))
            .map(|value| self.by_name(value, &binding.name, node.file, span))
            .collect()
    }

    /// A name that no scope of the file declares.
    pub(crate) fn global(&mut self, lowered: &'s Lowered, node: Node, name: &Name) -> Vals {
        let mut states = self.rules.automaton.root(&ApiRoot::Global(name.to_string()));
        if states.is_empty() {
            states = self.rules.automaton.root(&ApiRoot::Name(name.to_string()));
        }
        if lowered.ir.lang == Lang::Js && matches!(&**name, "exports" | "module") {
            return vec![Traced::new(Value::Module(node.file))];
        }
        if lowered.ir.lang == Lang::Rust {
            // what a glob import brings
            for star in &lowered.ir.exports.stars {
                let found = self.eval(Node { file: node.file, expr: *star }, &None);
                let key = Key::Name(name.clone());
                let found = self.field(found, &key, node, &None);
                if found.iter().any(|value| !value.value.is_unknown()) {
                    return found;
                }
            }
        }
        if states.is_empty() && lowered.ir.lang == Lang::Js {
            let shared = self.script_global(node, name);
            if !shared.is_empty() {
                return shared;
            }
            let imported = self.auto_imported(node, name);
            if !imported.is_empty() {
                return imported;
            }
        }
        let value = if states.is_empty() {
            Value::unknown(Reason::Undeclared(name.clone()), vec![name.clone()])
        } else {
            self.api_root(states, name.clone(), node)
        };
        let span = lowered.ir.span(node.expr);
        vec![self.by_name(Traced::new(value), name, node.file, span)]
    }

    /// What a framework imports under a name that the file does not declare.
    fn auto_imported(&mut self, node: Node, name: &Name) -> Vals {
        /// Files that are looked through for one name.
        const FILES: usize = 32;
        let rules = self.rules;
        let package = rules.auto_import.package.iter().map(|name| rules.automaton.root(&ApiRoot::Import(name.clone())));
        for root in package {
            let states = rules.automaton.step(&root, &Step::Member(name.to_string()));
            if !states.is_empty() {
                return vec![Traced::new(self.api_root(states, name.clone(), node))];
            }
        }
        let in_folder = |path: &str| {
            path.split('/').rev().skip(1).any(|part| rules.any_of(&rules.auto_import.folders, |f| f == part))
        };
        for file in self.project.files_with(name, FILES).0 {
            if file == node.file || !in_folder(self.project.path(file)) {
                continue;
            }
            let exports = |lowered: &Lowered| lowered.ir.exports.names.iter().any(|(exported, _)| exported == name);
            if self.lowered(file).is_some_and(exports) {
                return self.export(file, name, node, 0);
            }
        }
        Vals::new()
    }

    /// What other scripts of the page put under a global name: their top-level variables and functions, and what is
    /// written to the global object.
    pub(crate) fn script_global(&mut self, node: Node, name: &Name) -> Vals {
        let mut values = Vals::new();
        let mut owners = Vec::new();
        for place in self.places_seen_from(node.file, name).iter() {
            match *place {
                GlobalPlace::Variable(file, binding) if file != node.file => {
                    let Some(other) = self.lowered(file) else { continue };
                    for def in &other.ir.binding(binding).defs {
                        values.extend(self.eval(Node { file, expr: def.value }, &None));
                    }
                    owners.push(Owner::new(file, Root::Local(binding)));
                }
                GlobalPlace::Variable(..) => {}
                // bundles hold hundreds of them, and no value remembers so many
                GlobalPlace::Argument(..) if owners.len() >= 2 * OWNERS => {}
                GlobalPlace::Argument(func, nth) => owners.extend(self.param_owners(func, nth)),
                GlobalPlace::Held(file) => owners.push(Owner::new(file, Root::Global(name.clone()))),
                GlobalPlace::Written(file, nth) => {
                    let Some(other) = self.lowered(file) else { continue };
                    let write = &other.ir.writes[nth];
                    let base = Node { file, expr: other.ir.strip(write.base) };
                    let on_global = self.eval(base, &None).iter().any(|base| match &base.value {
                        Value::Api(api) => self.rules.is_global_object(&api.states),
                        _ => false,
                    });
                    if on_global {
                        let written = self.eval(Node { file, expr: write.value }, &None);
                        values.extend(
                            written
                                .into_iter()
                                .map(|value| value.step(file, write.span, || format!("kept in the global `{name}`"))),
                        );
                    }
                }
            }
        }
        let values = drop_null(values);
        values.into_iter().map(|value| own_all(value, &owners)).collect()
    }

    /// Where scripts say something about a global name: those of the same page, if one of them defines it. Looked for
    /// once for each file that asks.
    fn places_seen_from(&self, from: FileId, name: &Name) -> Arc<Vec<GlobalPlace>> {
        self.shared.places_seen.get(&(from, name.clone()), || {
            let mut near = Vec::new();
            for &file in self.project.on_page_with(from) {
                if self.project.has_word(file, name) {
                    near.extend(self.global_places_in(file, name).iter().copied());
                }
            }
            let defines = |place: &GlobalPlace| place.file() != from && self.makes_global(place);
            if near.iter().any(defines) {
                return Arc::new(near);
            }
            let all = self.global_places(name);
            let in_application = |place: &&GlobalPlace| self.project.in_one_application(from, place.file());
            let near: Vec<GlobalPlace> = all.iter().filter(in_application).copied().collect();
            if near.len() < all.len() && near.iter().any(defines) {
                return Arc::new(near);
            }
            if all.iter().any(|place| self.makes_global(place)) {
                return all;
            }
            // an assignment that needs a global fails where there is none
            let is_written = |place: &&GlobalPlace| matches!(place, GlobalPlace::Written(..));
            Arc::new(all.iter().filter(|place| !is_written(place)).copied().collect())
        })
    }

    /// Whether a global comes into being at a place.
    fn makes_global(&self, place: &GlobalPlace) -> bool {
        match *place {
            GlobalPlace::Variable(..) => true,
            GlobalPlace::Written(file, nth) => {
                self.lowered(file).is_some_and(|lowered| !lowered.ir.writes[nth].needs_global)
            }
            GlobalPlace::Argument(..) | GlobalPlace::Held(_) => false,
        }
    }

    /// Where any script says something about a global name, by syntax alone; looked for once per run.
    fn global_places(&self, name: &Name) -> Arc<Vec<GlobalPlace>> {
        /// Scripts that are looked through for one name.
        const SCRIPTS: usize = 32;
        self.shared.global_places.get(name, || {
            let files = self.project.files_with(name, SCRIPTS).0;
            let places = files.into_iter().flat_map(|file| self.global_places_in(file, name).to_vec());
            Arc::new(places.collect())
        })
    }

    /// Where one script says something about a global name; looked for once per run.
    fn global_places_in(&self, file: FileId, name: &Name) -> Arc<Vec<GlobalPlace>> {
        self.shared.places_in_file.get(&(file, name.clone()), || {
            let mut places = Vec::new();
            let Some(other) = self.lowered(file).filter(|other| other.ir.lang == Lang::Js) else {
                return Arc::default();
            };
            let (ir, index) = (&other.ir, &other.index);
            let declared = ir.top_level.iter().filter(|(declared, _)| declared == name);
            let declared: Vec<BindingId> = declared.map(|(_, binding)| *binding).collect();
            places.extend(declared.iter().map(|binding| GlobalPlace::Variable(file, *binding)));
            // `(function (app) { … })(MyApp)`
            for &(func, call) in &index.applied {
                let Expr::Call { args, .. } = ir.expr(call) else { continue };
                for (nth, arg) in (0u32..).zip(args.iter()) {
                    let is_it = match ir.expr(ir.strip(arg.expr)) {
                        Expr::Global(given) => given == name,
                        Expr::Local(binding) => declared.contains(binding),
                        _ => false,
                    };
                    if is_it {
                        places.push(GlobalPlace::Argument(FuncRef { file, func }, nth));
                    }
                }
            }
            if !index.effects(&Root::Global(name.clone())).is_empty() {
                places.push(GlobalPlace::Held(file));
            }
            let writes = index.writes_by_key.get(name).into_iter().flatten();
            let on_global = writes.filter(|nth| matches!(ir.expr(ir.strip(ir.writes[**nth].base)), Expr::Global(_)));
            places.extend(on_global.map(|nth| GlobalPlace::Written(file, *nth)));
            Arc::new(places)
        })
    }

    pub(crate) fn this(&mut self, node: Node, this: ThisOf, ctx: &Ctx) -> Vals {
        if self.lowered(node.file).is_some_and(|lowered| lowered.ir.lang == Lang::Js) {
            self.mark(super::conditions::STATE);
        }
        // the object that the method was called on, where the context knows it
        if !matches!(this, ThisOf::Static(_))
            && let Some(known) = self.this_in(node.file, this, ctx)
        {
            return vec![known];
        }
        if let ThisOf::Func(func) = this {
            let on = self.called_on_by_name(super::value::FuncRef { file: node.file, func });
            if !on.is_empty() {
                return on;
            }
        }
        vec![Traced::new(match this {
            ThisOf::Class(class) => {
                Value::Instance(self.declared_class(super::value::ClassRef { file: node.file, class }))
            }
            ThisOf::Static(class) => {
                Value::Class(self.declared_class(super::value::ClassRef { file: node.file, class }))
            }
            ThisOf::Object(literal) => {
                let node = Node { file: node.file, expr: literal };
                let owner = Owner::new(node.file, Root::This(this));
                let mut owners = vec![owner];
                // the variable that holds the literal holds `this`
                if let Some(lowered) = self.lowered(node.file)
                    && let Some(binding) = lowered.index.binding_of.get(&literal)
                {
                    owners.push(Owner::new(node.file, Root::Local(*binding)));
                }
                Value::Object(Rc::new(Object { node, ctx: ctx.clone(), owners, class: None, parts: Vec::new() }))
            }
            ThisOf::Func(func) => {
                let expr = self.lowered(node.file).map_or(node.expr, |lowered| lowered.ir.func(func).expr);
                let owner = Owner::new(node.file, Root::This(this));
                let node = Node { file: node.file, expr };
                Value::Object(Rc::new(Object {
                    node,
                    ctx: ctx.clone(),
                    owners: vec![owner],
                    class: None,
                    parts: Vec::new(),
                }))
            }
            ThisOf::Module => Value::unknown(Reason::Undeclared("this".into()), vec!["this".into()]),
        })]
    }

    /// The objects that a plain function is called on, as far as its file says: `f.call(session)`, `session.f = f`,
    /// `{ f }`. None where it keeps something in its `this` by itself: a constructor.
    fn called_on_by_name(&mut self, func: super::value::FuncRef) -> Vals {
        /// Objects of one function.
        const OBJECTS: usize = 8;
        let Some(lowered) = self.lowered(func.file) else { return Vals::new() };
        let writes = |effect: &crate::project::Effect| matches!(effect.kind, EffectKind::Write(_));
        if lowered.index.effects(&Root::This(ThisOf::Func(func.func))).iter().any(writes) {
            return Vals::new();
        }
        let expr = lowered.ir.func(func.func).expr;
        let holders = lowered.index.binding_of.get(&expr).and_then(|binding| lowered.index.called_on.get(binding));
        let mut values = Vals::new();
        for on in holders.into_iter().flatten().take(OBJECTS) {
            values.extend(self.eval(Node { file: func.file, expr: *on }, &None));
        }
        values.retain(|value| matches!(value.value, Value::Object(_) | Value::Instance(_) | Value::Api(_)));
        values
    }

    /// The class itself, where `class` stands for it in an `impl` block of another file.
    fn declared_class(&mut self, class: super::value::ClassRef) -> super::value::ClassRef {
        let Some(lowered) = self.lowered(class.file) else { return class };
        let foreign = lowered.ir.foreign_impls.iter().find(|foreign| foreign.class == class.class);
        let named = foreign.and_then(|foreign| self.class_named(Node { file: class.file, expr: foreign.ty }));
        named.unwrap_or(class)
    }

    pub(crate) fn this_in(&self, file: FileId, this: ThisOf, ctx: &Ctx) -> Option<Traced> {
        let lowered = self.lowered(file)?;
        let mut frame = ctx.as_ref();
        while let Some(current) = frame {
            if let FrameKind::Call { func: called, this: Some(on), .. } = &current.kind
                && called.file == file
                && lowered.ir.func(called.func).this == this
            {
                return Some(on.clone());
            }
            frame = current.up.as_ref();
        }
        None
    }
}
