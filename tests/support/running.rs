//! Programs of others, against which the real program is tested.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::process::collect;

/// True if `programs` of Debian's `packages` are here; says so if they are not. Where they must be (`.ci/run` sets
/// `SAQTA_CI`), their absence is a failure.
#[expect(
    clippy::disallowed_methods,
    reason = "CI says by the environment that nothing may be skipped"
)]
pub(crate) fn is_installed(programs: &[&str], packages: &str) -> bool {
    let there = programs.iter().all(|program| Path::new(program).exists());
    if !there {
        assert!(
            std::env::var_os("SAQTA_CI").is_none(),
            "missing: apt-get install {packages}"
        );
        eprintln!("skipped: of the packages {packages} something is not installed");
    }
    there
}

/// A program, killed when it is dropped.
pub(crate) struct Running(Child, Arc<Mutex<String>>);

impl Running {
    pub(crate) fn start(program: &str, dir: &Path, args: &[&str]) -> Self {
        Self::start_with(program, dir, args, &[])
    }

    /// Starts it with these variables beside the environment of the tests.
    pub(crate) fn start_with(program: &str, dir: &Path, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program);
        command
            .args(args)
            .envs(variables.iter().copied())
            .current_dir(dir)
            // Some are scripts that start what is meant.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let written = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take().unwrap(), written.clone());
        collect(child.stderr.take().unwrap(), written.clone());
        Self(child, written)
    }

    /// What it has written so far.
    pub(crate) fn written(&self) -> String {
        self.1.lock().unwrap().clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.0.wait();
    }
}
