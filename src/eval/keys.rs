//! The keys of an object: those it is written with, and those that are put into it.

use super::engine::Eval;
use super::value::{Node, Object, Pattern, Piece, Vals, Value};
use crate::ir::{Expr, ExprId, Key, Name, Prop};
use crate::project::EffectKind;
use std::rc::Rc;

/// How deep objects made of objects are followed.
const NESTING: u8 = 6;

/// The keys that an object may have.
#[derive(Debug, Default)]
pub struct Keys {
    /// Those that are known, in the order in which they are found.
    pub names: Vec<Name>,
    /// Whether it may have others.
    pub open: bool,
    /// Whether there is an object at all.
    pub any: bool,
}

impl<'s> Eval<'s> {
    /// The keys of what `values` may be: objects, or texts of JSON.
    pub fn keys(&mut self, values: &Vals) -> Keys {
        let mut keys = Keys::default();
        self.add_keys(values, NESTING, &mut keys);
        keys
    }

    fn add_keys(&mut self, values: &Vals, nesting: u8, keys: &mut Keys) {
        for value in values {
            match &value.value {
                Value::Object(object) if nesting > 0 => {
                    keys.any = true;
                    self.add_object(&object.clone(), nesting, keys);
                }
                Value::Str(pattern) => match json_keys(pattern) {
                    Some(names) => {
                        keys.any = true;
                        keys.names.extend(names);
                    }
                    None => keys.open = true,
                },
                Value::Null | Value::Plain => {}
                _ => keys.open = true,
            }
        }
    }

    fn add_object(&mut self, object: &Rc<Object>, nesting: u8, keys: &mut Keys) {
        let Some(lowered) = self.lowered(object.node.file) else { return };
        let at = |expr: ExprId| Node { file: object.node.file, expr };
        for part in &object.parts {
            self.add_keys(part, nesting - 1, keys);
        }
        match lowered.ir.expr(object.node.expr) {
            Expr::Object { props, .. } => {
                for prop in props {
                    match prop {
                        Prop::Field(Key::Name(name), _) => keys.names.push(name.clone()),
                        Prop::Field(Key::Computed(computed), _) => {
                            for key in self.eval(at(*computed), &object.ctx) {
                                match &key.value {
                                    Value::Str(text) if text.text().is_some() => {
                                        let name = text.text().unwrap_or_default();
                                        keys.names.push(name.into());
                                    }
                                    _ => keys.open = true,
                                }
                            }
                        }
                        Prop::Spread(inner) => {
                            let inner = self.eval(at(*inner), &object.ctx);
                            self.add_keys(&inner, nesting - 1, keys);
                        }
                        Prop::Getter(Key::Name(name), _) => keys.names.push(name.clone()),
                        Prop::Field(Key::Index(_), _) | Prop::Getter(..) => {}
                    }
                }
            }
            _ if object.parts.is_empty() => keys.open = true,
            _ => {}
        }
        for owner in &object.owners {
            let Some(lowered) = self.lowered(owner.file) else { continue };
            for effect in lowered.index.effects(&owner.root) {
                let EffectKind::Write(nth) = effect.kind else { continue };
                if effect.path != owner.path {
                    continue;
                }
                let write = &lowered.ir.writes[nth];
                match &write.key {
                    Key::Name(name) => keys.names.push(name.clone()),
                    Key::Computed(_) => keys.open = true,
                    Key::Index(_) => {}
                }
            }
        }
    }
}

/// The keys of an object in a text of JSON, whatever stands in its holes.
fn json_keys(pattern: &Pattern) -> Option<Vec<Name>> {
    let mut text = String::new();
    for piece in &pattern.pieces {
        match piece {
            Piece::Lit(literal) => text.push_str(literal),
            // a number is right as a value, and within a string
            Piece::Hole(_) => text.push('0'),
        }
    }
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).ok()?;
    Some(object.keys().map(|key| Name::from(key.as_str())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::value::{Reason, Traced};

    #[test]
    fn json_with_holes_has_keys() {
        let hole = Piece::Hole(Traced::new(Value::unknown(Reason::Call, Vec::new())));
        let mut pattern = Pattern::lit("{\"user_metadata\": {\"a\": \"x");
        pattern.append(&[hole.clone(), Piece::Lit("\"}, \"n\": ".into()), hole, Piece::Lit("}".into())]);
        let keys: Vec<String> = json_keys(&pattern).unwrap_or_default().iter().map(ToString::to_string).collect();
        assert_eq!(keys, ["n", "user_metadata"]);
        assert!(json_keys(&Pattern::lit("name=x")).is_none());
    }
}
