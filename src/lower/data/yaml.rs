//! YAML 1.2 from the events of its parser.

use super::{Data, Refused, Value};
use crate::text::Span;
use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Parser, ScalarStyle};

/// Collections within collections.
const DEPTH: usize = 256;
/// Values in all, those that aliases repeat included.
const VALUES: usize = 500_000;

/// The documents of a file.
pub(super) fn parse(text: &str) -> Result<Vec<Data<'_>>, Refused> {
    let bytes = Bytes::new(text);
    let mut documents = Vec::new();
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut anchors: FxHashMap<usize, Data<'_>> = FxHashMap::default();
    let mut values = 0;
    for event in Parser::new_from_str(text) {
        let (event, at) =
            event.map_err(|error| Refused { line: Some(error.marker().line()), reason: error.info().to_owned() })?;
        let refuse = |reason: &str| Refused { line: Some(at.start.line()), reason: reason.to_owned() };
        let span = bytes.span(at.start.index(), at.end.index());
        let mut brings = 1;
        let (data, anchor) = match event {
            Event::Scalar(scalar, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let value = match &*scalar {
                    "true" | "True" | "TRUE" if plain => Value::Bool(true),
                    "false" | "False" | "FALSE" if plain => Value::Bool(false),
                    "" | "~" | "null" | "Null" | "NULL" if plain => Value::Other,
                    _ => Value::Text(scalar),
                };
                (Data { span, value }, anchor)
            }
            Event::Alias(anchor) => match anchors.get(&anchor) {
                Some(data) => {
                    brings = size(data);
                    (data.clone(), 0)
                }
                // it stands inside what it names
                None => (Data { span, value: Value::Other }, 0),
            },
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                if open.len() >= DEPTH {
                    return Err(refuse("nested too deeply"));
                }
                let is_map = matches!(event, Event::MappingStart(..));
                open.push(Open { start: span.start, anchor, is_map, parts: Vec::new() });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(closed) => closed.close(span.start),
                None => continue,
            },
            _ => continue,
        };
        values += brings;
        if values > VALUES {
            return Err(refuse("too many values"));
        }
        if anchor > 0 {
            anchors.insert(anchor, data.clone());
        }
        match open.last_mut() {
            Some(outer) => outer.parts.push(data),
            None => documents.push(data),
        }
    }
    Ok(documents)
}

/// A collection that is being read; of a mapping, keys and values in turn.
struct Open<'t> {
    start: u32,
    anchor: usize,
    is_map: bool,
    parts: Vec<Data<'t>>,
}

impl<'t> Open<'t> {
    fn close(self, end: u32) -> (Data<'t>, usize) {
        let span = Span { start: self.start, end: end.max(self.start) };
        let value = if self.is_map {
            let mut entries = Vec::new();
            let mut parts = self.parts.into_iter();
            while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                let key = match key.value {
                    Value::Text(text) => text,
                    Value::Bool(true) => "true".into(),
                    Value::Bool(false) => "false".into(),
                    _ => "".into(),
                };
                entries.push((key, value));
            }
            Value::Map(entries)
        } else {
            Value::List(self.parts)
        };
        (Data { span, value }, self.anchor)
    }
}

/// How many values a repeated value brings.
fn size(data: &Data<'_>) -> usize {
    match &data.value {
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|(_, value)| size(value)).sum::<usize>(),
        _ => 1,
    }
}

/// From places in characters, as the parser counts, to bytes.
struct Bytes {
    /// Where each character begins; empty where all of them have one byte.
    starts: Vec<u32>,
    length: usize,
}

impl Bytes {
    fn new(text: &str) -> Bytes {
        let start = |(at, _): (usize, char)| u32::try_from(at).unwrap_or(u32::MAX);
        let starts = if text.is_ascii() { Vec::new() } else { text.char_indices().map(start).collect() };
        Bytes { starts, length: text.len() }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let byte = |at: usize| match self.starts.get(at) {
            Some(start) => *start as usize,
            None if self.starts.is_empty() => at.min(self.length),
            None => self.length,
        };
        Span::new(byte(start), byte(end.max(start)))
    }
}
