//! What is compared: the merge base, and a head that is a commit or the working tree.

use super::blobs::Blobs;
use super::command::{BIG_FILE_BYTES, Git, refused};
use super::sizes::Sizes;
use super::working_tree::WorkingTree;
use super::{GitError, Repository};
use crate::model::{CodeOwnersFile, CommitId, FileKey, FileText, RepoPath, Side};
use std::cell::RefCell;

/// Where a base is looked for when none is named and the branch has no upstream, in this order.
const USUAL_BASES: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/heads/main",
    "refs/heads/master",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
];

/// A head and its merge base, ready to be read.
#[derive(Debug)]
pub struct Comparison {
    /// The merge base.
    pub base: CommitId,
    /// What the base was found under, for people: `origin/main`, or the name that was given.
    pub base_name: String,
    /// The head; for a working tree the commit it stands on.
    pub head: CommitId,
    /// The head's branch without `refs/heads/`, or the name that was given, or the commit.
    pub head_name: String,
    pub(super) repository: Repository,
    pub(super) working_tree: Option<WorkingTree>,
    blobs: RefCell<Blobs>,
    sizes: RefCell<Sizes>,
}

impl Comparison {
    pub(super) fn build(repository: &Repository, base: Option<&str>, head: Option<&str>) -> Result<Self, GitError> {
        if head.is_none() && repository.top.is_none() {
            return Err(GitError::NoWorkingTree);
        }
        let head_commit = match head {
            Some(name) => resolve(repository, "--head", name)?,
            None => repository.head.clone().ok_or(GitError::NoCommits)?,
        };
        let head_name = match head {
            Some(name) => name.strip_prefix("refs/heads/").unwrap_or(name).to_owned(),
            None => match &repository.branch {
                Some(branch) => short_ref(branch).to_owned(),
                None => head_commit.short().to_owned(),
            },
        };
        let (base_name, base) = match base {
            Some(name) => (name.to_owned(), merge_base(repository, name, &head_commit, &head_name)?),
            None => find_base(repository, head, &head_commit, &head_name)?,
        };
        let working_tree = if head.is_none() { Some(WorkingTree::build(repository)?) } else { None };
        let git = working_tree.as_ref().map_or(&repository.git, |tree| &tree.git);
        let blobs = RefCell::new(Blobs::new(git.clone()));
        let sizes = RefCell::new(Sizes::new(git.clone()));
        let repository = repository.clone();
        Ok(Comparison { base, base_name, head: head_commit, head_name, repository, working_tree, blobs, sizes })
    }

    /// Whether the head is the working tree with what is not committed yet.
    pub fn is_working_tree(&self) -> bool {
        self.working_tree.is_some()
    }

    /// What git could not read of the working tree (no permission, a repository without commits inside), a line each.
    pub fn problems(&self) -> &[String] {
        self.working_tree.as_ref().map_or(&[], |tree| &tree.problems)
    }

    /// The text of a file on one side: the merge base or the head.
    ///
    /// A symbolic link's text is its target, as on GitHub; nothing is read through it.
    ///
    /// # Errors
    /// When git fails.
    pub fn load_file(&self, key: &FileKey) -> Result<FileText, GitError> {
        let at = match key.side {
            Side::Left => &self.base,
            Side::Right => self.head_tree(),
        };
        self.blobs.borrow_mut().load(at, &key.path).map_err(|error| self.explain(error))
    }

    /// Whether a file of the head counts as binary for its size alone.
    pub(super) fn is_large_text(&self, path: &RepoPath) -> Result<bool, GitError> {
        let key = FileKey { side: Side::Right, path: path.clone() };
        if self.load_size(&key)?.is_none_or(|size| size <= BIG_FILE_BYTES) {
            return Ok(false);
        }
        Ok(matches!(self.load_file(&key)?, FileText::Cut(_)))
    }

    /// The bytes of a file on one side; `None` when there is none. Of a submodule the size is not known: `None` too.
    ///
    /// # Errors
    /// When git fails.
    pub fn load_size(&self, key: &FileKey) -> Result<Option<u64>, GitError> {
        let at = match key.side {
            Side::Left => &self.base,
            Side::Right => self.head_tree(),
        };
        self.sizes.borrow_mut().load(at, &key.path).map_err(|error| self.explain(error))
    }

    /// The file that names code owners, at the tip of the base; GitHub reads it there, not at the merge base.
    ///
    /// # Errors
    /// When git fails.
    pub fn load_code_owners(&self) -> Result<Option<CodeOwnersFile>, GitError> {
        let tip = match resolve(&self.repository, "--base", &self.base_name) {
            Ok(tip) => tip,
            // The name is for people: it can be shorter than what git resolves.
            Err(GitError::UnknownRevision { .. }) => self.base.clone(),
            Err(error) => return Err(error),
        };
        let mut texts = Vec::new();
        for place in CodeOwnersFile::PLACES {
            let text = self.blobs.borrow_mut().load(&tip, &place.into()).map_err(|error| self.explain(error))?;
            texts.push(text);
        }
        Ok(CodeOwnersFile::first(texts))
    }

    /// The text of a file on the head's side.
    ///
    /// # Errors
    /// When git fails.
    pub fn load_head_file(&self, path: &RepoPath) -> Result<FileText, GitError> {
        self.load_file(&FileKey { side: Side::Right, path: path.clone() })
    }

    /// The commit or tree that holds the head's files.
    pub(super) fn head_tree(&self) -> &CommitId {
        self.working_tree.as_ref().map_or(&self.head, |tree| &tree.tree)
    }

    /// Git with all objects of both sides in sight.
    pub(super) fn git(&self) -> &Git {
        self.working_tree.as_ref().map_or(&self.repository.git, |tree| &tree.git)
    }

    /// A refusal for want of an object, as what it is in a partial clone.
    pub(super) fn explain(&self, error: GitError) -> GitError {
        match error {
            GitError::Refused { said, .. } if said.contains("lazy fetching disabled") || said.contains("promisor") => {
                GitError::PartialClone { base: self.base.short().to_owned() }
            }
            other => other,
        }
    }
}

fn resolve(repository: &Repository, option: &'static str, name: &str) -> Result<CommitId, GitError> {
    let unknown = || GitError::UnknownRevision { option, name: name.to_owned(), shallow: repository.shallow };
    let commit = format!("{name}^{{commit}}");
    let output = repository.git.try_run(["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
    if !output.success {
        return Err(unknown());
    }
    CommitId::new(String::from_utf8_lossy(&output.stdout).trim()).map_err(|_| unknown())
}

fn merge_base(repository: &Repository, name: &str, head: &CommitId, head_name: &str) -> Result<CommitId, GitError> {
    let commit = format!("{name}^{{commit}}");
    let output = repository.git.try_run(["merge-base", "--end-of-options", &commit, head.as_str()])?;
    if let Ok(id) = CommitId::new(String::from_utf8_lossy(&output.stdout).trim()) {
        return Ok(id);
    }
    // 1 means two histories; anything else a name of no commit, or a repository that git cannot read.
    if output.code != Some(1) {
        resolve(repository, "--base", name)?;
        return Err(refused("find the merge base", &output.stderr));
    }
    let (base, head) = (short_ref(name).to_owned(), head_name.to_owned());
    Err(if repository.shallow { GitError::ShallowHistory { base, head } } else { GitError::NoMergeBase { base, head } })
}

/// The first base that exists; the upstream of the head's branch comes before the usual names.
fn find_base(
    repository: &Repository,
    head: Option<&str>,
    head_commit: &CommitId,
    head_name: &str,
) -> Result<(String, CommitId), GitError> {
    let branch = match head {
        Some(name) if name.starts_with("refs/") => Some(name.to_owned()),
        Some("HEAD") => repository.branch.clone(),
        Some(name) => Some(format!("refs/heads/{name}")),
        None => repository.branch.clone(),
    };
    let mut arguments = vec!["for-each-ref", "--format=%(refname)%00%(symref)%00%(upstream)"];
    arguments.extend(branch.as_deref());
    arguments.extend(USUAL_BASES);
    let listed = repository.git.run("list branches", arguments)?;
    let listed = String::from_utf8_lossy(&listed);
    let rows: Vec<[&str; 3]> = listed
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\0');
            Some([fields.next()?, fields.next()?, fields.next()?])
        })
        .collect();
    let upstream = rows.iter().find(|row| Some(row[0]) == branch.as_deref()).map(|row| row[2]);
    if let Some(upstream) = upstream.filter(|name| !name.is_empty()) {
        // An upstream can be configured and gone (deleted after a merge): then it is as if there were none.
        match merge_base(repository, upstream, head_commit, head_name) {
            Err(GitError::UnknownRevision { .. }) => {}
            found => return Ok((short_ref(upstream).to_owned(), found?)),
        }
    }
    let mut usual_bases = USUAL_BASES;
    usual_bases.sort_by_key(|base| rank(base, branch.as_deref()));
    for usual in usual_bases {
        if let Some(row) = rows.iter().find(|row| row[0] == usual) {
            let name = if row[1].is_empty() { usual } else { row[1] };
            match merge_base(repository, usual, head_commit, head_name) {
                Err(GitError::UnknownRevision { .. }) => {}
                found => return Ok((short_ref(name).to_owned(), found?)),
            }
        }
    }
    let looked = "the branch's upstream, origin/HEAD, main, master".to_owned();
    Err(GitError::NoBase { looked })
}

/// A branch says nothing new to itself: what the remote has of it comes before all but the remote's own choice, and itself last.
fn rank(base: &str, branch: Option<&str>) -> u8 {
    let name = branch.and_then(|branch| branch.strip_prefix("refs/heads/"));
    match base.rsplit_once('/') {
        Some((_, "HEAD")) => 0,
        Some((_, known)) if Some(known) != name => 2,
        Some(("refs/heads", _)) => 3,
        _ => 1,
    }
}

/// `refs/heads/main` as `main`, `refs/remotes/origin/main` as `origin/main`.
pub(super) fn short_ref(name: &str) -> &str {
    ["refs/heads/", "refs/remotes/", "refs/tags/"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name)
}
