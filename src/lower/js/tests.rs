//! Snippets and what they become.

use super::lower;
use crate::ir::{BlockKind, CallKind, Expr, FileIr, Lit};
use crate::lower::Syntax;

fn ir(syntax: Syntax, text: &str) -> FileIr {
    lower(syntax, text).expect("never refused")
}

/// The dump of `text` has each of `lines`.
#[track_caller]
fn has(syntax: Syntax, text: &str, lines: &[&str]) {
    let dump = ir(syntax, text).dump();
    for line in lines {
        assert!(dump.lines().any(|found| found.trim() == *line), "no line `{line}` in:\n{dump}");
    }
}

/// The dump of `text` has no line that starts with `start`.
#[track_caller]
fn lacks(syntax: Syntax, text: &str, start: &str) {
    let dump = ir(syntax, text).dump();
    assert!(!dump.lines().any(|found| found.trim().starts_with(start)), "a line `{start}` in:\n{dump}");
}

#[track_caller]
fn js(text: &str, lines: &[&str]) {
    has(Syntax::Js, text, lines);
}

#[track_caller]
fn ts(text: &str, lines: &[&str]) {
    has(Syntax::Ts, text, lines);
}

/// What `x` is after `const x = …`.
#[track_caller]
fn value(text: &str, shown: &str) {
    js(&format!("const x = {text};"), &[&format!("const x = {shown}")]);
}

#[test]
fn literals() {
    value(
        r#""a\n\x41\u0042\u{43}\u{1F600}\uD83D\uDE00\0\
b""#,
        r#""a\nABC😀😀\0b""#,
    );
    value("'it\\'s'", "\"it's\"");
    value("12.5", "12.5");
    value("-1", "-1");
    value("true", "true");
    value("null", "null");
    value("undefined", "null");
    value("void 0", "null");
    value("/a/g", "/a/g");
    value("[1, , ...b]", "[1, null, ...@b]");
}

#[test]
fn templates_and_concatenation() {
    value("`plain\\n`", r#""plain\n""#);
    value("`a${b}/c${d}`", r#"<"a" + @b + "/c" + @d>"#);
    value("`${b}`", "<@b>");
    value("'a' + b + 'c'", r#"<"a" + @b + "c">"#);
    value("'a' + (b + `c${d}`)", r#"<"a" + @b + "c" + @d>"#);
    value("1 + 2", "?Operator");
    value("1 + 2 + 'a'", r#"<?Operator + "a">"#);
    value("tag`a${b}`", r#"tag @tag(<"a" + @b>)"#);
    value("['a', b].join('')", r#"["a", @b].join("")"#);
}

#[test]
fn operators() {
    value("a || b || c", "((@a or @b) or @c)");
    value("a ?? b ?? c", "((@a ?? @b) ?? @c)");
    value("(a ?? b) || c", "((@a ?? @b) or @c)");
    value("a && b", "@b");
    value("a && b || c", "(@b or @c)");
    value("c ? a : d ? e : f", "(@a when @c | @e when @d unless @c | @f unless @d unless @c)");
    value("!a", "!@a");
    value("f(a) === g(b)", "@f(@a) is @g(@b)");
    js("x = f(a) === g(b)", &["call @f(@a)", "call @g(@b)"]);
    value("(a, b)", "@b");
    value("((a))", "@a");
    value("new.target", "?Unsupported");
    value("import.meta.env.X", "@import.meta.env.X");
}

#[test]
fn right_sides_are_branches() {
    let ir = ir(Syntax::Js, "a && f(); b ? g() : h(); c || i();");
    let kinds: Vec<_> = ir.calls.iter().map(|call| ir.blocks[ir.block_of(*call).index()].kind).collect();
    assert_eq!(kinds, [BlockKind::Branch; 4]);
}

#[test]
fn members_and_calls() {
    value("a.b['c'][0][d]", "@a.b.c.0.[@d]");
    value("a?.b?.[k]?.(1)", "@a.b.[@k](1)");
    value("new C", "new @C()");
    value("new a.C(1, ...b)", "new @a.C(1, ...@b)");
    value("a.b().c(d)", "@a.b().c(@d)");
    value("await f()", "Await~@f()");
    js("class A extends B { constructor() { super(1); super.m(); this.#x } }", &["call @super(1)", "call @super.m()"]);
}

#[test]
fn a_call_spans_the_whole_call() {
    let text = "  a.b(c).d(e);";
    let ir = ir(Syntax::Js, text);
    let spans: Vec<_> = ir.calls.iter().map(|call| &text[ir.span(*call).range()]).collect();
    assert_eq!(spans, ["a.b(c)", "a.b(c).d(e)"]);
}

#[test]
fn modules_of_common_js() {
    value("require('axios').default", "import \"axios\".default");
    js("function f(require) { const x = require('a'); }", &["const x = require(\"a\")"]);
    value("require(__dirname + '/a')", "import \"./a\"");
    value("require(path.join(__dirname, '..', 'a'))", "import \"./../a\"");
    value("import(`./a`)", "import \"./a\"");
    js("const require = createRequire(x); const y = require('./a');", &["const y = import \"./a\""]);
    js("Object.assign(exports, require('a'), { b });", &["export * import \"a\"", "export * {b: @b}"]);
    js(
        "module.exports = { a }; module.exports.b = 1; exports.c = function () {}; exports.d = void 0;",
        &["export whole {a: @a}", "export b = 1", "export c = fn#1", "fn#1 c()", "write @module.exports = {a: @a}"],
    );
    lacks(Syntax::Js, "exports.d = void 0;", "export d");
    js("exports = module.exports = f;", &["export whole @f"]);
    lacks(Syntax::Js, "(function (exports) { exports.a = 1 })({})", "export");
}

#[test]
fn imports() {
    js(
        "import a, { b, c as d, 'e-f' as g } from 'm'; import * as n from 'k'; import 'side';",
        &[
            "import a = import \"m\".default",
            "import b = import \"m\".b",
            "import d = import \"m\".c",
            "import g = import \"m\".e-f",
            "import n = import \"k\"",
        ],
    );
    assert_eq!(ir(Syntax::Js, "import a, { b } from 'm'; import 'side';").imports.len(), 2);
    ts(
        "import type { A } from 'm'; import { type B } from 'm'; import x = require('y'); import z = N.a.b;",
        &["import A = import \"m\".A", "import B = import \"m\".B", "import x = import \"y\"", "import z = @N.a.b"],
    );
    value("await import('x')", "Await~import \"x\"");
    value("import(y)", "@import(@y)");
}

#[test]
fn exports() {
    js(
        "export const a = 1, { b } = o; export function f() {} export class C {} const v = 2; export { v as w, f as 'g' };\n\
         export { x, default as y } from './m'; export * from './s'; export * as ns from './n';",
        &[
            "export a = a",
            "export b = b",
            "export f = f",
            "export C = C",
            "export w = v",
            "export g = f",
            "export x = import \"./m\".x",
            "export y = import \"./m\".default",
            "export * import \"./s\"",
            "export ns = import \"./n\"",
        ],
    );
    js("export default { a: 1 }", &["export default = {a: 1}"]);
    js("export default function f() {}", &["export default = f"]);
    js("export default class extends B {}", &["class _ < @B"]);
    js("export default () => 1;", &["export default = fn#1"]);
    ts("export = x; export import a = b.c;", &["export whole @x", "export a = a", "import a = @b.c"]);
    ts("export type { A } from './a'; export interface I { a: B }", &["export A = import \"./a\".A", "export I = I"]);
}

#[test]
fn hoisting() {
    js(
        "f(); function g() { return late } function f() { return g() } const late = 1; var v = 2; let w = v",
        &["func g = fn#1", "func f = fn#2", "fn#1 g() -> late", "call f()", "const late = 1", "var w = v"],
    );
    js(
        "function f() { if (a) { var v = 1 } else { for (var w of b) {} } return v + w }",
        &["var v = 1", "var w = @b[*]", "fn#1 f() -> <v + w>"],
    );
    js("{ let a = 1; { let a = 2; g(a) } h(a) } i(a)", &["call @g(a)", "call @h(a)", "call @i(@a)"]);
    let ir = ir(Syntax::Js, "let a; { let b } function f() { var c } if (x) { var d }");
    let mut names: Vec<_> = ir.top_level.iter().map(|(name, _)| &**name).collect();
    names.sort_unstable();
    assert_eq!(names, ["a", "d", "f"]);
}

#[test]
fn modules_share_no_names() {
    for module in
        ["let a; import e from 'e'", "let a; export { a }", "let a = require('a')", "let a; module.exports = a"]
    {
        assert!(ir(Syntax::Js, module).top_level.is_empty(), "{module}");
    }
}

#[test]
fn definitions_take_effect_at_the_end_of_their_expression() {
    let text = "let a = 1; a = f(a);";
    let ir = ir(Syntax::Js, text);
    let ats: Vec<_> = ir.bindings[0].defs.iter().map(|def| &text[..def.at as usize]).collect();
    assert_eq!(ats, ["let a = 1", "let a = 1; a = f(a)"]);
}

#[test]
fn loops_and_branches() {
    let text = "for (const a of b) f(a); for (k in o) g(k); while (c) h(); do { i() } while (d); \
                for (let n = 0; n < 9; n++) { j(n) } switch (s) { case 1: let q = 1; k(q); default: l(q) } \
                try { m() } catch ({ message }) { n(message) } finally { o() } label: { p() } if (x) q(); else r();";
    let ir = ir(Syntax::Js, text);
    let mut kinds = Vec::new();
    for call in &ir.calls {
        let mut block = ir.block_of(*call);
        let mut kind = ir.blocks[block.index()].kind;
        while kind == BlockKind::Plain {
            let Some(parent) = ir.blocks[block.index()].parent else { break };
            block = parent;
            kind = ir.blocks[block.index()].kind;
        }
        kinds.push(format!("{}:{kind:?}", &text[ir.span(*call).range()]));
    }
    assert_eq!(
        kinds.join(" "),
        "f(a):Loop g(k):Loop h():Loop i():Loop j(n):Loop k(q):Branch l(q):Branch m():Branch n(message):Branch \
         o():Func p():Func q():Branch r():Branch"
    );
    has(Syntax::Js, text, &["const a = @b[*]", "var n = 0 | ?Operator", "catch message = ?Error.message"]);
    js("for (var k in o) f(k)", &["var k = @o[keys]"]);
    js("for await (const { a, b: [c] } of d) {}", &["const a = @d[*].a", "const c = @d[*].b.0"]);
}

#[test]
fn switches_say_when() {
    js(
        "function f(k) { switch (k) { case 'a': return A; case C.b: { g(); return B } case 'c': case 'd': return D; \
         default: return E } return F }",
        &["fn#1 f(k) -> @A when k is \"a\" -> @B when k is @C.b -> @D when (k is \"c\" or k is \"d\") -> @E unless \
             (((k is \"a\" or k is @C.b) or k is \"c\") or k is \"d\") -> @F"],
    );
    // A label beside `default` says nothing; cases after `default` say what they are.
    js(
        "function f(k) { switch (k) { case 'a': default: return A; case 'b': return B } }",
        &["fn#1 f(k) -> @A -> @B when k is \"b\""],
    );
    js("function f(k) { switch (k) { default: case 'a': return A } }", &["fn#1 f(k) -> @A"]);
    // What is compared is read where the switch stands, and read once.
    js("function f(k) { switch (g(k).t) { case 'a': return A } }", &["fn#1 f(k) -> @A when @g(k).t is \"a\""]);
    assert_eq!(ir(Syntax::Js, "switch (g(k).t) { case 'a': case 'b': h() }").calls.len(), 2);
    // What it means to be in the case of a case.
    js(
        "function f(k, j) { switch (k) { case 'a': switch (j) { case 'b': return A } return B } }",
        &["fn#1 f(k, j) -> @A when j is \"b\" when k is \"a\" -> @B when k is \"a\""],
    );
    // A function in a case returns for itself.
    js(
        "function f(k) { switch (k) { case 'a': return () => { g(); return A }; case 'b': function h() { return B } } }",
        &["fn#1 f(k) -> fn#3 when k is \"a\"", "fn#3 _() -> @A", "fn#2 h() -> @B"],
    );
    // What is assigned in a case is one of several values, as in any branch.
    js("function f(k) { let x; switch (k) { case 'a': x = A } return x }", &["var x = @A", "fn#1 f(k) -> x"]);
}

#[test]
fn cases_fall_through_with_statements() {
    js(
        "function f(k) { switch (k) { case 'a': g(); case 'b': return A } }",
        &["fn#1 f(k) -> @A when (k is \"a\" or k is \"b\")"],
    );
    js("function f(k) { switch (k) { default: g(); case 'b': return A } }", &["fn#1 f(k) -> @A"]);
    js(
        "function f(k) { switch (k) { case 'a': if (g()) break; case 'b': return A } }",
        &["fn#1 f(k) -> @A when (k is \"a\" or k is \"b\")"],
    );
    js(
        "function f(k) { switch (k) { case 'a': { g(); break; } case 'b': return A } }",
        &["fn#1 f(k) -> @A when k is \"b\""],
    );
}

#[test]
fn what_is_compared_is_lowered_once() {
    assert_eq!(ir(Syntax::Js, "if (f().t === 'a') {}").calls.len(), 1);
    assert_eq!(ir(Syntax::Js, "x = f(() => g()).t === 'a' ? 1 : 2").funcs.len(), 2);
    let nested = (0..16).fold("y".to_owned(), |inner, _| format!("f({inner}).t === 'a' ? 1 : 2"));
    assert_eq!(ir(Syntax::Js, &format!("x = {nested}")).calls.len(), 16);
}

#[test]
fn equality_with_a_string_says_when() {
    js(
        "function f(k) { if (k === 'a') return A; else if ('b' == k.t) { if (g()) return B } else return C; return D }",
        &[
            "fn#1 f(k) -> @A when k is \"a\" -> @B when @g() when \"b\" is k.t unless k is \"a\" -> @C unless \"b\" is k.t unless \
           k is \"a\" -> @D unless k is \"a\"",
        ],
    );
    value("k === 'a' ? b : c", "(@b when @k is \"a\" | @c unless @k is \"a\")");
    value(
        "(k.t == 'a') ? b : 'c' === k ? d : e",
        "(@b when @k.t is \"a\" | @d when \"c\" is @k unless @k.t is \"a\" | @e unless \"c\" is @k unless @k.t is \"a\")",
    );
    for (test, shown) in [
        ("k !== 1", "!@k is 1"),
        ("k > -1", "-1 < @k"),
        ("~k", "!@k is -1"),
        ("!k", "!@k"),
        ("a || k", "(@a or @k)"),
        ("a && k", "@k"),
        ("/a/.test(k)", "/a/.test(@k)"),
    ] {
        value(&format!("{test} ? b : c"), &format!("(@b when {shown} | @c unless {shown})"));
    }
}

#[test]
fn what_stands_behind_a_branch_that_leaves_says_so() {
    js("function f(k) { if (k) return A; return B }", &["fn#1 f(k) -> @A when k -> @B unless k"]);
    js(
        "function f(k, j) { if (k) { throw A } else if (j) { return B } g(); return C }",
        &["fn#1 f(k, j) -> @B when j unless k -> @C unless j unless k"],
    );
    js("function f(k) { if (k) { g() } else { return A } return B }", &["fn#1 f(k) -> @A unless k -> @B when k"]);
    js("function f(k) { if (k) { g() } return B }", &["fn#1 f(k) -> @B"]);
    js("function f(k) { for (const a of k) { if (a.x) continue; g() } return B }", &["fn#1 f(k) -> @B"]);
    js("function f(k) { if (k) return A; function h() { return B } }", &["fn#2 h() -> @B"]);
}

#[test]
fn assignments() {
    js("let a = 1; a = 2; a += 'x'; a ||= b; a ??= c; a -= 1", &["var a = 1 | 2 | <a + \"x\"> | @b | @c | ?Operator"]);
    js(
        "let a; const x = (a ||= b), y = (a ??= c), z = (a &&= d); o.p ||= e",
        &["const x = (a or @b)", "const y = (a ?? @c)", "const z = @d", "write @o.p = @e"],
    );
    js(
        "a.b.c = 1; a['k'] = 2; a[k] += 'x'; a.m = () => 1",
        &["write @a.b.c = 1", "write @a.k = 2", "write @a.[@k] = <@a.[@k] + \"x\">", "fn#1 m() -> 1"],
    );
    js(
        "let a, b; [a, b.c] = f(); ({ a, x: b = 2 } = g())",
        &["var a = @f().0 | @g().a", "var b = (@g().x default 2)", "write b.c = @f().1"],
    );
    value("(y = f())", "@f()");
    js("leaked = 1", &["write @globalThis.leaked = 1"]);
    js("var self = this; self.a = 1", &["var self = this?"]);
}

#[test]
fn destructuring() {
    js(
        "const { a: { b = 1 }, 'c': c, [d]: e, ...rest } = f, [, g, ...h] = i",
        &[
            "const b = (@f.a.b default 1)",
            "const c = @f.c",
            "const e = @f.[@d]",
            "const rest = Rest~@f",
            "const g = @i.1",
            "const h = Rest~@i",
        ],
    );
    js("const { f = () => 1 } = o", &["const f = (@o.f default fn#1)", "fn#1 f() -> 1"]);
}

#[test]
fn functions() {
    js(
        "const f = async (a, { b, c: [d] }, e = 1, ...r) => a",
        &[
            "fn#1 f(a, _, e = 1, ...r) -> a",
            "param a = f$0",
            "param b = f$1.b",
            "param d = f$1.c.0",
            "param e = (f$2 default 1)",
            "param r = f$...3",
        ],
    );
    js("const f = x => ({ x })", &["fn#1 f(x) -> {x: x}"]);
    js("const f = function g() { return g }", &["fn#1 g() -> g", "func g = fn#1", "const f = fn#1"]);
    js(
        "function* f() { const a = yield b; yield* c; return 1 }",
        &["fn#1 f() -> 1 yields @b yields @c[*]", "const a = Yield~@b"],
    );
    js("function f() { return () => arguments[0] }", &["fn#2 _() -> f$arguments.0"]);
    js("(function ($) { $.get(u) })(jQuery)", &["call fn#1(@jQuery)", "call $.get(@u)", "param $ = _$0"]);
    js("function f({ a = 1 } = {}) {}", &["param a = ((f$0 default {}).a default 1)"]);
    js("if (a) function f() {}", &["func f = fn#1"]);
}

#[test]
fn objects() {
    value("{ a, 'b': 1, 2: c, [d]: e, ['f']: g, ...h }", "{a: @a, b: 1, 2: @c, [@d]: @e, f: @g, ...@h}");
    js(
        "const o = { m() { return this.a }, get g() { return this.b }, set g(v) { f(v) }, p: function () { this.q }, r: () => this }",
        &[
            "const o = {m: fn#1, get g fn#2, p: fn#4, r: fn#5}",
            "fn#1 m() -> this{}.a",
            "fn#2 g() -> this{}.b",
            "fn#3 g(v)",
            "fn#5 r() -> this?",
            "call @f(v)",
        ],
    );
}

#[test]
fn classes() {
    js(
        "class A extends B { #t = 1; static s = this.u; a = () => this.#t; constructor(x) { super(); this.x = x }\n\
         get g() { return this.x } static make() { return new this() } ['c']() {} static { f(this) } }",
        &[
            "class A < @B",
            ".#t = 1",
            "::s = Self(A).u",
            ".a = fn#1",
            "fn#1 a() -> this.#t",
            ".constructor Constructor fn#2",
            ".g Getter fn#3",
            "::make Method fn#4",
            ".c Method fn#5",
            "fn#4 make() -> new Self(A)()",
            "call @f(Self(A))",
            "write this.x = x",
            "class A = class A",
        ],
    );
    js("const C = class {}; const D = class E { f() { return E } }", &["const C = class C", "class E = class E"]);
    ts(
        "@Injectable({ a: f() }) export class S implements I, J<K> { @Input() public readonly u?: string = g();\n\
         private http: HttpClient; constructor(private readonly a: A, b: B) { } abstract m(): Promise<R>; n(): void; }",
        &[
            "class S < @I < @J",
            ".u = @g()",
            ".http: @HttpClient",
            ".a: @A = constructor$0",
            "param b: @B = constructor$1",
            "call @Injectable({a: @f()})",
            "call @Input()",
        ],
    );
    let ir = ir(Syntax::Ts, "@A() export class S {} @B class T {}");
    assert_eq!(ir.classes.iter().map(|class| class.decorators.len()).collect::<Vec<_>>(), [1, 1]);
    ts("abstract class S { abstract m(): Promise<R>; }", &[".m Method fn#1", "fn#1 m(): @R -> ?Undeclared"]);
}

#[test]
fn constructor_functions() {
    js(
        "function A(t) { var self = this; this.t = t; self.u = 1 } A.prototype.get = function () { return this.t }; new A(1);",
        &[
            "func A = class A",
            "class A",
            ".constructor Constructor fn#1",
            ".get Method fn#2",
            "fn#2 get() -> this.t",
            "var self = this",
            "call new A(1)",
        ],
    );
    js(
        "var A = function () {}; A.prototype = { m() { return this }, n: 1 }; Object.assign(A.prototype, { o: function () { return this } })",
        &["var A = class A", ".m Method fn#2", ".n = 1", ".o Method fn#3", "fn#3 o() -> this"],
    );
    js("function A() { this.x = 1 } const a = new A()", &["func A = class A", "write this.x = 1"]);
    js("function A() { this.x = 1 } module.service('A', A)", &["func A = fn#1", "write this(A).x = 1"]);
    js("function A() {} function B() {} B.prototype = Object.create(A.prototype)", &["class B < A"]);
    js("class C { m() { f(function () { return this.x }.bind(this)) } }", &["fn#2 _() -> this.x"]);
}

#[test]
fn what_compilers_write() {
    js(
        "var A = (function (_super) { __extends(A, _super); function A(x) { var _this = _super.call(this, x) || this; return _this }\n\
         A.prototype.m = function () { return this.x }; Object.defineProperty(A.prototype, 'g', { get: function () { return this.y } });\n\
         return A; }(B));",
        &[
            "class A < _super",
            ".m Method fn#3",
            ".g Getter fn#4",
            "fn#3 m() -> this.x",
            "fn#4 get() -> this.y",
            "var A = fn#1(@B)",
            "var _this = (On(ExprId(7))~_super(x) or this)",
        ],
    );
    js(
        "Object.defineProperty(exports, '__esModule', { value: true }); exports.b = void 0; var m_1 = require('./m');\n\
         Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return m_1.a; } });\n\
         __exportStar(require('./n'), exports);",
        &["export a = m_1.a", "export * import \"./n\""],
    );
    lacks(Syntax::Js, "Object.defineProperty(exports, '__esModule', { value: true });", "export");
    js(
        "class A {} const p = A.prototype; p.m = function () { return this.x }",
        &[".m Method fn#1", "fn#1 m() -> this.x"],
    );
}

#[test]
fn types_are_hints() {
    ts(
        "let a: A.B, b: Promise<C<D>>, c: E | null | undefined, d: string, e: typeof f, g: { h: I }, j: K[]",
        &["var a: @A.B", "var b: @C", "var c: @E", "var d", "var e: @f", "var g: class _", ".h: @I", "var j"],
    );
    ts(
        "import { A } from 'a'; interface B extends A { x: A; m(): void } type C = { y: B }; type D = A; type U = A | B",
        &["class B < A", ".x: A", "class C", ".y: B", "class D = A", "class U = (A | B)"],
    );
    ts("interface A { x: B } const A = 1;", &["const A = 1"]);
    ts(
        "function f(this: W, a: A, b?: B, ...c: C[]): Promise<R> { return x as unknown as T }",
        &["fn#1 f(a: @A, b: @B, ...c): @R -> Cast~Cast~@x"],
    );
    ts(
        "const a = <T>b; const c = d!; const e = f satisfies G; const h = i<J>(k)",
        &["const a = Cast~@b", "const c = Assert~@d", "const e = Cast~@f", "const h = @i(@k)"],
    );
    has(Syntax::Js, "// @flow\nconst f = (a: A, b: ?B): Promise<C> => a;", &["fn#1 f(a: @A, b: @B): @C -> a"]);
    ts(
        "function f(a: string): A; function f(a: any) { return 1 } declare const g: H; declare function i(): J;",
        &["func f = fn#1", "const g: @H", "func i"],
    );
}

#[test]
fn enums_and_namespaces() {
    ts(
        "enum E { A, B = 5, C, D = 'd' } const enum F { X = `x` }",
        &["const E = {A: 0, B: 5, C: 6, D: \"d\"}", "const F = {X: \"x\"}"],
    );
    ts(
        "namespace N { const a = 1; export const b = a; export function f() {} } declare module 'x' { export const y: Z }",
        &["const N = {b: b, f: f}"],
    );
    lacks(Syntax::Ts, "namespace N { export const b = 1 } declare module 'x' { export const y: Z }", "export");
    ts("export namespace A.B { export const c = 1 }", &["const A = {B: {c: c}}", "export A = A"]);
}

#[test]
fn jsx() {
    has(
        Syntax::Tsx,
        "const x = <C.D a=\"s\" b={t} c {...d} data-e='1'><p>hi {u}</p>{...v}</C.D>;",
        &[
            "const x = jsx @C.D({a: \"s\", b: @t, c: true, ...@d, data-e: \"1\", children: [jsx @p({children: [\"hi\", @u]}), ...@v]})",
        ],
    );
    js("const x = <><A/>{b && <i/>}</>", &["const x = [jsx @A({}), jsx @i({})]"]);
    js(
        "function C() {} const x = <C onClick={() => f()}/>",
        &["const x = jsx C({onClick: fn#2})", "fn#2 onClick() -> @f()"],
    );
}

#[test]
fn errors_are_local() {
    let text = "const a = 1; const b = ; function f() { g(a) }\nh(";
    let ir = ir(Syntax::Js, text);
    assert!(!ir.errors.is_empty());
    let dump = ir.dump();
    assert!(dump.contains("const a = 1"), "{dump}");
    assert!(dump.contains("call @g(a)"), "{dump}");
    assert!(
        !super::lower(Syntax::Ts, "export type * from './a'; const b = f();").expect("never refused").calls.is_empty()
    );
    for text in
        ["", "}", "`${", "a.", "class {", "import", "\u{feff}a()", "f(, ,)", "({a: })", "<", "x = {", "for (", "..."]
    {
        for syntax in [Syntax::Js, Syntax::Ts, Syntax::Tsx] {
            let ir = super::lower(syntax, text).expect("never refused");
            for span in &ir.spans {
                assert!(text.get(span.range()).is_some(), "{text:?} {span:?}");
            }
        }
    }
}

#[test]
fn calls_in_every_corner_are_found() {
    let text = "f1(); x = [f2()]; y = { [f3()]: f4(), ...f5() }; `${f6()}`; throw f7(); a[f8()] = f9(); \
                ({ b = f10() } = f11()); !f12(); class A extends f13() { c = f14(); [f15()]() {} } with (f16()) f17(); \
                switch (f18()) { case f19(): } f20()(f21())(); (() => f22())(); delete f23().a; typeof f24(); \
                for (f25(); f26(); f27()) f28(); async () => { for await (const e of f29()) {} }; new (f30())(f31()); \
                function g(h = f32()) { return f33() } f34()?.a?.[f35()]; f36()`x${f37()}`; a ||= f38(); #p in f39();";
    let ir = ir(Syntax::Js, text);
    for n in 1..40 {
        let name = format!("@f{n}");
        let found = ir.calls.iter().filter(|call| match ir.expr(**call) {
            Expr::Call { callee, .. } => ir.show(*callee) == name,
            _ => false,
        });
        assert_eq!(found.count(), 1, "{name}");
    }
}

#[test]
fn hostile_nesting_is_bounded() {
    let deep = |open: &str, close: &str, n: usize| format!("x = {}1{};", open.repeat(n), close.repeat(n));
    let texts = vec![
        deep("(", ")", 20_000),
        deep("[", "]", 20_000),
        deep("{a:", "}", 20_000),
        deep("f(", ")", 20_000),
        deep("!", "", 20_000),
        deep("() => ", "", 20_000),
        deep("a = ", "", 20_000),
        deep("`${", "}`", 5_000),
        format!("x = a{};", ".b()".repeat(20_000)),
        format!("x = a{};", "[0]".repeat(20_000)),
        format!("x = a{};", " + a".repeat(20_000)),
        format!("x = a{};", " || a".repeat(20_000)),
        format!("x = a{};", " && a".repeat(20_000)),
        format!("x = {} 1;", "a ? b : ".repeat(20_000)),
        format!("{} a();", "if (a) b(); else ".repeat(20_000)),
        format!("{}{}", "{".repeat(20_000), "}".repeat(20_000)),
        format!("{}{}", "function f() {".repeat(20_000), "}".repeat(20_000)),
        format!("{}{}", "class A { m() {".repeat(5_000), "}}".repeat(5_000)),
        format!("const {}a{} = 1", "[".repeat(20_000), "]".repeat(20_000)),
        format!("<a>{}{}</a>", "<b>".repeat(5_000), "</b>".repeat(5_000)),
        format!("x = {}", "(".repeat(20_000)),
        format!("let x: {}A{};", "(".repeat(5_000), ")".repeat(5_000)),
        format!("let x: A{};", " | A".repeat(5_000)),
        deep("f({a: async () => { if (x) { class A { m({b = `${[", "]}`}) {} } } }})", 3_000),
        deep("function () { for (const a of b) { switch (c) { case d: return ", "} } }", 3_000),
        format!("{} class A {{}} {}", "namespace A { export ".repeat(3_000), "}".repeat(3_000)),
    ];
    // Half of what the threads that lower have; tests have less.
    let worker = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        for text in texts {
            let start = std::time::Instant::now();
            for syntax in [Syntax::Js, Syntax::Tsx] {
                assert!(lower(syntax, &text).is_ok());
            }
            assert!(start.elapsed().as_secs() < 20, "{}", &text[..40]);
        }
    });
    assert!(worker.expect("a thread").join().is_ok());
}

#[test]
fn long_chains_keep_their_links() {
    let ir = ir(Syntax::Js, &format!("const x = a{}; const y = 'a'{};", ".b()".repeat(3000), " + c".repeat(3000)));
    assert_eq!(ir.calls.len(), 3000);
    let Expr::Concat(parts) = ir.expr(ir.bindings[1].defs[0].value) else { panic!("no concatenation") };
    assert_eq!(parts.len(), 3001);
    assert!(matches!(ir.expr(parts[0]), Expr::Lit(Lit::Str(text)) if &**text == "a"));
    assert!(ir.calls.iter().all(|call| matches!(ir.expr(*call), Expr::Call { kind: CallKind::Plain, .. })));
}

/// The dump of a host text has each of `lines`.
#[track_caller]
fn hosted(ending: &str, text: &str, lines: &[&str]) {
    let syntax = Syntax::of_path(&format!("x.{ending}")).expect("an ending");
    let dump = crate::lower::lower(syntax, text).expect("never refused").dump();
    for line in lines {
        assert!(dump.lines().any(|found| found.trim() == *line), "no line `{line}` in:\n{dump}");
    }
}

#[test]
fn the_scripts_of_a_page_are_one_script_and_its_modules_are_not() {
    let page = "<p>é</p><script>var a = 1; f(b)</script><script type=module>import x from 'x'; let c = a; f(x)</script>\
                <script>function b() {} f(c)</script>";
    hosted("html", page, &["var a = 1", "call @f(b)", "call @f(x)", "var c = a", "call @f(@c)"]);
    let ir = crate::lower::lower(Syntax::of_path("x.html").unwrap(), page).unwrap();
    let names: Vec<_> = ir.top_level.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn a_mistake_in_one_script_does_not_spread() {
    let page = "<script>if (a { f(1) </script><script>var b = { c: {{ d }} };</script><script>var e = g(2)</script>";
    hosted("html", page, &["var e = @g(2)"]);
    hosted("html", "<script>/* </script><script>f(1)</script>", &["call @f(1)"]);
    hosted("html", "<script>var a = `</script><script>f(1)</script>", &["call @f(1)"]);
    // where a script ends, so does its last statement
    hosted("html", "<script>var a = b</script><script>(c)</script>", &["var a = @b"]);
}

#[test]
fn spans_are_those_of_the_host() {
    let text = "<template>\r\n<p>é😀</p>\r\n</template>\r\n<script lang=\"ts\">\r\nlet x = f<A>(\"ü\")\r\n</script>";
    let ir = crate::lower::lower(Syntax::of_path("a/b.vue").unwrap(), text).unwrap();
    assert_eq!(&text[ir.span(ir.calls[0]).range()], "f<A>(\"ü\")");
    assert!(ir.errors.is_empty());
    assert!(ir.top_level.is_empty());
}

#[test]
fn a_component_exports_the_script_it_takes() {
    hosted("vue", "<template/><script src='./a.ts'></script>", &["export default = import \"./a.ts\".default"]);
    assert!(crate::lower::lower(Syntax::of_path("x.vue").unwrap(), "<script lang=coffee>a</script>").is_err());
    hosted("vue", "<template><p/></template>", &[]);
}

#[test]
fn handed_scripts_see_the_module() {
    let page = "---\nconst a = b\n---\n<script define:vars={{ a }}>f(a)</script><script>f(a)</script>";
    hosted("astro", page, &["const a = @b", "call @f(a)", "call @f(@a)"]);
}

#[test]
fn svelte_names_follow_stores_and_reactive_statements_declare() {
    let text = "<script>import { user } from './s'; $: name = $user.name; $: ({ a } = b); $user = f(name, a);\
                $: $user = 1; let c = $state(1); f({ $user })</script>";
    let lines = [
        "var name = user.$.name",
        "write user.$ = @f(name, a)",
        "var c = @$state(1)",
        "write user.$ = 1",
        "call @f({$user: user.$})",
    ];
    hosted("svelte", text, &lines);
}
