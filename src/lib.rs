#![doc = include_str!("../README.md")]

pub mod check;
pub mod eval;
pub mod ir;
pub mod lower;
pub mod project;
pub mod rules;
pub mod text;
