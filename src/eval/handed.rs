//! The request at hand: what a client hands to the functions that it calls for a request, and tests on texts of it.

use super::calls::Site;
use super::conditions::REQUEST;
use super::engine::{Eval, drop_null};
use super::matching;
use super::value::{Api, ApiStep, Args, Closure, Ctx, Handed, Node, Pattern, Reason, Traced, Vals, Value};
use crate::ir::{CallKind, Expr, ExprId, Key, Name};
use crate::project::PlaceKey;
use crate::rules::automaton::State;
use crate::rules::slot::{Base, Into};
use crate::rules::{Asks, HandedFact, TestFact};
use std::rc::Rc;

/// What is known of a request when a function is called for it.
#[derive(Clone, Debug, Default)]
pub struct AtHand {
    /// The URL as the call gives it.
    pub url: Vals,
    /// What it is relative to.
    pub base: Vals,
    /// The whole URL.
    pub whole: Vals,
    /// The method.
    pub method: Vals,
}

impl<'s> Eval<'s> {
    /// The context of a function that a client calls for a request, and the arguments that it hands over. `ty`: the type
    /// of its parameter number `.0`.
    pub fn called_for(
        &mut self,
        closure: &Closure,
        fact: &HandedFact,
        at_hand: &AtHand,
        names: &[Option<Name>],
        ty: Option<(u32, State)>,
    ) -> (Ctx, Args) {
        let mut known: Vec<(u32, Vec<Into>, Rc<Vals>)> = Vec::new();
        let parts = [
            (&fact.url, &at_hand.url),
            (&fact.base, &at_hand.base),
            (&fact.whole, &at_hand.whole),
            (&fact.method, &at_hand.method),
        ];
        for (slots, values) in parts {
            if values.is_empty() {
                continue;
            }
            let values = Rc::new(values.clone());
            for slot in slots {
                if let Base::Arg(nth) = slot.base {
                    known.push((nth, slot.path.clone(), values.clone()));
                }
            }
        }
        if !fact.named.is_empty() {
            // handed in by name: whatever the first argument would be goes to the parameter of that name
            let is_it =
                |name: &Option<Name>| name.as_ref().is_some_and(|name| fact.named.iter().any(|n| **n == **name));
            let nth = names.iter().position(is_it).and_then(|nth| u32::try_from(nth).ok());
            known = nth
                .into_iter()
                .flat_map(|nth| known.iter().map(move |(_, way, of)| (nth, way.clone(), of.clone())))
                .collect();
        }
        let mut args: Vec<(u32, Traced)> = Vec::new();
        for nth in known.iter().map(|(nth, ..)| *nth) {
            if args.iter().any(|(known, _)| *known == nth) {
                continue;
            }
            let of_it = known.iter().filter(|(at, ..)| *at == nth);
            let of_it: Vec<(Vec<Into>, Rc<Vals>)> =
                of_it.map(|(_, way, values)| (way.clone(), values.clone())).collect();
            let otherwise = self.otherwise(closure, nth, ty.filter(|(at, _)| *at == nth).map(|(_, ty)| ty));
            args.push((nth, Traced::new(Value::Handed(Rc::new(Handed { known: of_it, otherwise })))));
        }
        let args = Args::Handed(Rc::new(args));
        (self.call_frame(closure, args.clone(), None), args)
    }

    /// The names under which an annotated list, `['a', 'b', f]`, has its function's arguments handed in.
    pub fn names_handed(&mut self, value: &Traced) -> Option<Vec<Option<Name>>> {
        let Value::Object(list) = &value.value else { return None };
        let items = self.items(list)?;
        let text = |node: Node| super::known_as::text_of(self.lowered(node.file)?, node.expr);
        Some(items.iter().map(|item| text(item.node)).collect())
    }

    /// The names of a function's parameters.
    pub fn param_names(&self, func: super::value::FuncRef) -> Vec<Option<Name>> {
        let lowered = self.lowered(func.file);
        let params = lowered.map(|lowered| lowered.ir.func(func.func).params.iter().map(|param| param.name.clone()));
        params.into_iter().flatten().collect()
    }

    /// What a parameter is besides what is known of the request.
    fn otherwise(&self, closure: &Closure, nth: u32, ty: Option<State>) -> Traced {
        let lowered = self.lowered(closure.func.file);
        let func = lowered.map(|lowered| lowered.ir.func(closure.func.func));
        let node = Node { file: closure.func.file, expr: func.map_or(ExprId(0), |func| func.expr) };
        if let Some(ty) = ty {
            let states = smallvec::smallvec![ty];
            let api = Api { states, step: ApiStep::Given, from: None, node, ctx: None, owners: Vec::new() };
            return Traced::new(Value::Api(Rc::new(api)));
        }
        let name = func.and_then(|func| func.params.get(nth as usize)).and_then(|param| param.name.clone());
        Traced::new(Value::unknown(Reason::NoCallers, name.into_iter().collect()))
    }

    /// A member of what was handed over, `base`.
    pub(crate) fn handed_member(
        &mut self,
        base: &Traced,
        handed: &Handed,
        key: &PlaceKey,
        node: Node,
        ctx: &Ctx,
    ) -> Vals {
        let name = super::members::key_name(key);
        match self.handed_step(handed, &Into::Member(name.to_string())) {
            Some(values) => values,
            None if handed.known.iter().any(|(way, _)| way.is_empty()) => {
                // the URL itself was handed over: a part of it
                let itself = self.handed_itself(handed);
                self.members(&itself, key, node, ctx)
            }
            // a promise of it, which is waited for
            None if handed.otherwise.value.is_unknown() && self.passes_on(&name) => {
                self.any_member(base, &name, node, ctx)
            }
            None => self.members(&vec![handed.otherwise.clone()], key, node, ctx),
        }
    }

    /// The result of calling what was handed over.
    pub(crate) fn handed_result(&mut self, handed: &Handed, kind: CallKind, node: Node, ctx: &Ctx) -> Vals {
        match self.handed_step(handed, &Into::Result) {
            Some(values) => values,
            None => self.call_of(&handed.otherwise, kind, node, ctx),
        }
    }

    fn handed_step(&mut self, handed: &Handed, step: &Into) -> Option<Vals> {
        let next = handed.known.iter().filter(|(way, _)| way.first() == Some(step));
        let known: Vec<(Vec<Into>, Rc<Vals>)> = next.map(|(way, of)| (way[1..].to_vec(), of.clone())).collect();
        if known.is_empty() {
            return None;
        }
        self.mark(REQUEST);
        if let Some((_, values)) = known.iter().find(|(way, _)| way.is_empty()) {
            return Some(values.to_vec());
        }
        let otherwise = Traced::new(Value::unknown(Reason::NoCallers, Vec::new()));
        Some(vec![Traced::new(Value::Handed(Rc::new(Handed { known, otherwise })))])
    }

    /// The value that was handed over as it is, where that is known.
    pub(crate) fn handed_itself(&mut self, handed: &Handed) -> Vals {
        let itself = handed.known.iter().find(|(way, _)| way.is_empty()).map(|(_, values)| values.to_vec());
        if itself.is_some() {
            self.mark(REQUEST);
        }
        itself.unwrap_or_default()
    }

    /// A part of a URL that the rules know under this name.
    pub(crate) fn url_part(&self, url: &Pattern, name: &Name) -> Option<Pattern> {
        let part = self.rules.url_parts.get(&**name)?;
        matching::part(url, *part)
    }

    /// Whether a call asks a URL for a part of it.
    pub(crate) fn is_part_called(&self, call: Node) -> bool {
        self.lowered(call.file).is_some_and(|lowered| match lowered.ir.expr(call.expr) {
            Expr::Call { callee, args, .. } => {
                let is_part = |name: &Name| self.rules.url_parts.contains_key(&**name);
                args.is_empty()
                    && matches!(lowered.ir.expr(*callee), Expr::Field { key: Key::Name(name), .. } if is_part(name))
            }
            _ => false,
        })
    }

    /// What a test of a text says: a truth value, or a place in it. Nothing where it cannot be told.
    pub(crate) fn text_test(&mut self, test: &TestFact, site: &Site) -> Vals {
        // what is not there is asked nothing
        let texts = drop_null(self.slot(&test.text, site));
        let parts = drop_null(self.slot(&test.part, site));
        if texts.is_empty() || parts.is_empty() {
            return Vals::new();
        }
        let mut answers = Vec::new();
        for text in &texts {
            for part in &parts {
                answers.push(self.ask(test.asks, text, part));
            }
        }
        let agree = |answer: &Option<Value>| match (answer, &answers[0]) {
            (Some(Value::Bool(left)), Some(Value::Bool(right))) => left == right,
            (Some(Value::AtLeast(left)), Some(Value::AtLeast(right))) => left == right,
            (Some(Value::Str(left)), Some(Value::Str(right))) => left.text() == right.text(),
            _ => false,
        };
        match answers.iter().all(agree) {
            true => answers.swap_remove(0).map(Traced::new).into_iter().collect(),
            false => Vals::new(),
        }
    }

    fn ask(&mut self, asks: Asks, text: &Traced, part: &Traced) -> Option<Value> {
        if let Value::Handed(handed) = &text.value {
            let itself = self.handed_itself(&handed.clone());
            return itself.first().and_then(|itself| self.ask(asks, itself, part));
        }
        if let Value::Object(list) = &text.value {
            // whether a list holds a value
            let items = self.items(list)?;
            let wanted = matching::text_of(part)?;
            let mut all = Vec::new();
            for item in &items {
                for value in self.item(item) {
                    all.push(matching::same(self.rules, &matching::text_of(&value)?, &wanted));
                }
            }
            return match (all.contains(&Some(true)), all.contains(&None)) {
                (true, _) => Some(Value::Bool(true)),
                (false, false) => Some(Value::Bool(false)),
                _ => None,
            };
        }
        let known = matching::text_of(text)?;
        if text.value.open().is_some() || part.value.open().is_some() {
            return None;
        }
        let answer = match &part.value {
            Value::Regex(expression) => matching::fits(&known, expression),
            Value::Handed(handed) => {
                let itself = self.handed_itself(&handed.clone());
                let wanted = itself.first().and_then(matching::text_of)?;
                matching::ask(self.rules, asks, &known, &wanted)
            }
            _ if asks == Asks::Match => {
                matching::text_of(part)?.text().and_then(|source| matching::fits_regex(&known, source, false))
            }
            _ => matching::ask(self.rules, asks, &known, &matching::text_of(part)?),
        }?;
        if asks != Asks::Place {
            return Some(Value::Bool(answer));
        }
        if !answer {
            return Some(Value::Str(Pattern::lit("-1")));
        }
        let place = matching::text_of(part).and_then(|part| matching::place(&known, &part));
        Some(match place {
            Some((at, true)) => Value::Str(Pattern::lit(&at.to_string())),
            Some((at, false)) => Value::AtLeast(at),
            None => Value::AtLeast(0),
        })
    }
}
