//! How far a run is, for one who waits.
//!
//! The library neither prints nor looks at a clock: whoever wants to know is told what begins.

/// A part of a run. They follow each other in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Walk the folders, and look into each file for words that matter.
    Look,
    /// Find the files that a call can be reached from.
    Reach,
    /// Look for requests in them, and judge each.
    Judge,
    /// Apply comments and configuration, and put everything in order.
    Conclude,
}

impl Stage {
    /// As one who waits reads it.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Look => "looking for files",
            Stage::Reach => "following imports",
            Stage::Judge => "judging calls",
            Stage::Conclude => "concluding",
        }
    }
}

/// Is told how far a run is, from any thread.
pub trait Watch: Sync {
    /// A part begins, and the one before is over.
    fn begins(&self, _stage: Stage) {}

    /// So many parts of the work of this stage were begun, of so many.
    fn went(&self, _begun: usize, _of: usize) {}
}

/// Nobody waits.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Watch for Nobody {}
