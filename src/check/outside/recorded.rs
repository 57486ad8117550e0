//! Recorded requests to affected endpoints, judged by the claims of what they sent.

use super::address;
use super::carried::{self, Sender};
use super::model::Recorded;
use super::token::{Judged, Token};
use super::{File, Refusal};
use crate::check::model::Verdict;
use crate::lower::traffic::command::{Command, Takes};
use crate::lower::traffic::{Sent, Variables, bearer_of_lines, har, markdown, postman, powershell, requests, shell};
use crate::rules::{Argument, CommandTable, Form, Rules};
use std::collections::BTreeMap;

/// Why the Bearer of a recording is not known.
const UNREADABLE: &str = "no Bearer is recorded whose claims can be read";

/// What lies around a recording.
pub(super) struct Around<'a> {
    /// Each may give its variables values.
    pub environments: &'a [Variables],
    /// What is in a file that it names, if that may be read.
    pub read: &'a dyn Fn(&str) -> Option<File>,
}

/// The requests of a file to affected endpoints whose Bearer says what it is.
pub(super) fn of_file(
    file: &File,
    rules: &Rules,
    (form, certain): (Form, bool),
    around: &Around<'_>,
) -> Result<Vec<Recorded>, Refusal> {
    let text = &*file.text;
    let environments = around.environments;
    let nothing = [Variables::new()];
    let environments = if environments.is_empty() { &nothing } else { environments };
    let read = |name: &str| Some((around.read)(name)?.text.to_string());
    let mut sent = Vec::new();
    match form {
        Form::Har => sent = har::parse(text)?,
        Form::Postman => {
            for environment in environments {
                match postman::parse(text, environment) {
                    // it only has such a name
                    Err(_) if !certain => {}
                    other => sent.extend(other?),
                }
            }
        }
        Form::Requests => {
            let all = environments.iter().flat_map(|environment| requests::parse(text, 0, environment));
            sent.extend(all);
        }
        Form::Shell => sent = shell::parse(text, 0, &commands(rules, false), &mut BTreeMap::new(), &read),
        Form::Powershell => sent = powershell::parse(text, 0, &commands(rules, true)),
        Form::Markdown => sent = of_blocks(text, rules, &read),
        Form::Log => {}
    }
    let mut found: Vec<Recorded> = Vec::new();
    for recorded in sent.iter().filter_map(|sent| judged(sent, file, rules, around)) {
        // the same in several environments is the same
        if !found.contains(&recorded) {
            found.push(recorded);
        }
    }
    Ok(found)
}

/// Commands and requests in code blocks: what one block sets, the next ones use.
fn of_blocks(text: &str, rules: &Rules, read: &dyn Fn(&str) -> Option<String>) -> Vec<Sent> {
    let mut sent = Vec::new();
    let mut variables = BTreeMap::new();
    let of_powershell = commands(rules, true);
    for block in markdown::blocks(text) {
        let Some(code) = text.get(block.clone()) else { continue };
        let found = shell::parse(code, block.start, &commands(rules, false), &mut variables, read);
        if found.is_empty() && requests::is_likely(code) {
            sent.extend(requests::parse(code, block.start, &Variables::new()));
        }
        if powershell::is_likely(code, &of_powershell) {
            sent.extend(powershell::parse(code, block.start, &of_powershell));
        }
        sent.extend(found);
    }
    sent
}

fn judged(sent: &Sent, file: &File, rules: &Rules, around: &Around<'_>) -> Option<Recorded> {
    let from_files = || sent.header_files.iter().find_map(|name| bearer_of_lines(&(around.read)(name)?.text));
    let token = sent.bearer.clone().or_else(from_files).and_then(|bearer| Token::read(&bearer));
    let issuer = match &token {
        Some(token) => token.issuer(),
        None => carried::issuer(&sent.body, rules),
    };
    let endpoint = &rules.endpoints[address::endpoint(rules, &sent.method, &sent.url, issuer.as_deref())?];
    let judged = token.as_ref().map(|token| token.judge(rules));
    let verdict = judged.as_ref().map_or(Verdict::Unknown, |judged| judged.verdict);
    let notes = carried::notes(&sent.body, &Sender { token: token.as_ref(), verdict, endpoint }, rules);
    // of a Bearer that says nothing, nothing is said, but of what it was sent with
    let judged = match judged {
        None if notes.is_empty() => return None,
        None => Judged { verdict, why: UNREADABLE.to_owned(), audiences: 0 },
        Some(judged) => judged,
    };
    Some(Recorded {
        at: file.at(sent.span),
        endpoint: endpoint.name.clone(),
        verdict,
        why: judged.why,
        audiences: judged.audiences,
        notes,
    })
}

fn commands(rules: &Rules, of_powershell: bool) -> Vec<Command<'_>> {
    rules.outside.recorded.command.iter().filter(|table| table.powershell == of_powershell).map(command).collect()
}

fn command(table: &CommandTable) -> Command<'_> {
    let takes = |argument: &Argument| match argument {
        Argument::Header => Takes::Header,
        Argument::Method => Takes::Method,
        Argument::Url => Takes::Url,
        Argument::Bearer => Takes::Bearer,
        Argument::Scheme => Takes::Scheme,
        Argument::Credentials => Takes::Credentials,
        Argument::Data => Takes::Data,
        Argument::Text => Takes::Text,
        Argument::Encoded => Takes::Encoded,
        Argument::Field => Takes::Field,
        Argument::File => Takes::File,
        Argument::Config => Takes::Config,
        Argument::Other => Takes::Other,
    };
    Command {
        names: &table.names,
        options: table.options.iter().map(|(argument, options)| (takes(argument), options.as_slice())).collect(),
        flags: &table.flags,
        with_body: &table.with_body,
        items: table.items,
    }
}
