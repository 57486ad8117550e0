//! Slots: where in a call a rule finds something.
//!
//! `arg(0)`, `arg(-1)` (the last), `arg(fn)` (the first function), `receiver`, `args`, `name` (the member that was
//! called), `piped` (what flows into an operator: `source.pipe(operator(…))`),
//! `function` (the function that was called, where a call made it: `function@arg(0)` is that call's argument), `state` (the
//! application's state, see `[[reduced]]`), `holder` (the object that has what the call makes as a member), each with a path behind it, or a literal in quotes, `'GET'`.
//!
//! | step | leads to |
//! |---|---|
//! | `.name` | the member |
//! | `[*]` | any element |
//! | `[name]` | the member that has the name of what is called |
//! | `()` | what the function returns |
//! | `@arg(0)` | the argument of the call that made the library's value |
//! | `@from` | what the library's value was read from |
//! | `@given(0)` | the argument of the call that was given the function whose parameter the value is |

/// What a slot starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// The argument at this place.
    Arg(u32),
    /// The last argument.
    LastArg,
    /// The first argument that is a function.
    FnArg,
    /// All arguments.
    Args,
    /// What the method was called on.
    Receiver,
    /// The name of the member that was called.
    Name,
    /// The function that was called, where a call made it.
    Function,
    /// The application's state.
    State,
    /// What flows into the call where it is an argument of one that hands a value from argument to argument.
    Piped,
    /// The object literal that has what the call makes as a member.
    Holder,
    /// This text.
    Literal(String),
}

impl Slot {
    /// The member that it ends with.
    pub fn last_member(&self) -> Option<&str> {
        match self.path.last() {
            Some(Into::Member(name)) => Some(name),
            _ => None,
        }
    }

    /// What it is that the member which it ends with is one of.
    pub fn without_last_member(&self) -> Option<Slot> {
        let (Into::Member(_), path) = self.path.split_last()? else { return None };
        Some(Slot { base: self.base.clone(), path: path.to_vec() })
    }
}

/// One step into the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Into {
    /// A member.
    Member(String),
    /// Any element.
    Element,
    /// The member that has the name of what is called.
    Called,
    /// What the function returns.
    Result,
    /// An argument of the call that made the value.
    Made(u32),
    /// What a library's value was read from.
    From,
    /// An argument of the call that was given the function whose parameter the value is.
    Given(u32),
}

/// A place in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What it starts from.
    pub base: Base,
    /// The way into it.
    pub path: Vec<Into>,
}

/// What steps begin with.
const STEPS: [char; 4] = ['.', '[', '(', '@'];

/// Read a slot. The error says what was expected.
pub fn parse(text: &str) -> Result<Slot, &'static str> {
    if let Some(inner) = text.strip_prefix('\'') {
        let literal = inner.strip_suffix('\'').ok_or("a closing quote")?;
        return Ok(Slot { base: Base::Literal(literal.to_owned()), path: Vec::new() });
    }
    // the argument's own parentheses belong to the base
    let own = if text.starts_with("arg(") { text.find(')').unwrap_or_default() + 1 } else { 0 };
    let end = text[own..].find(STEPS).map_or(text.len(), |at| own + at);
    let base = match &text[..end] {
        "receiver" => Base::Receiver,
        "args" => Base::Args,
        "name" => Base::Name,
        "piped" => Base::Piped,
        "function" => Base::Function,
        "state" => Base::State,
        "holder" => Base::Holder,
        "arg(-1)" => Base::LastArg,
        "arg(fn)" => Base::FnArg,
        head => {
            let digits = head.strip_prefix("arg(").and_then(|rest| rest.strip_suffix(')')).ok_or(
                "`arg(N)`, `arg(-1)`, `arg(fn)`, `args`, `receiver`, `function`, `piped`, `state`, `holder`, `name` or a literal in single quotes",
            )?;
            Base::Arg(digits.parse().map_err(|_| "a number in `arg(…)`")?)
        }
    };
    let mut path = Vec::new();
    let mut rest = &text[end..];
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[*]") {
            path.push(Into::Element);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("[name]") {
            path.push(Into::Called);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("()") {
            path.push(Into::Result);
            rest = after;
        } else if let Some((digits, after)) = rest.strip_prefix("@arg(").and_then(|rest| rest.split_once(')')) {
            path.push(Into::Made(digits.parse().map_err(|_| "a number in `@arg(…)`")?));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("@from") {
            path.push(Into::From);
            rest = after;
        } else if let Some((digits, after)) = rest.strip_prefix("@given(").and_then(|rest| rest.split_once(')')) {
            path.push(Into::Given(digits.parse().map_err(|_| "a number in `@given(…)`")?));
            rest = after;
        } else if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(STEPS).unwrap_or(after.len());
            if end == 0 {
                return Err("a member's name after `.`");
            }
            path.push(Into::Member(after[..end].to_owned()));
            rest = &after[end..];
        } else {
            return Err("`.name`, `[*]`, `[name]`, `()`, `@arg(…)`, `@given(…)` or `@from`");
        }
    }
    Ok(Slot { base, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_read() {
        let slot = parse("arg(1).auth.bearer").unwrap();
        assert_eq!(slot.base, Base::Arg(1));
        assert_eq!(slot.path, [Into::Member("auth".into()), Into::Member("bearer".into())]);
        assert_eq!(parse("'GET'").unwrap().base, Base::Literal("GET".into()));
        assert_eq!(parse("receiver[*]").unwrap().path, [Into::Element]);
        let slot = parse("receiver@arg(2)[name].method").unwrap();
        assert_eq!(slot.path, [Into::Made(2), Into::Called, Into::Member("method".into())]);
        assert_eq!(parse("arg(0).useFactory().getter").unwrap().path[1], Into::Result);
        assert!(parse("argument(1)").is_err());
        assert!(parse("arg(x)").is_err());
    }
}
