//! What each form of Rust becomes, as the graph's own text.

use super::lower;
use crate::ir::{BlockKind, Expr, FileIr};

fn file(text: &str) -> FileIr {
    match lower(text) {
        Ok(ir) => ir,
        Err(refused) => panic!("refused: {refused:?}\n{text}"),
    }
}

/// With as much stack as the analysis gives.
fn on_big_stack(run: fn()) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run);
    assert!(thread.is_ok_and(|thread| thread.join().is_ok()));
}

/// Every one of `lines` is a line of the dump.
#[track_caller]
fn has(text: &str, lines: &[&str]) {
    let dump = file(text).dump();
    for line in lines {
        assert!(dump.lines().any(|found| found == *line), "no line {line:?} in\n{dump}");
    }
}

#[track_caller]
fn lacks(text: &str, part: &str) {
    let dump = file(text).dump();
    assert!(!dump.contains(part), "{part:?} in\n{dump}");
}

/// The definition of `x` in a function whose body is `body`.
#[track_caller]
fn value(body: &str, expected: &str) {
    let text = format!("fn test() {{ let x = {body}; }}");
    has(&text, &[&format!("const x = {expected}")]);
}

#[test]
fn items_are_exports() {
    has(
        "pub fn f() {} struct S { a: u8 } enum E { A } union U { a: u8 } trait T {} const C: u8 = 1; \
         static D: &str = \"d\"; type A = S; mod m { pub fn g() {} } mod n; #[path = \"o/p.rs\"] mod o; \
         extern crate alloc as all;",
        &[
            "export f = f",
            "export S = S",
            "export E = E",
            "export U = U",
            "export T = T",
            "export C = C",
            "export D = D",
            "export A = A",
            "export m = m",
            "export n = n",
            "export o = o",
            "const C: @u8 = 1",
            "const D: @str = \"d\"",
            "const A = S",
            "const m = {g: g}",
            "import n = import \"mod:n\"",
            "import o = import \"mod:#o/p.rs\"",
            "import all = import \"alloc\"",
        ],
    );
}

#[test]
fn uses() {
    has(
        "use a::b; use a::c as d; use a::{self, e::{f, g as h}, i::*}; use ::k::l; use crate::m; use super::super::n; \
         use self::o; pub use p::*; use q; use r as _; use log::{log, warn};",
        &[
            "import b = import \"a\".b",
            "import d = import \"a\".c",
            "import a = import \"a\"",
            "import f = import \"a\".e.f",
            "import h = import \"a\".e.g",
            "export * import \"a\".i",
            "import l = import \"k\".l",
            "import m = import \"crate\".m",
            "import n = import \"super::super\".n",
            "import o = import \"self\".o",
            "export * import \"p\"",
            "import q = import \"q\"",
            "import log = import \"log\".log",
            "import warn = import \"log\".warn",
        ],
    );
    // A declared module or type is no crate.
    has("mod inner; use inner::X; enum E { A } use E::*;", &["import X = inner.X", "export * E"]);
    // The names of the module around are in scope as it is.
    lacks("const A: u8 = 1; mod m { use super::*; }", "export *");
    has("mod m { pub use super::n::*; pub fn f() {} }", &["const m = {...import \"super\".n, f: f}"]);
}

#[test]
fn inline_modules_know_where_they_are() {
    let text = "mod a { fn f() { let x = super::z; let y = self::f; let w = crate::q; } \
                mod b { fn g() { let s = super::f; let t = super::super::z; let u = super::super::super::up; } } }";
    has(
        text,
        &[
            "const x = import \"super\".z",
            "const y = a.f",
            "const w = import \"crate\".q",
            "const s = a.f",
            "const t = import \"self\".z",
            "const u = import \"super\".up",
        ],
    );
    let ir = file(text);
    let nested: Vec<(&str, u32)> = ir.imports.iter().map(|import| (&*import.specifier, import.inline_mods)).collect();
    assert_eq!(nested, [("super", 1), ("crate", 1), ("self", 0), ("super", 0)]);
    assert!(ir.top_level.iter().all(|(name, _)| &**name == "a"));
}

#[test]
fn two_namespaces() {
    has(
        "fn f(url: &str) { let x = url::Url::parse(url); }",
        &["param url: @str = f$0", "const x = import \"url\".Url.parse(url)"],
    );
    has("use anyhow::anyhow; fn f() { let x = anyhow::Error::msg(1); }", &["const x = import \"anyhow\".Error.msg(1)"]);
    has("mod client; fn client() {} fn f() { let x = client(); let y = client::new(); }", &["const y = client.new()"]);
    // Prelude types and what globs bring in are capitalised.
    value("String::from(\"a\")", "@String.from(\"a\")");
    value("str::from_utf8(b)", "@str.from_utf8(@b)");
    value("<S as T>::f(1)", "@S.f(1)");
    value("<S>::f(1)", "@S.f(1)");
    value("iter.collect::<Vec<_>>()", "@iter.collect()");
    value("std::env::var(\"A\")", "import \"std\".env.var(\"A\")");
}

#[test]
fn structs_and_serde() {
    has(
        "#[derive(Serialize)] #[serde(rename_all = \"camelCase\", deny_unknown_fields)] \
         struct S { id_token: String, #[serde(rename = \"aud\", default)] audience: Option<Url>, r#type: u8, \
         #[serde(default = \"x\", skip_serializing_if = \"f\")] plain: Vec<u8>, \
         #[serde(rename(serialize = \"a\", deserialize = \"b\"))] both: u8 } struct P(Arc<Client>, u8); struct U;",
        &[
            "  .id_token as \"idToken\": @String",
            "  .audience as \"aud\": @Url",
            "  .type: @u8",
            "  .plain",
            "  .both as \"a\": @u8",
            "  .0: @Client",
            "  .1: @u8",
        ],
    );
    has(
        "#[serde(rename_all = \"SCREAMING_SNAKE_CASE\")] enum E { IdToken, #[serde(rename = \"q\")] Other(u8), Z = 3 }",
        &["  ::IdToken as \"ID_TOKEN\"", "  ::Other as \"q\"", "  ::Z = 3"],
    );
    for (rule, name) in [("kebab-case", "id-token"), ("PascalCase", "IdToken"), ("UPPERCASE", "ID_TOKEN")] {
        let text = format!("#[serde(rename_all = \"{rule}\")] struct S {{ id_token: u8 }}");
        has(&text, &[&format!("  .id_token as {name:?}: @u8")]);
    }
    lacks("#[serde(rename_all = \"snake_case\")] struct S { id_token: u8 }", " as ");
}

#[test]
fn impls_find_their_class() {
    has(
        "impl S { const MAX: u8 = 3; fn new(a: u8) -> Self { Self { a } } fn get(&self) -> &u8 { &self.a } } \
         struct S { a: u8 } impl fmt::Display for S { fn fmt(&self) {} }",
        &[
            "class S < import \"fmt\".Display",
            "  .a: @u8",
            "  ::MAX: @u8 = 3",
            "  ::new Method fn#1",
            "  .get Method fn#2",
            "  .fmt Method fn#3",
            "fn#1 new(a: @u8): Self(S) -> Self(S){a: a}",
            "fn#2 get(): @u8 -> Ref~this.a",
        ],
    );
    // By a path into a child module, by `super`, by an alias, in a function.
    has("mod m { pub struct S; } impl m::S { fn f(&self) {} }", &["  .f Method fn#1"]);
    has("struct S; mod m { impl super::S { fn f(&self) {} } }", &["  .f Method fn#1"]);
    has("struct S; mod m { use super::S; impl S { fn f(&self) {} } }", &["  .f Method fn#1"]);
    has("struct S; mod m { use super::*; impl<'a> T for &'a S { fn f(&self) {} } }", &["  .f Method fn#1"]);
    has("struct S; type A = S; impl A { fn f(&self) {} }", &["  .f Method fn#1"]);
    has("fn g() { struct S; impl S { fn f(&self) {} } }", &["  .f Method fn#2"]);
    for text in [
        "mod m { pub struct S; } impl m::S { fn f(&self) {} }",
        "struct S; mod m { use super::S; impl S { fn f(&self) {} } }",
        "struct S; type A = S; impl A { fn f(&self) {} }",
    ] {
        assert!(file(text).foreign_impls.is_empty(), "{text}");
    }
}

#[test]
fn foreign_impls() {
    let text =
        "use x::Client; impl Ext for Client { const N: u8 = 1; fn go(&self) { self.send() } fn of() -> Self {} }";
    let ir = file(text);
    let [foreign] = &ir.foreign_impls[..] else { panic!("{}", ir.dump()) };
    assert_eq!(ir.show(foreign.ty), "Client");
    assert_eq!(foreign.interface.map(|interface| ir.show(interface)).as_deref(), Some("@Ext"));
    assert_eq!(foreign.methods.len(), 2);
    assert!(foreign.methods[1].is_static && !foreign.methods[0].is_static);
    assert_eq!(foreign.fields.len(), 1);
    assert!(ir.class(foreign.class).methods.is_empty());
    has(text, &["fn#1 go() -> this.send()", "fn#2 of(): Self(Client)"]);
    // Of any type at all.
    assert_eq!(file("impl<S: Api> Ext for S { fn f(&self) {} } struct S;").foreign_impls.len(), 1);
}

#[test]
fn traits() {
    has(
        "trait Api: Base + Send { const URL: &'static str; fn url(&self) -> String; fn get(&self) -> u8 { self.url() } \
         fn make() -> Self; }",
        &[
            "class Api < @Base < @Send",
            "  .url Method fn#1",
            "  .get Method fn#2",
            "  ::make Method fn#3",
            "fn#1 url(): @String -> ?Undeclared",
            "fn#2 get(): @u8 -> this.url()",
            "  ::URL: @str = ?Undeclared",
        ],
    );
}

#[test]
fn self_in_closures_and_nested_functions() {
    has(
        "struct S { a: u8 } impl S { fn f(&self) { let g = |x| self.a; fn inner() { let h = |y| y; } Self::f; } }",
        // Items of a block are lowered first.
        &["fn#2 inner()", "fn#3 h(y) -> y", "fn#4 g(x) -> this.a"],
    );
    let ir = file("struct S; impl S { fn f(&self) {} fn g() {} }");
    assert!(ir.funcs[1].is_method && !ir.funcs[2].is_method);
    assert_eq!(ir.funcs[1].class, ir.funcs[2].class);
}

#[test]
fn type_hints() {
    let ty = |ty: &str, expected: &str| {
        has(&format!("fn f(a: {ty}) {{}}"), &[&format!("fn#1 f(a: {expected})")]);
    };
    ty("Client", "@Client");
    ty("&'a mut reqwest::Client", "import \"reqwest\".Client");
    ty("Arc<Mutex<Option<Client>>>", "@Client");
    ty("std::sync::Arc<tokio::sync::RwLock<Client>>", "@Client");
    ty("Result<Client, Box<dyn Error>>", "@Client");
    ty("Cow<'static, str>", "@str");
    ty("impl Future<Output = Result<Client>> + Send", "@Client");
    ty("Pin<Box<dyn Future<Output = Client> + Send + 'a>>", "@Client");
    ty("impl Send + Api", "@Api");
    ty("&dyn http::Api", "import \"http\".Api");
    for none in ["Vec<Client>", "[Client; 2]", "&[Client]", "(Client, u8)", "fn(Client)", "impl Fn(Client) -> u8"] {
        has(&format!("fn f(a: {none}) {{}}"), &["fn#1 f(a)"]);
    }
    has("fn f<T: Api, U>(a: T, b: &U, c: Option<T>) {}", &["fn#1 f(a: @Api, b, c: @Api)"]);
    has("fn f<T>(a: T) -> T where T: x::Api + Send {}", &["fn#1 f(a: import \"x\".Api): import \"x\".Api"]);
    has("struct S<C: Api> { c: Arc<C> }", &["  .c: @Api"]);
    has("struct Option<T>(T); fn f(a: Option<u8>) {}", &["fn#1 f(a: (Option | @u8))"]);
    // a library's wrapper may be destructured or dereferenced to what it holds
    has("fn f(a: State<Arc<App>>, b: Map<K, V>) {}", &["fn#1 f(a: (@State | @App), b: @Map)"]);
    has("fn f() { let x: Client = g(); let y: u8; y = 1; }", &["const x: @Client = @g()", "var y: @u8 = 1"]);
    has("struct S; impl S { fn f(a: Self, b: &Self) {} }", &["fn#1 f(a: Self(S), b: Self(S))"]);
}

#[test]
fn parameters_and_closures() {
    has(
        "fn f(self_: u8, (a, b): (u8, u8), S { c, d: [e, ..] }: S, mut g: u8) {}",
        &[
            "param a = f$1.0",
            "param b = f$1.1",
            "param c = f$2.c",
            "param e = f$2.d.0",
            "param g: @u8 = f$3",
            "fn#1 f(self_: @u8, _, _: @S, g: @u8)",
        ],
    );
    has(
        "fn f() { g(move |(k, v): (u8, u8), &w| -> Client { if k { return v; } w }); }",
        &["param k = _$0.0", "fn#2 _(_, _): @Client -> v when k -> w unless k"],
    );
    has("fn f() { let make = |a: Client| a; }", &["fn#2 make(a: @Client) -> a"]);
    has("fn f() { g(async move |a| a.b); }", &["fn#2 _(a) -> a.b"]);
}

#[test]
fn patterns() {
    let binds = |pat: &str, lines: &[&str]| has(&format!("fn f() {{ let {pat} = e() else {{ return; }}; }}"), lines);
    binds("Some(x)", &["const x = @e()"]);
    binds("Ok(Some(mut x))", &["var x = @e()"]);
    binds("Err(x)", &["const x = ?Error"]);
    binds("V(x, y)", &["const x = @e().0", "const y = @e().1"]);
    binds("m::S { a, b: (c, _), ref d, 0: z }", &["const a = @e().a", "const c = @e().b.0", "const d = @e().d"]);
    binds("&(ref a, ref mut b)", &["const a = @e().0", "var b = @e().1"]);
    binds("all @ S { a, .. }", &["const all = @e()", "const : @S = @e()", "const a = .a"]);
    binds("(A(x) | B(_, x))", &["const x = @e().0 | @e().1"]);
    binds("[a, rest @ .., z]", &["const a = @e().0", "const rest = Rest~@e()", "const z = @e()[*]"]);
    binds("(a, .., z)", &["const a = @e().0", "const z = ?Unsupported"]);
    lacks("fn f() { let None = x else { return }; let MAX = y; }", "const None");
}

#[test]
fn shadowing() {
    let ir = file("fn f(x: u8) { let x = g(x); let x = h(x); x }");
    let values: Vec<String> = ir.bindings[1..].iter().map(|b| ir.show(b.defs[0].value)).collect();
    assert_eq!(values, ["f$0", "@g(x)", "@h(x)"]);
    // Each reads the one before.
    let reads: Vec<u32> =
        ir.exprs.iter().filter_map(|e| if let Expr::Local(b) = e { Some(b.0) } else { None }).collect();
    assert_eq!(reads[..3], [1, 2, 3]);
}

#[test]
fn branches() {
    value("if a { \"b\" } else if c { \"d\" } else { return }", "(\"b\" when @a | \"d\" when @c unless @a)");
    value(
        "match a { A => \"b\", B if g() => \"c\", Err(_) => panic!(\"no\"), _ => continue }",
        "(\"b\" when @a is @A | \"c\" when @g() when @a is @B)",
    );
    value("match a { Ok(v) => v, Err(e) => return Err(e) }", "v");
    value("if let Some(v) = a { v } else { \"c\" }", "(v | \"c\")");
    value("{ let y = 1; y }", "y");
    value("unsafe { y() }", "@y()");
    value("async move { y().await? }.await", "Await~Assert~Await~@y()");
    value("loop { if a { break \"b\"; } break \"c\"; }", "(\"b\" when @a | \"c\" unless @a)");
    value("'l: { if a { break 'l \"b\"; } \"c\" }", "(\"b\" when @a | \"c\" unless @a)");
    has(
        "fn f() -> u8 { if a { return 1; } match b { X => return 2, Y => 3 } }",
        &["fn#1 f(): @u8 -> 1 when @a -> 2 when @b is @X unless @a -> 3 when @b is @Y unless @a"],
    );
    has(
        "fn f() { for (k, v) in m { } while let Some(x) = s.pop() { } }",
        &["const k = @m[*].0", "const v = @m[*].1", "const x = @s.pop()"],
    );
    has("fn f() { if let Some(a) = x && let Ok(b) = a.y && a { b.go(); } }", &["const b = a.y", "call b.go()"]);
    has("fn f() { loop {} }", &["fn#1 f()"]);
    has("fn f() { let x = loop { g(|| { loop { break 1; } }); break 2; }; }", &["const x = 2"]);
}

#[test]
fn arms_say_when() {
    let enums = "enum K { A, B(u8), C { x: u8 } } ";
    has(
        &format!(
            "{enums} fn f(k: K) {{ let x = match k {{ K::A => \"a\", K::B(n) => n, &K::C {{ x: c, .. }} => c }}; }}"
        ),
        &["const x = (\"a\" when k is K.A | n when k is K.B | c when k is K.C)", "const n = k.0", "const c = k.x"],
    );
    // One of several, with a guard, by another path.
    has(
        &format!(
            "{enums} fn f(k: K) {{ let x = match k {{ K::A | (K::B(_)) => 1, K::C {{ .. }} if g() => 2, _ => 3 }}; }}"
        ),
        &[
            "const x = (1 when (k is K.A or k is K.B) | 2 when @g() when k is K.C | 3 unless (k is K.A or k is K.B))",
            "call @g()",
        ],
    );
    has(
        "enum K { A } impl K { fn f(self) -> u8 { match self { Self::A => 1 } } }",
        &["fn#1 f(): @u8 -> 1 when this is Self(K).A"],
    );
    has(
        "fn f(k: m::K) -> u8 { match k.kind { m::K::A => 1, m::LIMIT => 2 } }",
        &[
            "fn#1 f(k: import \"m\".K): @u8 -> (1 when k.kind is import \"m\".K.A | 2 when k.kind is import \"m\".LIMIT)",
        ],
    );
    // Strings.
    value(
        "match k.as_str() { \"a\" => 1, \"b\" | \"c\" => 2, other => other }",
        "(1 when @k.as_str() is \"a\" | 2 when (@k.as_str() is \"b\" or @k.as_str() is \"c\") | other unless \
         ((@k.as_str() is \"a\" or @k.as_str() is \"b\") or @k.as_str() is \"c\"))",
    );
    // A match in a match.
    value(
        "match a { K::A => match b { \"b\" => 1, _ => 2 }, _ => 3 }",
        "(1 when @b is \"b\" when @a is @K.A | 2 unless @b is \"b\" when @a is @K.A | 3 unless @a is @K.A)",
    );
}

#[test]
fn arms_that_say_nothing() {
    // The language's own wrappers are looked through; what may match anything else as well, or is a name, says nothing.
    value("match k { Some(v) => v, None => \"n\" }", "(v | \"n\")");
    value("match k { Some(K::A) => 1, Some(_) => 2, Option::None => 3 }", "(1 | 2 | 3)");
    value("match k { Ok(v) => v, Err(e) => e.text() }", "(v | e.text())");
    value(
        "match k { 1 => \"a\", 2..=3 => \"b\", true => \"c\", other => other }",
        "(\"a\" when @k is 1 | \"b\" unless @k is 1 | \"c\" when @k is true | other unless (@k is 1 or @k is true))",
    );
    value("match k { \"a\" | _ => 1, K::A | None => 2, (K::A, _) => 3, A => 4 }", "(1 | 2 | 3 | 4 when @k is @A)");
    has(
        "fn f() -> u8 { match k { K::A => return 1, _ => 2 } }",
        &["fn#1 f(): @u8 -> 1 when @k is @K.A -> 2 unless @k is @K.A"],
    );
    value("if let K::A = k { 1 } else { 2 }", "(1 when @k is @K.A | 2 unless @k is @K.A)");
    has("fn f(k: bool) -> u8 { if k { return 1; } 2 }", &["fn#1 f(k: @bool): @u8 -> 1 when k -> 2 unless k"]);
    lacks("fn f() { match k { K::A => { g(); } K::B => {} } }", " when ");
}

#[test]
fn branches_are_branch_blocks() {
    let ir = file("fn f() { one(); if c { two() } else { three() } for _ in x { four() } a && five(); }");
    let kinds: Vec<BlockKind> = ir.calls.iter().map(|call| ir.blocks[ir.block_of(*call).index()].kind).collect();
    assert_eq!(kinds, [BlockKind::Func, BlockKind::Branch, BlockKind::Branch, BlockKind::Loop, BlockKind::Branch]);
}

#[test]
fn transparent_syntax() {
    value("(&mut *a)?", "Assert~Ref~Ref~@a");
    value("a.b().await as u8", "Cast~Await~@a.b()");
    value("Some(Ok(a))", "Wrap~Wrap~@a");
    value("Option::Some(std::result::Result::Ok(a))", "Wrap~Wrap~@a");
    value("Arc::new(std::sync::Mutex::new(a))", "Wrap~Wrap~@a");
    value("Err(g())", "?Error");
    value("None::<u8>", "null");
    value("()", "null");
    has("enum E { Some(u8) } use E::Some; fn f() { let x = Some(1); }", &["const x = Some(1)"]);
    has("struct Box; fn f() { let x = Box::new(1); }", &["const x = Box.new(1)"]);
}

#[test]
fn literals_and_operators() {
    value(r#""a\u{e9}\n""#, r#""aé\n""#);
    value(r##"r#"a"b"#"##, r#""a\"b""#);
    value("b\"ab\"", "\"ab\"");
    value("c\"ab\"", "\"ab\"");
    value("b\"\\xff\"", "?Unsupported");
    value("'c'", "\"c\"");
    value("-1_000u64", "-1_000u64");
    value("1.5", "1.5");
    value("true", "true");
    value("a + \"b\" + &c", "<@a + \"b\" + Ref~@c>");
    value("a + b * c", "<@a + ?Operator>");
    value("a == g()", "@a is @g()");
    value("a && b", "!(!@a or !@b)");
    value("a >= 1", "1 <= @a");
    value("matches!(a, K::A | K::B)", "(@a is @K.A or @a is @K.B)");
    value("0..n()", "?Operator");
    value("!a", "!@a");
    value("a[\"k\"][0][i][..]", "Ref~@a.k.0.[@i]");
    value("a.0.1.b", "@a.0.1.b");
    value("(1, [2; 3], [4, 5])", "[1, [2], [4, 5]]");
    value("S { a: 1, b, ..d() }", "@S{...@d(), a: 1, b: @b}");
    value("m::E::V { a: 1 }", "import \"m\".E.V{a: 1}");
    has("fn f() { let x = a == g(); }", &["call @g()"]);
}

#[test]
fn assignments() {
    has(
        "fn f(s: S) { let mut a = 1; a = 2; a += \"b\"; *a = 3; s.b = 4; s[\"c\"] = 5; (a, s.d) = g(); s.e += \"z\"; a -= 1; }",
        &[
            "var a = 1 | 2 | <a + \"b\"> | 3 | @g().0 | ?Operator",
            "write s.b = 4",
            "write s.c = 5",
            "write s.d = @g().1",
            "write s.e = <s.e + \"z\">",
        ],
    );
    has(
        "fn f(s: S) { *s.token.lock().unwrap() = 1; *s.t2.write().await = 2; }",
        &["write s.token = 1", "write s.t2 = 2"],
    );
    has("fn f(s: S) { let mut guard = s.token.write().await; *guard = Some(1); }", &["write s.token = Wrap~1"]);
    has("fn f(s: S) { let t = &mut s.token; *t = 1; }", &["write s.token = 1"]);
    has("static mut A: u8 = 1; fn f() { unsafe { A = 2; } }", &["var A: @u8 = 1 | 2"]);
}

#[test]
fn format_strings() {
    value("format!(\"https://{}/users/{id}\", host())", "<\"https://\" + @host() + \"/users/\" + @id>");
    value("format!(\"{0}{1:?}{0}{n:>w$}\", a, b, n = c)", "<@a + @b + @a + @c>");
    value("format!(\"{{{}}}\", a)", "<\"{\" + @a + \"}\">");
    value("format!(\"{:.*}{}\", 2, a, b)", "<@a + @b>");
    value("format!(concat!(\"a\", \"/{}\"), b)", "<\"a/\" + @b>");
    value("std::format!(r\"{a}\")", "<@a>");
    value("concat!(\"a\", 1, true)", "<\"a\" + 1 + true>");
    value("stringify!(a)", "\"a\"");
    value("format!(\"{}\", format!(\"a{}\", b))", "<\"a\" + @b>");
    has("fn f(r#type: u8) { let x = format!(\"{type}\"); }", &["const x = <type>"]);
}

#[test]
fn what_is_written_is_given_to_where_it_goes() {
    has(
        "struct B(u8); impl fmt::Display for B { \
         fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, \"Bearer {}\", self.0) } }",
        &["fn#1 fmt(f: import \"fmt\".Formatter): import \"fmt\".Result -> f.write_str(<\"Bearer \" + this.0>)"],
    );
    value("write!(f, \"Bearer {}\", x)", "@f.write_str(<\"Bearer \" + @x>)");
    value("writeln!(f, \"{a}{0}{b}\", c, b = d())?", "Assert~@f.write_str(<@a + @c + @d()>)");
    value("write!(f, \"{}\", Bearer(x))", "@f.write_str(<@Bearer(@x)>)");
    value("write!(f)", "@f.write_str(\"\")");
    // The place it goes to is looked at as well, once.
    let ir = file("fn f() { write!(out(), \"{}\", g()); }");
    let calls: Vec<String> = ir.calls.iter().map(|call| ir.show(*call)).collect();
    assert_eq!(calls, ["@out().write_str(<@g()>)", "@out()", "@g()"]);
}

#[test]
fn json_literals() {
    value(
        "json!({\"a\": 1, \"b\": [null, true, c.d(), {\"e\": -1}], (k()): {}, f: g, })",
        "{a: 1, b: [null, true, @c.d(), {e: -1}], [@k()]: {}, [@f]: @g}",
    );
    value("serde_json::json!([1, \"a\"])", "[1, \"a\"]");
    value("json!(x.y)", "@x.y");
    value("json!({\"link_with\": if a { b } else { c }})", "{link_with: (@b when @a | @c unless @a)}");
    has("fn f() { g(&json!({\"t\": token()})); }", &["call @token()"]);
}

#[test]
fn other_macros() {
    value("vec![1, 2]", "[1, 2]");
    value("vec![a; 3]", "[@a]");
    value("env!(\"A\")", "@env!(\"A\")");
    value("option_env!(\"A\")", "@option_env!(\"A\")");
    value("dbg!(a)", "Wrap~@a");
    value("matches!(g(), A(x) if x)", "?Operator");
    value("tokio::try_join!(a(), b())", "@try_join!(@a(), @b())");
    value("html! { <a href={b}> }", "?Macro");
    value("unknown! { let a = g(); a.b() }", "@unknown!(a.b())");
    value("tokio::select! { biased; a = one() => a, Some(b) = two(), if c => { b } else => return }", "(a | b)");
    has(
        "fn f() { println!(\"{}\", a()); info!(target: \"t\", x = %b(), \"m {}\", c()); assert_eq!(d(), e()); matches!(g(), _); }",
        &["call @a()", "call @b()", "call @c()", "call @d()", "call @e()", "call @g()"],
    );
    has(
        "fn f() -> u8 { match a { A => bail!(\"x {}\", g()), B => 1 } }",
        &["fn#1 f(): @u8 -> 1 when @a is @B", "call @g()"],
    );
}

#[test]
fn macros_of_items() {
    has(
        "lazy_static! { pub static ref CLIENT: Client = Client::new(); } \
         thread_local! { static T: RefCell<String> = RefCell::new(\"a\") } \
         cfg_if::cfg_if! { if #[cfg(a)] { fn one() {} } else { fn two() {} } } fn f() { CLIENT.get(); }",
        &[
            "const CLIENT: @Client = @Client.new()",
            "const T: @String = Wrap~\"a\"",
            "export one = one",
            "export two = two",
            "call CLIENT.get()",
        ],
    );
}

#[test]
fn macro_rules() {
    has(
        "macro_rules! url { ($path:expr) => { format!(\"{}/{}\", BASE, $path) }; ($a:expr, $($b:expr),+ $(,)?) => { vec![$a, $($b),*] }; } \
         const BASE: &str = \"b\"; fn f() { let x = url!(\"u\" + id); let y = url!(1, 2, 3,); }",
        &["const x = <BASE + \"/\" + \"u\" + @id>", "const y = [1, 2, 3]"],
    );
    has(
        "macro_rules! make { ($name:ident, $v:literal) => { pub fn $name() -> u8 { $v } } } make!(get, 7);",
        &["export get = get", "fn#1 get(): @u8 -> 7"],
    );
    // Without an end, and growing.
    on_big_stack(|| {
        file("macro_rules! a { ($e:expr) => { a!($e + $e) } } fn f() { a!(1); }");
        file("macro_rules! a { ($e:expr) => { (a!($e), a!($e)) } } fn f() { a!(1); }");
        let deep = "(".repeat(200) + "$e" + &")".repeat(200);
        file(&format!("macro_rules! a {{ ($e:expr) => {{ a!({deep}) }} }} fn f() {{ a!(1); }}"));
    });
}

#[test]
fn items_in_functions() {
    has(
        "fn f() { g(); use a::b; const C: &str = \"c\"; fn g() -> u8 { C } struct S; b::d(C); }",
        &["import b = import \"a\".b", "fn#2 g(): @u8 -> C", "call b.d(C)", "call g()", "class S"],
    );
    lacks("fn f() { fn g() {} }", "export g");
}

#[test]
fn cfg_alternatives_are_one_binding() {
    has("#[cfg(a)] const U: &str = \"a\"; #[cfg(b)] const U: &str = \"b\";", &["const U: @str = \"a\" | \"b\""]);
    has("#[cfg(a)] use a::X; #[cfg(b)] use b::X;", &["import X = import \"a\".X | import \"b\".X"]);
}

#[test]
fn spans() {
    let text = "\u{fe}fn f() { let é = a.b(\"ü\").c(g!(d.e(1)))?; format!(\"{é}\") }".replace('\u{fe}', "");
    for _ in 0..3 {
        // Several files on one thread.
        let ir = file(&text);
        let shown =
            |wanted: &str| ir.exprs.iter().enumerate().any(|(index, _)| &text[ir.spans[index].range()] == wanted);
        for wanted in [
            "a",
            "a.b",
            "a.b(\"ü\")",
            "a.b(\"ü\").c(g!(d.e(1)))",
            "a.b(\"ü\").c(g!(d.e(1)))?",
            "d.e(1)",
            "\"ü\"",
            "g!(d.e(1))",
            "format!(\"{é}\")",
        ] {
            assert!(shown(wanted), "{wanted}");
        }
    }
}

#[test]
fn preambles_keep_offsets() {
    for text in [
        "#!/usr/bin/env run-cargo-script é\nfn f() { g() }",
        "#!/usr/bin/env cargo\n---\n[dependencies]\na = \"é\"\n---\nfn f() { g() }",
        "---cargo\n[x]\n---\n\nfn f() { g() }",
        "#![allow(x)]\nfn f() { g() }",
    ] {
        let ir = file(text);
        assert_eq!(&text[ir.span(ir.calls[0]).range()], "g()", "{text}");
    }
}

#[test]
fn refusals() {
    let refused = lower("fn f() {\n let = ;\n}").err();
    assert_eq!(refused.as_ref().and_then(|refused| refused.line), Some(2), "{refused:?}");
    assert!(lower("fn f() {").is_err());
    assert!(lower("\"").is_err());
    assert!(lower(")").is_err());
    for text in [
        format!("fn f() {{ {}1{} }}", "(".repeat(5000), ")".repeat(5000)),
        format!("fn f() {{ {}1 }}", "!".repeat(5000)),
        format!("fn f() {{ {}1 }}", "|a| ".repeat(5000)),
        format!("fn f() {{ {}1 }}", "|a, b| ".repeat(5000)),
        format!("fn f() {{ {}1 }}", "|| ".repeat(5000)),
        format!("fn f() {{ {}1 }}", "return ".repeat(5000)),
        format!("fn f() {{ {}1; }}", "a = ".repeat(5000)),
        format!("fn f() {{ {}1; }}", "a = b + ".repeat(5000)),
        format!("fn f() {{ {}1 }}", "&".repeat(5000)),
        format!("type A = {}u8{};", "Vec<".repeat(5000), ">".repeat(5000)),
        format!("type A = {}u8{};", "Map<u8, ".repeat(5000), ">".repeat(5000)),
        format!("type A = {}u8;", "fn() -> ".repeat(5000)),
        format!("type A = {}u8;", "*const ".repeat(5000)),
        format!("use {}a;", "a::".repeat(5000)),
        format!("fn f() {{ a{} }}", ".b()".repeat(50_000)),
        format!("m!{{ {} {} }}", "[".repeat(5000), "]".repeat(5000)),
    ] {
        assert!(lower(&text).is_err(), "{}", &text[..40]);
    }
}

#[test]
fn deep_and_long() {
    let run = || {
        for text in [
            format!("fn f() {{ {}1{} }}", "(".repeat(240), ")".repeat(240)),
            format!("fn f() {{ {}1{} }}", "{".repeat(240), "}".repeat(240)),
            format!("fn f() {{ {}1{} }}", "g(".repeat(240), ")".repeat(240)),
            format!("fn f() {{ {}1{} }}", "if a {".repeat(120), "}".repeat(120)),
            format!("fn f() {{ {}1{} }}", "match a { _ => ".repeat(110), "}".repeat(110)),
            format!("fn f() {{ {}1{} }}", "g!(".repeat(240), ")".repeat(240)),
            format!("fn f() {{ {}1{} }}", "|a| {".repeat(120), "}".repeat(120)),
            format!("fn f() {{ {}1 }}", "|a| ".repeat(240)),
            format!("fn f() {{ {}1 }}", "!".repeat(240)),
            format!("{}{}", "mod m {".repeat(240), "}".repeat(240)),
            format!("type A = {}u8{};", "Vec<".repeat(390), ">".repeat(390)),
            format!("type A = {}u8{};", "Box<".repeat(390), ">".repeat(390)),
            format!("fn f() {{ {}1{} }}", "a::<{".repeat(120), "}>()".repeat(120)),
            format!("fn f() {{ {}1{} }}", "vec![format!(".repeat(120), ")]".repeat(120)),
            format!("fn f() {{ json!({}1{}) }}", "[".repeat(240), "]".repeat(240)),
            format!("fn f() {{ a{} }}", ".b(1)?".repeat(9_000)),
            format!("fn f() {{ a{} }}", " + b".repeat(19_000)),
            format!("fn f() {{ a{} }}", " && b".repeat(19_000)),
            format!("fn f() {{ a{} }}", " - b".repeat(19_000)),
            format!("fn f() {{ if a {{}} {} }}", "else if b { c }".repeat(15_000)),
            format!("fn f() {{ {} }}", "g(a < b);".repeat(5_000)),
            format!("const A: [bool; 700] = [{}];", "1 << 2, a < 3,".repeat(5_000)),
        ] {
            let refused = lower(&text).err();
            assert!(refused.is_none(), "{refused:?} {}", &text[..60]);
        }
    };
    on_big_stack(run);
}
