//! The command `serve`: a server until the process is told to stop.

use super::logging::start_logging;
use super::{Server, ServerConfig, system_clock};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// Runs a server until SIGTERM or SIGINT. Exit status: 0 after a drain, 2 when it cannot start as configured.
pub fn serve(config: ServerConfig) -> ExitCode {
    start_logging(&config.log, config.log_format);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            return ExitCode::from(3);
        }
    };
    runtime.block_on(run(config))
}

async fn run(config: ServerConfig) -> ExitCode {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        eprintln!("error: cannot listen for signals");
        return ExitCode::from(3);
    };
    for name in &config.unused {
        tracing::warn!("DECKHAND_{name} is set; this version does not use it yet");
    }
    let server = match Server::start(config, system_clock()).await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    eprintln!("deckhand listens on http://{}", server.addr());
    tracing::info!(addr = %server.addr(), url = server.public_url(), "the server is ready");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("told to stop; finishing what is in hand");
    // A second signal does not wait.
    tokio::select! {
        () = server.shutdown() => tracing::info!("stopped"),
        _ = terminate.recv() => tracing::warn!("told to stop again; stopped at once"),
        _ = interrupt.recv() => tracing::warn!("told to stop again; stopped at once"),
    }
    ExitCode::SUCCESS
}
