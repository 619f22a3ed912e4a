//! What people do in a story is written down while they do it, so that it can be done again on another simulation.

use crate::sim_bench::REPO;
use deckhand::sim::{AppConfig, Fault, OddEdit, SimClock, SimHandle};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::time::Duration;

/// One thing that somebody did; `None` is the pause in which the robot comes to rest.
pub(crate) type Act = Option<Box<dyn Fn(&SimHandle)>>;

/// A simulation whose people are watched. Reading goes to the simulation itself.
pub(crate) struct Github {
    sim: SimHandle,
    acts: RefCell<Vec<Act>>,
    /// Something was done that cannot be done again by itself: a fault, another clock, a delivery by hand.
    disturbed: Cell<bool>,
}

impl Deref for Github {
    type Target = SimHandle;

    fn deref(&self) -> &SimHandle {
        &self.sim
    }
}

impl Github {
    pub(crate) fn new(sim: SimHandle) -> Github {
        Github { sim, acts: RefCell::default(), disturbed: Cell::new(false) }
    }

    /// The simulation and what people did on it.
    pub(crate) fn into_parts(self) -> (SimHandle, Vec<Act>) {
        (self.sim, self.acts.into_inner())
    }

    pub(crate) fn handle(&self) -> &SimHandle {
        &self.sim
    }

    /// Everything comes to rest here.
    pub(crate) fn note_rest(&self) {
        let mut acts = self.acts.borrow_mut();
        if acts.last().is_some_and(Option::is_some) {
            acts.push(None);
        }
    }

    pub(crate) fn disturb(&self) {
        self.disturbed.set(true);
    }

    pub(crate) fn is_disturbed(&self) -> bool {
        self.disturbed.get()
    }

    fn note(&self, act: impl Fn(&SimHandle) + 'static) {
        self.acts.borrow_mut().push(Some(Box::new(act)));
    }

    pub(crate) fn rerequest_check(&self, repo: &str, check: u64, actor: &str) -> bool {
        match Place::look(&self.sim, check) {
            Some(place) => {
                let [repo, actor] = [repo, actor].map(str::to_owned);
                self.note(move |sim| assert!(sim.rerequest_check(&repo, place.id(sim), &actor)));
            }
            // That of a merge group, which no pull request leads to.
            None => self.disturb(),
        }
        self.sim.rerequest_check(repo, check, actor)
    }

    pub(crate) fn press_button(&self, repo: &str, check: u64, identifier: &str, actor: &str) -> bool {
        match Place::look(&self.sim, check) {
            Some(place) => {
                let [repo, identifier, actor] = [repo, identifier, actor].map(str::to_owned);
                self.note(move |sim| assert!(sim.press_button(&repo, place.id(sim), &identifier, &actor)));
            }
            // That of a commit which is nobody's head any more.
            None => self.disturb(),
        }
        self.sim.press_button(repo, check, identifier, actor)
    }

    /// Time goes by.
    pub(crate) fn advance(&self, by: Duration) {
        self.note(move |sim| sim.clock().advance(by));
        self.sim.clock().advance(by);
    }

    pub(crate) fn register_app(&self, config: AppConfig) {
        let kept = config.clone();
        self.note(move |sim| sim.register_app(kept.clone()));
        self.sim.register_app(config);
    }

    pub(crate) fn push(
        &self,
        repo: &str,
        branch: &str,
        author: &str,
        message: &str,
        edits: &[(&str, Option<&str>)],
        base: &str,
    ) -> String {
        let [repo_, branch_, author_, message_, base_] = [repo, branch, author, message, base].map(str::to_owned);
        let kept: Vec<(String, Option<String>)> =
            edits.iter().map(|(path, text)| ((*path).to_owned(), text.map(str::to_owned))).collect();
        self.note(move |sim| {
            let edits: Vec<(&str, Option<&str>)> =
                kept.iter().map(|(path, text)| (path.as_str(), text.as_deref())).collect();
            sim.push(&repo_, &branch_, &author_, &message_, &edits, &base_);
        });
        self.sim.push(repo, branch, author, message, edits, base)
    }
}

/// Something that has a number of its own, by where it is found: in another telling it has another number.
struct Place {
    pull: u64,
    list: fn(&SimHandle, u64) -> Vec<Value>,
    author: Value,
    at: usize,
}

impl Place {
    fn find(sim: &SimHandle, id: u64) -> Place {
        Place::look(sim, id).expect("what is acted on is there")
    }

    fn look(sim: &SimHandle, id: u64) -> Option<Place> {
        let checks = |sim: &SimHandle, pull| sim.checks(REPO, &sim.head(REPO, pull).unwrap());
        let lists: [fn(&SimHandle, u64) -> Vec<Value>; 3] =
            [|sim, pull| sim.comments(REPO, pull), |sim, pull| sim.review_comments(REPO, pull), checks];
        let pulls = (1..).take_while(|pull| sim.head(REPO, *pull).is_some());
        let mut places = pulls.flat_map(|pull| lists.map(|list| (pull, list)));
        places.find_map(|(pull, list)| {
            let all = list(sim, pull);
            let author = all.iter().find(|it| it["id"] == id)?["user"]["login"].clone();
            let at = all.iter().filter(|it| it["user"]["login"] == author).position(|it| it["id"] == id)?;
            Some(Place { pull, list, author, at })
        })
    }

    fn id(&self, sim: &SimHandle) -> u64 {
        let all = (self.list)(sim, self.pull);
        let mut theirs = all.iter().filter(|it| it["user"]["login"] == self.author);
        theirs.nth(self.at).and_then(|it| it["id"].as_u64()).expect("what is acted on is there in this telling too")
    }
}

/// A commit or branch; the head of a pull request has another name in another telling.
enum Commit {
    HeadOf(u64),
    Named(String),
}

impl Commit {
    fn find(sim: &SimHandle, name: &str) -> Commit {
        let mut pulls = (1..).map_while(|pull| Some((pull, sim.head(REPO, pull)?)));
        let named = || Commit::Named(name.to_owned());
        pulls.find(|(_, head)| head == name).map_or_else(named, |(pull, _)| Commit::HeadOf(pull))
    }

    fn id(&self, sim: &SimHandle) -> String {
        match self {
            Commit::HeadOf(pull) => sim.head(REPO, *pull).unwrap(),
            Commit::Named(name) => name.clone(),
        }
    }
}

/// Methods of the simulation that are written down. `text` and `maybe` are kept as owned strings, `id` and `commit` by
/// where they are found.
macro_rules! acts {
    ($($name:ident($($arg:ident: $kind:tt),*) $(-> $ret:ty)?;)*) => {
        impl Github {
            $(#[allow(clippy::too_many_arguments, dead_code, reason = "the simulation's own signature")]
            pub(crate) fn $name(&self, $($arg: acts!(@given $kind)),*) $(-> $ret)? {
                {
                    $(let $arg = acts!(@keep &self.sim, $kind $arg);)*
                    self.note(move |sim| { let _ = sim.$name($(acts!(@give sim, $kind $arg)),*); });
                }
                self.sim.$name($($arg),*)
            })*
        }
    };
    (@given text) => { &str };
    (@given id) => { u64 };
    (@given commit) => { &str };
    (@given maybe) => { Option<&str> };
    (@given flag) => { Option<bool> };
    (@given word) => { &'static str };
    (@given $kind:ident) => { $kind };
    (@keep $sim:expr, id $arg:ident) => { Place::find($sim, $arg) };
    (@keep $sim:expr, commit $arg:ident) => { Commit::find($sim, $arg) };
    (@keep $sim:expr, text $arg:ident) => { $arg.to_owned() };
    (@keep $sim:expr, maybe $arg:ident) => { $arg.map(str::to_owned) };
    (@keep $sim:expr, $kind:ident $arg:ident) => { $arg };
    (@give $sim:ident, id $arg:ident) => { $arg.id($sim) };
    (@give $sim:ident, commit $arg:ident) => { &$arg.id($sim) };
    (@give $sim:ident, text $arg:ident) => { &$arg };
    (@give $sim:ident, maybe $arg:ident) => { $arg.as_deref() };
    (@give $sim:ident, $kind:ident $arg:ident) => { $arg };
}

acts! {
    add_user(repo: text, login: text, permission: text);
    assign(repo: text, number: u64, actor: text, login: text);
    branch(repo: text, branch: text, at: commit, actor: text);
    close(repo: text, number: u64, actor: text);
    comment(repo: text, number: u64, actor: text, body: text) -> Option<u64>;
    convert_to_draft(repo: text, number: u64, actor: text);
    edit_comment(repo: text, comment: id, actor: text, body: text) -> Option<()>;
    edit_pull(repo: text, number: u64, actor: text, title: maybe, body: maybe, base: maybe);
    enqueue(repo: text, number: u64, actor: text) -> String;
    fork(repo: text, owner: text) -> u64;
    install(repo: text) -> u64;
    label(repo: text, number: u64, actor: text, label: text);
    leave_queue(repo: text, number: u64, reason: text, actor: text);
    open_pull(repo: text, title: text, body: text, head: text, base: text, author: text, draft: bool) -> u64;
    ready(repo: text, number: u64, actor: text);
    remove_user(repo: text, login: text);
    reopen(repo: text, number: u64, actor: text);
    reply(repo: text, comment: id, actor: text, body: text) -> Option<u64>;
    report_check(repo: text, sha: commit, app: u64, name: text, conclusion: maybe);
    report_status(repo: text, sha: commit, context: text, word: text);
    request_review(repo: text, number: u64, actor: text, whom: text);
    require_by_protection(repo: text, branch: text, context: text);
    require_by_rule(repo: text, branch: text, context: text);
    resolve_thread(comment: id) -> bool;
    review(repo: text, number: u64, actor: text, state: word, body: text) -> Option<u64>;
    set_mergeable(repo: text, number: u64, mergeable: flag);
    unlabel(repo: text, number: u64, actor: text, label: text);
}

/// Methods after which a story is its own: it is repeated, and not told again with its server killed.
macro_rules! disturbances {
    ($($name:ident($($arg:ident: $kind:ty),*) $(-> $ret:ty)?;)*) => {
        impl Github {
            $(#[allow(dead_code, reason = "all of the simulation's")]
            pub(crate) fn $name(&self, $($arg: $kind),*) $(-> $ret)? {
                self.disturb();
                self.sim.$name($($arg),*)
            })*
        }
    };
}

disturbances! {
    allow_edits(repo: &str, number: u64, on: bool);
    leave_button(repo: &str, check: u64, identifier: &str);
    clear_faults();
    clock() -> &SimClock;
    create_repository(owner: &str, name: &str, files: &[(&str, &str)], private: bool) -> u64;
    delete_comment(repo: &str, comment: u64);
    delete_repository(repo: &str);
    describe(repo: &str, text: &str);
    double_comment(repo: &str, comment: u64);
    grant_permission(account: &str, name: &str, word: &str);
    inject(fault: Fault);
    lock_conversation(repo: &str, number: u64, locked: bool);
    overwrite_comment(repo: &str, comment: u64, body: &str);
    ping(app_id: u64);
    push_odd(repo: &str, branch: &str, author: &str, edits: &[OddEdit<'_>], base: &str) -> String;
    redeliver(guid: &str) -> bool;
    refuse_new_tokens(calls: u32);
    rename(repo: &str, name: &str, actor: &str);
    rerequest_suite(repo: &str, sha: &str, actor: &str) -> bool;
    set_deliver(on: bool);
    set_quota(remaining: u64, reset: i64);
    set_webhook_url(app_id: u64, url: Option<&str>);
    subscribe(app_id: u64, events: &[&str]);
    suspend(account: &str);
    take_repository(repo: &str);
    uninstall(account: &str);
    unsuspend(account: &str);
    withdraw_permission(name: &str);
}
