use super::lower;
