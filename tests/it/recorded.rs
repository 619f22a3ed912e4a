//! What people do in a story is written down while they do it, so that it can be done again on another simulation.

use crate::sim_bench::{APP_ID, NOWHERE, REPO, borrowed, owned};
use deckhand::server::ServerHandle;
use deckhand::sim::{AppConfig, DeliveryRecord, Fault, FaultEffect, OddEdit, SimHandle};
use serde_json::Value;
use std::cell::{Ref, RefCell};
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// One thing that happens in a story.
pub(crate) enum Act {
    /// Somebody does something on GitHub, or GitHub itself does.
    Do(Box<dyn Fn(&Telling)>),
    /// Somebody asks the server.
    Ask(Box<Ask>),
    /// Time goes by.
    Pass(Duration),
    /// Every delivery is answered, or failed.
    Settle,
    /// The robot comes to rest; so many jobs wait for a later time then.
    Rest { waiting: u64 },
    /// Deliveries go to the server, or to an address at which nobody listens.
    Deliver { here: bool },
    /// The server is stopped as one should be.
    Leave,
    /// A server begins on the same database.
    Return,
    /// The database is copied while nobody uses it.
    Keep,
    /// That copy takes its place.
    Restore,
    /// An empty one takes its place.
    Forget,
}

type Ask = dyn Fn(&Telling, &ServerHandle) -> Pin<Box<dyn Future<Output = ()>>>;

/// A simulation on which a story is told.
pub(crate) struct Telling {
    pub(crate) sim: SimHandle,
    /// Those that people made, in their order: they have other names in another telling.
    commits: RefCell<Vec<String>>,
}

impl Telling {
    pub(crate) fn new(sim: SimHandle) -> Telling {
        Telling { sim, commits: RefCell::default() }
    }

    fn commits(&self) -> Ref<'_, Vec<String>> {
        self.commits.borrow()
    }

    fn note(&self, made: &impl Made) {
        self.commits.borrow_mut().extend(made.commit().map(str::to_owned));
    }
}

/// What an act answers: perhaps a commit.
trait Made {
    fn commit(&self) -> Option<&str> {
        None
    }
}

impl Made for () {}
impl Made for bool {}
impl Made for u64 {}
impl<T> Made for Option<T> {}

impl Made for String {
    fn commit(&self) -> Option<&str> {
        Some(self)
    }
}

/// A simulation whose people are watched. Reading goes to the simulation itself.
pub(crate) struct Github {
    telling: Telling,
    acts: RefCell<Vec<Act>>,
}

impl Deref for Github {
    type Target = SimHandle;

    fn deref(&self) -> &SimHandle {
        &self.telling.sim
    }
}

impl Github {
    pub(crate) fn new(sim: SimHandle) -> Github {
        Github { telling: Telling::new(sim), acts: RefCell::default() }
    }

    /// What happened on it.
    pub(crate) fn into_acts(self) -> Vec<Act> {
        self.acts.into_inner()
    }

    /// Everything came to rest here.
    pub(crate) fn note_rest(&self, waiting: u64) {
        if let Some(Act::Rest { waiting: before }) = self.acts.borrow_mut().last_mut() {
            *before = waiting;
            return;
        }
        self.note(Act::Rest { waiting });
    }

    pub(crate) fn note(&self, act: Act) {
        self.acts.borrow_mut().push(act);
    }

    fn note_doing(&self, act: impl Fn(&Telling) + 'static) {
        self.note(Act::Do(Box::new(act)));
    }

    /// Something happens that is not GitHub's, or asks no other telling for a number.
    pub(crate) fn happen(&self, act: impl Fn(&SimHandle) + 'static) {
        act(self);
        self.note_doing(move |telling| act(&telling.sim));
    }

    /// Somebody asks the server about these commits.
    pub(crate) async fn ask<Asked>(
        &self,
        server: &ServerHandle,
        commits: &[&str],
        ask: impl Fn(&SimHandle, &ServerHandle, &[String]) -> Asked + 'static,
    ) -> Asked::Output
    where
        Asked: Future + 'static,
    {
        let found: Vec<Commit> = commits.iter().map(|it| Commit::find(&self.telling, it)).collect();
        let commits: Vec<String> = commits.iter().map(|it| (*it).to_owned()).collect();
        let answer = ask(self, server, &commits).await;
        self.note(Act::Ask(Box::new(move |telling, server| {
            let commits: Vec<String> = found.iter().map(|it| it.id(telling)).collect();
            let asked = ask(&telling.sim, server, &commits);
            Box::pin(async move {
                asked.await;
            })
        })));
        answer
    }

    /// Time goes by.
    pub(crate) fn advance(&self, by: Duration) {
        self.note(Act::Pass(by));
        self.clock().advance(by);
    }

    pub(crate) async fn settle(&self) {
        self.note(Act::Settle);
        self.telling.sim.settle().await;
    }

    /// Deliveries go to an address at which nobody listens.
    pub(crate) fn misdirect(&self) {
        self.note(Act::Deliver { here: false });
        self.set_webhook_url(APP_ID, Some(NOWHERE));
    }

    /// This happens before such a call, after so many others like it; then the call is done and answered.
    pub(crate) fn meanwhile(
        &self,
        method: &'static str,
        path: &'static str,
        after: u32,
        act: impl Fn(&SimHandle) + Send + Sync + 'static,
    ) {
        let act = Arc::new(act);
        self.happen(move |sim| {
            let (at, act) = (sim.clone(), act.clone());
            sim.inject(Fault::next(method, path, FaultEffect::first(move || act(&at))).after(after));
        });
    }
}

/// Something that has a number of its own, by where it is found: in another telling it has another number.
struct Place {
    on: On,
    author: Value,
    at: usize,
}

type List = fn(&SimHandle, &str, u64) -> Vec<Value>;

enum On {
    Pull((String, u64), List),
    Commit(String, Commit),
}

impl On {
    fn list(&self, telling: &Telling) -> Vec<Value> {
        match self {
            On::Pull((repo, number), list) => list(&telling.sim, repo, *number),
            On::Commit(repo, commit) => telling.sim.checks(repo, &commit.id(telling)),
        }
    }
}

impl Place {
    fn find(telling: &Telling, id: u64) -> Place {
        let lists: [List; 2] = [SimHandle::comments, SimHandle::review_comments];
        let pulls = telling.sim.pulls();
        let places = pulls.iter().flat_map(|pull| lists.map(|list| On::Pull(pull.clone(), list)));
        let heads = pulls.iter().map(|pull| On::Commit(pull.0.clone(), Commit::HeadOf(pull.clone())));
        let commits = (0..telling.commits().len()).map(|at| On::Commit(REPO.to_owned(), Commit::Made(at)));
        let found = places.chain(heads).chain(commits).find_map(|on| {
            let all = on.list(telling);
            let author = all.iter().find(|it| it["id"] == id)?["user"]["login"].clone();
            let at = all.iter().filter(|it| it["user"]["login"] == author).position(|it| it["id"] == id)?;
            Some(Place { on, author, at })
        });
        found.expect("what is acted on is there")
    }

    fn id(&self, telling: &Telling) -> u64 {
        let all = self.on.list(telling);
        let mut theirs = all.iter().filter(|it| it["user"]["login"] == self.author);
        theirs.nth(self.at).and_then(|it| it["id"].as_u64()).expect("what is acted on is there in this telling too")
    }
}

/// A commit or branch; a commit has another name in another telling.
enum Commit {
    HeadOf((String, u64)),
    /// By people, the first being 0.
    Made(usize),
    Named(String),
}

impl Commit {
    fn find(telling: &Telling, name: &str) -> Commit {
        let is_it = |(repo, number): &(String, u64)| telling.sim.head(repo, *number).is_some_and(|head| head == name);
        if let Some(pull) = telling.sim.pulls().into_iter().find(is_it) {
            return Commit::HeadOf(pull);
        }
        let made = telling.commits().iter().position(|it| it == name);
        made.map_or_else(|| Commit::Named(name.to_owned()), Commit::Made)
    }

    fn id(&self, telling: &Telling) -> String {
        match self {
            Commit::HeadOf((repo, number)) => telling.sim.head(repo, *number).unwrap(),
            Commit::Made(at) => telling.commits()[*at].clone(),
            Commit::Named(name) => name.clone(),
        }
    }
}

/// A delivery among those that tell of the same, the first being 0.
struct Delivered {
    about: About,
    at: usize,
}

type About = (String, String, Option<u64>);

impl Delivered {
    fn about(it: &DeliveryRecord) -> About {
        let number = it.body["number"].as_u64().or(it.body["issue"]["number"].as_u64());
        (it.event.clone(), it.action.clone(), number)
    }

    fn alike(sim: &SimHandle, about: &About) -> Vec<DeliveryRecord> {
        let first = |it: &DeliveryRecord| !it.redelivery && Delivered::about(it) == *about;
        sim.deliveries().into_iter().filter(first).collect()
    }

    fn find(telling: &Telling, guid: &str) -> Delivered {
        let told = telling.sim.deliveries().into_iter().find(|it| it.guid == guid).expect("there is such a delivery");
        let about = Delivered::about(&told);
        let at = Delivered::alike(&telling.sim, &about).iter().position(|it| it.guid == guid);
        Delivered { about, at: at.expect("it was delivered once before") }
    }

    fn id(&self, telling: &Telling) -> String {
        let all = Delivered::alike(&telling.sim, &self.about);
        all.get(self.at).expect("it is delivered in this telling too").guid.clone()
    }
}

/// An edit that owns its parts: its kind, the path, the rest.
struct OddParts(for<'a> fn(&'a [u8], &'a [u8]) -> OddEdit<'a>, Vec<u8>, Vec<u8>);

impl OddParts {
    fn of(edit: &OddEdit<'_>) -> OddParts {
        match *edit {
            OddEdit::File(path, content) => {
                OddParts(|path, content| OddEdit::File(path, content), path.to_vec(), content.to_vec())
            }
            OddEdit::Program(path, content) => {
                OddParts(|path, content| OddEdit::Program(path, content), path.to_vec(), content.to_vec())
            }
            OddEdit::Link(path, target) => {
                OddParts(|path, target| OddEdit::Link(path, target), path.to_vec(), target.to_vec())
            }
            OddEdit::Submodule(path, commit) => OddParts(
                |path, commit| OddEdit::Submodule(path, std::str::from_utf8(commit).unwrap()),
                path.to_vec(),
                commit.as_bytes().to_vec(),
            ),
            OddEdit::Gone(path) => OddParts(|path, _| OddEdit::Gone(path), path.to_vec(), Vec::new()),
        }
    }

    fn edit(&self) -> OddEdit<'_> {
        self.0(&self.1, &self.2)
    }
}

/// Methods of the simulation that are written down. `id`, `commit` and `guid` are kept by where they are found, everything
/// else as it is.
macro_rules! acts {
    ($($name:ident($($arg:ident: $kind:tt),*) $(-> $ret:ty)?;)*) => {
        impl Github {
            $(#[allow(clippy::too_many_arguments, reason = "the simulation's own signature")]
            pub(crate) fn $name(&self, $($arg: acts!(@given $kind)),*) $(-> $ret)? {
                {
                    $(let $arg = acts!(@keep &self.telling, $kind $arg);)*
                    self.note_doing(move |telling| {
                        telling.note(&telling.sim.$name($(acts!(@give telling, $kind $arg)),*));
                    });
                }
                let done = self.telling.sim.$name($($arg),*);
                self.telling.note(&done);
                done
            })*
        }
    };
    (@given text) => { &str };
    (@given texts) => { &[&str] };
    (@given files) => { &[(&str, &str)] };
    (@given edits) => { &[(&str, Option<&str>)] };
    (@given odd) => { &[OddEdit<'_>] };
    (@given archives) => { &[(&str, Vec<u8>)] };
    (@given id) => { u64 };
    (@given commit) => { &str };
    (@given guid) => { &str };
    (@given maybe) => { Option<&str> };
    (@given flag) => { Option<bool> };
    (@given word) => { &'static str };
    (@given $kind:ident) => { $kind };
    (@keep $telling:expr, id $arg:ident) => { Place::find($telling, $arg) };
    (@keep $telling:expr, commit $arg:ident) => { Commit::find($telling, $arg) };
    (@keep $telling:expr, guid $arg:ident) => { Delivered::find($telling, $arg) };
    (@keep $telling:expr, text $arg:ident) => { $arg.to_owned() };
    (@keep $telling:expr, texts $arg:ident) => { $arg.iter().map(|it| (*it).to_owned()).collect::<Vec<String>>() };
    (@keep $telling:expr, files $arg:ident) => { owned($arg) };
    (@keep $telling:expr, edits $arg:ident) => {
        $arg.iter().map(|(path, text)| ((*path).to_owned(), text.map(str::to_owned))).collect::<Vec<_>>()
    };
    (@keep $telling:expr, odd $arg:ident) => { $arg.iter().map(OddParts::of).collect::<Vec<_>>() };
    (@keep $telling:expr, archives $arg:ident) => {
        $arg.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect::<Vec<_>>()
    };
    (@keep $telling:expr, maybe $arg:ident) => { $arg.map(str::to_owned) };
    (@keep $telling:expr, $kind:ident $arg:ident) => { $arg.clone() };
    (@give $telling:ident, id $arg:ident) => { $arg.id($telling) };
    (@give $telling:ident, commit $arg:ident) => { &$arg.id($telling) };
    (@give $telling:ident, guid $arg:ident) => { &$arg.id($telling) };
    (@give $telling:ident, text $arg:ident) => { &$arg };
    (@give $telling:ident, texts $arg:ident) => { &$arg.iter().map(String::as_str).collect::<Vec<_>>() };
    (@give $telling:ident, files $arg:ident) => { &borrowed(&$arg) };
    (@give $telling:ident, edits $arg:ident) => {
        &$arg.iter().map(|(path, text)| (path.as_str(), text.as_deref())).collect::<Vec<_>>()
    };
    (@give $telling:ident, odd $arg:ident) => { &$arg.iter().map(OddParts::edit).collect::<Vec<_>>() };
    (@give $telling:ident, archives $arg:ident) => {
        &$arg.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect::<Vec<_>>()
    };
    (@give $telling:ident, maybe $arg:ident) => { $arg.as_deref() };
    (@give $telling:ident, $kind:ident $arg:ident) => { $arg.clone() };
}

acts! {
    add_user(repo: text, login: text, permission: text);
    allow_edits(repo: text, number: u64, on: bool);
    assign(repo: text, number: u64, actor: text, login: text);
    branch(repo: text, branch: text, at: commit, actor: text);
    clear_faults();
    close(repo: text, number: u64, actor: text);
    comment(repo: text, number: u64, actor: text, body: text) -> Option<u64>;
    convert_to_draft(repo: text, number: u64, actor: text);
    create_repository(owner: text, name: text, files: files, private: bool) -> u64;
    delete_comment(repo: text, comment: id);
    delete_repository(repo: text);
    double_comment(repo: text, comment: id);
    edit_comment(repo: text, comment: id, actor: text, body: text) -> Option<()>;
    edit_pull(repo: text, number: u64, actor: text, title: maybe, body: maybe, base: maybe);
    enqueue(repo: text, number: u64, actor: text) -> String;
    expire_artifacts(repo: text, name: text);
    finish_workflow(repo: text, head: commit, actor: text, artifacts: archives) -> u64;
    fork(repo: text, owner: text) -> u64;
    grant_permission(account: text, name: text, word: text);
    inject(fault: Fault);
    install(repo: text) -> u64;
    keep_conclusions(on: bool);
    label(repo: text, number: u64, actor: text, label: text);
    leave_button(repo: text, check: id, identifier: text);
    leave_queue(repo: text, number: u64, reason: text, actor: text);
    lock_conversation(repo: text, number: u64, locked: bool);
    open_pull(repo: text, title: text, body: text, head: text, base: text, author: text, draft: bool) -> u64;
    overwrite_comment(repo: text, comment: id, body: text);
    ping(app_id: u64);
    press_button(repo: text, check: id, identifier: text, actor: text) -> bool;
    push(repo: text, branch: text, author: text, message: text, edits: edits, base: text) -> String;
    push_odd(repo: text, branch: text, author: text, edits: odd, base: text) -> String;
    ready(repo: text, number: u64, actor: text);
    redeliver(guid: guid) -> bool;
    refuse_new_tokens(calls: u32);
    register_app(config: AppConfig);
    remove_user(repo: text, login: text);
    rename(repo: text, name: text, actor: text);
    reopen(repo: text, number: u64, actor: text);
    reply(repo: text, comment: id, actor: text, body: text) -> Option<u64>;
    report_check(repo: text, sha: commit, app: u64, name: text, conclusion: maybe);
    report_status(repo: text, sha: commit, context: text, word: text);
    request_review(repo: text, number: u64, actor: text, whom: text);
    require_by_protection(repo: text, branch: text, context: text);
    require_by_rule(repo: text, branch: text, context: text);
    rerequest_check(repo: text, check: id, actor: text) -> bool;
    rerequest_suite(repo: text, sha: commit, actor: text) -> bool;
    resolve_thread(comment: id) -> bool;
    review(repo: text, number: u64, actor: text, state: word, body: text) -> Option<u64>;
    set_deliver(on: bool);
    set_delay(delay: Duration);
    set_mergeable(repo: text, number: u64, mergeable: flag);
    set_quota(remaining: u64, reset: i64);
    subscribe(app_id: u64, events: texts);
    suspend(account: text);
    take_repository(repo: text);
    test_merge(repo: text, number: u64, edits: edits) -> String;
    uninstall(account: text);
    unlabel(repo: text, number: u64, actor: text, label: text);
    unsuspend(account: text);
    withdraw_permission(name: text);
}
