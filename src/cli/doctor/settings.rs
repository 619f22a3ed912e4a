//! The settings of the server.

use super::report::{Level, Remark, Section};
use crate::server::{ConfigErrors, ServerConfig};

pub(super) fn look(config: &Result<ServerConfig, ConfigErrors>) -> Section {
    let mut section = Section::new("Configuration");
    let config = match config {
        Ok(config) => config,
        Err(ConfigErrors(problems)) => {
            section.remarks = problems.iter().map(|it| Remark::new(Level::Problem, it)).collect();
            return section;
        }
    };
    section
        .remarks
        .push(Remark::new(Level::Fine, format!("complete, for app {} at {}", config.app.id, config.github_api_url)));
    if config.public_url.is_none() {
        let text = format!("DECKHAND_PUBLIC_URL is not set: links in checks lead to http://{}", config.listen);
        let advice = "Set it to the address at which people and GitHub reach the server.";
        section.remarks.push(Remark::new(Level::Note, text).advise(advice));
    }
    if config.admin_token.is_none() {
        let text = "DECKHAND_ADMIN_TOKEN is not set: the pages of runs, the API and the metrics answer 404";
        let advice = "Set it to a long random text to open them to whoever has it.";
        section.remarks.push(Remark::new(Level::Note, text).advise(advice));
    }
    let unused = config.unused.iter().map(|name| format!("DECKHAND_{name} is set; this version does not use it yet"));
    section.remarks.extend(unused.map(|text| Remark::new(Level::Note, text)));
    section
}
