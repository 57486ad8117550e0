//! `explain`: the page about a rule, an endpoint, a reason or a symptom; the list of them; a search in them.

use super::{Failure, Status, output};
use idtoken_lint::rules::docs::{self, About, Doc};
use idtoken_lint::text::nearest::did_you_mean;
use std::io::{self, Write};

/// More pages than this are no answer to a search.
const MAX_FOUND: usize = 8;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A rule id as a finding shows it, an endpoint, or the id of a reason why a call is unknown. Without it, all pages are
    /// listed
    id: Vec<String>,

    /// List the pages that say something about WORDS, best first: an error message, what you saw
    #[arg(long, short, value_name = "WORDS", num_args = 1.., conflicts_with = "id")]
    search: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    if !arguments.search.is_empty() {
        let words = arguments.search.join(" ");
        let found = docs::search(&words);
        if found.is_empty() {
            let help = "Try other words, or list all pages with `idtoken-lint explain`.";
            return Err(Failure::new(format!("no page says anything about {words:?}"), help));
        }
        let found: Vec<&Doc> = found.into_iter().take(MAX_FOUND).collect();
        output::to_stdout(false, |out| write_list(&found, out))?;
        return Ok(Status::Clean);
    }
    // an endpoint has two words, which shells take apart
    let id = arguments.id.join(" ");
    if id.is_empty() {
        output::to_stdout(false, write_all)?;
        return Ok(Status::Clean);
    }
    let Some(doc) = docs::find(&id) else {
        let mut known: Vec<&str> = docs::pages().iter().map(|doc| doc.id).collect();
        let endpoints = docs::pages().iter().filter(|doc| doc.about == About::Endpoint);
        known.extend(endpoints.map(|doc| doc.title()));
        let mut help = did_you_mean(&id, "pages", &known);
        if !help.starts_with("Did") {
            help =
                "List all pages with `idtoken-lint explain`, or look for words with `explain --search WORDS`.".into();
        }
        return Err(Failure::new(format!("there is no page {id:?}"), help));
    };
    output::to_stdout(false, |out| out.write_all(doc.page.as_bytes()))?;
    Ok(Status::Clean)
}

fn write_all(out: &mut dyn Write) -> io::Result<()> {
    for about in About::ALL {
        let pages: Vec<&Doc> = docs::pages().iter().filter(|doc| doc.about == about).collect();
        writeln!(out, "{}", about.heading())?;
        write_list(&pages, out)?;
        writeln!(out)?;
    }
    writeln!(out, "`idtoken-lint explain ID` prints a page; `explain --search WORDS` looks for words in all of them.")
}

fn write_list(pages: &[&Doc], out: &mut dyn Write) -> io::Result<()> {
    let width = pages.iter().map(|doc| doc.id.len()).max().unwrap_or(0);
    pages.iter().try_for_each(|doc| writeln!(out, "  {:width$}  {}", doc.id, doc.title()))
}
