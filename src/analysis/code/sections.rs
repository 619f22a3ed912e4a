//! Where a file holds code at all: Vue and Svelte components hold it in `<script>`. (PHP files hold it between `<?php`
//! and `?>`, which only the lexer can tell from the same signs in a string.)

use super::Language;
use memchr::memmem;
use std::ops::Range;

/// The parts of `text` that are code of `language`, in order.
pub(super) fn code_sections(text: &str, language: Language) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    match language {
        Language::JavaScript if is_markup(text) => scripts(bytes),
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
