//! The table of events: GitHub's name, our variant and its type. Everything that lists the events is made from it.

use super::payload::{Unread, read_action};
use super::{
    CheckRunEvent, CheckSuiteEvent, InstallationEvent, InstallationRepositoriesEvent, MergeGroupEvent, PingEvent,
    PullRequestEvent, PushEvent,
};
use crate::webhook::JobSpec;

macro_rules! events {
    ($($name:ident => $variant:ident($type:ty),)*) => {
        /// What a delivery says. A hint: it names work and is never believed as state.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                $variant($type),
            )*
            /// An event or an action that names no work for us.
            Other {
                /// The event's name.
                name: String,
                /// Its action, when it has one.
                action: Option<String>,
            },
            /// A known event that is not as GitHub documents it.
            Unreadable {
                /// What is missing, for the log; nothing of the payload's text.
                reason: String,
            },
        }

        /// Reads the body of the event of this name. Never fails: what it cannot use becomes `Other` or `Unreadable`.
        pub fn parse(event: &str, body: &[u8]) -> Event {
            let action = match read_action(body) {
                Ok(action) => action,
                Err(unread) => return Event::Unreadable { reason: unread.reason(event) },
            };
            let read: Result<Event, Unread> = match event {
                $(stringify!($name) => <$type>::read(action.as_deref(), body).map(Event::$variant),)*
                _ => Err(Unread::Other),
            };
            match read {
                Ok(event) => event,
                Err(Unread::Other) => Event::Other { name: event.to_owned(), action },
                Err(unread) => Event::Unreadable { reason: unread.reason(event) },
            }
        }

        /// The work that an event names; often none.
        pub fn build_jobs(event: &Event) -> Vec<JobSpec> {
            match event {
                $(Event::$variant(event) => event.build_jobs(),)*
                Event::Other { .. } | Event::Unreadable { .. } => Vec::new(),
            }
        }
    };
}

events! {
    check_run => CheckRun(CheckRunEvent),
    check_suite => CheckSuite(CheckSuiteEvent),
    installation => Installation(InstallationEvent),
    installation_repositories => InstallationRepositories(InstallationRepositoriesEvent),
    merge_group => MergeGroup(MergeGroupEvent),
    ping => Ping(PingEvent),
    pull_request => PullRequest(PullRequestEvent),
    push => Push(PushEvent),
}
