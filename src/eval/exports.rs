//! What a module of the project exports, or one that is not there.

use super::engine::Eval;
use super::value::{Node, Reason, Traced, Vals, Value};
use crate::ir::Name;
use crate::project::PlaceKey;
use crate::rules::path::Root as ApiRoot;
use crate::text::FileId;

impl<'s> Eval<'s> {
    /// A module of the project that is not there, generated or left out: own rules may describe it, by its path without
    /// the way up.
    pub(crate) fn missing_module(&self, specifier: &Name, node: Node) -> Value {
        let whole = match specifier.strip_prefix("mod:") {
            Some(module) => module.replacen('#', "", 1),
            None => specifier.to_string(),
        };
        let mut path = whole.as_str();
        while let Some(rest) = path.strip_prefix("./").or_else(|| path.strip_prefix("../")) {
            path = rest;
        }
        let states = self.rules.automaton.root(&ApiRoot::Import(path.to_owned()));
        match states.is_empty() {
            true => Value::unknown(Reason::UnresolvedImport(specifier.clone()), Vec::new()),
            false => self.api_root(states, specifier.clone(), node),
        }
    }

    /// What a module of the project exports under a name.
    pub(crate) fn export(&mut self, file: FileId, name: &Name, node: Node, depth: u8) -> Vals {
        let Some(lowered) = self.lowered(file) else {
            return vec![Traced::new(Value::unknown(
                Reason::UnresolvedImport(self.project.path(file).into()),
                Vec::new(),
            ))];
        };
        if depth > 8 {
            return Vals::new();
        }
        // another file may stand in its place when the program is built
        self.mark(super::conditions::STATE);
        let exports = &lowered.ir.exports;
        let mut values = Vals::new();
        for (known, value) in &exports.names {
            if known == name {
                values.extend(self.eval(Node { file, expr: *value }, &None));
            }
        }
        if values.is_empty() {
            for whole in &exports.whole {
                let whole = self.eval(Node { file, expr: *whole }, &None);
                if &**name == "default" {
                    values.extend(whole);
                } else {
                    values.extend(self.members(&whole, &PlaceKey::Name(name.clone()), node, &None));
                }
            }
        }
        if values.is_empty() && &**name != "default" {
            for star in &exports.stars {
                for module in self.eval(Node { file, expr: *star }, &None) {
                    match module.value {
                        Value::Module(other) if other != file => {
                            let found = self.export(other, name, node, depth + 1);
                            values.extend(found.into_iter().filter(|value| !value.value.is_unknown()));
                        }
                        Value::Api(_) | Value::Object(_) => {
                            let found = self.members(&vec![module], &PlaceKey::Name(name.clone()), node, &None);
                            values.extend(found.into_iter().filter(|value| !value.value.is_unknown()));
                        }
                        _ => {}
                    }
                }
            }
            // `import x from './x'` of a namespace, `require('./x').default` and the like
            if values.is_empty()
                && let Some((_, default)) = exports.names.iter().find(|(known, _)| &**known == "default")
                && lowered.ir.lang == crate::ir::Lang::Js
            {
                let default = self.eval(Node { file, expr: *default }, &None);
                let found = self.members(&default, &PlaceKey::Name(name.clone()), node, &None);
                values.extend(found.into_iter().filter(|value| !value.value.is_unknown()));
            }
        }
        if values.is_empty() && &**name == "default" && !exports.names.is_empty() {
            // interop: the namespace stands for a missing default
            return vec![Traced::new(Value::Module(file))];
        }
        if values.is_empty() {
            let names = vec![name.clone()];
            values.push(Traced::new(Value::unknown(Reason::Member(name.clone()), names)));
        }
        values
    }
}
