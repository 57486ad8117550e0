//! A credential that is set for all requests of a client: defaults, interceptors, what runs before each request. It may change
//! only where all requests of that client which carry it are mended too.

use super::uses::{Goes, Uses};
use crate::check::request::{Credential, NESTING, Request};
use crate::check::sites::may_request;
use crate::eval::ambient::{Reach, Source};
use crate::eval::value::{FuncRef, Node};
use crate::eval::{AtHand, Eval};
use crate::text::{FileId, Span};
use std::collections::BTreeSet;

/// Files that are searched for other requests of a client.
const FILES: usize = 300;
/// Calls in them that may be requests.
const CALLS: usize = 3_000;

/// What sets a credential for all requests of a client.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    /// A call that registers it, or what is written to the client's defaults.
    At(Node),
    /// A function.
    By(FuncRef),
}

impl Uses<'_> {
    /// The calls of the group that carry what is set at an expression for all requests of their client; the other request,
    /// where another one carries it, too. `None` where nothing is set there for all requests.
    pub(super) fn shared_by(&self, at: Node) -> Option<Goes> {
        let project = self.shared.project;
        let span = project.lowered(at.file)?.ir.span(at.expr);
        let mut carriers = BTreeSet::new();
        let mut requests = Vec::new();
        let mut sources = Vec::new();
        for (nth, request) in self.requests() {
            let set_here = self.sources(request).into_iter().find(|set| self.is_around(*set, at.file, span));
            if let Some(set_here) = set_here {
                carriers.insert(nth);
                requests.push(request);
                sources.push(set_here);
            }
        }
        let source = sources.pop()?;
        let files: Vec<FileId> = project.ids().filter(|file| project.in_one_application(*file, at.file)).collect();
        let mut left = CALLS;
        if files.len() > FILES {
            return Some(Err(at));
        }
        for file in files {
            let Some(lowered) = project.lowered(file) else { continue };
            for &call in lowered.ir.calls.iter().filter(|call| may_request(self.shared, lowered, **call)) {
                let node = Node { file, expr: call };
                if requests.contains(&node) || !self.sent_by(node).is_empty() {
                    continue;
                }
                left -= 1;
                if left == 0 {
                    return Some(Err(at));
                }
                if self.sources(node).contains(&source) {
                    return Some(Err(node));
                }
            }
        }
        Some(Ok(carriers))
    }

    /// Where something is set for the request that a call sends and for others: by what the client calls before it sends, and
    /// elsewhere, where it brings no credential of its own.
    fn sources(&self, call: Node) -> Vec<Set> {
        let mut eval = Eval::new(self.shared);
        eval.glance();
        let mut sources = Vec::new();
        for request in Request::of_call(&mut eval, call, &None).into_iter().filter(Request::sends) {
            let parts = request.parts.iter().filter(|part| !part.fact.hooks.is_empty() && part.site.node != call);
            let before = sources.len();
            sources.extend(parts.map(|part| Set::At(part.site.node)));
            let own = request.header(&mut eval, &AtHand::default(), NESTING);
            if sources.len() > before || matches!(own, Credential::Header(_) | Credential::Bearer(_)) {
                continue;
            }
            let mut reaches = request.reaches.clone();
            reaches.push(Reach::Client(request.client()));
            let ambient = request.ambient_sources(&mut eval, &reaches);
            sources.extend(ambient.into_iter().filter_map(|ambient| match ambient.source {
                Source::Call(node, _) | Source::Write(node, ..) | Source::Replaced(node) => Some(Set::At(node)),
                Source::Method(func, ..) => Some(Set::By(func)),
                Source::Base(_) => None,
            }));
        }
        sources
    }

    /// Whether an expression is part of what sets a credential.
    fn is_around(&self, set: Set, file: FileId, span: Span) -> bool {
        let (of, region) = match set {
            Set::At(node) => (node.file, self.shared.project.lowered(node.file).map(|it| it.ir.span(node.expr))),
            Set::By(func) => (func.file, self.shared.project.lowered(func.file).map(|it| it.ir.func(func.func).span)),
        };
        of == file && region.is_some_and(|region| region.contains(span))
    }
}
