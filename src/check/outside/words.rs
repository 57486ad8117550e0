//! What a file must hold to tell anything: literals, looked for in its bytes before it is taken for a text.

use crate::rules::{Argument, CommandTable, Form, OutsideKind, Rules};
use memchr::memmem::Finder;

/// The literals of the rules.
pub(super) struct Words<'r> {
    /// One of these is in a file that sets the toggle.
    toggle: Vec<Finder<'r>>,
    /// This is in a log that says that something deprecated was used.
    log: Finder<'r>,
    /// One of these is in a recorded request to an endpoint: how its path begins.
    endpoints: Vec<Finder<'r>>,
    /// So does every token whose claims can be read.
    token: Finder<'r>,
    /// Commands that may take their headers from a file.
    with_header_files: Vec<Options<'r>>,
    /// Commands that may take everything from a file.
    with_option_files: Vec<Options<'r>>,
    /// Forms whose requests may get a token from a file beside them.
    with_environments: Vec<Form>,
}

/// The names of a command, and those of some options.
struct Options<'r> {
    names: Vec<Finder<'r>>,
    options: Vec<Finder<'r>>,
}

impl<'r> Words<'r> {
    pub(super) fn new(rules: &'r Rules) -> Words<'r> {
        let known = &rules.outside.recorded;
        let with = |argument: Argument| {
            let options = |table: &'r CommandTable| {
                Some(Options { names: finders(&table.names), options: finders(table.options.get(&argument)?) })
            };
            known.command.iter().filter_map(options).collect()
        };
        let with_environments = known.form.iter().filter(|table| !table.environments.is_empty());
        Words {
            toggle: finders(&rules.outside.toggle.keys),
            log: Finder::new(&known.log.kind),
            endpoints: finders(&rules.literals.heads),
            token: Finder::new(&known.token_prefix),
            with_header_files: with(Argument::Header),
            with_option_files: with(Argument::Config),
            with_environments: with_environments.map(|table| table.form).collect(),
        }
    }

    /// Whether a file of a kind may tell anything.
    pub(super) fn may_tell(&self, kind: OutsideKind, text: &[u8]) -> bool {
        match kind {
            OutsideKind::Settings(_) => any(&self.toggle, text),
            OutsideKind::Clients(_) | OutsideKind::Values => false,
            OutsideKind::Recorded(Form::Log, _) => self.log.find(text).is_some(),
            // if such a file cannot be read, that is said
            OutsideKind::Recorded(_, true) => true,
            OutsideKind::Recorded(form, false) => {
                let has_commands = matches!(form, Form::Shell | Form::Markdown);
                // the address may stand in a file with options
                any(&self.endpoints, text)
                    && (self.token.find(text).is_some()
                        || self.with_environments.contains(&form)
                        || has_commands && text.contains(&b'@') && may_hold(&self.with_header_files, text))
                    || has_commands && may_hold(&self.with_option_files, text)
            }
        }
    }
}

fn finders(words: &[String]) -> Vec<Finder<'_>> {
    words.iter().map(|word| Finder::new(word.as_str())).collect()
}

fn any(words: &[Finder<'_>], text: &[u8]) -> bool {
    words.iter().any(|word| word.find(text).is_some())
}

/// Whether a text may hold one of some commands with one of its options.
fn may_hold(commands: &[Options<'_>], text: &[u8]) -> bool {
    commands.iter().any(|command| any(&command.names, text) && any(&command.options, text))
}
