//! Which known name may have been meant by an unknown one.

/// The names of `known` that `given` may have been meant to be, nearest first.
pub fn nearest<'a>(given: &str, known: &[&'a str]) -> Vec<&'a str> {
    let given = given.to_ascii_lowercase().replace(['_', ' '], "-");
    let near = |name: &&&str| {
        let lower = name.to_ascii_lowercase();
        distance(&given, &lower) <= 1 + name.len() / 4 || (given.len() >= 4 && lower.contains(&*given))
    };
    let mut meant: Vec<&str> = known.iter().filter(near).copied().collect();
    meant.sort_by_key(|name| distance(&given, name));
    meant.dedup();
    meant
}

/// A sentence with the names that may have been meant, or else with all of them: `The {what} are: …`.
pub fn did_you_mean(given: &str, what: &str, known: &[&str]) -> String {
    let meant = nearest(given, known);
    match (known, meant.as_slice()) {
        ([], _) => format!("There are no {what}."),
        (_, []) => format!("The {what} are: {}.", known.join(", ")),
        _ => format!("Did you mean {}?", meant.join(" or ")),
    }
}

/// How many bytes to insert, remove or replace, or neighbours to swap, to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(row[j - 1] + 1).min(rows[i - 1][j] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_recognised() {
        let known = ["id-token-as-bearer", "unresolved-bearer"];
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("ta", "at"), 1);
        assert_eq!(distance("", "at"), 2);
        assert_eq!(nearest("id_token_as_baerer", &known), ["id-token-as-bearer"]);
        assert_eq!(nearest("unresolved", &known), ["unresolved-bearer"]);
        assert_eq!(did_you_mean("kin", "keys", &["kind", "at"]), "Did you mean kind?");
        assert_eq!(did_you_mean("xyz", "rules", &known), "The rules are: id-token-as-bearer, unresolved-bearer.");
    }
}
