//! A server that is killed while it opens its store.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::process::saqta;

/// Starts a server over `store` and kills it so long after; true if it was opening the store just then.
pub(crate) fn kill_opening(store: &Path, after: Duration) -> bool {
    let ports = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
    let mut command = saqta(&["serve", "--sandbox", "--store", store.to_str().unwrap()]);
    command.args(ports).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = command.spawn().unwrap();
    std::thread::sleep(after);
    let holds = holds_data(server.id(), store);
    server.kill().unwrap();
    server.wait().unwrap();
    let mut said = String::new();
    server.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    server.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    holds && !said.lines().any(|line| line.starts_with("listening "))
}

/// True if the process has the data of the store open.
fn holds_data(process: u32, store: &Path) -> bool {
    let store = store.canonicalize().unwrap();
    // It may have ended, or closed a file meanwhile.
    let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else {
        return false;
    };
    let mut files = files.flatten().filter_map(|file| fs::read_link(file.path()).ok());
    files.any(|file| file.starts_with(&store) && file.ends_with("db"))
}
