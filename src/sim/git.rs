//! Real git objects in a bare repository, made and read with the `git` command; immutable answers are kept by id.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};

use super::patch::{ChangedFile, parse_changes};

/// A bare repository; forks share it, as GitHub's do. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub(super) struct Git {
    dir: Arc<PathBuf>,
    cache: Arc<Mutex<Cache>>,
}

#[derive(Debug, Default)]
struct Cache {
    reader: Option<Reader>,
    commits: HashMap<String, Arc<CommitObject>>,
    trees: HashMap<String, Arc<Tree>>,
    blobs: HashMap<String, Arc<Vec<u8>>>,
    bases: HashMap<(String, String), Option<String>>,
    ranges: HashMap<(String, String), Arc<Vec<String>>>,
    diffs: HashMap<(String, String), Arc<Diff>>,
}

/// Everything below one tree: path to entry, folders included.
pub(super) type Tree = BTreeMap<String, TreeEntry>;

/// One entry of a tree listing.
#[derive(Clone, Debug)]
pub(super) struct TreeEntry {
    /// Six octal digits, `100644`.
    pub(super) mode: String,
    /// `blob`, `tree` or `commit` (a submodule).
    pub(super) kind: String,
    pub(super) oid: String,
    /// Bytes, for a blob.
    pub(super) size: Option<u64>,
}

/// A commit as git stores it.
#[derive(Clone, Debug)]
pub(super) struct CommitObject {
    pub(super) sha: String,
    pub(super) tree: String,
    pub(super) parents: Vec<String>,
    pub(super) author: Signature,
    pub(super) committer: Signature,
    pub(super) message: String,
}

/// Who and when, in a commit.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub(super) name: String,
    pub(super) email: String,
    /// Seconds since 1970.
    pub(super) time: i64,
}

/// What changes between two commits: the patch as git prints it, and the same by file.
#[derive(Debug)]
pub(super) struct Diff {
    pub(super) text: Vec<u8>,
    pub(super) files: Vec<ChangedFile>,
}

/// One path that a new commit sets, or deletes when it has no content.
#[derive(Clone, Debug)]
pub(super) struct FileEdit {
    pub(super) path: Vec<u8>,
    pub(super) content: Option<Vec<u8>>,
    /// `100644`, `100755`, `120000` or `160000` (the content is then the commit id).
    pub(super) mode: &'static str,
}

/// A commit to be made.
pub(super) struct NewCommit<'a> {
    pub(super) reference: &'a str,
    pub(super) parents: &'a [String],
    pub(super) author: &'a Signature,
    pub(super) message: &'a str,
    pub(super) edits: &'a [FileEdit],
}

impl Git {
    pub(super) fn init(dir: PathBuf) -> Self {
        let git = Git { dir: Arc::new(dir), cache: Arc::default() };
        lay_out(&git.dir).expect("the temporary folder is writable");
        git
    }

    /// Where it lies.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes a commit through `fast-import` and answers its id.
    pub(super) fn commit(&self, new: &NewCommit<'_>) -> String {
        let mut stream = Vec::new();
        let who = format!("{} <{}> {} +0000", new.author.name, new.author.email, new.author.time);
        let _ = write!(stream, "commit {}\nmark :1\nauthor {who}\ncommitter {who}\n", new.reference);
        let _ = write!(stream, "data {}\n{}\n", new.message.len(), new.message);
        for (index, parent) in new.parents.iter().enumerate() {
            let _ = writeln!(stream, "{} {parent}", if index == 0 { "from" } else { "merge" });
        }
        if new.parents.is_empty() {
            stream.extend_from_slice(b"deleteall\n");
        }
        for edit in new.edits {
            let path = quote_path(&edit.path);
            match &edit.content {
                None => stream.extend([b"D ", path.as_slice(), b"\n"].concat()),
                Some(id) if edit.mode == "160000" => {
                    stream.extend([b"M 160000 ", id.as_slice(), b" ", path.as_slice(), b"\n"].concat());
                }
                Some(content) => {
                    let _ = write!(stream, "M {} inline ", edit.mode);
                    stream.extend(&path);
                    let _ = write!(stream, "\ndata {}\n", content.len());
                    stream.extend(content);
                    stream.push(b'\n');
                }
            }
        }
        stream.extend_from_slice(b"\nget-mark :1\ndone\n");
        // As a pack: unpacking it would take another process.
        let out = self.run(&["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--force", "--done"], &stream);
        String::from_utf8_lossy(&out).trim().to_owned()
    }

    pub(super) fn load_commit(&self, sha: &str) -> Option<Arc<CommitObject>> {
        if let Some(known) = self.lock().commits.get(sha) {
            return Some(known.clone());
        }
        let (kind, bytes) = self.read_object(sha)?;
        if kind != "commit" {
            return None;
        }
        let commit = Arc::new(parse_commit(sha, &String::from_utf8_lossy(&bytes)));
        self.lock().commits.insert(sha.to_owned(), commit.clone());
        Some(commit)
    }

    /// Everything below a tree or commit, folders included.
    pub(super) fn load_tree(&self, treeish: &str) -> Option<Arc<Tree>> {
        if let Some(known) = self.lock().trees.get(treeish) {
            return Some(known.clone());
        }
        let out = self.try_run(&["ls-tree", "-r", "-t", "-l", "-z", treeish])?;
        let mut tree = Tree::new();
        for line in out.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let text = String::from_utf8_lossy(line);
            let (facts, path) = text.split_once('\t')?;
            let mut facts = facts.split_whitespace();
            let (mode, kind, oid) = (facts.next()?.into(), facts.next()?.into(), facts.next()?.into());
            let size = facts.next().and_then(|size| size.parse().ok());
            tree.insert(path.to_owned(), TreeEntry { mode, kind, oid, size });
        }
        let tree = Arc::new(tree);
        self.lock().trees.insert(treeish.to_owned(), tree.clone());
        Some(tree)
    }

    pub(super) fn load_blob(&self, oid: &str) -> Option<Arc<Vec<u8>>> {
        if let Some(known) = self.lock().blobs.get(oid) {
            return Some(known.clone());
        }
        let (kind, bytes) = self.read_object(oid)?;
        if kind != "blob" {
            return None;
        }
        let blob = Arc::new(bytes);
        self.lock().blobs.insert(oid.to_owned(), blob.clone());
        Some(blob)
    }

    pub(super) fn load_file(&self, commit: &str, path: &str) -> Option<Arc<Vec<u8>>> {
        let entry = self.load_tree(commit)?.get(path)?.clone();
        self.load_blob(&entry.oid)
    }

    pub(super) fn merge_base(&self, a: &str, b: &str) -> Option<String> {
        let key = (a.to_owned(), b.to_owned());
        if let Some(known) = self.lock().bases.get(&key) {
            return known.clone();
        }
        let base = if self.line(a, b).is_some() {
            Some(a.to_owned())
        } else if self.line(b, a).is_some() {
            Some(b.to_owned())
        } else {
            self.try_run(&["merge-base", a, b]).map(|out| String::from_utf8_lossy(&out).trim().to_owned())
        };
        self.lock().bases.insert(key, base.clone());
        base
    }

    /// The commits of `head` that `base` lacks, oldest first.
    pub(super) fn list_commits(&self, base: &str, head: &str) -> Arc<Vec<String>> {
        let key = (base.to_owned(), head.to_owned());
        if let Some(known) = self.lock().ranges.get(&key) {
            return known.clone();
        }
        let list = Arc::new(self.line(base, head).unwrap_or_else(|| {
            let range = format!("{base}..{head}");
            let out = self.try_run(&["rev-list", "--topo-order", "--reverse", &range]).unwrap_or_default();
            String::from_utf8_lossy(&out).lines().map(str::to_owned).collect()
        }));
        self.lock().ranges.insert(key, list.clone());
        list
    }

    /// The commits from one to another, the first left out, oldest first, when each has the one before as its only
    /// parent: the usual case, which takes no process. `None` when it is not that simple, or too long to tell.
    fn line(&self, from: &str, to: &str) -> Option<Vec<String>> {
        const LONGEST: usize = 300;
        let mut found = Vec::new();
        let mut at = to.to_owned();
        while at != from {
            let commit = self.load_commit(&at).filter(|_| found.len() < LONGEST)?;
            let [parent] = commit.parents.as_slice() else { return None };
            found.push(std::mem::replace(&mut at, parent.clone()));
        }
        found.reverse();
        Some(found)
    }

    /// A commit and everything before it, newest first.
    pub(super) fn list_history(&self, head: &str) -> Vec<String> {
        let out = self.try_run(&["rev-list", head]).unwrap_or_default();
        String::from_utf8_lossy(&out).lines().map(str::to_owned).collect()
    }

    /// The patch from one commit to another, with renames found as git finds them by default. What the newer one's attributes
    /// hide (`-diff`) is shown as binary, as on GitHub; a git that cannot be told so (before 2.41) shows it.
    pub(super) fn diff(&self, from: &str, to: &str) -> Arc<Diff> {
        let key = (from.to_owned(), to.to_owned());
        if let Some(known) = self.lock().diffs.get(&key) {
            return known.clone();
        }
        let mut shown = command(&self.dir);
        shown.env("GIT_ATTR_SOURCE", to).args(["diff", "--no-color", "-M", from, to, "--"]);
        let text = finish(shown, &[]);
        let raw = self.run(&["diff", "--raw", "--no-abbrev", "-z", "-M", from, to, "--"], &[]);
        let files = parse_changes(&raw, &text);
        let diff = Arc::new(Diff { text, files });
        self.lock().diffs.insert(key, diff.clone());
        diff
    }

    fn read_object(&self, name: &str) -> Option<(String, Vec<u8>)> {
        if name.is_empty() || name.contains(char::is_whitespace) {
            return None;
        }
        let mut cache = self.lock();
        let reader = cache.reader.get_or_insert_with(|| Reader::start(&self.dir));
        reader.read(name)
    }

    fn run(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let mut asked = command(&self.dir);
        asked.args(args);
        finish(asked, input)
    }

    fn try_run(&self, args: &[&str]) -> Option<Vec<u8>> {
        let out = command(&self.dir).stdin(Stdio::null()).args(args).output().expect("git is installed");
        out.status.success().then_some(out.stdout)
    }

    fn lock(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().expect("no holder of the cache panics")
    }
}

/// What a command answers to this input; it does not fail.
fn finish(mut command: Command, input: &[u8]) -> Vec<u8> {
    let mut child = command.spawn().expect("git is installed");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let out = child.wait_with_output().expect("git runs to its end");
    writer.join().expect("the writer does not panic").ok();
    assert!(out.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

/// One `git cat-file --batch` that stays open.
#[derive(Debug)]
struct Reader {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Reader {
    fn start(dir: &Path) -> Self {
        let mut child = command(dir).args(["cat-file", "--batch"]).spawn().expect("git is installed");
        let stdin = child.stdin.take().expect("stdin is piped");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Reader { child, stdin, stdout }
    }

    fn read(&mut self, name: &str) -> Option<(String, Vec<u8>)> {
        writeln!(self.stdin, "{name}").ok()?;
        let mut head = String::new();
        self.stdout.read_line(&mut head).ok()?;
        let mut parts = head.split_whitespace();
        let (_, kind, size) = (parts.next()?, parts.next()?.to_owned(), parts.next()?);
        let mut bytes = vec![0; size.parse::<usize>().ok()? + 1];
        self.stdout.read_exact(&mut bytes).ok()?;
        bytes.pop();
        Some((kind, bytes))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What `git init --bare --initial-branch=main` makes, without what is there for people.
fn lay_out(dir: &Path) -> std::io::Result<()> {
    for folder in ["objects/info", "objects/pack", "refs/heads", "refs/tags"] {
        std::fs::create_dir_all(dir.join(folder))?;
    }
    std::fs::write(dir.join("HEAD"), "ref: refs/heads/main\n")?;
    std::fs::write(dir.join("config"), "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n")
}

fn command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(dir).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE").env("LC_ALL", "C");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// C-style quoting, which `fast-import` understands for every byte.
fn quote_path(path: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for byte in path {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', *byte]),
            0x20..0x7f => quoted.push(*byte),
            _ => quoted.extend(format!("\\{byte:03o}").bytes()),
        }
    }
    quoted.push(b'"');
    quoted
}

fn parse_commit(sha: &str, text: &str) -> CommitObject {
    let (head, message) = text.split_once("\n\n").unwrap_or((text, ""));
    let one = |key: &str| head.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    CommitObject {
        sha: sha.to_owned(),
        tree: one("tree ").to_owned(),
        parents: head.lines().filter_map(|line| line.strip_prefix("parent ")).map(str::to_owned).collect(),
        author: parse_signature(one("author ")),
        committer: parse_signature(one("committer ")),
        message: message.trim_end_matches('\n').to_owned(),
    }
}

fn parse_signature(text: &str) -> Signature {
    let (name, rest) = text.split_once(" <").unwrap_or((text, ""));
    let (email, time) = rest.split_once("> ").unwrap_or((rest, ""));
    let time = time.split_whitespace().next().and_then(|time| time.parse().ok()).unwrap_or(0);
    Signature { name: name.to_owned(), email: email.to_owned(), time }
}
