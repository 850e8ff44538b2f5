//! `tenshot serve`: the coordinator.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::connection::DEFAULT_LISTEN;
use super::{Exit, Failure, output, runtime};
use tenshot_coordinator::domain::Role;
use tenshot_coordinator::http::{Server, ServerError};
use tenshot_coordinator::service::Timing;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tenshot serve --data-dir lab\n  tenshot serve --data-dir lab --listen 127.0.0.1:0\n\n\
                        The first start makes a token for each role in DIR/tokens: `agent` for boards, `operator` for \
                        campaigns, `reader` for NAS jobs."
)]
pub(crate) struct Args {
    /// Folder for the database, models, predictors and tokens; made where it is missing.
    #[arg(long, env = "TENSHOT_DATA_DIR", value_name = "DIR")]
    data_dir: PathBuf,
    /// Address and port to listen on; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = DEFAULT_LISTEN)]
    listen: SocketAddr,
    /// Listen without encryption on an address that can be reached from outside.
    #[arg(long)]
    allow_plain_http: bool,
    /// Do not say how to reach it.
    #[arg(long, hide = true)]
    quiet: bool,
    /// End when standard input ends: for programs that start a coordinator of their own.
    #[arg(long, hide = true)]
    exit_with_stdin: bool,
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    runtime::block_on(async {
        let mut stop = runtime::listen_for_stop(args.exit_with_stdin)?;
        let server = Server::bind(&args.data_dir, args.listen, args.allow_plain_http, Timing::default())
            .await
            .map_err(failure)?;
        output::line(&format!("listening on http://{}", server.address))?;
        if !args.quiet {
            hint(&args, &server);
        }
        let stopped = async move {
            stop.requested().await;
        };
        server.serve(stopped).await.map_err(failure)
    })
}

/// How agents and operators find the way.
fn hint(args: &Args, server: &Server) {
    let address = server.address;
    eprintln!(
        "agents:    tenshot-agent run --coordinator http://{address} --token-file {}",
        server.tokens.path(Role::Agent).display()
    );
    eprintln!("operators: tenshot campaign list --coordinator http://{address} --data-dir {}", args.data_dir.display());
}

fn failure(error: ServerError) -> Failure {
    let exit = match &error {
        ServerError::PlainHttp(_) => Exit::Usage,
        ServerError::Folder { .. }
        | ServerError::InUse(_)
        | ServerError::Listen { .. }
        | ServerError::Service(_)
        | ServerError::Serve(_) => Exit::Machine,
    };
    Failure::new(exit, error)
}
