//! `explain`: the page about a rule.

use super::{Failure, Status, output};
use idtoken_lint::rules::docs;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A rule id, as a finding shows it
    id: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let Some(doc) = docs::find(&arguments.id) else {
        let known: Vec<&str> = docs::all().iter().map(|doc| doc.id).collect();
        return Err(Failure {
            problem: format!("there is no rule {:?}", arguments.id),
            help: nearest(&arguments.id, &known),
        });
    };
    output::to_stdout(false, |out| out.write_all(doc.page.as_bytes()))?;
    Ok(Status::Clean)
}

/// Which of the known ids may have been meant.
fn nearest(given: &str, known: &[&str]) -> String {
    let given = given.to_ascii_lowercase().replace(['_', ' '], "-");
    let near = |id: &&&str| distance(&given, id) <= 1 + id.len() / 4 || (given.len() >= 4 && id.contains(&*given));
    let mut meant: Vec<&str> = known.iter().filter(near).copied().collect();
    meant.sort_by_key(|id| distance(&given, id));
    if meant.is_empty() {
        format!("The rules are: {}.", known.join(", "))
    } else {
        format!("Did you mean {}?", meant.join(" or "))
    }
}

/// How many bytes to insert, remove or replace to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_ids_are_recognised() {
        let known = ["id-token-as-bearer", "unresolved-bearer"];
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(nearest("id_token_as_baerer", &known), "Did you mean id-token-as-bearer?");
        assert_eq!(nearest("unresolved", &known), "Did you mean unresolved-bearer?");
        assert_eq!(nearest("xyz", &known), "The rules are: id-token-as-bearer, unresolved-bearer.");
    }
}
