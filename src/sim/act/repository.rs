//! Repositories, people, apps and their presence.

use crate::sim::git::{FileEdit, Git, NewCommit, Signature};
use crate::sim::json;
use crate::sim::state::{Installation, Repo, State, User};
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl State {
    /// A repository whose default branch `main` holds these files in one commit.
    pub(in crate::sim) fn create_repository(
        &mut self,
        owner: &str,
        name: &str,
        files: &[(&str, &str)],
        private: bool,
    ) -> u64 {
        if !self.users.contains_key(owner) {
            let id = self.fresh_id();
            self.users.insert(owner.to_owned(), User { id, login: owner.to_owned(), kind: "Organization" });
        }
        let id = self.fresh_id();
        let git = Git::init(self.env.root.join(format!("{id}.git")));
        let edits: Vec<FileEdit> = files.iter().map(|(path, text)| edit(path, Some(text.as_bytes()))).collect();
        let author = self.signature(owner);
        let first =
            NewCommit { reference: "refs/heads/main", parents: &[], author: &author, message: "Begin", edits: &edits };
        let sha = git.commit(&first);
        let now = self.now();
        self.repos.push(Repo {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            description: None,
            private,
            archived: false,
            default_branch: "main".to_owned(),
            created_at: now.clone(),
            pushed_at: now,
            parent: None,
            git,
            branches: BTreeMap::from([("main".to_owned(), sha)]),
            members: BTreeMap::new(),
            labels: Vec::new(),
            label_events: Vec::new(),
            notes: Vec::new(),
            pulls: BTreeMap::new(),
            next_number: 1,
            comments: Vec::new(),
            reviews: Vec::new(),
            review_comments: Vec::new(),
            reactions: Vec::new(),
            suites: Vec::new(),
            runs: Vec::new(),
            statuses: Vec::new(),
            queue: Vec::new(),
            required: Vec::new(),
            artifacts: Vec::new(),
            not_yet: std::sync::Arc::default(),
        });
        id
    }

    /// A copy under another account that shares the objects; answers its id.
    pub(in crate::sim) fn fork(&mut self, source: usize, owner: &str) -> u64 {
        self.ensure_user(owner, "User");
        let (id, now) = (self.fresh_id(), self.now());
        let it = self.repos[source].clone();
        let fork = Repo {
            id,
            owner: owner.to_owned(),
            created_at: now.clone(),
            pushed_at: now,
            parent: Some(it.id),
            members: BTreeMap::new(),
            label_events: Vec::new(),
            notes: Vec::new(),
            pulls: BTreeMap::new(),
            next_number: 1,
            comments: Vec::new(),
            reviews: Vec::new(),
            review_comments: Vec::new(),
            reactions: Vec::new(),
            suites: Vec::new(),
            runs: Vec::new(),
            statuses: Vec::new(),
            queue: Vec::new(),
            required: Vec::new(),
            artifacts: Vec::new(),
            not_yet: std::sync::Arc::default(),
            ..it
        };
        self.repos.push(fork);
        id
    }

    /// The repository of the same network that belongs to that account.
    pub(in crate::sim) fn in_network(&self, index: usize, owner: &str) -> Option<usize> {
        let root = |repo: &Repo| repo.parent.unwrap_or(repo.id);
        let wanted = root(&self.repos[index]);
        self.repos.iter().position(|repo| root(repo) == wanted && repo.owner.eq_ignore_ascii_case(owner))
    }

    /// A repository is gone; pull requests from it stay where they were opened, without a head repository.
    pub(in crate::sim) fn delete_repository(&mut self, index: usize) {
        let gone = self.repos.remove(index);
        for pull in self.repos.iter_mut().flat_map(|repo| repo.pulls.values_mut()) {
            pull.head_repo = pull.head_repo.filter(|id| *id != gone.id);
        }
        for installation in &mut self.installations {
            if let Some(chosen) = &mut installation.repositories {
                chosen.retain(|id| *id != gone.id);
            }
        }
    }

    /// A repository gets another name; the old one leads to it until somebody takes it.
    pub(in crate::sim) fn rename(&mut self, index: usize, name: &str, actor: &str) {
        let repo = &mut self.repos[index];
        let old = (repo.full_name(), repo.id);
        let from = std::mem::replace(&mut repo.name, name.to_owned());
        self.renamed.push(old);
        let body = json!({ "action": "renamed", "changes": { "repository": { "name": { "from": from } } } });
        self.tell(index, "repository", actor, body);
    }

    /// The author line of a login.
    pub(in crate::sim) fn signature(&self, login: &str) -> Signature {
        let email = format!("{login}@users.noreply.example.com");
        Signature { name: login.to_owned(), email, time: self.clock().now() }
    }

    /// An owner suspends the apps of an account, or lets them work again.
    pub(in crate::sim) fn suspend(&mut self, account: &str, on: bool) {
        let now = self.now();
        for index in 0..self.installations.len() {
            if self.installations[index].account != account {
                continue;
            }
            self.installations[index].suspended_at = on.then(|| now.clone());
            let it = self.installations[index].clone();
            let mut installation = json::installation(self, &it);
            if on {
                installation["suspended_by"] = json::user(self, account);
            }
            let action = if on { "suspend" } else { "unsuspend" };
            let ids = it.repositories.clone().unwrap_or_default();
            let places: Vec<_> = self.repos.iter().filter(|repo| ids.contains(&repo.id)).map(short).collect();
            let sender = json::user(self, account);
            let body =
                json!({ "action": action, "installation": installation, "repositories": places, "sender": sender });
            self.deliver(it.app_id, "installation", Some(it.id), None, body);
        }
    }

    /// Says hello to an app's webhook, as GitHub does when it is made.
    pub(in crate::sim) fn ping(&mut self, app: u64) {
        let Some(it) = self.apps.iter().find(|it| it.id == app) else { return };
        let url = format!("{}/app/hook", self.env.api);
        let config = json::hook(it);
        let hook = json!({
            "type": "App", "id": it.hook_id, "name": "web", "active": true, "events": it.events, "config": config,
            "updated_at": it.created_at, "created_at": it.created_at, "app_id": app,
            "deliveries_url": format!("{url}/deliveries"),
        });
        let body = json!({ "zen": "Keep it logically awesome.", "hook_id": it.hook_id, "hook": hook });
        self.deliver(app, "ping", None, None, body);
    }

    /// Every app comes to this repository; answers the installation of the first.
    pub(in crate::sim) fn install(&mut self, repo: usize) -> u64 {
        let (owner, id) = (self.repos[repo].owner.clone(), self.repos[repo].id);
        let mut first = 0;
        for app in self.apps.clone() {
            let known = self.installations.iter().position(|it| it.app_id == app.id && it.account == owner);
            let (index, added) = match known {
                Some(index) => {
                    if let Some(chosen) = &mut self.installations[index].repositories {
                        chosen.push(id);
                    }
                    (index, true)
                }
                None => {
                    let installation = Installation {
                        id: self.fresh_id(),
                        app_id: app.id,
                        account: owner.clone(),
                        repositories: Some(vec![id]),
                        permissions: app.permissions.clone(),
                        suspended_at: None,
                        created_at: self.now(),
                    };
                    self.installations.push(installation);
                    (self.installations.len() - 1, false)
                }
            };
            let it = self.installations[index].clone();
            first = if first == 0 { it.id } else { first };
            let short = short(&self.repos[repo]);
            let (event, mut body) = if added {
                (
                    "installation_repositories",
                    json!({
                        "action": "added", "repository_selection": "selected", "repositories_added": [short],
                        "repositories_removed": [], "requester": null,
                    }),
                )
            } else {
                ("installation", json!({ "action": "created", "repositories": [short], "requester": null }))
            };
            body["installation"] = json::installation(self, &it);
            body["sender"] = json::user(self, &owner);
            self.deliver(app.id, event, Some(it.id), None, body);
        }
        first
    }
}

pub(super) fn short(repo: &Repo) -> Value {
    json!({
        "id": repo.id, "node_id": json::node_id("Repository", repo.id), "name": repo.name,
        "full_name": repo.full_name(), "private": repo.private,
    })
}

/// One path that a commit sets or deletes.
pub(in crate::sim) fn edit(path: &str, content: Option<&[u8]>) -> FileEdit {
    FileEdit { path: path.as_bytes().to_vec(), content: content.map(<[u8]>::to_vec), mode: "100644" }
}
