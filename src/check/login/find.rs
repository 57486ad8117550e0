//! The logins of a project: the calls and URLs that ask for tokens, with what they set.

use super::written::{
    HOLE, Held, added_to, decoded, held, pairs_of, query_call, text_of, texts_of, told_at, written_at,
};
use crate::check::origin::Chain;
use crate::check::request::Request;
use crate::eval::value::{Node, Piece, Traced, Vals, Value};
use crate::eval::{Eval, Shared, Site};
use crate::ir::{CallKind, Expr, ExprId, FileIr, Key, Lit};
use crate::project::Lowered;
use crate::rules::path::Step;
use crate::rules::slot::{Base, Into, Slot};
use crate::rules::{Fact, LoginFact, Way};
use crate::text::FileId;

/// Steps for all the logins of one file: bundles make thousands of things that may be one.
const FILE_STEPS: u64 = 200_000;

/// One option of a login.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct Setting {
    /// What it holds.
    pub held: Held,
    /// Its value, where that is written in the literal of the options.
    pub at: Option<Node>,
    /// Its value, wherever that is written: in what is spread into the options, too.
    pub told: Option<Node>,
}

/// One place where tokens are asked for, or where that is set up.
#[derive(Clone, Debug)]
pub(in crate::check) struct Login {
    /// The call, or the URL.
    pub node: Node,
    /// Its number in the rules.
    pub number: usize,
    /// How its receiver was reached, where it adds to another login.
    pub client: Chain,
    /// What it sets.
    pub audience: Setting,
    pub scope: Setting,
    pub response: Setting,
    pub algorithm: Setting,
    /// The tenant's host name, and where it is written.
    pub domain: Setting,
    /// Where it sends its answer.
    pub redirect: Setting,
    /// The id of the client that logs in.
    pub client_id: Setting,
    /// The literal of its options.
    pub options: Option<Node>,
    /// Which of the ways to an option is the usual one here.
    pub style: usize,
}

impl Login {
    /// Whether it sets anything that decides about the token.
    pub(super) fn says_something(&self) -> bool {
        [&self.audience, &self.scope, &self.response].iter().any(|setting| setting.held != Held::Nothing)
    }
}

/// The logins of a file, in the order of its text.
pub(in crate::check) fn of_file(shared: &Shared<'_>, file: FileId) -> Vec<Login> {
    let Some(lowered) = shared.project.lowered(file) else { return Vec::new() };
    let text = shared.project.text(file);
    let holds = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let by_url: Vec<usize> = (0..shared.rules.logins.len())
        .filter(|nth| {
            let fact = &shared.rules.logins[*nth];
            // the address may be another file's, its options are here
            let names = || fact.requires.iter().filter_map(|way| way.last());
            fact.url.as_deref().is_some_and(|url| holds(url) || names().any(|name| holds(name)))
        })
        .collect();
    let mut eval = Eval::new(shared);
    let mut found = Vec::new();
    for &call in &lowered.ir.calls {
        if eval.spent() > FILE_STEPS {
            break;
        }
        let node = Node { file, expr: call };
        if may_be_login(shared, lowered, call) {
            eval.glance();
            found.extend(of_call(&mut eval, node));
        }
        if !by_url.is_empty() && names_url(shared, &lowered.ir, call, &text, &by_url) {
            eval.glance();
            // a chain is several calls: those behind the address may add nothing
            let logins = of_request(&mut eval, node, &by_url);
            found.extend(
                logins
                    .into_iter()
                    .filter(|login| found.iter().all(|other| other.node != login.node))
                    .collect::<Vec<_>>(),
            );
        }
    }
    if !by_url.is_empty() {
        for expr in lowered.ir.ids() {
            eval.glance();
            found.extend(of_text(&mut eval, lowered, Node { file, expr }, &by_url));
        }
    }
    found.sort_by_key(|login| lowered.ir.span(login.node.expr).start);
    found
}

/// Whether a call may be a login, by syntax alone.
fn may_be_login(shared: &Shared<'_>, lowered: &Lowered, call: ExprId) -> bool {
    let ir = &lowered.ir;
    let Expr::Call { callee, kind, .. } = ir.expr(call) else { return false };
    let callee = ir.strip(*callee);
    match ir.expr(callee) {
        Expr::Field { key: Key::Name(name), .. } => shared.rules.login_members.contains(&**name),
        Expr::Global(name) => shared.rules.login_members.contains(&**name),
        Expr::Local(binding) => {
            let binding = ir.binding(*binding);
            *kind == CallKind::New
                || shared.rules.login_members.contains(&*binding.name)
                || binding.defs.iter().any(|def| is_login(shared, ir, def.value))
        }
        _ => false,
    }
}

/// Whether a value may be a login's function, as it is imported or taken out of something: under any name.
fn is_login(shared: &Shared<'_>, ir: &FileIr, value: ExprId) -> bool {
    match ir.expr(ir.strip(value)) {
        Expr::Import(_) => true,
        Expr::Field { key: Key::Name(name), .. } => {
            &**name == "default" || shared.rules.login_members.contains(&**name)
        }
        _ => false,
    }
}

fn of_call(eval: &mut Eval<'_>, node: Node) -> Vec<Login> {
    let rules = eval.rules();
    let Some(Expr::Call { kind, .. }) = eval.shared().project.lowered(node.file).map(|it| it.ir.expr(node.expr)) else {
        return Vec::new();
    };
    let step = if *kind == CallKind::New { Step::New } else { Step::Call };
    let mut found: Vec<Login> = Vec::new();
    for called in eval.callees(node, &None) {
        let (states, site) = match &called.value {
            Value::Api(api) => (rules.automaton.step(&api.states, &step), Site::of(node, &None, api)),
            Value::Unknown(_) => {
                // a part of a login of something that could not be followed
                let any = rules.automaton.root(&crate::rules::path::Root::Any);
                (rules.automaton.step(&any, &step), Site::new(node, &None))
            }
            _ => continue,
        };
        for fact in rules.facts(&states) {
            let Fact::Login(number) = fact else { continue };
            let fact = &rules.logins[*number];
            if found.iter().any(|login| login.number == *number) || !applies(eval, fact, &site) {
                continue;
            }
            let client = Chain::of_receiver(eval, site.receiver.as_ref().or(Some(&called)));
            let options = fact.options.clone();
            let Some(options) = options else { continue };
            let login = with_options(eval, fact, *number, node, &site, &options, client);
            if fact.requires.is_empty() || login.is_some() {
                found.extend(login);
            }
        }
    }
    found
}

fn applies(eval: &mut Eval<'_>, fact: &LoginFact, site: &Site) -> bool {
    let mut is_given = |slot: &Slot| !eval.slot(slot, site).is_empty();
    if fact.unless.iter().any(&mut is_given) || !fact.when.is_empty() && !fact.when.iter().any(&mut is_given) {
        return false;
    }
    if fact.given.is_some_and(|count| eval.arity(site) != count) {
        return false;
    }
    let Some((slot, text)) = &fact.only else { return true };
    let wanted: Vec<String> = texts_of(&eval.slot(text, site));
    eval.slot(slot, site).iter().any(|value| match &value.value {
        Value::Str(pattern) => pattern.text().is_some_and(|text| wanted.iter().any(|wanted| wanted == text)),
        _ => false,
    })
}

/// A login whose options lie at `options` of a call.
fn with_options(
    eval: &mut Eval<'_>,
    fact: &LoginFact,
    number: usize,
    node: Node,
    site: &Site,
    options: &Slot,
    client: Chain,
) -> Option<Login> {
    let objects = eval.slot(options, site);
    let literal = literal_of(eval, &objects);
    let is_open = objects.iter().any(|value| value.value.is_unknown() || matches!(value.value, Value::Api(_)));
    let member = |eval: &mut Eval<'_>, name: &str| {
        let path = options.path.iter().cloned().chain([Into::Member(name.to_owned())]).collect();
        eval.slot(&Slot { base: options.base.clone(), path }, site)
    };
    let is_older = fact.older.iter().any(|name| !member(eval, name).is_empty());
    let mut pairs = pairs_of(eval, &objects);
    if site.node != node {
        pairs.extend(added_to(eval, site.node, &site.ctx));
    }
    let mut style = usize::from(is_older);
    let mut setting = |ways: &[Way]| -> Setting {
        for (nth, way) in ways.iter().enumerate() {
            let slot = Slot {
                base: options.base.clone(),
                path: options.path.iter().cloned().chain(way.iter().cloned().map(Into::Member)).collect(),
            };
            let mut values = eval.slot(&slot, site);
            if let [name] = way.as_slice() {
                values.extend(pairs.iter().filter(|(key, _)| key == name).flat_map(|(_, value)| value.iter().cloned()));
            }
            let held = held(eval, &values);
            if held != Held::Nothing {
                let at = literal.and_then(|literal| written_at(eval, literal, way));
                // what there is only one way to says nothing
                if ways.len() > 1 {
                    style = nth;
                }
                return Setting { held, at, told: at.or_else(|| told_at(eval, &objects, way)) };
            }
        }
        let held = if is_open { Held::Unknown } else { Held::Nothing };
        Setting { held, ..Setting::default() }
    };
    let (redirect, mut client_id) = (setting(&fact.redirect), setting(&fact.client_id));
    let missing = fact.requires.iter().any(|way| setting(std::slice::from_ref(way)).held == Held::Nothing);
    let algorithm = setting(&fact.algorithm);
    let response = setting(&fact.response_type);
    let (mut scope, mut audience) = (setting(&fact.scope), setting(&fact.audience));
    let style = style;
    if let Some(known) = &fact.environment {
        for (option, name) in [(&mut audience, &known.audience), (&mut scope, &known.scope)] {
            let values = eval.shared().project.setting_around(node.file, name);
            if option.held == Held::Nothing && !values.is_empty() {
                option.held = Held::Texts(values.into_iter().map(str::to_owned).collect());
            }
        }
    }
    for slot in &fact.client {
        if matches!(client_id.held, Held::Texts(_)) {
            break;
        }
        let values = eval.slot(slot, site);
        client_id.held = held(eval, &values);
    }
    if let Some(name) = fact.environment.as_ref().and_then(|known| known.client.as_ref())
        && client_id.held == Held::Nothing
    {
        let values = eval.shared().project.setting_around(node.file, name);
        client_id.held = Held::Texts(values.into_iter().map(str::to_owned).collect());
    }
    let mut domain = Setting::default();
    for slot in &fact.domain {
        let values = eval.slot(slot, site);
        domain.held = held(eval, &values);
        domain.at = domain_at(eval, site, slot);
        if domain.held != Held::Nothing {
            break;
        }
    }
    let settings = fact.environment.as_ref().map(|known| known.domain.as_slice()).unwrap_or_default();
    for name in settings.iter().filter(|_| domain.at.is_none() && domain.held == Held::Nothing) {
        let values = eval.shared().project.setting_around(node.file, name);
        if let [only] = values.as_slice() {
            domain.held = Held::Texts(vec![(*only).to_owned()]);
            break;
        }
    }
    (!missing).then_some(Login {
        node,
        number,
        client,
        audience,
        scope,
        response,
        algorithm,
        domain,
        redirect,
        client_id,
        options: literal,
        style,
    })
}

/// Where the value of a slot is written: an argument, or a member of its literal.
fn domain_at(eval: &mut Eval<'_>, site: &Site, slot: &Slot) -> Option<Node> {
    let ir = &eval.shared().project.lowered(site.node.file)?.ir;
    let crate::rules::slot::Base::Arg(nth) = slot.base else { return None };
    let Expr::Call { args, .. } = ir.expr(site.node.expr) else { return None };
    let arg = Node { file: site.node.file, expr: ir.strip(args.get(nth as usize)?.expr) };
    let way: Option<Vec<String>> = slot
        .path
        .iter()
        .map(|step| match step {
            Into::Member(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let way = way?;
    if way.is_empty() { Some(arg) } else { written_at(eval, arg, &way) }
}

/// The literal that is meant, where there is only one.
fn literal_of(eval: &Eval<'_>, objects: &Vals) -> Option<Node> {
    let [Traced { value: Value::Object(object), .. }] = objects.as_slice() else { return None };
    let lowered = eval.shared().project.lowered(object.node.file)?;
    let is_literal = matches!(lowered.ir.expr(object.node.expr), Expr::Object { .. }) && object.parts.is_empty();
    is_literal.then_some(object.node)
}

/// Whether a call's text, short of what is nested in it, names one of the URLs: requests are few.
fn names_url(shared: &Shared<'_>, ir: &FileIr, call: ExprId, text: &str, by_url: &[usize]) -> bool {
    /// The URL stands at the beginning.
    const BEGINNING: usize = 400;
    let span = ir.span(call);
    let mut end = (span.end as usize).min(span.start as usize + BEGINNING).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let Some(begin) = text.get(span.start as usize..end) else { return false };
    by_url.iter().any(|nth| shared.rules.logins[*nth].url.as_deref().is_some_and(|url| begin.contains(url)))
}

/// A token request whose body holds the options.
fn of_request(eval: &mut Eval<'_>, node: Node, by_url: &[usize]) -> Vec<Login> {
    let rules = eval.rules();
    for request in Request::of_call(eval, node, &None) {
        let Some(target) = request.target().map(|part| part.site.node) else { continue };
        let urls: Vec<String> = request.urls(eval).iter().map(text_of).collect();
        let meant = by_url.iter().find(|nth| {
            let path = rules.logins[**nth].url.as_deref().unwrap_or_default();
            urls.iter().any(|url| url.split(['?', '#']).next().is_some_and(|url| url.ends_with(path)))
        });
        let Some(&number) = meant else { continue };
        let fact = &rules.logins[number];
        let host = urls.iter().find_map(|url| Some(url.split_once("://")?.1.split('/').next()?.to_owned()));
        for part in request.parts.iter().rev() {
            for slot in &part.fact.body {
                let made = eval.slot(slot, &part.site).iter().find_map(|value| query_call(eval.rules(), value));
                let found = match made {
                    Some(call) => with_query(eval, fact, number, target, call),
                    None => with_options(eval, fact, number, target, &part.site, slot, Chain::default()),
                };
                if let Some(mut login) = found {
                    login.domain.held = host.map_or(Held::Nothing, |host| Held::Texts(vec![host]));
                    return vec![login];
                }
            }
        }
    }
    Vec::new()
}

/// A login whose options are the members of what a query is made of.
fn with_query(eval: &mut Eval<'_>, fact: &LoginFact, number: usize, node: Node, call: Node) -> Option<Login> {
    let options = Slot { base: Base::Arg(0), path: Vec::new() };
    with_options(eval, fact, number, node, &Site::new(call, &None), &options, Chain::default())
}

/// A URL whose query holds the options.
fn of_text(eval: &mut Eval<'_>, lowered: &Lowered, node: Node, by_url: &[usize]) -> Option<Login> {
    let ir = &lowered.ir;
    let rules = eval.rules();
    let is_query_of = |fact: &LoginFact, text: &str| {
        let names = fact.requires.iter().filter_map(|way| way.last());
        let is_path = fact.url.as_deref().is_some_and(|url| text.contains(&format!("{url}?")));
        // the path may be what a variable holds
        is_path || names.into_iter().any(|name| text.contains('?') && text.contains(&format!("{name}=")))
    };
    let has_url = |id: ExprId| match ir.expr(id) {
        Expr::Lit(Lit::Str(text)) => by_url.iter().any(|nth| is_query_of(&rules.logins[*nth], text)),
        _ => false,
    };
    let is_url = match ir.expr(node.expr) {
        Expr::Lit(_) => has_url(node.expr),
        Expr::Concat(parts) => parts.iter().any(|part| has_url(*part)),
        _ => false,
    };
    let inner = ir.parents[node.expr.index()].is_some_and(|parent| matches!(ir.expr(parent), Expr::Concat(_)));
    if !is_url || inner {
        return None;
    }
    let values = eval.value(node, &None);
    let [Traced { value: Value::Str(pattern), .. }] = values.as_slice() else { return None };
    let text = text_of(pattern);
    let (address, query) = text.split_once('?')?;
    let number = *by_url
        .iter()
        .find(|nth| eval.rules().logins[**nth].url.as_deref().is_some_and(|url| address.ends_with(url)))?;
    let fact = &rules.logins[number];
    let host = address.trim_start_matches("https://").split('/').next().unwrap_or_default();
    let domain = Setting { held: Held::Texts(vec![host.to_owned()]), ..Setting::default() };
    if let (true, Some(Piece::Hole(hole))) = (query == HOLE.to_string(), pattern.pieces.last())
        && let Some(call) = query_call(rules, hole)
    {
        return with_query(eval, fact, number, node, call).map(|login| Login { domain, ..login });
    }
    // what is appended where it is not seen may be any of them
    let is_open = query.ends_with(HOLE) && !query.ends_with(&format!("={HOLE}"));
    let pairs: Vec<(&str, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.trim(), decoded(value)))
        .collect();
    let setting = |ways: &[Way]| {
        let name = ways.first().and_then(|way| way.last()).map(String::as_str).unwrap_or_default();
        let held = match pairs.iter().find(|(key, _)| *key == name) {
            Some((_, value)) if value.chars().all(|c| c == HOLE) && !value.is_empty() => Held::Unknown,
            Some((_, value)) => Held::Texts(vec![value.clone()]),
            None if is_open => Held::Unknown,
            None => Held::Nothing,
        };
        Setting { held, ..Setting::default() }
    };
    if fact.requires.iter().any(|way| setting(std::slice::from_ref(way)).held == Held::Nothing) {
        return None;
    }
    Some(Login {
        node,
        number,
        client: Chain::default(),
        audience: setting(&fact.audience),
        scope: setting(&fact.scope),
        response: setting(&fact.response_type),
        algorithm: Setting::default(),
        domain,
        redirect: setting(&fact.redirect),
        client_id: setting(&fact.client_id),
        options: None,
        style: 0,
    })
}
