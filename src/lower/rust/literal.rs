//! Literals.

use super::{Lower, place};
use crate::ir::{Expr, ExprId, Lit as IrLit, OpaqueKind};
use syn::Lit;

impl Lower {
    pub(super) fn literal(&mut self, lit: &Lit) -> ExprId {
        let span = place(lit.span());
        let value = match lit {
            Lit::Str(text) => IrLit::Str(text.value().into()),
            Lit::ByteStr(bytes) => match String::from_utf8(bytes.value()) {
                Ok(text) => IrLit::Str(text.into()),
                Err(_) => return self.b.opaque(OpaqueKind::Unsupported, span),
            },
            Lit::CStr(text) => match text.value().into_string() {
                Ok(text) => IrLit::Str(text.into()),
                Err(_) => return self.b.opaque(OpaqueKind::Unsupported, span),
            },
            Lit::Char(letter) => IrLit::Str(letter.value().to_string().into()),
            Lit::Byte(byte) => IrLit::Num(byte.value().to_string().into()),
            Lit::Int(number) => IrLit::Num(number.token().to_string().into()),
            Lit::Float(number) => IrLit::Num(number.token().to_string().into()),
            Lit::Bool(value) => IrLit::Bool(value.value),
            _ => return self.b.opaque(OpaqueKind::Unsupported, span),
        };
        self.b.expr(Expr::Lit(value), span)
    }
}
