//! Which scopes to ask for: what the calls that have to change need, by endpoint and user.

use super::markup::Html;
use super::section;
use crate::check::model::{Call, Report, Subject, Verdict};
use std::io;

pub(super) fn write(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    let open: Vec<&Call> =
        report.calls.iter().filter(|call| call.verdict != Verdict::AccessToken && !call.is_accepted()).collect();
    if open.is_empty() {
        return Ok(());
    }
    section("scopes", "Scopes to ask for", html, |html| {
        html.words(
            "p",
            &[],
            "A login can ask for the scopes of the user who logs in; those for any user are for servers.",
        )?;
        html.element("table", &[], |html| {
            html.words("caption", &[], "What the calls need that send an ID token, or perhaps one")?;
            html.element("thead", &[], |html| {
                html.element("tr", &[], |html| {
                    for heading in ["Endpoint", "Whose user", "Scope", "Calls"] {
                        html.words("th", &[("scope", "col")], heading)?;
                    }
                    Ok(())
                })
            })?;
            html.element("tbody", &[], |html| {
                for endpoint in &report.endpoints {
                    for subject in [Subject::CurrentUser, Subject::AnyUser, Subject::Unclear] {
                        let of: Vec<&&Call> =
                            open.iter().filter(|call| call.endpoint == *endpoint && call.subject == subject).collect();
                        let Some(first) = of.first() else { continue };
                        html.line()?;
                        html.element("tr", &[], |html| {
                            html.element("th", &[("scope", "row")], |html| html.path("code", &[], endpoint))?;
                            html.words("td", &[], subject.as_str())?;
                            html.element("td", &[], |html| scopes(&first.suggested_scopes, html))?;
                            html.words("td", &[("class", "number")], &of.len().to_string())
                        })?;
                    }
                }
                Ok(())
            })
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
