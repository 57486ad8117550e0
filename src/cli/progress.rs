//! How far a run is: on a terminal, for one who waits longer than a moment; and how long each part took.

use idtoken_lint::check::watch::{Stage, Watch};
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Shorter runs show nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is drawn.
const BEAT: Duration = Duration::from_millis(100);

/// Watches a run.
pub(super) struct Progress {
    state: Arc<State>,
    /// Ends when the sender is dropped.
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
}

struct State {
    began: Instant,
    stages: Mutex<Vec<(Stage, Instant)>>,
    begun: AtomicUsize,
    of: AtomicUsize,
}

impl Progress {
    /// Watch from now on. Draws only if `wanted`, and standard error is a terminal that can.
    pub(super) fn new(wanted: bool) -> Progress {
        let state = Arc::new(State {
            began: Instant::now(),
            stages: Mutex::new(Vec::new()),
            begun: AtomicUsize::new(0),
            of: AtomicUsize::new(0),
        });
        let is_dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
        let draws = wanted && std::io::stderr().is_terminal() && !is_dumb;
        let drawing = draws.then(|| {
            let (sender, receiver) = channel();
            let state = Arc::clone(&state);
            let thread = std::thread::spawn(move || {
                let mut width = 0;
                while receiver.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                    if state.began.elapsed() > PATIENCE {
                        width = draw(&state.line(), width);
                    }
                }
                if width > 0 {
                    draw("", width);
                }
            });
            (sender, thread)
        });
        Progress { state, drawing }
    }

    /// How long the run took up to now, and each part of it.
    pub(super) fn times(&self) -> (Duration, Vec<(&'static str, Duration)>) {
        let now = Instant::now();
        let stages = self.state.stages.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let ends = stages.iter().skip(1).map(|(_, began)| *began).chain([now]);
        let first = stages.first().map_or(now, |(_, began)| *began);
        let mut times = vec![("reading rules", first - self.state.began)];
        times.extend(stages.iter().zip(ends).map(|((stage, began), end)| (stage.as_str(), end - *began)));
        (now - self.state.began, times)
    }

    /// Take the line away: something else is written now.
    pub(super) fn finish(&mut self) {
        if let Some((sender, thread)) = self.drawing.take() {
            drop(sender);
            // it has nothing to say
            _ = thread.join();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Watch for Progress {
    fn begins(&self, stage: Stage) {
        self.state.begun.store(0, Ordering::Relaxed);
        self.state.of.store(0, Ordering::Relaxed);
        self.state.stages.lock().unwrap_or_else(PoisonError::into_inner).push((stage, Instant::now()));
    }

    fn went(&self, begun: usize, of: usize) {
        self.state.begun.fetch_max(begun, Ordering::Relaxed);
        self.state.of.store(of, Ordering::Relaxed);
    }
}

impl State {
    /// What is shown.
    fn line(&self) -> String {
        let stage = self.stages.lock().unwrap_or_else(PoisonError::into_inner).last().map(|(stage, _)| *stage);
        let stage = stage.map_or("reading rules", Stage::as_str);
        let seconds = self.began.elapsed().as_secs();
        let (begun, of) = (self.begun.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed));
        if of == 0 { format!("{stage} … {seconds} s") } else { bar(stage, begun, of, seconds) }
    }
}

/// `judging calls [=====     ] 12/24 files, 3 s`
fn bar(stage: &str, begun: usize, of: usize, seconds: u64) -> String {
    const WIDTH: usize = 20;
    let full = (begun * WIDTH / of.max(1)).min(WIDTH);
    format!("{stage} [{:WIDTH$}] {begun}/{of} files, {seconds} s", "=".repeat(full))
}

/// Draw over a line that was `before` wide; returns how wide the new one is.
fn draw(line: &str, before: usize) -> usize {
    let width = line.chars().count();
    let rest = " ".repeat(before.saturating_sub(width));
    let mut out = std::io::stderr().lock();
    let back = if line.is_empty() { "\r" } else { "" };
    // where standard error is closed, nobody waits
    _ = write!(out, "\r{line}{rest}{back}").and_then(|()| out.flush());
    width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills() {
        assert_eq!(bar("judging calls", 0, 4, 1), "judging calls [                    ] 0/4 files, 1 s");
        assert_eq!(bar("judging calls", 1, 4, 2), "judging calls [=====               ] 1/4 files, 2 s");
        assert_eq!(bar("judging calls", 4, 4, 3), "judging calls [====================] 4/4 files, 3 s");
    }

    #[test]
    fn each_part_has_its_time() {
        let progress = Progress::new(false);
        progress.begins(Stage::Look);
        progress.begins(Stage::Judge);
        progress.went(1, 2);
        let (whole, times) = progress.times();
        assert_eq!(
            times.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            ["reading rules", "looking for files", "judging calls"]
        );
        assert!(times.iter().map(|(_, time)| *time).sum::<Duration>() <= whole + Duration::from_millis(1));
    }
}
