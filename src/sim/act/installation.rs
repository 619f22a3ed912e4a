//! What owners do to apps that are installed already. Payloads: "installation" and "installation_repositories" in
//! GitHub's "Webhook events and payloads".

use super::repository::short;
use crate::sim::json;
use crate::sim::state::{Access, Installation, State};
use serde_json::json;

impl State {
    /// New permissions are accepted for the apps of an account.
    pub(in crate::sim) fn grant(&mut self, account: &str, name: &str, access: Access) {
        for index in 0..self.installations.len() {
            if self.installations[index].account == account {
                self.installations[index].permissions.insert(name.to_owned(), access);
                let it = self.installations[index].clone();
                self.tell_of_installation(&it, "new_permissions_accepted");
            }
        }
    }

    /// The apps of an account are removed from it; their tokens die.
    pub(in crate::sim) fn uninstall(&mut self, account: &str) {
        let (gone, kept) = self.installations.drain(..).partition(|it: &Installation| it.account == account);
        self.installations = kept;
        for it in gone {
            self.tell_of_installation(&it, "deleted");
        }
    }

    /// A repository is no longer among those that the apps of its account may see.
    pub(in crate::sim) fn take_repository(&mut self, index: usize) {
        let (id, owner) = (self.repos[index].id, self.repos[index].owner.clone());
        for at in 0..self.installations.len() {
            let it = &mut self.installations[at];
            let Some(chosen) = it.repositories.as_mut().filter(|chosen| chosen.contains(&id)) else { continue };
            chosen.retain(|known| *known != id);
            let it = it.clone();
            let body = json!({
                "action": "removed", "repository_selection": "selected", "repositories_added": [],
                "repositories_removed": [short(&self.repos[index])], "requester": null,
                "installation": json::installation(self, &it), "sender": json::user(self, &owner),
            });
            self.deliver(it.app_id, "installation_repositories", Some(it.id), None, body);
        }
    }

    /// A repository gets another owner and leaves the apps of the old one; the old name leads to it until somebody takes
    /// it. Only whoever has the app at the new owner's hears of it.
    pub(in crate::sim) fn transfer(&mut self, index: usize, owner: &str) {
        self.take_repository(index);
        self.ensure_user(owner, "Organization");
        let repo = &mut self.repos[index];
        let (old, from) = ((repo.full_name(), repo.id), std::mem::replace(&mut repo.owner, owner.to_owned()));
        self.renamed.push(old);
        let from = json!({ "organization": json::user(self, &from) });
        let body = json!({ "action": "transferred", "changes": { "owner": { "from": from } } });
        self.tell(index, "repository", owner, body);
    }

    fn tell_of_installation(&mut self, it: &Installation, action: &str) {
        let ids = it.repositories.clone().unwrap_or_default();
        let places: Vec<_> = self.repos.iter().filter(|repo| ids.contains(&repo.id)).map(short).collect();
        let body = json!({
            "action": action, "installation": json::installation(self, it), "repositories": places, "requester": null,
            "sender": json::user(self, &it.account),
        });
        self.deliver(it.app_id, "installation", Some(it.id), None, body);
    }
}
