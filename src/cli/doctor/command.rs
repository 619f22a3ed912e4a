//! The command: what is looked at, in which order.

use super::report::{Level, Remark, Section, render, worst};
use super::{app, database, hook, permissions, requirements, settings};
use crate::cli::commands::Subcommand;
use crate::cli::common::Common;
use crate::cli::failure::{Failure, Status};
use crate::cli::serve::read_config_file;
use crate::cli::terminal::{columns, print_result};
use crate::github::{CallError, Github, GithubConfig};
use crate::model::RepoName;
use crate::server::ServerConfig;
use std::io::IsTerminal;

/// The widest text that is pleasant to read.
const MAX_COLUMNS: usize = 110;

/// Check configuration, app permissions, events, webhook and database; say what to do
///
/// It reads the settings of `deckhand serve` (DECKHAND_* variables or deckhand.toml), looks at the database, asks GitHub
/// about the app, and looks at what the default branches of its repositories require. It changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand doctor                                before the first start, and whenever nothing happens
  deckhand doctor --repository octo/hello        look at what this repository requires, and at no other

Exit status: 0 nothing has to be mended, 1 something has.")]
pub(crate) struct Doctor {
    /// Look at this repository's required checks, and not at those of all; can be given several times
    #[arg(long, value_name = "OWNER/NAME", value_parser = parse_repository)]
    repository: Vec<RepoName>,
    /// The name of the check, where dangerfiles set another one
    #[arg(long, value_name = "NAME", default_value = "deckhand")]
    check_name: String,
}

fn parse_repository(text: &str) -> Result<RepoName, String> {
    RepoName::parse(text).map_err(|_| "it looks like OWNER/NAME".to_owned())
}

impl Subcommand for Doctor {
    const NAME: &'static str = "doctor";

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
        let sections = runtime.block_on(self.look())?;
        let columns = std::io::stdout().is_terminal().then(|| columns().min(MAX_COLUMNS));
        print_result(common, &render(&sections, columns))?;
        Ok(if worst(&sections) >= Level::Warning { Status::Blocked } else { Status::Fine })
    }
}

impl Doctor {
    async fn look(&self) -> Result<Vec<Section>, Failure> {
        let file = read_config_file()?;
        let env = |name: &str| std::env::var(name).ok();
        let config = ServerConfig::load(env, file.as_deref());
        let mut sections = vec![settings::look(&config)];
        if let Ok(url) = ServerConfig::load_database_url(env, file.as_deref()) {
            sections.push(database::look(&url).await);
        }
        // Without an identity GitHub tells nothing; what is missing is said already.
        if let Ok(config) = &config {
            sections.extend(self.look_at_github(config).await);
        }
        Ok(sections)
    }

    async fn look_at_github(&self, config: &ServerConfig) -> Vec<Section> {
        let github = Github::new(GithubConfig {
            api_url: config.github_api_url.clone(),
            app_id: config.app.id,
            private_key: config.app.private_key.clone(),
            user_agent: concat!("deckhand/", env!("CARGO_PKG_VERSION")).to_owned(),
        });
        let github = match github {
            Ok(github) => github,
            Err(error) => {
                let remarks = vec![Remark::new(Level::Problem, error.to_string())];
                return vec![Section { remarks, ..Section::new("App") }];
            }
        };
        let refused =
            |title, error: &CallError| Section { remarks: vec![app::after_call(config, error)], ..Section::new(title) };
        let (settings, installations) = match futures_util::try_join!(github.fetch_app(), github.list_installations()) {
            Ok(found) => found,
            Err(error) => return vec![refused("App", &error)],
        };
        let mut sections = vec![app::look(&settings, &installations), permissions::look(&settings, &installations)];
        sections.push(hook::look_at_events(&settings));
        let public_url = config.public_url.as_deref();
        let hook = match futures_util::join!(github.fetch_hook(), github.list_newest_deliveries()) {
            (Ok(hook), Ok(attempts)) => hook::look(&hook, public_url, &attempts),
            (Err(CallError::NotFound(_)), _) => hook::look_at_none(public_url),
            (Err(error), _) | (_, Err(error)) => refused("Webhook", &error),
        };
        sections.push(hook);
        if !installations.is_empty() {
            let asked = requirements::Asked { config, repositories: &self.repository, check: &self.check_name };
            sections.push(requirements::look(&github, &installations, &asked).await);
        }
        sections
    }
}
