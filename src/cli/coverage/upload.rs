//! `deckhand coverage upload`: sends reports to a server, as the workflow that made them or with the admin token.

use super::read::read;
use crate::cli::common::Common;
use crate::cli::failure::{Failure, Status};
use crate::cli::format::Format;
use crate::cli::live::runtime;
use crate::cli::plain;
use crate::cli::terminal::{note, print_result};
use crate::git::Repository;
use crate::github::{Web, WebError, WebReply, WebRequest};
use crate::model::{CommitId, RepoName};
use http::{HeaderMap, HeaderValue, Method};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An answer holds a few words.
const MAX_ANSWER: usize = 1 << 20;
const TIMEOUT: Duration = Duration::from_secs(180);

/// Send reports to a server, for the commit that they were made of
///
/// Reports of coverage and of linters, told apart by their content. In a job of GitHub Actions that has the permission
/// `id-token: write` nothing has to be configured but the server: the job shows who it is. Elsewhere the admin token in
/// DECKHAND_ADMIN_TOKEN opens the door.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand coverage upload lcov.info --server https://deckhand.example.com
  deckhand coverage upload backend.xml --flag backend      replaces the report that this flag had for the commit
  deckhand coverage upload ruff.sarif                      what a linter says, for the rule lint_report

Exit status: 0; 2 when a report or the command line has to be mended; 3 when the server cannot be reached.")]
pub(super) struct Upload {
    /// The reports
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    files: Vec<PathBuf>,
    /// The same
    #[arg(long = "report", value_name = "FILE", num_args = 1.., hide = true, value_hint = clap::ValueHint::FilePath)]
    reports: Vec<PathBuf>,
    /// Where the server is [default: DECKHAND_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Which part of the tests this is: a later report with this flag replaces an earlier one
    #[arg(long, value_name = "NAME")]
    flag: Option<String>,
    /// What the reports were made of [default: the commit that is checked out, else GITHUB_SHA]
    #[arg(long, value_name = "SHA")]
    commit: Option<String>,
    /// The repository on GitHub [default: GITHUB_REPOSITORY]
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<String>,
}

/// Where reports go.
struct Target {
    server: String,
    repository: RepoName,
    commit: CommitId,
}

impl Upload {
    pub(super) fn run(&self, common: &Common) -> Result<Status, Failure> {
        let files: Vec<&PathBuf> = self.files.iter().chain(&self.reports).collect();
        if files.is_empty() {
            return Err(Failure::usage("no report is named: add the FILE that the tests or the linter wrote"));
        }
        let target = self.target()?;
        // All are read before the first is sent.
        let reports = files.into_iter().map(|path| load(path)).collect::<Result<Vec<_>, _>>()?;
        let answers = runtime()?.block_on(self.send_all(common, &target, reports))?;
        let text = match common.format() {
            Format::Json => format!("{}\n", json!({ "version": 1, "commit": target.commit, "reports": answers })),
            _ => answers.iter().map(render).collect(),
        };
        print_result(common, &text)?;
        Ok(Status::Fine)
    }

    fn target(&self) -> Result<Target, Failure> {
        let server = self.server.clone().or_else(|| variable("DECKHAND_PUBLIC_URL")).ok_or_else(|| {
            Failure::usage(
                "no server is named: add --server URL, or set DECKHAND_PUBLIC_URL to the address of the server",
            )
        })?;
        let server = server.trim().trim_end_matches('/').to_owned();
        if !server.starts_with("https://") && !server.starts_with("http://") {
            return Err(Failure::usage("--server takes an address that begins with https:// or http://"));
        }
        let repository = self.repository.clone().or_else(|| variable("GITHUB_REPOSITORY")).ok_or_else(|| {
            Failure::usage("which repository is it on GitHub? Add --repository OWNER/NAME, or set GITHUB_REPOSITORY")
        })?;
        let repository = RepoName::parse(&repository).map_err(|error| Failure::usage(error.to_string()))?;
        let commit = match &self.commit {
            Some(commit) => commit.clone(),
            None => checked_out().or_else(|| variable("GITHUB_SHA")).ok_or_else(|| {
                Failure::usage("which commit were the reports made of? Add --commit SHA, or run this in its repository")
            })?,
        };
        let commit = CommitId::new(&commit).map_err(|error| Failure::usage(error.to_string()))?;
        Ok(Target { server, repository, commit })
    }

    async fn send_all(
        &self,
        common: &Common,
        target: &Target,
        reports: Vec<(String, Vec<u8>)>,
    ) -> Result<Vec<Json>, Failure> {
        let web = Web::new(concat!("deckhand/", env!("CARGO_PKG_VERSION"))).map_err(|error| unreachable(&error))?;
        let authorization = authorize(&web, &target.server).await?;
        let mut answers = Vec::with_capacity(reports.len());
        for (name, bytes) in reports {
            if common.verbose {
                note(common, &format!("sending {name} for {}", target.commit));
            }
            answers.push(self.send(&web, &authorization, target, &name, bytes).await?);
        }
        Ok(answers)
    }

    async fn send(
        &self,
        web: &Web,
        authorization: &HeaderValue,
        target: &Target,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Json, Failure> {
        let Target { server, repository, commit } = target;
        let last = name.rsplit('/').next().unwrap_or(name);
        let flag = self.flag.as_ref().map(|flag| format!("&flag={}", encode(flag))).unwrap_or_default();
        let headers = HeaderMap::from_iter([
            (http::header::AUTHORIZATION, authorization.clone()),
            (http::header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        ]);
        let url = format!("{server}/api/v1/repos/{repository}/commits/{commit}/coverage?name={}{flag}", encode(last));
        let request = WebRequest {
            method: Method::POST,
            url,
            headers,
            body: Some(bytes),
            max_bytes: MAX_ANSWER,
            timeout: TIMEOUT,
        };
        let reply = web.send(request).await.map_err(|error| unreachable(&error))?;
        let answer: Json = serde_json::from_slice(&reply.body).unwrap_or(Json::Null);
        match reply.status {
            202 => Ok(json!({
                "name": name, "id": answer["id"], "files": answer["files"], "lines": answer["lines"],
            })),
            status => Err(refused(name, status, answer["error"].as_str())),
        }
    }
}

fn load(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let name = plain::line(&path.display().to_string()).into_owned();
    match read(path) {
        Ok(bytes) => Ok((name, bytes)),
        Err(error) => Err(Failure::usage(format!("the report {name} cannot be read: {error}"))),
    }
}

fn render(answer: &Json) -> String {
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let count = |name: &str| answer[name].as_u64().unwrap_or_default();
    let plural = |count: u64, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let (files, lines) = (plural(count("files"), "file"), plural(count("lines"), "line"));
    format!("{}: {files}, {lines}; sent as {}\n", text("name"), plain::line(&text("id")))
}

/// The server's words, with what they mean for the exit status.
fn refused(name: &str, status: u16, words: Option<&str>) -> Failure {
    let words = words.map(|words| plain::line(words).into_owned());
    let words = words.unwrap_or_else(|| format!("it answers with status {status}; is this the address of a deckhand?"));
    let message = format!("the server did not take {name}: {words}");
    if status >= 500 { Failure::failed(message) } else { Failure::usage(message) }
}

fn unreachable(error: &WebError) -> Failure {
    Failure::failed(format!("the server cannot be reached: {error}; look at --server and try again"))
}

/// Who sends: the bearer of the admin token, else this job.
async fn authorize(web: &Web, server: &str) -> Result<HeaderValue, Failure> {
    let token = match variable("DECKHAND_ADMIN_TOKEN") {
        Some(token) => token,
        None => ask_for_token(web, server).await?,
    };
    bearer(&token).ok_or_else(|| Failure::usage("the token has signs that no token has"))
}

/// A token that says which workflow this is, for this server alone. GitHub describes the two variables in "OpenID Connect
/// reference", "Methods for requesting the OIDC token".
async fn ask_for_token(web: &Web, server: &str) -> Result<String, Failure> {
    let asked = (variable("ACTIONS_ID_TOKEN_REQUEST_URL"), variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN"));
    let (Some(url), Some(token)) = asked else {
        let words = if variable("GITHUB_ACTIONS").is_some() {
            "this job may not show who it is: add `permissions: id-token: write` to it. Workflows of forks never may; let \
             them keep their reports as an artifact"
        } else {
            "nothing says who sends this: set DECKHAND_ADMIN_TOKEN to the admin token of the server, or run this in a job of \
             GitHub Actions"
        };
        return Err(Failure::usage(words));
    };
    let refused = || Failure::usage("the job's token for asking who it is has signs that no token has");
    let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, bearer(&token).ok_or_else(refused)?)]);
    let joint = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{joint}audience={}", encode(server));
    let request = WebRequest { method: Method::GET, url, headers, body: None, max_bytes: MAX_ANSWER, timeout: TIMEOUT };
    let failed = |why: String| Failure::failed(format!("GitHub Actions gives no token for this job: {why}"));
    let WebReply { status, body, .. } = web.send(request).await.map_err(|error| failed(error.to_string()))?;
    let value = serde_json::from_slice::<Json>(&body).ok().and_then(|it| it["value"].as_str().map(str::to_owned));
    value.filter(|_| status == 200).ok_or_else(|| failed(format!("it answers with status {status}")))
}

fn bearer(token: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(&format!("Bearer {}", token.trim())).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// What the tests ran on, whatever the workflow was started for.
fn checked_out() -> Option<String> {
    let here = std::env::current_dir().ok()?;
    Repository::open(&here).ok()?.head().map(ToString::to_string)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
