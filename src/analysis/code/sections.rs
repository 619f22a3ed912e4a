//! Where a file holds code at all: Vue and Svelte components hold it in `<script>`, PHP files between `<?php` and `?>`.

use super::Language;
use memchr::memmem;
use std::ops::Range;

/// The parts of `text` that are code of `language`, in order.
pub(super) fn code_sections(text: &str, language: Language) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    match language {
        Language::JavaScript if is_markup(text) => scripts(bytes),
        // Without an opening it is a piece of a file, or a file that is all code to a template engine.
        Language::Php if memmem::find(bytes, b"<?").is_some() => php(bytes),
        _ => std::iter::once(0..text.len()).collect(),
    }
}

/// A component begins with a tag; a script that begins with one is JSX that nobody writes.
fn is_markup(text: &str) -> bool {
    let start = text.trim_start();
    ["<template", "<script", "<style", "<!--"].iter().any(|tag| start.starts_with(tag))
}

fn scripts(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = memmem::find(&bytes[at..], b"<script").map(|found| at + found) {
        let Some(begin) = memchr::memchr(b'>', &bytes[open..]).map(|found| open + found + 1) else { break };
        let end = memmem::find(&bytes[begin..], b"</script").map_or(bytes.len(), |found| begin + found);
        found.push(begin..end);
        at = end;
    }
    found
}

fn php(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = memmem::find(&bytes[at..], b"<?").map(|found| at + found + 2) {
        let end = close_of(bytes, open);
        // `<?xml` is no code.
        if !bytes[open..].starts_with(b"xml") {
            let word = if bytes[open..].starts_with(b"php") { 3 } else { usize::from(bytes.get(open) == Some(&b'=')) };
            found.push(open + word..end);
        }
        at = end;
    }
    found
}

/// The next `?>`, also one inside a line comment (it ends the code there too); one inside a string is taken for an end,
/// which costs a rule a line and never a finding that is wrong.
fn close_of(bytes: &[u8], from: usize) -> usize {
    memmem::find(&bytes[from..], b"?>").map_or(bytes.len(), |found| from + found)
}
