//! The rule files of one run: those of this build, and the teams' own.
//!
//! Owns which files there are and how they are compiled together. Own files are told apart: they come first, so
//! that what they say counts before what the build says, and what could only be found by them is looked for.

use super::place::Place;
use super::schema::RuleFile;
use super::{Outside, Rules, embedded, toml_file};
use crate::text::{Mistake, Span};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// One rule file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path.
    pub name: String,
    /// Its text.
    pub text: Arc<str>,
    /// Whether it is a team's own.
    pub own: bool,
    pub(super) file: Arc<RuleFile>,
}

/// The endpoints of the migration table, `GET /api/v2/users/{id}` and so on.
pub fn endpoint_names() -> Vec<String> {
    let files = RuleFiles::embedded_outline().unwrap_or_default();
    let tables = files.sources.iter().flat_map(|source| &source.file.endpoint);
    tables.map(|table| format!("{} {}", table.method, table.path)).collect()
}

impl Source {
    fn written(name: &str, text: &str) -> Result<Source, Mistake> {
        let text: Arc<str> = text.into();
        let file = Arc::new(toml_file::read(name, &text)?);
        Ok(Source { name: name.to_owned(), text, own: false, file })
    }

    fn packed(file: &embedded::File) -> Result<Source, Mistake> {
        let (name, text, _) = *file;
        let file = Arc::new(embedded::unpack(file)?);
        Ok(Source { name: name.to_owned(), text: text.into(), own: false, file })
    }
}

/// All rule files of a run, own ones first.
#[derive(Clone, Debug, Default)]
pub struct RuleFiles {
    sources: Vec<Source>,
    /// Whether what must be true of them together is known to be: those of the build are checked by its tests.
    checked: bool,
}

impl RuleFiles {
    /// The files of this build.
    pub fn embedded() -> Result<RuleFiles, Mistake> {
        let files: Vec<(&str, &str)> = embedded::FILES.iter().map(|(name, text, _)| (*name, *text)).collect();
        Ok(RuleFiles { checked: true, ..RuleFiles::of(&files)? })
    }

    /// The same, read in less time; their tables do not know where they are written.
    pub(super) fn packed() -> Result<RuleFiles, Mistake> {
        let sources = embedded::FILES.par_iter().map(Source::packed);
        Ok(RuleFiles { sources: sources.collect::<Result<_, Mistake>>()?, checked: true })
    }

    /// Files that count as those of a build, each with its name and its text.
    pub fn of(files: &[(&str, &str)]) -> Result<RuleFiles, Mistake> {
        let sources = files.par_iter().map(|(name, text)| Source::written(name, text));
        Ok(RuleFiles { sources: sources.collect::<Result<_, Mistake>>()?, checked: false })
    }

    /// Those of them that hold the migration table and the literals of the first look.
    pub(super) fn embedded_outline() -> Result<RuleFiles, Mistake> {
        let wanted = |text: &str| text.contains("\n[[endpoint]]") || text.contains("\n[[evidence]]");
        // one or two: no work for several threads
        let sources = embedded::FILES.iter().filter(|(_, text, _)| wanted(text)).map(Source::packed);
        Ok(RuleFiles { sources: sources.collect::<Result<_, Mistake>>()?, checked: false })
    }

    /// Add a team's own file.
    pub fn add(&mut self, name: &str, text: Arc<str>) -> Result<(), Mistake> {
        let file: RuleFile = toml_file::read(name, &text)?;
        let place = Place::new(name, &text);
        let fixed = |span: Span, message: &str| {
            let label = "the migration table is part of the program";
            let help = "Own rules say how calls and tokens are recognised; which endpoints are affected is fixed.";
            place.mistake(span, message, label, help)
        };
        if let Some((span, _)) = toml_file::tables(&text, "endpoint").first() {
            return Err(fixed(*span, "own rules cannot add endpoints"));
        }
        let prefix = file.host.iter().zip(toml_file::tables(&text, "host")).find(|(table, _)| table.prefix.is_some());
        if let Some((_, (span, _))) = prefix {
            return Err(fixed(span, "own rules cannot change the endpoints' `prefix`"));
        }
        let own = self.own().count();
        self.checked = false;
        self.sources.insert(own, Source { name: name.to_owned(), text, own: true, file: Arc::new(file) });
        Ok(())
    }

    /// Every file, own ones first.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The own files.
    pub fn own(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| source.own)
    }

    /// Compile them all. `tenants` are hosts that count like those of the rules; `own` ones never count.
    pub fn compile(&self, tenants: &[String], own: &[String]) -> Result<Rules, Mistake> {
        if !self.checked {
            self.check()?;
            self.check_examples()?;
        }
        self.compile_unchecked(Rules::default(), tenants, own)
    }

    /// Their endpoints and literals alone.
    pub(super) fn compile_outline(&self, tenants: &[String], own: &[String]) -> Result<Rules, Mistake> {
        let mut rules = Rules { outside: Outside::load()?, ..Rules::default() };
        self.sources.iter().for_each(|source| rules.add_tables(&source.file));
        rules.finish(tenants, own);
        Ok(rules)
    }

    /// Compile them all, and remember which of their entries answer: see [`Rules::idle_entries`].
    pub fn compile_recorded(&self) -> Result<Rules, Mistake> {
        let mut rules = Rules::default();
        rules.start_record();
        self.compile_unchecked(rules, &[], &[])
    }

    /// Compile them all, and remember what comes from which table: see [`Rules::without`].
    pub fn compile_traced(&self) -> Result<Rules, Mistake> {
        self.check()?;
        self.check_examples()?;
        let mut rules = Rules::default();
        rules.start_trace();
        self.compile_unchecked(rules, &[], &[])
    }

    fn compile_unchecked(&self, mut rules: Rules, tenants: &[String], own: &[String]) -> Result<Rules, Mistake> {
        let names = self.type_names()?;
        rules.outside = Outside::load()?;
        // endpoints first: calls refer to them; then types: paths lead through them
        for (nth, source) in self.sources.iter().enumerate() {
            rules.add_tables(&source.file);
            rules.add_types(&Place::new(&source.name, &source.text).numbered(nth), &source.file)?;
        }
        for (nth, source) in self.sources.iter().enumerate() {
            let place = Place::new(&source.name, &source.text).numbered(nth).with_types(&names);
            rules.add_facts(&place, &source.file)?;
            if source.own {
                rules.add_own_evidence(&place, &source.file)?;
            }
        }
        rules.finish(tenants, own);
        Ok(rules)
    }

    /// The rules without the `nth` table `[[kind]]` of the file `source`.
    pub fn without(&self, source: usize, kind: &str, nth: usize) -> Result<Rules, Mistake> {
        let mut files = self.clone();
        let host = self.sources.get(source).and_then(|source| source.file.host.get(nth));
        if let Some(source) = self.sources.get(source)
            && kind == "host"
            && host.is_some_and(|table| table.prefix.is_some())
        {
            let place = Place::new(&source.name, &source.text);
            return Err(place.mistake(Span::default(), "nothing is without the endpoints' `prefix`", "", ""));
        }
        if let Some(source) = files.sources.get_mut(source)
            && let Ok(mut file) = toml_file::read::<RuleFile>(&source.name, &source.text)
        {
            file.remove(kind, nth);
            source.file = Arc::new(file);
        }
        // where it described a type, paths may lead nowhere
        files.compile_unchecked(Rules::default(), &[], &[])
    }

    /// What the values of each type are called: the last name of their paths.
    fn type_names(&self) -> Result<FxHashMap<String, Vec<String>>, Mistake> {
        let mut names: FxHashMap<String, Vec<String>> = FxHashMap::default();
        for source in &self.sources {
            let place = Place::new(&source.name, &source.text);
            for table in &source.file.r#type {
                for text in &table.is {
                    let paths = place.alternatives(text)?;
                    names.entry(table.name.clone()).or_default().extend(paths.called().into_iter().cloned());
                }
            }
        }
        Ok(names)
    }
}

impl RuleFile {
    /// Take out the `nth` table `[[kind]]`.
    fn remove(&mut self, kind: &str, nth: usize) {
        fn take<T>(tables: &mut Vec<T>, nth: usize) {
            if nth < tables.len() {
                tables.remove(nth);
            }
        }
        match kind {
            "type" => take(&mut self.r#type, nth),
            "token" => take(&mut self.token, nth),
            "call" => take(&mut self.call, nth),
            "pass" => take(&mut self.pass, nth),
            "store" => take(&mut self.store, nth),
            "name" => take(&mut self.name, nth),
            "host" => take(&mut self.host, nth),
            "subject" => take(&mut self.subject, nth),
            "runtime" => take(&mut self.runtime, nth),
            "cell" => take(&mut self.cell, nth),
            "setter" => take(&mut self.setter, nth),
            "context" => take(&mut self.context, nth),
            "refs" => take(&mut self.refs, nth),
            "mapper" => take(&mut self.mapper, nth),
            "container" => take(&mut self.container, nth),
            "reducer" => take(&mut self.reducer, nth),
            "reduced" => take(&mut self.reduced, nth),
            "action" => take(&mut self.action, nth),
            "case" => take(&mut self.case, nth),
            "flow" => take(&mut self.flow, nth),
            "event" => take(&mut self.event, nth),
            "injector" => take(&mut self.injector, nth),
            "outlet" => take(&mut self.outlet, nth),
            "ambient" => take(&mut self.ambient, nth),
            "test" => take(&mut self.test, nth),
            "handed" => take(&mut self.handed, nth),
            "part" => take(&mut self.part, nth),
            "login" => take(&mut self.login, nth),
            "setting" => take(&mut self.setting, nth),
            "query" => take(&mut self.query, nth),
            "answer" => take(&mut self.answer, nth),
            "party" => take(&mut self.party, nth),
            "own" => take(&mut self.own, nth),
            "misspelt" => take(&mut self.misspelt, nth),
            "member" => take(&mut self.member, nth),
            "endpoint" => take(&mut self.endpoint, nth),
            "evidence" => take(&mut self.evidence, nth),
            "component" => self.component = super::schema::ComponentTable::default(),
            "auto-import" => self.auto_import = super::schema::AutoImportTable::default(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(own: &str) -> Result<Rules, Mistake> {
        let mut files = RuleFiles::embedded()?;
        files.add("own.toml", own.into())?;
        files.compile(&[], &[])
    }

    /// What is said about a broken file, and the text it is said about.
    fn mistake(own: &str) -> (String, String) {
        let mistake = with(own).unwrap_err();
        (format!("{mistake} {}", mistake.help), mistake.text[mistake.span.range()].to_owned())
    }

    #[test]
    fn mistakes_point_at_the_word_that_is_wrong() {
        for (own, said, at) in [
            (
                "\n[[token]]\nkind = \"id\"\nat = [\"imports x .a\"]\nwhat = \"w\"\n",
                "own.toml:4: `imports` begins no path: expected `import`, `global`, `name`, `param`, `type` or `any` Did you \
                 mean import?",
                "imports",
            ),
            (
                "[[token]]\nkind = \"id\"\nat = [\"import x .a(\"]\nwhat = \"w\"\n",
                "own.toml:3: the path `import x .a(` cannot be read: expected `.name`, `()`",
                "(",
            ),
            (
                "[[token]]\nkind = 'id'\nat = ['type axois .token']\nwhat = 'w'\n",
                "own.toml:3: no `[[type]]` is named `axois`: not described Did you mean axios?",
                "axois",
            ),
            (
                "[[call]]\non = ['import x .get']\nurl = ['arg(0)']\n",
                "own.toml:2: this names a value, not a call: expected a path that ends in `()` Write `import x .get()`",
                "'import x .get'",
            ),
            (
                "[[call]]\non = ['import x .get()']\nurl = ['argument(0)']\n",
                "own.toml:3: the slot `argument(0)` cannot be read: expected `arg(N)`",
                "argument(0)",
            ),
            (
                "\n[[call]]\nurl = ['arg(0)']\n",
                "own.toml:2: this table says nothing: it names no call (`on`)",
                "[[call]]",
            ),
            (
                "[[call]]\non = ['import x .get()']\nendpoint = 'GET /api/v2/user/{id}'\n",
                "own.toml:3: `GET /api/v2/user/{id}` is no affected endpoint: expected one of the migration table Did \
                 you mean GET /api/v2/users/{id}",
                "GET /api/v2/user/{id}",
            ),
            (
                "\n[[call]]\non = ['import x .get()']\n",
                "own.toml:2: this table says nothing of the call: one more key was expected below What does it send",
                "[[call]]",
            ),
            (
                "[[call]]\non = ['import x .get()']\nstored = { store = 'localStorag', key = \"'k'\" }\n",
                "own.toml:1: no `[[store]]` is named `localStorag`: named by `stored` in this table Did you mean localStorage",
                "[[call]]",
            ),
            (
                "[[call]]\non = ['import x.get()']\nsends = true\n",
                "own.toml:2: the path `import x.get()` cannot be read: expected a space between the package and",
                "(",
            ),
            ("[[endpoint]]\nmethod = 'GET'\n", "own.toml:1: the key `path` is missing", "[[endpoint]]"),
        ] {
            let (message, place) = mistake(own);
            assert!(message.starts_with(said), "{message}");
            assert_eq!(place, at, "{message}");
        }
    }

    #[test]
    fn the_migration_table_is_fixed() {
        let endpoint =
            "[[endpoint]]\nmethod = 'GET'\npath = '/api/v2/x'\nuse = ''\nscope = []\nrule = ''\nsource = ''\n";
        assert!(mistake(endpoint).0.starts_with("own.toml:1: own rules cannot add endpoints"));
        assert!(mistake("\n[[host]]\nprefix = '/'\n").0.starts_with("own.toml:2: own rules cannot change"));
    }

    #[test]
    fn own_rules_come_before_those_of_the_build() {
        let own = "[[name]]\nkind = 'access'\nwords = ['id token']\n";
        let rules = with(own).unwrap();
        assert_eq!(rules.token_name("idToken"), Some(super::super::TokenKind::Access));
    }

    #[test]
    fn what_only_own_rules_can_find_is_looked_for() {
        let own = "[[call]]\non = ['import acme-sdk .Directory@new.fetchPerson()']\nendpoint = 'GET /api/v2/users/{id}'\n\
                   sends = true\n[[host]]\nsuffix = ['Login.Acme.Example']\nbase-words = ['people service']\n";
        let rules = with(own).unwrap();
        assert!(rules.literals.file.contains(&"fetchPerson".to_owned()));
        for word in ["fetchperson", "login.acme.example", "service"] {
            assert!(rules.literals.project.contains(&word.to_owned()), "{word}");
        }
        assert!(rules.is_tenant_host("login.acme.example"));
    }

    #[test]
    fn a_table_that_is_taken_out_is_gone() {
        let mut files = RuleFiles::embedded().unwrap();
        files.add("own.toml", "[[name]]\nkind = 'id'\nwords = ['badge']\n".into()).unwrap();
        assert_eq!(files.compile(&[], &[]).unwrap().token_name("myBadge"), Some(super::super::TokenKind::Id));
        let without = files.without(0, "name", 0).unwrap();
        assert_eq!(without.token_name("myBadge"), None);
    }
}
