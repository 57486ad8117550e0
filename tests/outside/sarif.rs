//! SARIF, as Microsoft's validator sees it, with the rules that GitHub's code scanning adds.

use crate::Test;
use crate::project;
use crate::tools::{Tool, run};
use serde_json::Value;
use std::path::Path;

pub(crate) const TESTS: &[Test] =
    &[Test { name: "sarif_passes_the_multitool", needs: &[Tool::SarifMultitool], run: passes_the_multitool }];

fn passes_the_multitool() {
    let folder = project::hostile();
    project::check(folder.path(), &["--format", "sarif", "--output", "out.sarif"]);
    let mut log: Value = read(&folder.path().join("out.sarif"));
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() >= project::HOSTILE_PATHS.len(), "{}", results.len());
    let notifications = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert!(!notifications.is_empty(), "the skipped file is named");
    assert!(results.iter().any(|result| result["suppressions"].is_array()), "a suppression is there");
    assert_eq!(problems(folder.path(), &log), Vec::<String>::new());

    // the validator would have said something
    let run = &mut log["runs"][0];
    run["tool"]["driver"]["rules"][0].as_object_mut().unwrap().remove("help");
    run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b.js".into();
    assert!(problems(folder.path(), &log).len() > 1);
}

/// What the validator finds wrong with a log.
fn problems(folder: &Path, log: &Value) -> Vec<String> {
    let (sarif, validated) = (folder.join("log.sarif"), folder.join("validated.sarif"));
    std::fs::write(&sarif, serde_json::to_vec(log).unwrap()).unwrap();
    let mut validate = Tool::SarifMultitool.command();
    validate.arg("validate").arg(&sarif).arg("-o").arg(&validated);
    // its status says nothing
    run(validate.args(["--log", "ForceOverwrite", "--rule-kind", "Sarif;Ghas"]), &[0, 1]);
    let results = read(&validated)["runs"][0]["results"].as_array().unwrap().clone();
    results.iter().map(|result| format!("{} {}: {}", result["level"], result["ruleId"], result["message"])).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
