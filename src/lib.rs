#![doc = include_str!("../README.md")]

pub mod check;
pub mod ir;
pub mod lower;
pub mod text;
