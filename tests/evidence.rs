//! The tables about files that are no code: each shows in files what it is for and what it is not for, and nothing in it
//! is idle.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idtoken_lint::Options;
use idtoken_lint::check::model::Report;
use idtoken_lint::rules::{Outside, RuleFiles, Rules, Sample, SettingsTable};
use idtoken_lint::text::MemoryFiles;

/// The program's rules with other tables about such files.
fn with(rules: &Rules, outside: &Outside) -> Rules {
    let mut others = rules.clone();
    others.outside = Outside::of(outside.toggle.clone(), outside.clients.clone(), outside.recorded.clone()).into();
    others
}

fn token(claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2lnbmVk", part("{\"alg\":\"RS256\"}"), part(claims))
}

/// Files of one folder: names and texts.
type Folder = Vec<(String, String)>;

/// The folders that samples stand for, with tokens in their files.
fn folders(samples: &[Sample]) -> Vec<Folder> {
    let issued = "\"iss\":\"https://tenant.auth0.com/\",\"sub\":\"auth0|1\"";
    let id = token(&format!("{{{issued},\"aud\":\"c\",\"nonce\":\"n\"}}"));
    let access = token(&format!(
        "{{{issued},\"aud\":\"https://tenant.auth0.com/api/v2/\",\"azp\":\"c\",\"scope\":\"read:current_user\"}}"
    ));
    let fill = |(name, text): (String, String)| (name, text.replace("ID_TOKEN", &id).replace("ACCESS_TOKEN", &access));
    samples.iter().flat_map(Sample::folders).map(|folder| folder.into_iter().map(fill).collect()).collect()
}

/// A program that links accounts, without which it does not matter how clients sign.
const LINKS: &str = "
import { createAuth0Client } from '@auth0/auth0-spa-js';
const audience = 'https://tenant.auth0.com/api/v2/';
const auth0 = await createAuth0Client({ clientId: 'k2xQ0', domain: 'tenant.auth0.com', authorizationParams: { audience } });
export async function link(user, otherIdToken) {
  const headers = { Authorization: `Bearer ${await auth0.getTokenSilently()}`, 'Content-Type': 'application/json' };
  await fetch(`${audience}users/${user.sub}/identities`, { method: 'POST', headers, body: JSON.stringify({ link_with: otherIdToken }) });
}
";

fn read(rules: &Rules, folder: &Folder) -> Report {
    let mut files = MemoryFiles::new();
    files.insert("link.js".to_owned(), LINKS.to_owned());
    for (name, text) in folder {
        files.insert(name.clone(), text.clone());
    }
    idtoken_lint::analyze_with(&files, &Options::default(), rules).unwrap()
}

/// What the tables are for: a toggle that is on, a client that signs otherwise, a recorded ID token, a log about ID tokens.
fn is_found(report: &Report) -> bool {
    let outside = &report.outside;
    outside.turned_on().next().is_some()
        || report.findings.iter().any(|finding| finding.rule == "secondary-token-not-rs256")
        || outside.sent_id_tokens().next().is_some()
        || outside.logged_id_tokens().next().is_some()
}

type Change = Box<dyn Fn(&mut Outside)>;

/// A table: what it is called, its samples, and how to take something out of it, each with what that is.
struct Table {
    name: String,
    yes: Vec<Sample>,
    no: Vec<Sample>,
    without: Vec<(String, Change)>,
}

/// A list of a table, from which each entry is taken out in turn.
macro_rules! without {
    ($into:ident, $list:expr, |$outside:ident| $place:expr) => {
        for (nth, entry) in $list.iter().enumerate() {
            $into.push((
                entry.clone(),
                Box::new(move |$outside: &mut Outside| {
                    $place.remove(nth);
                }) as Change,
            ));
        }
    };
}

fn tables(outside: &Outside) -> Vec<Table> {
    let mut all = Vec::new();
    for (at, table) in outside.toggle.file.iter().enumerate() {
        let mut without = Vec::new();
        without!(without, table.names, |outside| outside.toggle.file[at].names);
        without!(without, table.paths, |outside| outside.toggle.file[at].paths);
        for (of, variable) in table.variable.iter().enumerate() {
            without!(without, variable.form, |outside| outside.toggle.file[at].variable[of].form);
            without!(without, variable.declared, |outside| outside.toggle.file[at].variable[of].declared);
            without!(without, variable.files, |outside| outside.toggle.file[at].variable[of].files);
            without!(without, variable.given, |outside| outside.toggle.file[at].variable[of].given);
            without!(without, variable.values, |outside| outside.toggle.file[at].variable[of].values);
            without!(without, variable.always, |outside| outside.toggle.file[at].variable[of].always);
        }
        let name = format!("toggle.toml, [[file]] {}", at + 1);
        all.push(Table { name, yes: table.yes.clone(), no: table.no.clone(), without });
    }
    let clients = &outside.clients;
    for (at, table) in clients.file.iter().enumerate() {
        let mut without = Vec::new();
        without!(without, table.names, |outside| outside.clients.file[at].names);
        without!(without, table.paths, |outside| outside.clients.file[at].paths);
        let name = format!("clients.toml, [[file]] {}", at + 1);
        all.push(Table { name, yes: table.yes.clone(), no: table.no.clone(), without });
    }
    let mut without = Vec::new();
    without!(without, clients.keys, |outside| outside.clients.keys);
    without!(without, clients.algorithm, |outside| outside.clients.algorithm);
    without!(without, clients.id, |outside| outside.clients.id);
    without!(without, clients.name, |outside| outside.clients.name);
    without!(without, clients.kind, |outside| outside.clients.kind);
    without!(without, clients.without_users, |outside| outside.clients.without_users);
    let of_all = |samples: fn(&SettingsTable) -> &Vec<Sample>| clients.file.iter().flat_map(samples).cloned().collect();
    let (yes, no) = (of_all(|table| &table.yes), of_all(|table| &table.no));
    all.push(Table { name: "clients.toml".to_owned(), yes, no, without });
    for (at, table) in outside.recorded.form.iter().enumerate() {
        let mut without = Vec::new();
        without!(without, table.names, |outside| outside.recorded.form[at].names);
        without!(without, table.environments, |outside| outside.recorded.form[at].environments);
        let name = format!("recorded.toml, [[form]] {}", at + 1);
        all.push(Table { name, yes: table.yes.clone(), no: table.no.clone(), without });
    }
    for (at, table) in outside.recorded.command.iter().enumerate() {
        let mut without = Vec::new();
        without!(without, table.names, |outside| outside.recorded.command[at].names);
        for (argument, options) in &table.options {
            let argument = *argument;
            for (nth, option) in options.iter().enumerate() {
                let take = move |outside: &mut Outside| {
                    outside.recorded.command[at].options.entry(argument).or_default().remove(nth);
                };
                without.push((option.clone(), Box::new(take) as Change));
            }
        }
        for flag in table.flags.keys().cloned() {
            let take = flag.clone();
            without.push((flag, Box::new(move |outside| drop(outside.recorded.command[at].flags.remove(&take)))));
        }
        let name = format!("recorded.toml, [[command]] {}", table.names.join(", "));
        all.push(Table { name, yes: table.yes.clone(), no: table.no.clone(), without });
    }
    let log = &outside.recorded.log;
    let mut without = Vec::new();
    without!(without, log.words, |outside| outside.recorded.log.words);
    all.push(Table { name: "recorded.toml, [log]".to_owned(), yes: log.yes.clone(), no: log.no.clone(), without });
    all
}

#[test]
fn every_table_shows_what_it_is_for() {
    let rules = RuleFiles::embedded().unwrap().compile(&[], &[]).unwrap();
    let mut problems = Vec::new();
    for table in tables(&rules.outside) {
        if table.yes.is_empty() || table.no.is_empty() {
            problems.push(format!("{} needs `yes` and `no`", table.name));
        }
        for folder in folders(&table.yes) {
            if !is_found(&read(&rules, &folder)) {
                problems.push(format!("missing: {}: {folder:?}", table.name));
            }
        }
        for folder in folders(&table.no) {
            if is_found(&read(&rules, &folder)) {
                problems.push(format!("noisy: {}: {folder:?}", table.name));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Without any of its entries, some sample comes to something else.
#[test]
fn nothing_in_these_tables_is_idle() {
    let rules = RuleFiles::embedded().unwrap().compile(&[], &[]).unwrap();
    let mut problems = Vec::new();
    for table in tables(&rules.outside) {
        let samples = folders(&[table.yes.as_slice(), table.no.as_slice()].concat());
        let said = |report: &Report| format!("{:?}{:?}{:?}", report.outside, report.findings, report.skipped);
        let before: Vec<String> = samples.iter().map(|folder| said(&read(&rules, folder))).collect();
        for (entry, take) in &table.without {
            let mut outside = Outside::clone(&rules.outside);
            take(&mut outside);
            let without = with(&rules, &outside);
            // an option does nothing where it does not stand
            let may_tell = |folder: &Folder| {
                !entry.starts_with('-') || folder.iter().any(|(_, text)| text.contains(entry.as_str()))
            };
            let differs =
                |(folder, before): (&Folder, &String)| may_tell(folder) && said(&read(&without, folder)) != *before;
            if !samples.iter().zip(&before).any(differs) {
                problems.push(format!("idle: {}: `{entry}`", table.name));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
