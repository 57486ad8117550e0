//! Host texts and the scripts found in them.

use super::{Host, Scope, Scripts, Unit};
use crate::lower::Syntax;
use std::time::{Duration, Instant};

/// The scripts' texts, with the scope of each unit.
fn found(host: Host, text: &str) -> Vec<(Scope, Vec<&str>)> {
    let scripts = host.scripts(text);
    let texts = |unit: &Unit| unit.scripts.iter().map(|script| text[script.clone()].trim()).collect();
    scripts.units.iter().map(|unit| (unit.scope, texts(unit))).collect()
}

/// All scripts of a text, in order of their units.
fn texts(host: Host, text: &str) -> Vec<&str> {
    found(host, text).into_iter().flat_map(|(_, texts)| texts).collect()
}

/// The one unit of a text.
fn only(host: Host, text: &str) -> Unit {
    let Scripts { units, .. } = host.scripts(text);
    assert_eq!(units.len(), 1, "{units:?}");
    units.into_iter().next().unwrap()
}

#[test]
fn a_page_shares_its_classic_scripts_and_keeps_its_modules_apart() {
    let page = "<html><script>a</script><script type='module'>m1</script><script TYPE=\"text/javascript\">b</script>\
                <script type=module>m2</script></html>";
    assert_eq!(
        found(Host::Html, page),
        [(Scope::Page, vec!["a", "b"]), (Scope::Module, vec!["m1"]), (Scope::Module, vec!["m2"])]
    );
}

#[test]
fn only_what_runs_is_a_script() {
    for kind in
        ["application/json", "importmap", "text/x-template", "text/ng-template", "text/html", "speculationrules"]
    {
        assert_eq!(texts(Host::Html, &format!("<script type='{kind}'>a</script>")), [""; 0], "{kind}");
    }
    for kind in
        ["", "text/javascript", "application/javascript; charset=utf-8", "text/ecmascript", "TEXT/BABEL", "text/jsx"]
    {
        assert_eq!(texts(Host::Html, &format!("<script type='{kind}'>a</script>")), ["a"], "{kind}");
    }
    assert_eq!(texts(Host::Html, "<script language=VBScript>a</script><script language=JavaScript>b</script>"), ["b"]);
    let page = "<script type='text/coffeescript'>a</script><script>b</script><script language=VBScript>c</script>";
    assert_eq!(Host::Html.scripts(page).unread, ["coffeescript", "vbscript"], "named, not lost in silence");
    assert_eq!(texts(Host::Html, page), ["b"]);
    assert_eq!(texts(Host::Html, "<script lang=en>a</script>"), ["a"]);
    assert_eq!(only(Host::Html, "<script type='text/typescript'>a</script>").syntax, Syntax::Ts);
    assert_eq!(
        only(Host::Html, "<script type=text/babel data-presets='react,typescript'>a</script>").syntax,
        Syntax::Tsx
    );
}

#[test]
fn an_end_tag_ends_a_script_wherever_it_stands() {
    assert_eq!(texts(Host::Html, "<script>a = '</script>'; b</script>"), ["a = '"]);
    assert_eq!(texts(Host::Html, "<script>a = '<\\/script>'; b</script>"), ["a = '<\\/script>'; b"]);
    assert_eq!(texts(Host::Html, "<script>a </scripts> b</SCRIPT\n x>c"), ["a </scripts> b"]);
    // as old pages wrote it
    let old = "<script><!--\nwrite('<script>x</script>')\n//--></script><script>b</script>";
    assert_eq!(texts(Host::Html, old), ["<!--\nwrite('<script>x</script>')\n//-->", "b"]);
    assert_eq!(texts(Host::Html, "<script><!--> a</script>b<script>c</script>"), ["<!--> a", "c"]);
    assert_eq!(texts(Host::Html, "<script><!-- <script> a</script>b<script>c</script>"), ["<!-- <script> a", "c"]);
}

#[test]
fn a_script_without_an_end_goes_to_the_end() {
    assert_eq!(texts(Host::Html, "<p><script>a\nb"), ["a\nb"]);
    assert_eq!(texts(Host::Vue, "<script>a\nb"), ["a\nb"]);
    assert_eq!(texts(Host::Html, "<script"), [""; 0]);
    assert_eq!(texts(Host::Html, "<script src='a"), [""; 0]);
}

#[test]
fn what_stands_in_comments_texts_and_attributes_is_no_script() {
    assert_eq!(texts(Host::Html, "<!-- <script>a</script> <!-- --><script>b</script>"), ["b"]);
    assert_eq!(texts(Host::Html, "<!--><script>a</script>-->"), ["a"]);
    assert_eq!(texts(Host::Html, "<!-- <script>a</script>"), [""; 0]);
    assert_eq!(texts(Host::Html, "<textarea><script>a</script></textarea><script>b</script>"), ["b"]);
    assert_eq!(texts(Host::Html, "<title><script>a</title><style><script>x</style><script>b</script>"), ["b"]);
    assert_eq!(texts(Host::Html, "<p title='<script>a</script>' data=\"<script>\"><script>b</script>"), ["b"]);
    assert_eq!(texts(Host::Html, "<p title=it's><script>a</script><p x='>'><script>b</script>"), ["a", "b"]);
    assert_eq!(texts(Host::Html, "<!DOCTYPE html><?xml ?></ ><script>a</script>"), ["a"]);
    assert_eq!(texts(Host::Html, "a < b <3 <script>a</script>"), ["a"]);
}

#[test]
fn tags_are_read_as_html_reads_them() {
    assert_eq!(texts(Host::Html, "<SCRIPT\n  Type = 'text/javascript'\tasync>a</Script>"), ["a"]);
    assert_eq!(texts(Host::Html, "<script/>a</script>"), ["a"]);
    assert_eq!(texts(Host::Html, "<svg><script/><title/><g/></svg><script>a</script>"), ["a"]);
    assert_eq!(texts(Host::Html, "<svg><![CDATA[<script>a</script>]]></svg><script>b</script>"), ["b"]);
    assert_eq!(texts(Host::Html, "<scripts>a</scripts><script-x>b</script-x>"), [""; 0]);
    assert_eq!(texts(Host::Html, "<script>a\r\nb</script>\r\n<script>\r\n</script>"), ["a\r\nb"]);
    assert_eq!(texts(Host::Html, "\u{feff}<script>a</script>"), ["a"]);
}

#[test]
fn places_are_those_of_the_host() {
    let text = "<p>é😀</p>\r\n<script>ü</script>";
    let script = only(Host::Html, text).scripts[0].clone();
    assert_eq!(script, text.find('ü').unwrap()..text.find("</script").unwrap());
}

#[test]
fn sources_are_named_and_have_no_content() {
    let text =
        "<script src=\"js/é.js\">not run</script><script src='' >a</script><script type=module src=/m.js></script>";
    let scripts = Host::Html.scripts(text);
    let sources: Vec<_> =
        scripts.sources.iter().map(|(source, place)| (source.as_str(), &text[place.clone()])).collect();
    assert_eq!(sources, [("js/é.js", "js/é.js"), ("/m.js", "/m.js")]);
    assert_eq!(texts(Host::Html, text), ["a"]);
}

#[test]
fn both_scripts_of_a_component_share_one_scope() {
    let text = "<script lang=\"ts\">a</script>\n<template><p/></template>\n<script setup lang='ts'>b</script>";
    assert_eq!(found(Host::Vue, text), [(Scope::Module, vec!["a", "b"])]);
    assert_eq!(only(Host::Vue, text).syntax, Syntax::Ts);
    assert_eq!(only(Host::Vue, "<script lang='tsx'>a</script><script setup lang=ts>b</script>").syntax, Syntax::Tsx);
    assert_eq!(only(Host::Vue, "<script lang=\"jsx\">a</script>").syntax, Syntax::Js);
    assert_eq!(only(Host::Vue, "<script type='text/babel'>a</script>").syntax, Syntax::Js);
    assert_eq!(Host::Vue.scripts("<script lang='coffee'>a</script>").unread, ["coffee"]);
    assert_eq!(Host::Vue.scripts("<script lang='ts' src='./a.ts'/>").sources[0].0, "./a.ts");
}

#[test]
fn a_component_s_blocks_are_its_outermost_elements() {
    let inner = "<template><div><template #x><script>a</script></template></div></template><script>b</script>";
    assert_eq!(texts(Host::Vue, inner), ["b"]);
    assert_eq!(texts(Host::Vue, "<docs>\n<script>a</script>\n</docs>\n<script>b</script>"), ["b"]);
    assert_eq!(texts(Host::Vue, "<template lang=\"pug\">\np(x='<script>')\n</template>\n<script>b</script>"), ["b"]);
    assert_eq!(texts(Host::Vue, "<template>{{ '<script>' }}<x a='<'/></template><script>b</script>"), ["b"]);
    assert_eq!(texts(Host::Vue, "<template><Script>a</Script><template/></template><script>b</script>"), ["b"]);
    // mistakes hide nothing
    assert_eq!(texts(Host::Vue, "<template><div>{{ a </div></template>\n<script>b</script>"), ["b"]);
    assert_eq!(texts(Host::Vue, "<template><template v-if='a'></template>\n<script>b</script>"), ["b"]);
    assert_eq!(texts(Host::Vue, "<docs><script>b</script>"), ["b"]);
}

#[test]
fn markup_with_expressions_hides_no_script_and_makes_none() {
    let text = "<script context=\"module\">a</script>\n<script>b</script>\n{#if c < d}<p on:click={() => e > `}`}>\
                {@html `<script>f</script>`}</p>{/if}\n<Script>g</Script><svelte:head><script>h</script></svelte:head>";
    assert_eq!(found(Host::Svelte, text), [(Scope::Module, vec!["a", "b"]), (Scope::Page, vec!["h"])]);
    let misleading = "<p>{a.replace(/'/g, '')}</p>\n{b /* {\n<script lang=\"ts\">c</script>";
    assert_eq!(texts(Host::Svelte, misleading), ["c"]);
    assert_eq!(
        texts(Host::Svelte, "<svelte:head><script type='application/ld+json'>{}</script></svelte:head>"),
        [""; 0]
    );
}

#[test]
fn a_fence_holds_a_module() {
    let text = "---\nconst a = `\n---\n`;\n// it's ---\n---\n<p title={\"---\"}>{a}</p>\n<script>b</script>\
                <script is:inline>c</script>{a && <script define:vars={{ a }}>d</script>}";
    assert_eq!(
        found(Host::Astro, text),
        [
            (Scope::Module, vec!["const a = `\n---\n`;\n// it's ---"]),
            (Scope::Inner, vec!["d"]),
            (Scope::Module, vec!["b"]),
            (Scope::Page, vec!["c"]),
        ]
    );
    assert_eq!(texts(Host::Astro, "\u{feff}\r\n---\r\na\r\n---\r\n<p/>"), ["a"]);
    assert_eq!(texts(Host::Astro, "---\na"), ["a"]);
    assert_eq!(texts(Host::Astro, "<p>---</p>\n---\na\n---"), [""; 0]);
    assert_eq!(texts(Host::Astro, "---\na = /`/\n---\n<script>b</script>"), ["a = /`/", "b"]);
    assert_eq!(only(Host::Astro, "---\na\n---").syntax, Syntax::Ts);
}

/// Texts that make a careless reader slow, deep or wrong.
#[test]
fn hostile_texts_are_read_in_time() {
    const SIZE: usize = 1 << 20;
    let pieces = [
        "<",
        "</",
        "<!--",
        "<!-- <!-- ",
        "<script>",
        "<script",
        "<script><!--",
        "<script><!--<script></script>",
        "</script>",
        "<script>a</script>",
        "<a",
        "<a b='",
        "<a b=",
        "<a><b>",
        "{",
        "{{",
        "{{ }",
        "}",
        "{`",
        "${",
        "`${",
        "<template>",
        "<svg>",
        "<svg/>",
        "---",
        "\n---",
        "'",
        "---\n'",
        "\0",
        "<\0>",
        "<script>\0</script>",
        "<a {",
        "<a b={",
        "é<é",
        "<textarea>",
        "<docs>",
        "<x></x>",
        "<![CDATA[",
        "\n<script",
        "{\n<script>",
        "<?",
        "\"\"---",
        "/*",
        "//",
    ];
    for host in [Host::Vue, Host::Svelte, Host::Astro, Host::Html] {
        for piece in pieces {
            for start in ["", "---\n", "<template>", "<svg>"] {
                let mut text = start.to_owned();
                text.push_str(&piece.repeat(SIZE / 8 / piece.len()));
                let begun = Instant::now();
                let scripts = host.scripts(&text);
                assert!(begun.elapsed() < Duration::from_secs(5), "{host:?} {piece:?} takes {:?}", begun.elapsed());
                for script in scripts.units.iter().flat_map(|unit| &unit.scripts) {
                    assert!(text.get(script.clone()).is_some());
                }
            }
        }
        let begun = Instant::now();
        host.scripts(&"<".repeat(SIZE));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

proptest::proptest! {
    /// Whatever the text: every script lies in it, on character boundaries, and no two overlap.
    #[test]
    fn scripts_lie_in_their_text(
        parts in proptest::collection::vec(proptest::sample::select(vec![
            "<script", ">", "</script>", "<!--", "-->", "'", "\"", "{", "}", "`", "${", "---\n", "\n", "=", "/", "<template>",
            "</template>", " lang=ts", " src=", "a", "é", "😀", "\0", "<svg>", "<style>", "</style>", "<svelte:head>",
        ]), 0..60)
    ) {
        let text = parts.concat();
        for host in [Host::Vue, Host::Svelte, Host::Astro, Host::Html] {
            let mut ranges: Vec<_> = host.scripts(&text).units.into_iter().flat_map(|unit| unit.scripts).collect();
            ranges.sort_by_key(|range| range.start);
            for range in &ranges {
                proptest::prop_assert!(text.get(range.clone()).is_some());
            }
            proptest::prop_assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }
}
