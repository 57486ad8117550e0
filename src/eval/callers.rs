//! Who calls a function: found by name in the texts, then checked exactly.

use super::engine::Eval;
use super::known_as::{bound_alone, given_as_argument, last_name, may_call, module_stem, names_of};
use super::value::{ApiStep, ClassRef, FuncRef, Node, Value};
use crate::ir::{BindingId, CallKind, Expr, ExprId, FuncId, Key, Lang, MethodKind, Name};
use crate::project::Lowered;
use crate::text::FileId;
use std::sync::Arc;

/// Files that are searched for calls of one name.
const FILES: usize = 200;
/// Calls of one name that are checked.
const CANDIDATES: usize = 256;
/// Calls that are given something of one name and are checked.
const GIVEN: usize = 64;
/// Files that are looked through for a class of one name.
const CLASSES: usize = 16;
/// Steps to tell what one expression stands for.
const MEANT: u32 = 1_000;

/// The calls that reach a function.
#[derive(Debug, Default)]
pub(crate) struct Callers {
    /// In the order of files and places.
    pub(crate) calls: Vec<Node>,
    /// Calls of a method of that name, with a text that may be a URL, on objects that cannot be told.
    pub(crate) perhaps: Vec<Node>,
    /// Calls of libraries that are given it by name and call it, as a rule says with what.
    pub(crate) by_library: Vec<Node>,
    /// Whether a limit was met.
    pub(crate) cut: bool,
}

impl Callers {
    /// In order, each once.
    fn tidy(&mut self) {
        for calls in [&mut self.calls, &mut self.by_library] {
            calls.sort();
            calls.dedup();
        }
    }
}

/// The functions and classes that an expression stands for, whoever calls the code around it: asked by all of one name.
#[derive(Debug, Default)]
pub(crate) struct Meant {
    functions: Vec<FuncRef>,
    classes: Vec<ClassRef>,
    modules: Vec<FileId>,
    /// Whether nothing else is known of it than its name.
    is_vague: bool,
}

impl<'s> Eval<'s> {
    /// Every call of `func` that can be told, in any file.
    ///
    /// Found once per run. While callers are looked for, parameters are not followed to theirs: so the answer is the
    /// same whoever asks first, and a call on an object that only callers know counts by its name.
    pub(crate) fn callers_of(&mut self, func: FuncRef) -> Arc<Callers> {
        if func.func == FuncId::MODULE || !self.ask_callers {
            return Arc::default();
        }
        let shared = self.shared;
        shared.callers.get(&func, || {
            let mut eval = Eval::new(shared);
            eval.ask_callers = false;
            eval.ask_stores = false;
            eval.glance();
            Arc::new(eval.find_callers(func))
        })
    }

    /// Whether a call is given a text with a slash in it.
    fn passes_path(&self, call: Node) -> bool {
        let Some(lowered) = self.lowered(call.file) else { return false };
        let ir = &lowered.ir;
        let Expr::Call { args, .. } = ir.expr(call.expr) else { return false };
        args.iter().any(|arg| ir.may_be_path_text(arg.expr))
    }

    /// Whether a call gives no more arguments than `params`, and no function among them.
    fn is_given_all(&self, call: Node, params: usize) -> bool {
        let Some(lowered) = self.lowered(call.file) else { return false };
        let ir = &lowered.ir;
        let Expr::Call { args, .. } = ir.expr(call.expr) else { return false };
        args.len() <= params && !args.iter().any(|arg| matches!(ir.expr(ir.behind_variable(arg.expr)), Expr::Func(_)))
    }

    fn find_callers(&mut self, func: FuncRef) -> Callers {
        let Some(lowered) = self.lowered(func.file) else { return Callers::default() };
        let declared = lowered.ir.func(func.func);
        let mut callers = Callers::default();
        if let Some(binding) = bound_alone(lowered, declared) {
            self.search_reads(func, binding, &mut callers);
            return callers;
        }
        let mut names = names_of(lowered, declared.expr);
        names.extend(declared.name.clone());
        let constructs = declared.class.filter(|class| {
            lowered
                .ir
                .class(*class)
                .methods
                .iter()
                .any(|method| method.func == func.func && method.kind == MethodKind::Constructor)
        });
        let class = constructs.map(|class| ClassRef { file: func.file, class });
        if let Some(class) = constructs {
            names.clear();
            names.extend(names_of(lowered, lowered.ir.class(class).expr));
            names.extend(lowered.ir.class(class).name.clone());
        }
        if let Some(class) = class {
            self.constructed_below(class, 0, &mut callers);
        }
        // a function that is returned is called by whoever calls the one that returns it
        if let Some(outer) = lowered.index.returned_by.get(&declared.expr)
            && *outer != func.func
        {
            let outer = FuncRef { file: func.file, func: *outer };
            let shared = self.shared;
            for call in Eval::new(shared).callers_of(outer).calls.clone() {
                let Some(caller) = self.lowered(call.file) else { continue };
                if let Some(parent) = caller.ir.parents[call.expr.index()]
                    && let Expr::Call { callee, .. } = caller.ir.expr(parent)
                    && caller.ir.strip(*callee) == call.expr
                {
                    callers.calls.push(Node { file: call.file, expr: parent });
                }
                names.extend(names_of(caller, call.expr));
            }
        }
        // a function that is wrapped is called under the wrapper's name
        if let Some(parent) = lowered.ir.parents[declared.expr.index()]
            && matches!(lowered.ir.expr(parent), Expr::Call { .. })
        {
            names.extend(names_of(lowered, parent));
        }
        let mut weak = Vec::new();
        self.search(func, class, names, &mut callers, &mut weak);
        // a method of an object that cannot be told: by its name alone, where nothing better was found
        let is_telling = declared.name.as_ref().is_some_and(|name| name.len() > 3);
        if callers.calls.is_empty() && class.is_none() && !is_telling {
            // `get`, `put`: a path and no more than the function takes must tell
            weak.retain(|call| self.passes_path(*call) && self.is_given_all(*call, declared.params.len()));
        }
        if callers.calls.is_empty() && class.is_none() {
            callers.calls = weak;
        } else {
            weak.retain(|call| self.passes_path(*call));
            weak.sort();
            weak.dedup();
            callers.perhaps = weak;
        }
        callers.tidy();
        callers
    }

    /// The calls of a base class's constructor by the classes below it: `super(…)`, or `new` of one that has none of its
    /// own.
    fn constructed_below(&mut self, class: ClassRef, depth: u8, callers: &mut Callers) {
        /// Classes above each other.
        const DEPTH: u8 = 4;
        for below in self.implementors(class).iter() {
            let Some(other) = self.lowered(below.file) else { continue };
            let declared = other.ir.class(below.class);
            if declared.constructor().is_some() {
                for &call in other.index.calls_by_name.get("super").into_iter().flatten() {
                    if other.ir.func(other.ir.func_of(call)).class == Some(below.class) {
                        callers.calls.push(Node { file: below.file, expr: call });
                    }
                }
            } else if other.ir.lang == Lang::Js && depth < DEPTH && *below != class {
                let shared = self.shared;
                let made = Eval::new(shared).callers_of_class(*below);
                callers.calls.extend(made.calls.iter().copied());
                callers.cut |= made.cut;
                self.constructed_below(*below, depth + 1, callers);
            }
        }
    }

    /// Look for the calls of a function that is known as one variable of another function and by nothing else: its name
    /// says nothing, in minified code thousands have the same one.
    fn search_reads(&mut self, func: FuncRef, binding: BindingId, callers: &mut Callers) {
        let Some(lowered) = self.lowered(func.file) else { return };
        let ir = &lowered.ir;
        let is_all_it_holds = ir.binding(binding).defs.len() == 1;
        for (nth, call) in lowered.index.calls_of(ir, binding).enumerate() {
            if nth >= CANDIDATES {
                callers.cut = true;
                break;
            }
            let call = Node { file: func.file, expr: call };
            if is_all_it_holds || self.calls(call, func, None) == Some(true) {
                callers.calls.push(call);
            }
        }
        let reads = lowered.index.reads.get(&binding).into_iter().flatten();
        for (nth, (call, argument)) in reads.filter_map(|&read| ir.argument_of(read)).enumerate() {
            if nth >= GIVEN {
                callers.cut = true;
                break;
            }
            self.handed_to(Node { file: func.file, expr: call }, argument, callers);
        }
        callers.tidy();
    }

    /// Look for the calls of a function or class that is known by `names`.
    fn search(
        &mut self,
        func: FuncRef,
        class: Option<ClassRef>,
        mut names: Vec<Name>,
        callers: &mut Callers,
        weak: &mut Vec<Node>,
    ) {
        let Some(lowered) = self.lowered(func.file) else { return };
        names.sort();
        names.dedup();
        let stem = lowered.index.exports_nameless.then(|| module_stem(self.project.path(func.file)));
        let (mut files, cut) = self.files_naming(names.iter().map(|name| &**name).chain(stem));
        callers.cut |= cut;
        if let Err(at) = files.binary_search(&func.file) {
            files.insert(at, func.file);
        }
        let (mut checked, mut given) = (0, 0);
        for file in files {
            let Some(other) = self.lowered(file) else { continue };
            let mut candidates: Vec<ExprId> = Vec::new();
            let called_as = self.called_as(other, file, &names);
            for name in &called_as {
                candidates.extend(other.index.calls_by_name.get(name).into_iter().flatten());
            }
            candidates.sort_unstable();
            candidates.dedup();
            candidates.retain(|call| may_call(other, file, *call, func, class));
            let members = names.iter().filter_map(|name| other.index.given_members.get(name)).flatten().copied();
            for (call, nth) in given_as_argument(other, &called_as).chain(members).take(GIVEN + 1) {
                given += 1;
                if given > GIVEN {
                    callers.cut = true;
                    break;
                }
                let node = Node { file, expr: call };
                if let Some(arg) = self.arg_expr(node, nth)
                    && self.is_named(Node { file, expr: arg }, func, class)
                {
                    self.handed_to(node, nth, callers);
                }
            }
            for call in candidates {
                checked += 1;
                if checked > CANDIDATES {
                    callers.cut = true;
                    break;
                }
                let node = Node { file, expr: call };
                match self.calls(node, func, class) {
                    Some(true) => callers.calls.push(node),
                    // a method that hands on to the same method of another object is not its own caller
                    None if FuncRef { file, func: other.ir.func_of(call) } == func => {}
                    None => weak.push(node),
                    Some(false) => {}
                }
            }
        }
    }

    /// Every place where an instance of a class is made: `new C(…)`, `<C …/>`, also where another function is given it.
    pub(crate) fn callers_of_class(&mut self, class: ClassRef) -> Arc<Callers> {
        if !self.ask_callers {
            return Arc::default();
        }
        let shared = self.shared;
        shared.class_callers.get(&class, || {
            let mut eval = Eval::new(shared);
            eval.ask_callers = false;
            eval.ask_stores = false;
            eval.glance();
            let mut callers = Callers::default();
            let Some(lowered) = eval.lowered(class.file) else { return Arc::default() };
            let declared = lowered.ir.class(class.class);
            let mut names = names_of(lowered, declared.expr);
            names.extend(declared.name.clone());
            let func = FuncRef { file: class.file, func: FuncId::MODULE };
            eval.search(func, Some(class), names, &mut callers, &mut Vec::new());
            callers.tidy();
            Arc::new(callers)
        })
    }

    /// The files that hold one of these words, in order; whether there were more.
    pub(super) fn files_naming<'n>(&self, words: impl Iterator<Item = &'n str>) -> (Vec<FileId>, bool) {
        let (mut files, mut cut) = (Vec::new(), false);
        for word in words {
            let (found, more) = self.project.files_with(word, FILES);
            cut |= more;
            files.extend(found);
        }
        files.sort();
        files.dedup();
        (files, cut)
    }

    /// The names under which a file may call what is known by `names`. In minified code many a binding has the same one.
    fn called_as(&self, lowered: &Lowered, file: FileId, names: &[Name]) -> Vec<Name> {
        let mut called_as = self.aliases(lowered, file, names);
        called_as.extend_from_slice(names);
        called_as.sort();
        called_as.dedup();
        called_as
    }

    /// Every element that is made of what a call makes of an options object: `createClass({ … })`.
    pub(crate) fn elements_of(&mut self, options: Node) -> Vec<Node> {
        /// Elements that are looked at.
        const ELEMENTS: usize = 64;
        let Some(lowered) = self.lowered(options.file) else { return Vec::new() };
        let ir = &lowered.ir;
        let made = ir.parents[options.expr.index()].filter(|parent| matches!(ir.expr(*parent), Expr::Call { .. }));
        let Some(made) = made.filter(|_| self.ask_callers) else { return Vec::new() };
        let mut names = names_of(lowered, made);
        let stem = module_stem(self.project.path(options.file));
        names.push(stem.into());
        names.sort();
        names.dedup();
        let (files, _) = self.files_naming(names.iter().map(|name| &**name));
        let mut elements = Vec::new();
        for file in files {
            let Some(other) = self.lowered(file) else { continue };
            let called_as = self.called_as(other, file, &names);
            for &call in called_as.iter().filter_map(|name| other.index.calls_by_name.get(name)).flatten() {
                if !other.ir.is_element(call) {
                    continue;
                }
                let node = Node { file, expr: call };
                let mut called = self.callees(node, &None);
                let modules: Vec<FileId> = called
                    .iter()
                    .filter_map(|called| match called.value {
                        Value::Module(file) => Some(file),
                        _ => None,
                    })
                    .collect();
                // a module that is the class
                for module in modules {
                    called.extend(self.export(module, &"default".into(), node, 0));
                }
                let is_it = |called: &super::value::Traced| matches!(&called.value, Value::Object(object) if object.node == options);
                if elements.len() < ELEMENTS && called.iter().any(is_it) {
                    elements.push(node);
                }
            }
        }
        elements
    }

    /// The calls of the parameter under which a function of the project is given what is looked for, as the argument of
    /// `call` at `nth`.
    fn handed_to(&mut self, call: Node, nth: u32, callers: &mut Callers) {
        for called in self.callees(call, &None) {
            if let Value::Api(api) = &called.value
                && self.library_calls(api, nth)
            {
                callers.by_library.push(call);
            }
            let Value::Func(taker) = &called.value else { continue };
            let Some(lowered) = self.lowered(taker.func.file) else { continue };
            for &binding in lowered.index.param_bindings.get(&(taker.func.func, nth)).into_iter().flatten() {
                let calls = lowered.index.calls_of(&lowered.ir, binding);
                callers.calls.extend(calls.map(|expr| Node { file: taker.func.file, expr }));
            }
        }
    }

    /// Whether an expression is the function or class that is looked for.
    fn is_named(&self, at: Node, func: FuncRef, class: Option<ClassRef>) -> bool {
        let meant = self.meant(at);
        class.map_or_else(|| meant.functions.contains(&func), |class| meant.classes.contains(&class))
    }

    /// Whether a call calls `func` (or constructs `class`); `None` where its object cannot be told.
    fn calls(&self, call: Node, func: FuncRef, class: Option<ClassRef>) -> Option<bool> {
        let lowered = self.lowered(call.file)?;
        let Expr::Call { callee, kind, .. } = lowered.ir.expr(call.expr) else { return Some(false) };
        let called = self.meant(Node { file: call.file, expr: *callee });
        let hit = match class {
            Some(class) => {
                called.classes.contains(&class) && *kind != CallKind::Tagged
                    || called.functions.contains(&func)
                    || called.modules.contains(&class.file) && self.is_whole_class(class)
            }
            None => {
                called.functions.contains(&func) || called.modules.contains(&func.file) && self.is_whole_export(func)
            }
        };
        if hit {
            return Some(true);
        }
        let is_method = matches!(lowered.ir.expr(lowered.ir.strip(*callee)), Expr::Field { .. });
        // Rust calls a function of no type by its path only
        let is_free = class.is_none()
            && self
                .lowered(func.file)
                .is_some_and(|own| own.ir.lang == crate::ir::Lang::Rust && own.ir.func(func.func).class.is_none());
        if is_method && called.is_vague && !is_free && *kind == CallKind::Plain && !self.is_of_another(call, func) {
            None
        } else {
            Some(false)
        }
    }

    /// Whether a method is called on what is called like a class that has it, and is not that of `func`: what a container
    /// hands out goes by the names of classes.
    fn is_of_another(&self, call: Node, func: FuncRef) -> bool {
        let Some(lowered) = self.lowered(call.file).filter(|lowered| lowered.ir.lang == Lang::Js) else { return false };
        let Expr::Call { callee, .. } = lowered.ir.expr(call.expr) else { return false };
        let method = last_name(&lowered.ir, *callee);
        let receiver = lowered.ir.receiver(call.expr).and_then(|receiver| last_name(&lowered.ir, receiver));
        let (Some(method), Some(receiver)) = (method, receiver) else { return false };
        let mut letters = receiver.chars();
        let Some(first) = letters.next().filter(char::is_ascii_lowercase) else { return false };
        let class: Name = format!("{}{}", first.to_ascii_uppercase(), letters.as_str()).into();
        let own = self.lowered(func.file).and_then(|own| own.ir.func(func.func).class.map(|class| (own, class)));
        if own.is_some_and(|(own, own_class)| own.ir.class(own_class).name.as_ref() == Some(&class)) {
            return false;
        }
        let has_it = |declared: &crate::ir::Class| {
            declared.name.as_ref() == Some(&class)
                && declared.methods.iter().any(|own| matches!(&own.key, Key::Name(name) if *name == method))
        };
        let (files, _) = self.project.files_with(&class, CLASSES);
        files.into_iter().any(|file| self.lowered(file).is_some_and(|there| there.ir.classes.iter().any(has_it)))
    }

    /// What an expression stands for, where parameters are not followed to callers. Found once per run.
    fn meant(&self, at: Node) -> Arc<Meant> {
        let shared = self.shared;
        shared.meant.get(&at, || {
            let mut eval = Eval::new(shared);
            eval.ask_callers = false;
            eval.ask_stores = false;
            eval.glance_within(MEANT);
            let values = eval.eval(at, &None);
            let mut meant =
                Meant { is_vague: values.iter().all(|value| eval.is_vague(&value.value)), ..Meant::default() };
            for value in values {
                match value.value {
                    Value::Func(closure) => meant.functions.push(closure.func),
                    Value::Class(class) => meant.classes.push(class),
                    // `require('./f')()`
                    Value::Module(file) => meant.modules.push(file),
                    _ => {}
                }
            }
            Arc::new(meant)
        })
    }

    /// Whether nothing is known of a value but its name.
    fn is_vague(&self, value: &Value) -> bool {
        match value {
            Value::Unknown(_) => true,
            Value::Api(api) => match (&api.step, &api.from) {
                // a name that clients share, of an object that cannot be told
                (ApiStep::Member(_), Some(from)) if self.is_vague(&from.value) => true,
                _ => self.rules.automaton.is_leaf(&api.states) && self.rules.facts(&api.states).next().is_none(),
            },
            _ => false,
        }
    }

    /// Whether a module is a class: `module.exports = class { … }`.
    fn is_whole_class(&self, class: ClassRef) -> bool {
        let Some(lowered) = self.lowered(class.file) else { return false };
        let mut whole = lowered.ir.exports.whole.iter();
        whole.any(|whole| self.meant(Node { file: class.file, expr: *whole }).classes.contains(&class))
    }

    fn is_whole_export(&self, func: FuncRef) -> bool {
        self.lowered(func.file).is_some_and(|lowered| {
            let expr = lowered.ir.func(func.func).expr;
            lowered.ir.exports.whole.iter().any(|whole| match lowered.ir.expr(lowered.ir.strip(*whole)) {
                Expr::Local(binding) => {
                    lowered.ir.binding(*binding).defs.iter().any(|def| lowered.ir.strip(def.value) == expr)
                }
                _ => lowered.ir.strip(*whole) == expr,
            })
        })
    }

    /// Under which other names a file may call one of `names`, or the whole of a module of the project that it imports.
    /// A barrel may stand between, so the module is not compared: the calls are checked anyway.
    fn aliases(&self, lowered: &Lowered, file: FileId, names: &[Name]) -> Vec<Name> {
        let ir = &lowered.ir;
        let of_project = |import: &ExprId| match ir.expr(*import) {
            Expr::Import(import) => self.project.resolve(file, ir.lang, &ir.imports[import.index()]).is_some(),
            _ => false,
        };
        let mut aliases: Vec<Name> =
            names.iter().filter_map(|name| lowered.index.renamed.get(name)).flatten().cloned().collect();
        let held = lowered.index.held_modules.iter().filter(|(_, import)| of_project(import));
        aliases.extend(held.map(|(name, _)| name.clone()));
        aliases
    }
}
