//! One finding for people: the call, then each step of the way in its own file, then what to do.

use super::pretty::{self, Block};
use super::{TextOptions, plural};
use crate::check::model::{Finding, Location, TraceStep};
use crate::report::excerpt::{Label, Room, Sources};
use crate::report::redact::clean;
use crate::rules::docs::{self, Doc};
use std::io;

/// More labels than this beside the call hide it; then the steps get snippets of their own.
const MAX_BESIDE: usize = 5;
/// What the drawing takes on the left of a source line.
pub(super) const GUTTER: usize = 10;
/// Narrower excerpts say nothing.
pub(super) const LEAST_EXCERPT: usize = 40;

/// A place to show, and what to say there.
#[derive(Clone)]
struct Mark<'a> {
    at: &'a Location,
    text: String,
    /// 1-based place in the trace; none for the call where the trace does not mention it.
    step: Option<usize>,
}

/// Write one finding.
pub(super) fn write<'a>(
    finding: &'a Finding,
    sources: &mut Sources<'a>,
    options: &TextOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let width = options.width.saturating_sub(GUTTER).max(LEAST_EXCERPT);
    let call = finding.call.and_then(|index| sources.report().calls.get(index));
    let steps = call.map_or(&[][..], |call| &call.trace);
    let related = finding.related.iter().map(|it| Mark { at: &it.at, text: clean(&it.note), step: None });
    let (beside, elsewhere) = group(finding, marks(steps).into_iter().chain(related).collect(), sources, width);

    let mut blocks = vec![Block {
        severity: Some(finding.severity),
        heading: Some(&finding.rule),
        link: docs::find(&finding.rule).filter(|_| options.links).map(Doc::address),
        ..block(clean(&finding.message), &beside, Some(&finding.at), sources, width)
    }];
    for group in &elsewhere {
        blocks.push(block(which(group, steps.len()), group, None, sources, width));
    }
    if let Some(last) = blocks.last_mut() {
        let notes = call.map_or(&[][..], |call| &call.notes);
        let help = std::iter::once(clean(&finding.help)).filter(|help| !help.is_empty());
        let notes = notes.iter().map(|note| format!("Note: {}", clean(note)));
        let fix = finding.fix.iter().map(|fix| format!("`--diff` shows an edit: {}.", clean(&fix.description)));
        let help: Vec<_> = help.chain(notes).chain(fix).collect();
        last.help = (!help.is_empty()).then(|| help.join("\n"));
    }
    for block in blocks {
        pretty::draw(block, options, out)?;
    }
    writeln!(out)
}

fn marks(steps: &[TraceStep]) -> Vec<Mark<'_>> {
    let number = |index: usize| if steps.len() > 1 { format!("{}. ", index + 1) } else { String::new() };
    steps
        .iter()
        .enumerate()
        .map(|(index, step)| Mark {
            at: &step.at,
            text: format!("{}{}", number(index), clean(&step.note)),
            step: Some(index + 1),
        })
        .collect()
}

/// The steps that are shown with the call, and the others in runs that share a file.
fn group<'a>(
    finding: &'a Finding,
    marks: Vec<Mark<'a>>,
    sources: &mut Sources<'a>,
    width: usize,
) -> (Vec<Mark<'a>>, Vec<Vec<Mark<'a>>>) {
    let mut fits = |group: &[Mark<'a>], mark: &Mark<'a>| {
        group.iter().all(|other| other.at.path == mark.at.path)
            && sources.of(mark.at).is_none_or(|source| {
                let crowd = |other: &Mark<'a>| {
                    other.at != mark.at
                        && source.holds(other.at.span)
                        && source.crowded(other.at.span, mark.at.span, width)
                };
                !group.iter().any(crowd)
            })
    };
    let (mut beside, others): (Vec<_>, Vec<_>) = marks.into_iter().partition(|mark| mark.at == &finding.at);
    if beside.is_empty() {
        beside.push(Mark { at: &finding.at, text: "here".to_owned(), step: None });
    }
    let same_file = others.iter().filter(|mark| mark.at.path == finding.at.path).count();
    let mut elsewhere: Vec<Vec<Mark<'a>>> = Vec::new();
    for mark in others {
        if same_file <= MAX_BESIDE && fits(&beside, &mark) {
            beside.push(mark);
            continue;
        }
        match elsewhere.last_mut() {
            Some(group) if fits(group, &mark) => group.push(mark),
            _ => elsewhere.push(vec![mark]),
        }
    }
    beside.sort_by_key(|mark| mark.step);
    (beside, elsewhere)
}

/// A block with these marks: drawn where the text is known, else listed below the message.
fn block<'a>(
    message: String,
    marks: &[Mark<'a>],
    primary: Option<&Location>,
    sources: &mut Sources<'a>,
    width: usize,
) -> Block<'static> {
    let mut labels = Vec::new();
    let mut listed = Vec::new();
    for mark in marks {
        if sources.of(mark.at).is_some() {
            let primary = primary == Some(mark.at);
            labels.push(Label { span: mark.at.span, text: mark.text.clone(), primary });
        } else {
            let start = mark.at.start;
            listed.push(format!("{}:{}:{}: {}", clean(&mark.at.path), start.line, start.column, mark.text));
        }
    }
    let shown = marks.iter().find(|_| !labels.is_empty());
    let excerpt =
        shown.and_then(|mark| sources.of(mark.at)).map(|source| source.excerpt(labels, Room::terminal(width)));
    let message = std::iter::once(message).chain(listed).collect::<Vec<_>>().join("\n");
    Block { message, excerpt, ..Block::default() }
}

/// `step 2 of 5`, `steps 2 to 4 of 5`, `steps 1 and 4 of 5`.
fn which(group: &[Mark<'_>], total: usize) -> String {
    let steps: Vec<usize> = group.iter().filter_map(|mark| mark.step).collect();
    if steps.is_empty() {
        return "see also".to_owned();
    }
    let names = match steps[..] {
        [first, .., last] if steps.len() > 2 && last - first + 1 == steps.len() => format!("{first} to {last}"),
        _ => steps.iter().map(usize::to_string).collect::<Vec<_>>().join(" and "),
    };
    format!("{} {names} of {total}", plural(steps.len(), "step", "steps"))
}
