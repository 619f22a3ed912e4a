//! Merge queues: pull requests wait there, and GitHub asks for checks of the commits that it would merge.

use super::repository::edit;
use crate::sim::clock::render_time;
use crate::sim::git::NewCommit;
use crate::sim::state::{QueueEntry, State};
use serde_json::{Value, json};

impl State {
    /// A pull request goes to the end of its branch's queue; answers the commit that would be merged.
    pub(in crate::sim) fn enqueue(&mut self, index: usize, number: u64, actor: &str) -> Option<String> {
        let id = self.fresh_id();
        let repo = &self.repos[index];
        let pull = repo.pulls.get(&number).filter(|pull| pull.open)?;
        let (base_ref, head) = (pull.base_ref.clone(), pull.head_sha.clone());
        let last = repo.queue.iter().rev().find(|entry| entry.base_ref == base_ref);
        let base_sha = last.map_or_else(|| repo.branches[&base_ref].clone(), |entry| entry.head_sha.clone());
        let from = repo.git.merge_base(&base_sha, &head)?;
        let mut edits = Vec::new();
        for file in &repo.git.diff(&from, &head).files {
            edits.extend(file.previous.as_ref().map(|path| edit(path, None)));
            let text = repo.git.load_file(&head, &file.path);
            edits.push(edit(&file.path, text.as_ref().map(|text| text.as_slice())));
        }
        let message = format!("{} (#{number})", pull.title);
        let author = self.signature(&pull.author);
        let mut entry = QueueEntry { id, number, base_ref, base_sha, head_sha: String::new() };
        let parents = [entry.base_sha.clone()];
        let reference = repo.ref_name(&entry.head_ref());
        let new =
            NewCommit { reference: &reference, parents: &parents, author: &author, message: &message, edits: &edits };
        entry.head_sha = repo.git.commit(&new);
        let (branch, sha) = (entry.head_ref(), entry.head_sha.clone());
        self.repos[index].queue.push(entry.clone());
        self.move_branch(index, &branch, &sha, actor);
        self.tell_group(index, &entry, "checks_requested", None, actor);
        Some(sha)
    }

    /// A pull request leaves the queue: `merged`, `invalidated` or `dequeued`.
    pub(in crate::sim) fn leave_queue(&mut self, index: usize, number: u64, reason: &str, actor: &str) -> Option<()> {
        let at = self.repos[index].queue.iter().position(|entry| entry.number == number)?;
        let entry = self.repos[index].queue.remove(at);
        self.repos[index].branches.remove(&entry.head_ref());
        self.tell_group(index, &entry, "destroyed", Some(reason), actor);
        Some(())
    }

    fn tell_group(&mut self, index: usize, entry: &QueueEntry, action: &str, reason: Option<&str>, actor: &str) {
        let repo = &self.repos[index];
        let Some(commit) = repo.git.load_commit(&entry.head_sha) else { return };
        let who = |who: &crate::sim::git::Signature| json!({ "name": who.name, "email": who.email });
        let mut body = json!({
            "action": action,
            "merge_group": {
                "head_sha": entry.head_sha, "head_ref": format!("refs/heads/{}", entry.head_ref()),
                "base_sha": entry.base_sha, "base_ref": format!("refs/heads/{}", entry.base_ref),
                "head_commit": {
                    "id": entry.head_sha, "tree_id": commit.tree, "message": commit.message,
                    "timestamp": render_time(commit.author.time),
                    "author": who(&commit.author), "committer": who(&commit.committer),
                },
            },
        });
        if let Some(reason) = reason {
            body["reason"] = Value::from(reason);
        }
        self.tell(index, "merge_group", actor, body);
    }
}
