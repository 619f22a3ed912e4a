//! What people do with pull requests.

use crate::sim::json;
use crate::sim::state::{Label, LabelEvent, Note, Pull, State};
use serde_json::{Value, json};

/// A pull request to be opened.
pub(in crate::sim) struct NewPull<'a> {
    pub(in crate::sim) title: &'a str,
    pub(in crate::sim) body: &'a str,
    /// A branch, or `owner:branch` of a fork.
    pub(in crate::sim) head: &'a str,
    pub(in crate::sim) base: &'a str,
    pub(in crate::sim) author: &'a str,
    pub(in crate::sim) draft: bool,
}

impl State {
    /// Answers its number, or nothing when a branch is missing.
    pub(in crate::sim) fn open_pull(&mut self, index: usize, new: &NewPull<'_>) -> Option<u64> {
        self.ensure_user(new.author, "User");
        let (id, now) = (self.fresh_id(), self.now());
        let (head_index, head_ref) = match new.head.split_once(':') {
            Some((owner, branch)) => (self.in_network(index, owner)?, branch),
            None => (index, new.head),
        };
        let from = &self.repos[head_index];
        let (head_repo, head_owner, head_sha) =
            (Some(from.id), from.owner.clone(), from.branches.get(head_ref)?.clone());
        let repo = &mut self.repos[index];
        let base_sha = repo.branches.get(new.base)?.clone();
        let number = repo.next_number;
        repo.next_number += 1;
        let pull = Pull {
            id,
            number,
            title: new.title.to_owned(),
            body: Some(new.body.to_owned()).filter(|body| !body.is_empty()),
            author: new.author.to_owned(),
            draft: new.draft,
            open: true,
            merged_at: None,
            closed_at: None,
            merge_commit: None,
            base_ref: new.base.to_owned(),
            base_sha,
            head_repo,
            head_owner,
            head_ref: head_ref.to_owned(),
            head_sha,
            labels: Vec::new(),
            locked: false,
            allows_edits: false,
            mergeable: Some(true),
            assignees: Vec::new(),
            requested: Vec::new(),
            requested_teams: Vec::new(),
            created_at: now.clone(),
            updated_at: now,
        };
        repo.pulls.insert(number, pull);
        let repo = &self.repos[index];
        let list = repo.pulls.get(&number).map(|pull| repo.git.list_commits(&pull.base_sha, &pull.head_sha));
        for sha in list.iter().flat_map(|list| list.iter()) {
            self.note(index, number, new.author, "", Some(sha));
        }
        self.tell_pull(index, number, "opened", new.author, json!({}));
        Some(number)
    }

    /// Title, body, base: what is given is changed.
    pub(in crate::sim) fn edit_pull(
        &mut self,
        index: usize,
        number: u64,
        actor: &str,
        (title, body, base): (Option<&str>, Option<&str>, Option<&str>),
    ) -> Option<()> {
        let repo = &mut self.repos[index];
        let tip = base.map(|base| repo.branches.get(base).cloned());
        let pull = repo.pulls.get_mut(&number)?;
        let mut changes = json!({});
        if let Some(title) = title {
            changes["title"] = json!({ "from": std::mem::replace(&mut pull.title, title.to_owned()) });
        }
        if let Some(body) = body {
            changes["body"] = json!({ "from": pull.body.replace(body.to_owned()).unwrap_or_default() });
        }
        if let (Some(base), Some(tip)) = (base, tip) {
            let sha = std::mem::replace(&mut pull.base_sha, tip?);
            let name = std::mem::replace(&mut pull.base_ref, base.to_owned());
            changes["base"] = json!({ "ref": { "from": name }, "sha": { "from": sha } });
        }
        self.touch(index, number);
        if title.is_some() {
            self.note(index, number, actor, "changed the title", None);
        }
        if let Some(base) = base {
            self.note(index, number, actor, &format!("changed the base to {base}"), None);
        }
        self.tell_pull(index, number, "edited", actor, json!({ "changes": changes }));
        Some(())
    }

    pub(in crate::sim) fn label(&mut self, index: usize, number: u64, actor: &str, name: &str, on: bool) -> Option<()> {
        self.ensure_user(actor, "User");
        let (label_id, event_id, now) = (self.fresh_id(), self.fresh_id(), self.now());
        let repo = &mut self.repos[index];
        let pull = repo.pulls.get_mut(&number)?;
        if pull.labels.iter().any(|label| label == name) == on {
            return Some(());
        }
        if on {
            pull.labels.push(name.to_owned());
        } else {
            pull.labels.retain(|label| label != name);
        }
        if !repo.labels.iter().any(|label| label.name == name) {
            let label = Label { id: label_id, name: name.to_owned(), color: "ededed".to_owned(), description: None };
            repo.labels.push(label);
        }
        let action = if on { "labeled" } else { "unlabeled" };
        repo.label_events.push(LabelEvent {
            id: event_id,
            number,
            actor: actor.to_owned(),
            event: action,
            label: name.to_owned(),
            created_at: now,
        });
        self.touch(index, number);
        let text = if on { format!("added the label {name}") } else { format!("removed the label {name}") };
        self.note(index, number, actor, &text, None);
        let repo = &self.repos[index];
        let label = repo.labels.iter().find(|label| label.name == name).map(|label| json::label(self, repo, label));
        self.tell_pull(index, number, action, actor, json!({ "label": label }));
        Some(())
    }

    /// `closed`, `reopened`, `ready_for_review` or `converted_to_draft`.
    pub(in crate::sim) fn turn_pull(&mut self, index: usize, number: u64, actor: &str, action: &str) -> Option<()> {
        let now = self.now();
        let pull = self.repos[index].pulls.get_mut(&number)?;
        match action {
            "closed" => (pull.open, pull.closed_at) = (false, Some(now)),
            "reopened" => (pull.open, pull.closed_at) = (true, None),
            "ready_for_review" => pull.draft = false,
            _ => pull.draft = true,
        }
        self.touch(index, number);
        let text = match action {
            "closed" => "closed this",
            "reopened" => "reopened this",
            "ready_for_review" => "marked this as ready for review",
            _ => "made this a draft",
        };
        self.note(index, number, actor, text, None);
        self.tell_pull(index, number, action, actor, json!({}));
        Some(())
    }

    /// Adds a line to the timeline.
    pub(in crate::sim) fn note(&mut self, index: usize, number: u64, actor: &str, text: &str, commit: Option<&str>) {
        let id = self.fresh_id();
        let (actor, text, commit) = (actor.to_owned(), text.to_owned(), commit.map(str::to_owned));
        self.repos[index].notes.push(Note { id, number, actor, text, commit });
    }

    pub(super) fn touch(&mut self, index: usize, number: u64) {
        let now = self.now();
        if let Some(pull) = self.repos[index].pulls.get_mut(&number) {
            pull.updated_at = now;
        }
    }

    /// Tells apps about a pull request; `more` has what only this action has.
    pub(in crate::sim) fn tell_pull(&mut self, index: usize, number: u64, action: &str, actor: &str, more: Value) {
        let repo = &self.repos[index];
        let Some(pull) = repo.pulls.get(&number) else { return };
        let mut body = json!({ "action": action, "number": number, "pull_request": json::pull(self, repo, pull) });
        json::merge(&mut body, more);
        self.tell(index, "pull_request", actor, body);
    }
}
