//! The command: plays the story, prints the links, and waits.

use super::scenes::{Scene, scenes};
use super::stage::{self, Stage};
use crate::cli::commands::Subcommand;
use crate::cli::common::Common;
use crate::cli::failure::{Failure, Status};
use crate::cli::terminal::print_result;
use tokio::signal::unix::{SignalKind, signal};

/// Show the robot at work: a simulated GitHub and a server on this machine, no account and no network
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand demo                 until Ctrl-C; the links are printed
  deckhand demo --once          tell the story as text")]
pub(in crate::cli) struct Demo {
    /// Port of the simulated GitHub; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Print the pull requests as text and exit, instead of waiting for a browser
    #[arg(long)]
    once: bool,
}

impl Subcommand for Demo {
    const NAME: &'static str = "demo";

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
        runtime.block_on(self.play(common))
    }
}

impl Demo {
    async fn play(self, common: &Common) -> Result<Status, Failure> {
        let progress = spinner();
        progress.set_message("Starting a simulated GitHub and a server beside it");
        let stage = Stage::build(self.port).await?;
        let mut shown: Vec<(u64, Scene)> = Vec::new();
        for scene in scenes() {
            progress.set_message(format!("{}: \"{}\"", scene.author, scene.title));
            shown.push((stage.play(&scene).await?, scene));
        }
        progress.finish_and_clear();
        if self.once {
            for (number, _) in &shown {
                print_result(common, &stage.render_text(*number))?;
            }
        } else {
            print_result(common, &links(&stage, &shown))?;
            wait().await?;
        }
        stage.end().await;
        Ok(Status::Fine)
    }
}

fn links(stage: &Stage, shown: &[(u64, Scene)]) -> String {
    let mut text = format!(
        "A simulated GitHub with the repository {} is running, and deckhand reviews its pull requests.\n\n\
         Pull requests   {}\n",
        stage::REPOSITORY,
        stage.page("/pulls")
    );
    for (number, scene) in shown {
        text.push_str(&format!(
            "\n  #{number} {}\n     {}\n     {}\n",
            scene.title,
            scene.caption,
            stage.page(&format!("/pull/{number}"))
        ));
    }
    if let Some((number, scene)) = shown.iter().find(|(_, scene)| scene.pushes.len() == 1 && scene.body.is_empty()) {
        let path = scene.pushes[0].1[0].0;
        if let Some(address) = stage.details(*number) {
            text.push_str(&format!(
                "\nBehind the check of #{number}: which rules ran, and what they found\n     {address}\n"
            ));
        }
        text.push_str(&format!(
            "\nTry it: edit a file of #{number}, save, and watch the robot answer the push\n     {}\n",
            stage.page(&format!("/edit/{}/{path}?pull={number}", scene.branch))
        ));
        text.push_str(&format!(
            "\nOr let the robot mend a part of it: press a button on the check of #{number}\n     {}\n",
            stage.page(&format!("/pull/{number}/checks"))
        ));
        text.push_str(&format!(
            "\nOr change the rules: edit the dangerfile, save, and every open pull request is judged by it\n     {}\n",
            stage.page(&format!("/edit/{}/dangerfile.lua?pull={number}", stage::BASE))
        ));
    }
    text.push_str("\nCtrl-C ends the demo; nothing is left behind.\n");
    text
}

/// Turns on a terminal, is silent in a pipe.
fn spinner() -> indicatif::ProgressBar {
    let progress = indicatif::ProgressBar::new_spinner();
    progress.enable_steady_tick(std::time::Duration::from_millis(100));
    progress
}

async fn wait() -> Result<(), Failure> {
    let listen = |kind| signal(kind).map_err(|error| Failure::failed(format!("cannot wait for a signal: {error}")));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
