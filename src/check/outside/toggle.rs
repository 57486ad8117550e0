//! The tenant's toggle in settings files.

use super::model::{Toggle, ToggleState};
use super::variables::{self, Beside};
use super::{File, Refusal, settings};
use crate::lower::data::{Data, Value};
use crate::rules::{Outside, SettingsTable};

/// The places of a file that set the toggle.
/// With those of the files beside it that give the variables which it sets the toggle to.
pub(super) fn of_file(
    file: &File,
    known: &Outside,
    table: &SettingsTable,
    beside: &Beside<'_>,
) -> Result<(Vec<Toggle>, Vec<File>), Refusal> {
    let mut toggles: Vec<Toggle> = Vec::new();
    let mut others: Vec<File> = Vec::new();
    settings::find(file, known, table, &mut |data| {
        // where the flag is described rather than set, its value is an object
        if !data.entries().is_empty() || !data.items().is_empty() {
            return;
        }
        let toggle = Toggle { at: file.at(data.span), state: state(data, table.texts_are_booleans) };
        let written = if toggle.state == ToggleState::Undecided { file.text.get(data.span.range()) } else { None };
        let mut given = written.and_then(|text| variables::resolved(text, &table.variable, beside)).unwrap_or_default();
        given.retain(|place| place.state != ToggleState::Undecided);
        if given.is_empty() {
            toggles.push(toggle);
        }
        for place in given {
            toggles.push(Toggle { at: place.at, state: place.state });
            others.push(place.file);
        }
    })?;
    toggles.sort_by(|left, right| left.at.cmp(&right.at));
    toggles.dedup();
    Ok((toggles, others))
}

/// What a value says of the flag.
pub(super) fn state(data: &Data<'_>, texts_are_booleans: bool) -> ToggleState {
    match &data.value {
        Value::Bool(true) => ToggleState::On,
        Value::Bool(false) => ToggleState::Off,
        Value::Text(text) if texts_are_booleans && text == "true" => ToggleState::On,
        Value::Text(text) if texts_are_booleans && text == "false" => ToggleState::Off,
        _ => ToggleState::Undecided,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    fn toggles(name: &str, text: &str) -> Vec<(u32, u32, &'static str)> {
        let rules = Rules::load(&[], &[]).unwrap();
        let file = File::new(name, text.into());
        let mut found = Vec::new();
        for kind in rules.outside.kinds(name) {
            if let crate::rules::OutsideKind::Settings(nth) = kind {
                let table = &rules.outside.toggle.file[nth];
                let beside = Beside { paths: &[], read: &|_| None };
                let told = of_file(&file, &rules.outside, table, &beside);
                for toggle in told.unwrap_or_else(|error| panic!("{error:?}")).0 {
                    found.push((toggle.at.start.line, toggle.at.start.column, toggle.state.as_str()));
                }
            }
        }
        found
    }

    #[test]
    fn every_kind_of_file_says_it_in_its_way() {
        for (name, text, wanted) in [
            ("tenant.yaml", "tenant:\n  flags:\n    enable_idtoken_api2: true\n", (3, 26, "on")),
            ("tenant.yml", "tenant: { flags: { enable_idtoken_api2: false } }", (1, 41, "off")),
            ("t.yaml", "tenant:\n  flags:\n    enable_idtoken_api2: @@ALLOW_ID@@\n", (3, 26, "undecided")),
            ("t.yaml", "tenant:\n  flags:\n    enable_idtoken_api2: ##ALLOW_ID##\n", (3, 26, "undecided")),
            ("t.yaml", "tenant:\n  flags:\n    enable_idtoken_api2: '##ALLOW_ID##'\n", (3, 26, "undecided")),
            ("tenant.json", "{\n  \"flags\": { \"enable_idtoken_api2\": true }\n}", (2, 37, "on")),
            (
                "tenant.json",
                "{ \"flags\": { \"enable_idtoken_api2\": @@A@@, \"x\": \"a @@B@@, c\" } }",
                (1, 37, "undecided"),
            ),
            (
                "main.tf",
                "resource \"auth0_tenant\" \"t\" {\n  flags {\n    enable_idtoken_api2 = true\n  }\n}\n",
                (3, 27, "on"),
            ),
            ("main.tf", "module \"t\" {\n  flags = { enable_idtoken_api2 = \"false\" }\n}\n", (2, 35, "off")),
            (
                "main.tf",
                "resource \"auth0_tenant\" \"t\" {\n  flags { enable_idtoken_api2 = var.allow }\n}\n",
                (2, 33, "undecided"),
            ),
            (
                "main.tf",
                "module \"t\" {\n  flags = { enable_idtoken_api2 = \"${var.allow}\" }\n}\n",
                (2, 35, "undecided"),
            ),
            // a text is no flag to what reads these
            ("tenant.yaml", "tenant:\n  flags:\n    enable_idtoken_api2: 'false'\n", (3, 26, "undecided")),
            ("tenant.yaml", "tenant:\n  flags:\n    enable_idtoken_api2: 'true'\n", (3, 26, "undecided")),
            (
                "main.tf.json",
                "{\"resource\": {\"auth0_tenant\": {\"t\": {\"flags\": [{\"enable_idtoken_api2\": true}]}}}}",
                (1, 72, "on"),
            ),
            (
                "Pulumi.yaml",
                "resources:\n  t:\n    type: auth0:Tenant\n    properties:\n      flags:\n        enableIdtokenApi2: true\n",
                (6, 28, "on"),
            ),
        ] {
            assert_eq!(toggles(name, text), [wanted], "{name}: {text}");
        }
    }

    #[test]
    fn what_does_not_set_it_is_silent() {
        for (name, text) in [
            ("api.yaml", "flags:\n  enable_idtoken_api2:\n    type: boolean\n"),
            ("a.yaml", "# enable_idtoken_api2: true\nflags: {}\n"),
            ("a.yaml", "required: [enable_idtoken_api2]\n"),
            ("main.tf", "data \"auth0_tenant\" \"t\" {\n  flags { enable_idtoken_api2 = true }\n}\n"),
            ("main.tf", "output \"x\" {\n  value = auth0_tenant.t.flags[0].enable_idtoken_api2\n}\n"),
        ] {
            assert!(toggles(name, text).is_empty(), "{text}");
        }
    }
}
