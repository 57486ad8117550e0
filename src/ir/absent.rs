//! Code that runs only where an object lacks something: `if (!headers.has('Authorization'))` around what sets it.
//!
//! Owns telling that by syntax alone. Must not know what the object is or what its methods are called.

use super::{BlockId, BlockKind, Expr, ExprId, FileIr, Key, Lit, Name, Op};

impl FileIr {
    /// Whether `block` runs only where what `holder` has under `key` is absent: a member that is tested, or a question
    /// that the object is asked about the key.
    pub fn is_where_absent(&self, block: BlockId, holder: ExprId, key: &Name) -> bool {
        let mut at = Some(block);
        while let Some(current) = at {
            let block = self.blocks[current.index()];
            if block.guard.is_some_and(|guard| self.says_absent(guard.test, guard.holds, holder, key)) {
                return true;
            }
            at = block.parent.filter(|_| block.kind != BlockKind::Func);
        }
        false
    }

    /// The text or the last name that a key is written as: `'Authorization'`, `header::AUTHORIZATION`.
    pub fn key_word(&self, id: ExprId) -> Option<&Name> {
        match self.expr(self.strip(id)) {
            Expr::Lit(Lit::Str(text)) => Some(text),
            Expr::Field { key: Key::Name(name), .. } | Expr::Global(name) => Some(name),
            Expr::Local(binding) => Some(&self.binding(*binding).name),
            _ => None,
        }
    }

    /// Whether a test that comes out as `holds` says that what `holder` has under `key` is absent.
    fn says_absent(&self, test: ExprId, holds: bool, holder: ExprId, key: &Name) -> bool {
        let test = self.strip(test);
        match self.expr(test) {
            Expr::Not(inner) => self.says_absent(*inner, !holds, holder, key),
            Expr::Test { op: Op::Same, left, right } if holds => {
                let is_null = |id: ExprId| matches!(self.expr(self.strip(id)), Expr::Lit(Lit::Null));
                is_null(*right) && self.reads(*left, holder, key) || is_null(*left) && self.reads(*right, holder, key)
            }
            _ => !holds && self.reads(test, holder, key),
        }
    }

    /// Whether an expression reads, or asks for, what `holder` has under `key`.
    fn reads(&self, id: ExprId, holder: ExprId, key: &Name) -> bool {
        let (asked, word) = match self.expr(self.strip(id)) {
            Expr::Field { base, key: Key::Name(name) } => (Some(*base), Some(name)),
            Expr::Field { base, key: Key::Computed(name) } => (Some(*base), self.key_word(*name)),
            Expr::Call { args, .. } => {
                (self.receiver(self.strip(id)), args.first().and_then(|arg| self.key_word(arg.expr)))
            }
            _ => return false,
        };
        word.is_some_and(|word| word.eq_ignore_ascii_case(key))
            && asked.is_some_and(|asked| self.is_same(asked, holder))
    }

    /// Whether two expressions read one place: the same variable, or the same members of it.
    fn is_same(&self, left: ExprId, right: ExprId) -> bool {
        match (self.expr(self.strip(left)), self.expr(self.strip(right))) {
            (Expr::Local(left), Expr::Local(right)) => left == right,
            (Expr::This(left), Expr::This(right)) => left == right,
            (Expr::Field { base, key }, Expr::Field { base: other, key: as_other }) => {
                key == as_other && self.is_same(*base, *other)
            }
            _ => false,
        }
    }
}
