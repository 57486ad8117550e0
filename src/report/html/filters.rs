//! The form that hides calls. It appears where scripts run.

use super::calls::Card;
use super::markup::Html;
use crate::check::model::Report;
use crate::report::text::audit::VERDICTS;
use std::collections::BTreeMap;
use std::io;

/// What stands for "not filtered by this".
const ALL: &str = "";

pub(super) fn write(report: &Report, cards: &[Card<'_>], html: &mut Html<'_>) -> io::Result<()> {
    html.element(
        "form",
        &[("id", "filters"), ("role", "search"), ("aria-label", "Filter the calls"), ("hidden", "")],
        |html| {
            html.element("fieldset", &[], |html| {
                html.words("legend", &[], "Verdict")?;
                for verdict in VERDICTS {
                    let verdict_name = verdict.as_str();
                    html.element("label", &[], |html| {
                        html.void(
                            "input",
                            &[("type", "checkbox"), ("name", "verdict"), ("value", verdict_name), ("checked", "")],
                        )?;
                        html.words("span", &[("class", verdict_name)], verdict_name)?;
                        html.text(&format!(" ({})", report.count(verdict)))
                    })?;
                }
                Ok(())
            })?;
            let endpoints = report.endpoints.iter().map(|endpoint| {
                let count = cards.iter().filter(|card| card.call.endpoint == *endpoint).count();
                (endpoint.clone(), endpoint.clone(), count)
            });
            select("endpoint", "Endpoint", endpoints.filter(|(_, _, count)| *count > 0), html)?;
            select(
                "folder",
                "Folder",
                folders(cards).into_iter().map(|(folder, count)| (folder.clone(), folder, count)),
                html,
            )?;
            let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
            for card in cards {
                card.rules().iter().for_each(|rule| *rules.entry(rule).or_default() += 1);
            }
            let rules = rules.into_iter().map(|(rule, count)| (rule.to_owned(), rule.to_owned(), count));
            select("rule", "Rule", rules, html)?;
            html.element("label", &[], |html| {
                html.words("span", &[], "Text")?;
                html.void(
                    "input",
                    &[
                        ("type", "search"),
                        ("name", "text"),
                        ("autocomplete", "off"),
                        ("placeholder", "in path, code or note"),
                    ],
                )
            })?;
            html.element("div", &[("class", "buttons")], |html| {
                html.words("button", &[("type", "reset")], "Show all calls")?;
                html.words(
                    "button",
                    &[("type", "button"), ("id", "open-ways"), ("aria-pressed", "false")],
                    "Open all ways",
                )
            })
        },
    )?;
    html.line()?;
    html.element("p", &[("id", "shown"), ("role", "status")], |_| Ok(()))?;
    html.line()
}

fn select(
    name: &'static str,
    label: &str,
    options: impl Iterator<Item = (String, String, usize)>,
    html: &mut Html<'_>,
) -> io::Result<()> {
    html.element("label", &[], |html| {
        html.words("span", &[], label)?;
        html.element("select", &[("name", name)], |html| {
            html.words("option", &[("value", ALL)], "all")?;
            for (value, shown, count) in options {
                html.words("option", &[("value", &value)], &format!("{shown} ({count})"))?;
            }
            Ok(())
        })
    })
}

/// Every folder that holds calls, and those around them that hold more, with how many.
fn folders(cards: &[Card<'_>]) -> BTreeMap<String, usize> {
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    for card in cards {
        let path = card.call.at.path.as_str();
        for (end, _) in path.match_indices('/').filter(|(end, _)| *end > 0) {
            *folders.entry(path[..=end].to_owned()).or_default() += 1;
        }
    }
    folders
}
