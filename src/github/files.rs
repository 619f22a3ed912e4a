//! Whole texts of files at commits: many in one request, by GraphQL.

use super::CallError;
use super::call::Effect;
use super::kept::Answer;
use super::repo::RepoClient;
use crate::model::{CommitId, Fact, FileText, RepoPath, Unavailable};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

/// Files in one request.
const BATCH: usize = 100;
/// A folder with more entries is not listed.
const MAX_NAMES: usize = 2_000;
/// Requests in flight at once.
const AT_ONCE: usize = 4;

impl RepoClient {
    /// The texts of files at commits, in the order of the question: one request per 100.
    ///
    /// # Errors
    /// When a request failed, or GitHub does not know a commit yet; a file that is not there, or not a text, is an answer.
    pub async fn fetch_files(&self, wanted: &[(CommitId, RepoPath)]) -> Result<Vec<FileText>, CallError> {
        let mut texts: Vec<Option<FileText>> = wanted.iter().map(|place| self.known_text(place)).collect();
        let lacking: Vec<(CommitId, RepoPath)> =
            wanted.iter().zip(&texts).filter(|(_, text)| text.is_none()).map(|(place, _)| place.clone()).collect();
        // Collected first: a closure inside the stream would keep the future from being `Send` for every lifetime.
        let batches: Vec<_> = lacking.chunks(BATCH).map(|batch| self.fetch_batch(batch)).collect();
        let batches: Vec<Vec<FileText>> = stream::iter(batches).buffered(AT_ONCE).try_collect().await?;
        let fetched = batches.concat();
        for (place, text) in lacking.iter().zip(&fetched) {
            self.keep_text(place, text);
        }
        if lacking.len() < wanted.len() {
            self.shared.meter.saved(self.installation);
        }
        for (slot, text) in texts.iter_mut().filter(|slot| slot.is_none()).zip(fetched) {
            *slot = Some(text);
        }
        Ok(texts.into_iter().flatten().collect())
    }

    fn known_text(&self, place: &(CommitId, RepoPath)) -> Option<FileText> {
        match self.shared.kept.find(&self.question(&expression(place)?))? {
            Answer::Text(text) => Some(text),
            Answer::Body(_) => None,
        }
    }

    fn keep_text(&self, place: &(CommitId, RepoPath), text: &FileText) {
        if let Some(expression) = expression(place) {
            self.shared.kept.keep(&self.question(&expression), Answer::Text(text.clone()));
        }
    }

    /// The sizes of files at commits in bytes, in the order of the question: one request per 100. `None` is "no such file".
    ///
    /// # Errors
    /// As [`RepoClient::fetch_files`]. A path that is not UTF-8 has no name in GitHub's API; its size is not known either.
    pub async fn fetch_sizes(&self, wanted: &[(CommitId, RepoPath)]) -> Result<Vec<Fact<Option<u64>>>, CallError> {
        let batches: Vec<_> = wanted.chunks(BATCH).map(|batch| self.fetch_objects(batch, SIZES)).collect();
        let batches: Vec<Vec<Found>> = stream::iter(batches).buffered(AT_ONCE).try_collect().await?;
        let size = |answer: Found| match answer {
            Found::Object(Some(object)) if object.kind == "Blob" => Fact::Known(object.byte_size),
            Found::Object(_) => Fact::Known(None),
            Found::Unnameable => Fact::Unavailable(Unavailable::Truncated(UNNAMEABLE.to_owned())),
        };
        Ok(batches.into_iter().flatten().map(size).collect())
    }

    /// What blobs lie at paths of commits, in the order of the question: one request per 100. `None` where there is none, or
    /// its path has no name in GitHub's API.
    ///
    /// # Errors
    /// As [`RepoClient::fetch_files`].
    pub(super) async fn fetch_blobs(&self, wanted: &[(CommitId, RepoPath)]) -> Result<Vec<Option<Blob>>, CallError> {
        let batches: Vec<_> = wanted.chunks(BATCH).map(|batch| self.fetch_objects(batch, BLOBS)).collect();
        let batches: Vec<Vec<Found>> = stream::iter(batches).buffered(AT_ONCE).try_collect().await?;
        let blob = |answer: Found| match answer {
            Found::Object(Some(object)) if object.kind == "Blob" => Some(Blob {
                id: object.oid?,
                binary: object.is_binary == Some(true),
                size: object.byte_size.unwrap_or(u64::MAX),
            }),
            _ => None,
        };
        Ok(batches.into_iter().flatten().map(blob).collect())
    }

    async fn fetch_batch(&self, batch: &[(CommitId, RepoPath)]) -> Result<Vec<FileText>, CallError> {
        let answers = self.fetch_objects(batch, TEXTS).await?;
        Ok(answers
            .into_iter()
            .map(|answer| match answer {
                Found::Object(object) => text(object),
                Found::Unnameable => FileText::Cut("its path is not UTF-8, which GitHub's API cannot name".to_owned()),
            })
            .collect())
    }

    /// What lies at a path of a commit that GitHub does not know (yet) is nothing, as where there is no such file: the same
    /// query asks for the commits themselves.
    async fn fetch_objects(
        &self,
        batch: &[(CommitId, RepoPath)],
        fields: &'static str,
    ) -> Result<Vec<Found>, CallError> {
        let asked = "files at commits";
        let expressions: Vec<Option<String>> = batch.iter().map(expression).collect();
        let mut variables = Map::new();
        variables.insert("owner".to_owned(), self.name.owner().into());
        variables.insert("name".to_owned(), self.name.name().into());
        let mut asked_for = 0;
        let mut commits: BTreeSet<&CommitId> = BTreeSet::new();
        for ((commit, _), expression) in batch.iter().zip(&expressions) {
            let Some(expression) = expression else { continue };
            variables.insert(format!("e{asked_for}"), expression.as_str().into());
            commits.insert(commit);
            asked_for += 1;
        }
        for (n, commit) in commits.iter().enumerate() {
            variables.insert(format!("c{n}"), commit.as_str().into());
        }
        let mut objects = if asked_for == 0 {
            Vec::new()
        } else {
            let document = document((asked_for, commits.len()), fields);
            let data: Data = self.graphql(&document, Value::Object(variables), Effect::Read, asked).await?;
            let mut found = data.repository.ok_or_else(|| CallError::NotFound("such repository".to_owned()))?;
            let unknown =
                commits.iter().enumerate().find(|(n, _)| !matches!(found.get(&format!("c{n}")), Some(Some(_))));
            if let Some((_, commit)) = unknown {
                return Err(CallError::Behind(format!("the commit {}", commit.short())));
            }
            (0..asked_for).map(|n| Found::Object(found.remove(&format!("f{n}")).flatten())).collect()
        }
        .into_iter();
        Ok(expressions.iter().map(|it| it.as_ref().and_then(|_| objects.next()).unwrap_or(Found::Unnameable)).collect())
    }
}

/// What is asked of what lies at a path: a text or the names in a folder, or only a file's size.
pub(super) const TEXTS: &str = "... on Blob { text isBinary isTruncated byteSize } ... on Tree { entries { name } }";
pub(super) const SIZES: &str = "... on Blob { byteSize }";
pub(super) const BLOBS: &str = "... on Blob { oid isBinary byteSize }";

/// What is known of a file without its text.
pub(super) struct Blob {
    pub(super) id: String,
    pub(super) binary: bool,
    /// In bytes.
    pub(super) size: u64,
}

const UNNAMEABLE: &str = "the files: one has a path that is not UTF-8, which its API cannot name";

/// What GitHub says of one file.
enum Found {
    Object(Option<WireObject>),
    Unnameable,
}

/// The document that asks for so many files at so many commits, and whether these are known.
pub(super) fn document((files, commits): (usize, usize), of_each: &str) -> String {
    let mut head = String::from("query Files($owner: String!, $name: String!");
    let mut fields = String::new();
    for n in 0..files {
        let _ = write!(head, ", $e{n}: String!");
        let _ = writeln!(fields, "    f{n}: object(expression: $e{n}) {{ ...File }}");
    }
    for n in 0..commits {
        let _ = write!(head, ", $c{n}: GitObjectID!");
        let _ = writeln!(fields, "    c{n}: object(oid: $c{n}) {{ __typename }}");
    }
    format!(
        "{head}) {{\n  repository(owner: $owner, name: $name) {{\n{fields}  }}\n}}\n\n\
         fragment File on GitObject {{\n  __typename\n  {of_each}\n}}\n"
    )
}

/// Git's `commit:path`; everything after the colon is the path as it is.
fn expression((commit, path): &(CommitId, RepoPath)) -> Option<String> {
    Some(format!("{commit}:{}", String::from_utf8(path.to_bytes()).ok()?))
}

#[derive(Deserialize)]
struct Data {
    repository: Option<HashMap<String, Option<WireObject>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireObject {
    #[serde(rename = "__typename")]
    kind: String,
    oid: Option<String>,
    text: Option<String>,
    is_binary: Option<bool>,
    is_truncated: Option<bool>,
    byte_size: Option<u64>,
    entries: Option<Vec<WireName>>,
}

#[derive(Deserialize)]
struct WireName {
    name: String,
}

fn text(object: Option<WireObject>) -> FileText {
    let Some(object) = object else { return FileText::Absent };
    if let ("Tree", Some(entries)) = (object.kind.as_str(), object.entries) {
        let mut names: Vec<String> = entries.into_iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        return if names.len() <= MAX_NAMES {
            FileText::Folder(names)
        } else {
            FileText::Cut(format!("it is a folder with {} entries", names.len()))
        };
    }
    if object.kind != "Blob" {
        return FileText::NotText("it is not a file".to_owned());
    }
    if object.is_truncated == Some(true) && object.is_binary != Some(true) {
        let size = object.byte_size.unwrap_or_default();
        return FileText::Cut(format!("it has {size} bytes, more than GitHub gives as text"));
    }
    match object.text {
        Some(text) if object.is_binary != Some(true) => FileText::Text(text),
        _ => FileText::NotText("it is binary".to_owned()),
    }
}
