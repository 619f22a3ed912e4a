//! The entrance: one GitHub, one identity.

use super::app::{App, bearer};
use super::call::{Auth, RequestCounter, Shared};
use super::config::{ConfigError, GithubConfig, TokenConfig};
use super::http::Http;
use super::kept::Kept;
use super::meter::Meter;
use super::own_checks::OwnChecks;
use super::pace::Pace;
use super::repo::RepoClient;
use super::timing::Timing;
use super::token::Tokens;
use super::web::Web;
use crate::model::{InstallationId, RepoName, RepositoryId};
use secrecy::ExposeSecret;
use std::sync::Arc;

/// One GitHub with one identity; cheap to clone. Connections, tokens and limits are shared by all clones.
#[derive(Clone)]
pub struct Github {
    pub(super) shared: Arc<Shared>,
}

impl Github {
    /// As an app. Call it inside a tokio runtime; the connections belong to that runtime.
    ///
    /// # Errors
    /// When the key is not an RSA key, or the URL is none.
    pub fn new(config: GithubConfig) -> Result<Self, ConfigError> {
        Github::with_timing(config, Timing::system())
    }

    /// The same with a clock and a pause of the caller.
    ///
    /// # Errors
    /// As [`Github::new`].
    pub fn with_timing(config: GithubConfig, timing: Timing) -> Result<Self, ConfigError> {
        Github::metered(config, timing, Meter::default())
    }

    /// The same, and its requests are counted by a meter of the caller.
    ///
    /// # Errors
    /// As [`Github::new`].
    pub fn metered(config: GithubConfig, timing: Timing, meter: Meter) -> Result<Self, ConfigError> {
        let app = App::new(config.app_id, &config.private_key)?;
        let http = Http::new(&config.api_url, &config.user_agent, timing)?;
        Ok(Github::build(http, Auth::App { app, tokens: Tokens::default() }, meter))
    }

    /// As the owner of a token: a person, or a workflow. Installations play no part then.
    ///
    /// # Errors
    /// When the URL is none, or the token cannot be sent in a header.
    pub fn with_token(config: TokenConfig) -> Result<Self, ConfigError> {
        let http = Http::new(&config.api_url, &config.user_agent, Timing::system())?;
        let header = bearer(config.token.expose_secret().trim()).ok_or(ConfigError::Token)?;
        Ok(Github::build(http, Auth::Token(header), Meter::default()))
    }

    /// One repository, reached through one installation. Counts no requests until it is given a counter.
    pub fn repository(&self, installation: InstallationId, id: RepositoryId, name: RepoName) -> RepoClient {
        RepoClient { shared: self.shared.clone(), installation, id, name, counter: RequestCounter::unlimited() }
    }

    /// The next calls for this installation mint new tokens: it may more, or less, than before.
    pub fn forget_tokens(&self, installation: InstallationId) {
        if let Auth::App { tokens, .. } = &self.shared.auth {
            tokens.forget(installation);
        }
    }

    /// The app is no longer there: nothing of it is kept. Should it come back, it has another id.
    pub fn forget(&self, installation: InstallationId) {
        self.forget_tokens(installation);
        self.shared.pace.forget(installation);
        self.shared.meter.forget(installation);
    }

    /// GitHub's limits that last and what was written in the last hour: a text for each installation, for whoever comes
    /// after this process. They hold times alone. Those of one installation and of the app itself, or all.
    pub fn remember_limits(&self, of: Option<InstallationId>) -> Vec<(InstallationId, String)> {
        self.shared.pace.remember(of, self.shared.http.github_now())
    }

    /// Whether an installation wrote so much since then that a process killed now would leave too much unknown.
    pub fn has_written_much(&self, installation: InstallationId) -> bool {
        self.shared.pace.has_news(installation)
    }

    /// Takes over such a text, before the first call.
    pub fn recall_limits(&self, installation: InstallationId, text: &str) {
        self.shared.pace.recall(installation, text, self.shared.http.github_now());
    }

    /// The clock and the pause that this client uses.
    pub fn timing(&self) -> &Timing {
        &self.shared.http.timing
    }

    fn build(http: Http, auth: Auth, meter: Meter) -> Self {
        let web = Web::with_agent(http.user_agent.clone());
        let (pace, kept, own_checks) = (Pace::default(), Kept::default(), OwnChecks::default());
        Github { shared: Arc::new(Shared { http, auth, pace, meter, kept, own_checks, web }) }
    }
}

impl std::fmt::Debug for Github {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Github").field("api", &self.shared.http.roots.rest).finish_non_exhaustive()
    }
}
