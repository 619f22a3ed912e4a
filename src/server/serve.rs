//! The command `serve`: a server until the process is told to stop.

use super::logging::start_logging;
use super::{LogFormat, Server, ServerConfig, StartError, system_clock};
use tokio::signal::unix::{SignalKind, signal};

/// Runs a server until SIGTERM or SIGINT, then drains it.
///
/// # Errors
/// When it cannot start as configured.
pub fn serve(config: ServerConfig) -> Result<(), StartError> {
    start_logging(&config.log, config.log_format);
    // Waiting is most of the work here and thinking happens in the judges, which need the other half of the cores.
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
    // One thread that also polls what it starts needs fewer wakings than one that is handed everything.
    let mut runtime = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = runtime.worker_threads(threads).enable_all().build().map_err(StartError::System)?;
    runtime.block_on(run(config))
}

async fn run(config: ServerConfig) -> Result<(), StartError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::System)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::System)?;
    for name in &config.unused {
        tracing::warn!("DECKHAND_{name} is set; this version does not use it yet");
    }
    let format = config.log_format;
    let server = Server::start(config, system_clock()).await?;
    if format == LogFormat::Text {
        eprintln!("deckhand listens on http://{}", server.addr());
    }
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
    Ok(())
}
