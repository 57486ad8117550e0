//! What to ask for: for each login what all the calls that it feeds need together, then the scopes by endpoint and user.

use super::calls::link;
use super::markup::Html;
use super::{place, section};
use crate::check::model::{Call, Confidence, Plan, Report, Subject, Verdict};
use std::io;

pub(super) fn write(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    let open: Vec<&Call> =
        report.calls.iter().filter(|call| call.verdict != Verdict::AccessToken && !call.is_accepted()).collect();
    if open.is_empty() && report.plans.is_empty() {
        return Ok(());
    }
    section("scopes", "Scopes to ask for", html, |html| {
        for plan in &report.plans {
            login(plan, report, html)?;
            html.line()?;
        }
        if open.is_empty() { Ok(()) } else { by_endpoint(&open, report, html) }
    })
}

/// One login: where, what to write there, and for which calls.
fn login(plan: &Plan, report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    html.element("div", &[("class", "plan")], |html| {
        html.element("h3", &[], |html| {
            html.text(&format!("Login with {} at ", plan.sdk))?;
            html.path("span", &[("class", "place")], &place(&plan.at))
        })?;
        html.element("dl", &[], |html| {
            let mut fact = |name: &str, inside: &dyn Fn(&mut Html<'_>) -> io::Result<()>| {
                html.element("div", &[], |html| {
                    html.words("dt", &[], name)?;
                    html.element("dd", &[], inside)
                })
            };
            if plan.options.is_empty() {
                fact("audience", &|html| html.words("code", &[], &plan.audience))?;
                fact("scope", &|html| html.words("code", &[], &plan.scopes.join(" ")))?;
            }
            for option in &plan.options {
                fact(&option.name, &|html| html.words("code", &[], &option.value))?;
            }
            Ok(())
        })?;
        if plan.calls.is_empty() {
            return Ok(());
        }
        let is_one_of_several = plan.confidence == Confidence::Low;
        let whose = if is_one_of_several { "One of several that may feed these calls:" } else { "For these calls:" };
        html.words("p", &[], whose)?;
        html.element("ul", &[], |html| {
            for (nth, call) in plan.calls.iter().filter_map(|nth| Some((*nth, report.calls.get(*nth)?))) {
                html.element("li", &[], |html| {
                    link(nth, &call.at, html)?;
                    html.text(" ")?;
                    html.path("code", &[], &call.endpoint)
                })?;
            }
            Ok(())
        })
    })
}

fn by_endpoint(open: &[&Call], report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    html.words(
        "p",
        &[],
        "A login can ask for the scopes of the user who logs in; those for any user are for servers.",
    )?;
    html.element("table", &[], |html| {
        html.words("caption", &[], "What the calls need that send an ID token, or perhaps one")?;
        html.element("thead", &[], |html| {
            html.element("tr", &[], |html| {
                for heading in ["Endpoint", "Whose user", "Scope"] {
                    html.words("th", &[("scope", "col")], heading)?;
                }
                html.words("th", &[("scope", "col"), ("class", "number")], "Calls")
            })
        })?;
        html.element("tbody", &[], |html| {
            for endpoint in &report.endpoints {
                for subject in [Subject::CurrentUser, Subject::AnyUser, Subject::Unclear] {
                    let of = open.iter().filter(|call| call.endpoint == *endpoint && call.subject == subject);
                    // what the body says may make a difference between calls
                    let mut rows: Vec<(&[String], usize)> = Vec::new();
                    for call in of {
                        match rows.iter_mut().find(|(scopes, _)| *scopes == call.suggested_scopes) {
                            Some((_, count)) => *count += 1,
                            None => rows.push((&call.suggested_scopes, 1)),
                        }
                    }
                    for (needed, count) in rows {
                        html.line()?;
                        html.element("tr", &[], |html| {
                            html.element("th", &[("scope", "row")], |html| html.path("code", &[], endpoint))?;
                            html.words("td", &[], subject.as_str())?;
                            html.element("td", &[], |html| scopes(needed, html))?;
                            html.words("td", &[("class", "number")], &count.to_string())
                        })?;
                    }
                }
            }
            Ok(())
        })
    })
}

fn scopes(scopes: &[String], html: &mut Html<'_>) -> io::Result<()> {
    for (nth, scope) in scopes.iter().enumerate() {
        html.text(if nth > 0 { " or " } else { "" })?;
        html.words("code", &[], scope)?;
    }
    Ok(())
}
