//! The configuration of a server: environment, or `deckhand.toml` (the environment wins).

use super::config_values::{Problems, Values};
use super::inbox::STORE_TIMEOUT;
use super::start::DRAIN;
use crate::github::{GITHUB_ISSUER, check_private_key};
use crate::store::{BUSY_TIMEOUT, Retention};
use crate::webhook::Secrets;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

/// Which halves of the server a process runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Both.
    #[default]
    All,
    /// Accepts deliveries and shows pages; judges nothing.
    Web,
    /// Judges; listens only for health and metrics.
    Worker,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The app's identity on GitHub.
#[derive(Clone, Debug)]
pub struct AppIdentity {
    /// The number on the app's settings page.
    pub id: u64,
    /// RSA key, PEM.
    pub private_key: SecretString,
}

/// Waits for so long.
pub type Pause = fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// Everything a server needs to know. Secrets cannot be printed.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The app.
    pub app: AppIdentity,
    /// REST root.
    pub github_api_url: String,
    /// Webhook secrets.
    pub secrets: Secrets,
    /// Where to listen.
    pub listen: SocketAddr,
    /// How people reach the server; no slash at the end. `None`: `http://` and the address it listens on.
    pub public_url: Option<String>,
    /// `sqlite:FILE`.
    pub database_url: String,
    /// Opens the pages, the API and the metrics; `None`: they answer 404.
    pub admin_token: Option<SecretString>,
    /// Who signs tokens of workflows; no slash at the end.
    pub oidc_issuer: String,
    /// Which halves run.
    pub role: Role,
    /// How long a worker has a job before another may take it; it renews in time.
    pub lease: Duration,
    /// A job is parked after so many attempts.
    pub max_attempts: u32,
    /// How long runs and the digests of deliveries are kept.
    pub retention: Retention,
    /// How long a change waits for another process's lock on the database, before its sender hears of it.
    pub busy_timeout: Duration,
    /// How long a delivery waits to be stored, whatever it waits for; then its sender hears 503.
    pub store_timeout: Duration,
    /// How long requests and jobs in hand may take to end when the server is told to stop.
    pub drain: Duration,
    /// How calls of GitHub wait for the next try; tests have another.
    pub pause: Pause,
    /// How often deliveries that failed are looked for; zero: never.
    pub sweep: Duration,
    /// How often open pull requests that nobody judged are looked for; zero: never.
    pub reconcile: Duration,
    /// The judges.
    pub judges: JudgeConfig,
    /// Filter of `tracing`.
    pub log: String,
    /// Shape of log lines.
    pub log_format: LogFormat,
    /// Settings that this version accepts and does not use yet, for the log.
    pub unused: Vec<&'static str>,
}

/// The child processes in which rules run.
#[derive(Clone, Debug)]
pub struct JudgeConfig {
    /// The binary that understands `judge`; `None`: this very one.
    pub program: Option<PathBuf>,
    /// How many run at once.
    pub count: usize,
    /// A request that takes longer is a failure of ours; the child is killed.
    pub timeout: Duration,
}

impl Default for JudgeConfig {
    fn default() -> Self {
        let count = std::thread::available_parallelism().map_or(2, usize::from);
        JudgeConfig { program: None, count, timeout: Duration::from_secs(10) }
    }
}

/// Everything that is wrong with a configuration, each with what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration is not complete:\n{}", .0.iter().map(|problem| format!("  - {problem}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigErrors(pub Vec<String>);

impl ServerConfig {
    /// Reads the settings of contract section 2; `env` looks a variable up, `toml` is the text of `deckhand.toml`.
    ///
    /// # Errors
    /// All problems at once.
    pub fn load(env: impl Fn(&str) -> Option<String>, toml: Option<&str>) -> Result<ServerConfig, ConfigErrors> {
        let mut problems = Problems::default();
        let values = Values::new(&env, toml, &mut problems);
        let id = values.number("APP_ID", &mut problems);
        if id.is_none() && !values.is_set("APP_ID") {
            problems.say("DECKHAND_APP_ID is missing: set it to the number on the settings page of your GitHub App");
        }
        let private_key = load_private_key(&values, &mut problems);
        let secrets = load_secrets(&values, &mut problems);
        let listen = values.text("LISTEN").unwrap_or_else(|| "127.0.0.1:3000".to_owned());
        let listen = listen.parse().map_err(|_| {
            problems.say(format!("DECKHAND_LISTEN is `{listen}`: write an address and a port, such as 127.0.0.1:3000"));
        });
        let log_format = match values.text("LOG_FORMAT").as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                problems.say(format!("DECKHAND_LOG_FORMAT is `{other}`: choose text or json"));
                LogFormat::Text
            }
        };
        let lease = values.number("LEASE_SECONDS", &mut problems).unwrap_or(60);
        let max_attempts = values.number("MAX_ATTEMPTS", &mut problems).unwrap_or(8);
        if lease < 5 || max_attempts == 0 {
            problems.say("DECKHAND_LEASE_SECONDS must be at least 5 and DECKHAND_MAX_ATTEMPTS at least 1");
        }
        let retention = load_retention(&values, &mut problems);
        let [sweep, reconcile] =
            ["SWEEP_SECONDS", "RECONCILE_SECONDS"].map(|name| values.number(name, &mut problems).unwrap_or(300));
        let urls = ["GITHUB_API_URL", "PUBLIC_URL", "OIDC_ISSUER"].map(|name| values.url(name, &mut problems));
        match (id, private_key, secrets, listen) {
            (Some(id), Some(private_key), Some(secrets), Ok(listen)) if problems.is_empty() => {
                let [github_api_url, public_url, oidc_issuer] = urls;
                Ok(ServerConfig {
                    app: AppIdentity { id, private_key },
                    github_api_url: github_api_url.unwrap_or_else(|| "https://api.github.com".to_owned()),
                    secrets,
                    listen,
                    public_url,
                    database_url: database_url(&values),
                    admin_token: values.text("ADMIN_TOKEN").map(SecretString::from),
                    oidc_issuer: oidc_issuer.unwrap_or_else(|| GITHUB_ISSUER.to_owned()),
                    role: Role::All,
                    lease: Duration::from_secs(lease),
                    max_attempts: u32::try_from(max_attempts).unwrap_or(u32::MAX),
                    retention,
                    busy_timeout: BUSY_TIMEOUT,
                    store_timeout: STORE_TIMEOUT,
                    drain: DRAIN,
                    pause: |span| Box::pin(tokio::time::sleep(span)),
                    sweep: Duration::from_secs(sweep),
                    reconcile: Duration::from_secs(reconcile),
                    judges: JudgeConfig::default(),
                    log: values.text("LOG").unwrap_or_else(|| "info".to_owned()),
                    log_format,
                    unused: values.unused(),
                })
            }
            _ => Err(ConfigErrors(problems.into_list())),
        }
    }

    /// Only where the database is, for commands that look at what a server has stored.
    ///
    /// # Errors
    /// When `deckhand.toml` does not read.
    pub fn load_database_url(env: impl Fn(&str) -> Option<String>, toml: Option<&str>) -> Result<String, ConfigErrors> {
        let mut problems = Problems::default();
        let values = Values::new(&env, toml, &mut problems);
        if problems.is_empty() { Ok(database_url(&values)) } else { Err(ConfigErrors(problems.into_list())) }
    }
}

fn database_url(values: &Values) -> String {
    values.text("DATABASE_URL").unwrap_or_else(|| "sqlite:deckhand.db".to_owned())
}

fn load_retention(values: &Values, problems: &mut Problems) -> Retention {
    let default = Retention::default();
    let days = values.number("RETENTION_DAYS", problems);
    let runs = values.number("RETENTION_RUNS", problems);
    if days == Some(0) || runs == Some(0) {
        problems.say("DECKHAND_RETENTION_DAYS and DECKHAND_RETENTION_RUNS must be at least 1");
    }
    Retention {
        age: days.map_or(default.age, |days| Duration::from_secs(days.saturating_mul(24 * 3600))),
        runs: runs.unwrap_or(default.runs),
    }
}

fn load_private_key(values: &Values, problems: &mut Problems) -> Option<SecretString> {
    let (pem, source) = match (values.text("PRIVATE_KEY"), values.text("PRIVATE_KEY_FILE")) {
        // Many hosting services cannot keep line breaks in a variable; `\n` is what people write instead.
        (Some(pem), _) => (SecretString::from(pem.replace("\\n", "\n")), "DECKHAND_PRIVATE_KEY".to_owned()),
        (None, Some(path)) => match std::fs::read_to_string(&path) {
            Ok(pem) => (SecretString::from(pem), format!("DECKHAND_PRIVATE_KEY_FILE ({path})")),
            Err(error) => {
                problems.say(format!(
                    "DECKHAND_PRIVATE_KEY_FILE: cannot read {path}: {error}; \
                     name the .pem file that GitHub gave you when you generated a private key for the app"
                ));
                return None;
            }
        },
        (None, None) => {
            problems.say(
                "DECKHAND_PRIVATE_KEY or DECKHAND_PRIVATE_KEY_FILE is missing: generate a private key on the settings \
                 page of your GitHub App and name the downloaded .pem file",
            );
            return None;
        }
    };
    if let Err(error) = check_private_key(&pem) {
        problems.say(format!("{source}: {error}"));
        return None;
    }
    Some(pem)
}

fn load_secrets(values: &Values, problems: &mut Problems) -> Option<Secrets> {
    let Some(text) = values.text("WEBHOOK_SECRET") else {
        problems.say(
            "DECKHAND_WEBHOOK_SECRET is missing: set it to the webhook secret of your GitHub App; \
             without one anybody could send deliveries",
        );
        return None;
    };
    Secrets::parse(&text).map_err(|error| problems.say(format!("DECKHAND_WEBHOOK_SECRET: {error}"))).ok()
}
