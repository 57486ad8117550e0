//! One run of the program over a folder, with what it cost.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How a run ended.
pub(crate) struct Outcome {
    /// None: killed.
    pub(crate) status: Option<i32>,
    pub(crate) report: Option<Value>,
    pub(crate) stderr: String,
    pub(crate) seconds: f64,
    /// The most memory that was resident, as far as the system tells.
    pub(crate) peak_bytes: u64,
}

impl Outcome {
    /// The calls and the skipped files, with the first reason.
    pub(crate) fn in_words(&self) -> String {
        let Some(report) = &self.report else { return format!("status {:?}", self.status) };
        let calls = &report["summary"]["calls"];
        let mut words = Vec::new();
        for verdict in ["id-token", "access-token", "unknown"] {
            if let Some(count @ 1..) = calls[verdict].as_u64() {
                words.push(format!("{count} {verdict}"));
            }
        }
        if let Some(reason) = report["calls"][0]["reason"].as_str() {
            words.push(reason.chars().take(60).collect());
        }
        if let Some([first, ..]) = report["skipped"].as_array().map(Vec::as_slice) {
            words.push(format!("skipped: {}", first["reason"].as_str().unwrap_or_default()));
        }
        words.join("; ")
    }
}

/// Run `audit --format json` in `folder`.
pub(crate) fn run(folder: &Path) -> Outcome {
    let out = tempfile::NamedTempFile::new().unwrap();
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_idtoken-lint"))
        .args(["audit", "--format", "json", "--root", ".", "."])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(out.reopen().unwrap())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut peak_bytes = 0;
    let status = loop {
        peak_bytes = resident(&child).unwrap_or_default().max(peak_bytes);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let seconds = start.elapsed().as_secs_f64();
    let mut stderr = String::new();
    if let Some(mut pipe) = child.stderr.take() {
        let _ = std::io::Read::read_to_string(&mut pipe, &mut stderr);
    }
    let report = fs::read(out.path()).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Outcome { status: status.code(), report, stderr, seconds, peak_bytes }
}

/// The most that was resident so far.
fn resident(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
