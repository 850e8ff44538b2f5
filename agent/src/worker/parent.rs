//! The parent's side: starts the measuring process, waits, and ends it where it must.

use std::process::Stdio;
use std::time::Duration;

use tenshot_measurement::{FailureKind, MeasurementFailure, Outcome};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::worker::child_exit::{ChildExit, said};
use crate::worker::{Host, Job};

/// Bytes of an outcome at most; a million samples take about 10 MB.
const LONGEST_OUTCOME: u64 = 64 << 20;

/// Bytes of the standard error that are kept, the last ones.
const LAST_WORDS: usize = 4 << 10;

/// Measures in a child process, and says what came of it.
///
/// Never fails: whatever goes wrong is a failed measurement with its reason. Dropping the future
/// ends the child.
pub async fn measure(host: &Host, job: &Job) -> Outcome {
    match start(host) {
        Ok(child) => supervise(child, job).await,
        Err(error) => failed(
            FailureKind::Board,
            format!("failed to start the measuring process {}: {error}", host.program.display()),
        ),
    }
}

fn start(host: &Host) -> std::io::Result<Child> {
    Command::new(&host.program)
        .args(&host.arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

async fn supervise(mut child: Child, job: &Job) -> Outcome {
    let (Some(mut input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return failed(FailureKind::Board, "the measuring process has no pipes".to_owned());
    };
    let mut line = match serde_json::to_vec(job) {
        Ok(line) => line,
        Err(error) => return failed(FailureKind::Board, format!("the job cannot be written as JSON: {error}")),
    };
    line.push(b'\n');
    let mut end_of_errors = Vec::new();
    let conversation = async {
        // A child that does not listen ends with a reason of its own. The input stays open until it
        // has ended: its end would end the child.
        let told = async { input.write_all(&line).await.and(input.flush().await) };
        let (_, output, ()) = tokio::join!(told, read_output(output), keep_end(errors, &mut end_of_errors));
        let status = child.wait().await;
        drop(input);
        (output, status)
    };
    let limit = Duration::from_millis(job.limits.time_ms);
    let ended = timeout(limit, conversation).await;
    let errors = String::from_utf8_lossy(&end_of_errors);
    match ended {
        Ok((Ok(output), Ok(status))) => {
            let memory_bytes = job.limits.memory_bytes;
            ChildExit { status, output: &output, errors: &errors, memory_bytes }.outcome()
        }
        Ok((Err(error), _) | (_, Err(error))) => {
            failed(FailureKind::Board, format!("failed to follow the measuring process: {error}"))
        }
        Err(_) => {
            // Its end is awaited, so that the next measurement does not share the board with it.
            let _ = child.kill().await;
            let limit = job.limits.time_ms;
            failed(FailureKind::TimeLimit, format!("it did not end within {limit} ms{}", said(&errors)))
        }
    }
}

async fn read_output(output: impl AsyncRead + Unpin) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut bounded = output.take(LONGEST_OUTCOME);
    bounded.read_to_end(&mut bytes).await?;
    // What goes beyond is thrown away, but read: the child must not wait for a reader.
    tokio::io::copy(&mut bounded.into_inner(), &mut tokio::io::sink()).await?;
    Ok(bytes)
}

/// Reads to the end, and keeps the last bytes.
async fn keep_end(mut errors: impl AsyncRead + Unpin, kept: &mut Vec<u8>) {
    let mut chunk = [0; LAST_WORDS];
    while let Ok(count @ 1..) = errors.read(&mut chunk).await {
        kept.extend_from_slice(chunk.get(..count).unwrap_or_default());
        kept.drain(..kept.len().saturating_sub(LAST_WORDS));
    }
}

fn failed(kind: FailureKind, detail: String) -> Outcome {
    Outcome::Failed(MeasurementFailure { kind, detail })
}

#[cfg(test)]
mod tests {
    use super::{LAST_WORDS, keep_end};

    #[tokio::test]
    async fn only_the_end_of_a_flood_is_kept() {
        let flood = [b"x".repeat(3 * LAST_WORDS), b"\nthe end\n".to_vec()].concat();
        let mut kept = Vec::new();
        keep_end(flood.as_slice(), &mut kept).await;
        assert_eq!(kept.len(), LAST_WORDS);
        assert!(kept.ends_with(b"\nthe end\n"));
    }
}
