//! What an expression may be, asked backward from where it is used.
//!
//! Owns values, contexts, budgets and the queries. Must not know endpoints, verdicts or reports; what libraries do it
//! learns from the rules alone. Never fails: what cannot be told is `Unknown` with its reason.

mod actions;
mod alternatives;
pub mod ambient;
mod applied;
mod callbacks;
mod callers;
mod calls;
mod cells;
mod classes;
mod components;
mod conditions;
mod container_members;
mod containers;
mod elsewhere;
mod engine;
mod evidence;
mod exports;
mod extensions;
mod flows;
mod growth;
mod handed;
mod heap;
mod importers;
mod injected;
pub mod keys;
mod known_as;
mod lists;
mod mapped;
mod matching;
mod members;
mod middleware;
mod named;
mod names;
mod outlets;
mod owners;
mod params;
mod reach;
mod reducers;
mod settings;
mod sharing;
mod slots;
mod store;
mod store_keys;
mod store_writers;
mod templates;
mod texts;
mod types;
pub mod value;

pub use calls::Site;
pub use elsewhere::Elsewhere;
pub use engine::{ALTERNATIVES, Eval, GLANCE, ORIGINS, Shared, own, push_frame};
pub use handed::AtHand;
pub use store_writers::KeptWrite;
