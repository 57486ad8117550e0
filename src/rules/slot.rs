//! Slots: where in a call a rule finds something.
//!
//! `arg(0)`, `arg(-1)` (the last), `arg(fn)` (the first function), `receiver`, `args`, `name` (the member that was
//! called), each with a path behind it (`arg(1).headers`, `receiver[*]`), or a literal in quotes, `'GET'`.

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
    /// This text.
    Literal(String),
}

/// One step into the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Into {
    /// A member.
    Member(String),
    /// Any element.
    Element,
}

/// A place in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What it starts from.
    pub base: Base,
    /// The way into it.
    pub path: Vec<Into>,
}

/// Read a slot. The error says what was expected.
pub fn parse(text: &str) -> Result<Slot, &'static str> {
    if let Some(inner) = text.strip_prefix('\'') {
        let literal = inner.strip_suffix('\'').ok_or("a closing quote")?;
        return Ok(Slot { base: Base::Literal(literal.to_owned()), path: Vec::new() });
    }
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let base = match &text[..end] {
        "receiver" => Base::Receiver,
        "args" => Base::Args,
        "name" => Base::Name,
        "arg(-1)" => Base::LastArg,
        "arg(fn)" => Base::FnArg,
        head => {
            let digits = head
                .strip_prefix("arg(")
                .and_then(|rest| rest.strip_suffix(')'))
                .ok_or("`arg(N)`, `arg(-1)`, `arg(fn)`, `args`, `receiver`, `name` or a literal in single quotes")?;
            Base::Arg(digits.parse().map_err(|_| "a number in `arg(…)`")?)
        }
    };
    let mut path = Vec::new();
    let mut rest = &text[end..];
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[*]") {
            path.push(Into::Element);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            if end == 0 {
                return Err("a member's name after `.`");
            }
            path.push(Into::Member(after[..end].to_owned()));
            rest = &after[end..];
        } else {
            return Err("`.name` or `[*]`");
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
        assert!(parse("argument(1)").is_err());
        assert!(parse("arg(x)").is_err());
    }
}
