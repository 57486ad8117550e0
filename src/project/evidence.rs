//! Literals that tell where something may be found: in code, and in the settings and data that code reads.
//!
//! A file's code is only looked at closer if it holds one, or if what it reads from outside does.

use super::configs::{Configs, file_name};
use super::names::Leads;
use super::settings::{is_settings, parse};
use super::targets::is_built;
use super::{Project, SourceFile, names};
use crate::text::paths::{around, parent};
use crate::text::prefilter::{Prefilter, Signs};
use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Data beyond this many bytes is not what URLs are kept in.
const DATA_BYTES: u64 = 256 * 1024;

/// Data that tools keep for themselves.
const OF_TOOLS: &[&str] = &[
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "composer.lock.json",
    "deno.lock.json",
    "tsconfig.json",
    "jsconfig.json",
];

/// The data among `paths` that some file may import from where it lies, in order.
///
/// A path that is written relative to the file leads to what lies below the folder that it climbs to; in what is built, to
/// what lies in the package, as that may be what it is built from. A name that does not say that it means data leads to
/// what lies in the outermost package.
pub(super) fn mentioned<'p, 'f>(
    paths: impl Iterator<Item = &'p str>,
    files: impl ParallelIterator<Item = &'f SourceFile>,
    configs: &Configs,
) -> Vec<&'p str> {
    let data: Vec<&str> = paths.filter(|path| !OF_TOOLS.contains(&file_name(path))).collect();
    let mut by_name: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (nth, path) in (0u32..).zip(&data) {
        names::of_data(path).for_each(|name| by_name.entry(name).or_default().push(nth));
    }
    if by_name.is_empty() {
        return Vec::new();
    }
    // what one name leads to is a stretch of the data with that name, in which one folder lies together
    let stretch = |file: &SourceFile, (name, leads): (u32, Leads)| {
        let known = by_name.get(&name)?;
        let folder = reach(parent(&file.path), leads, configs);
        let begins = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let start = known.partition_point(|nth| data[*nth as usize] < begins.as_str());
        let count = known[start..].partition_point(|nth| data[*nth as usize].starts_with(&begins));
        (count > 0).then_some((name, start, start + count))
    };
    let mut stretches: Vec<(u32, usize, usize)> =
        files.flat_map_iter(|file| file.names.of_files().filter_map(|named| stretch(file, named))).collect();
    stretches.par_sort_unstable();
    let mut is_mentioned = vec![false; data.len()];
    let mut done = (0, 0);
    for (name, start, end) in stretches {
        let from = if done.0 == name { start.max(done.1) } else { start };
        by_name[&name].iter().take(end).skip(from).for_each(|nth| is_mentioned[*nth as usize] = true);
        done = (name, end.max(from));
    }
    data.into_iter().zip(is_mentioned).filter(|(_, mentioned)| *mentioned).map(|(path, _)| path).collect()
}

/// The folder that holds what a file in `folder` may name.
fn reach<'f>(folder: &'f str, leads: Leads, configs: &Configs) -> &'f str {
    let mut homes = around(folder).filter(|folder| configs.is_home(folder));
    match leads {
        Leads::Anywhere => "",
        Leads::Mapped => homes.last().unwrap_or(""),
        Leads::Up(up) => {
            let climbed = around(folder).nth(up).unwrap_or("");
            if !folder.split('/').any(is_built) {
                return climbed;
            }
            let package = homes.next().unwrap_or("");
            if package.len() < climbed.len() { package } else { climbed }
        }
    }
}

/// A file's name without the ending of data.
fn stem(path: &str) -> &str {
    let name = file_name(path);
    let endings = [".json", ".jsonc", ".json5"];
    endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// What a project's settings and data hold.
#[derive(Debug, Default)]
pub(super) struct Outer {
    /// Those that make the project worth a look.
    pub telling: Vec<String>,
    /// The words by which code reads what makes a file worth one.
    pub words: Vec<String>,
    /// The settings that hold anything, and what.
    pub settings: Vec<(String, Signs)>,
    /// The data that holds anything, and what.
    pub data: Vec<(String, Signs)>,
}

impl Project<'_> {
    /// What the settings and the data at `data` add.
    pub(super) fn outer_evidence(&self, search: &Prefilter, data: &[String]) -> Outer {
        let files: Vec<&str> = self.settings_files.iter().chain(data).map(String::as_str).collect();
        let none = Signs::default();
        let look_into = |path: &&str| {
            let mut outer = Outer::default();
            let Ok(text) = self.system.read_within(path, DATA_BYTES) else { return outer };
            let signs = search.signs_outside(text.as_bytes());
            if signs.project {
                outer.telling.push((*path).to_owned());
            }
            if signs == none {
                return outer;
            }
            if is_settings(file_name(path)) {
                for (name, value) in parse(&text) {
                    let signs = search.signs_outside(value.as_bytes());
                    if signs.project && search.in_file(value.as_bytes()) {
                        outer.words.push(name.clone());
                    }
                    if signs != none {
                        outer.settings.push((name, signs));
                    }
                }
            } else {
                if signs.project && search.in_file(text.as_bytes()) {
                    let stem = stem(path);
                    outer.words.extend(["'", "\"", "`", ".json"].iter().map(|end| format!("{stem}{end}")));
                }
                outer.data.push(((*path).to_owned(), signs));
            }
            outer
        };
        let found: Vec<Outer> = files.par_iter().map(look_into).collect();
        let mut outer = Outer::default();
        for Outer { telling, words, settings, data } in found {
            outer.telling.extend(telling);
            outer.words.extend(words);
            outer.settings.extend(settings);
            outer.data.extend(data);
        }
        outer.words.sort();
        outer.words.dedup();
        outer
    }

    /// The files of the regions that hold one of `words` are worth a look.
    pub(super) fn look_for(&mut self, words: &[String]) {
        let Some(search) = AhoCorasick::new(words).ok().filter(|_| !words.is_empty()) else { return };
        let ids: Vec<_> = self.in_regions.iter().copied().filter(|id| !self.file(*id).is_telling).collect();
        let found: Vec<_> = ids.into_par_iter().filter(|id| search.is_match(&*self.text(*id))).collect();
        for id in found {
            let file = &mut self.files[id.0 as usize];
            file.has_file_evidence = true;
            file.is_telling = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::Syntax;
    use crate::project::names::Names;

    fn file(path: &str, text: &str) -> SourceFile {
        let mut file = SourceFile::new(path.into(), Syntax::Js);
        file.names = Names::new(Syntax::Js, text.as_bytes());
        file
    }

    fn mentioned_by<'d>(data: &'d [String], homes: &[&str], files: &[SourceFile]) -> Vec<&'d str> {
        let homes = homes.iter().map(|home| (*home).to_owned()).collect();
        mentioned(data.iter().map(String::as_str), files.par_iter(), &Configs::new(homes, &[".".to_owned()]))
    }

    #[test]
    fn mentioned_data_is_noted() {
        let data =
            ["a/config.json", "b/config.json", "c/index.json", "package-lock.json", "x.json", "y.json", "z.json"];
        let data = data.map(str::to_owned);
        let naming =
            file("a.js", "require('./config'); import y from \"y.json\"; // x\n define(['json!z.json', './c'])");
        assert_eq!(mentioned_by(&data, &[], &[naming]), ["a/config.json", "b/config.json", "y.json", "z.json"]);
        let naming = file("a.js", "import c from './c'");
        assert_eq!(mentioned_by(&data, &[], &[naming]), ["c/index.json"]);
        let naming = file("a.js", "'./package-lock.json' ./x.json é/");
        assert!(mentioned_by(&data, &[], &[naming]).is_empty());
    }

    #[test]
    fn data_is_mentioned_below_the_folder_that_is_climbed_to() {
        let data = ["a-b/x.json", "a/b/x.json", "a/c/d/x.json", "a/c/x.json", "b/x.json"].map(str::to_owned);
        let all: Vec<&str> = data.iter().map(String::as_str).collect();
        for (text, wanted) in [
            ("import x from './x.json'", &["a/c/d/x.json"][..]),
            ("import x from '../x.json'", &["a/c/d/x.json", "a/c/x.json"]),
            ("import x from '../../../x'", &all),
            ("read(dir, 'x.json')", &["a/c/d/x.json"]),
            ("require(join(__dirname, '..', \"x.json\"))", &["a/c/d/x.json", "a/c/x.json"]),
            ("x('..'); read('x.json')", &["a/c/d/x.json"]),
            ("import y from 'x/y'", &[]),
            ("import x from '../../../../../../x'", &all),
            ("import x from 'package/x'", &all),
            ("import x from 'package/x.json'", &all),
            ("import x from '@/x.json'", &all),
        ] {
            assert_eq!(mentioned_by(&data, &[], &[file("a/c/d/f.js", text)]), wanted, "{text}");
        }
        let in_package = mentioned_by(&data, &["a/package.json"], &[file("a/dist/f.js", "import './x'")]);
        assert_eq!(in_package, all[1..4]);
        let homes = ["a/package.json", "a/c/package.json"];
        assert_eq!(mentioned_by(&data, &homes, &[file("a/c/d/f.js", "import 'y/x'")]), all[1..4]);
        assert_eq!(mentioned_by(&data, &homes, &[file("a/c/d/f.js", "import 'y/x.json'")]), all);
    }
}
