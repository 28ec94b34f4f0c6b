//! What the stories do with the program beside starting it and texting to it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::process::{Server, exchange, saqta, wait_for};

/// Runs the program with `input` on its standard input.
pub(crate) fn run_with(args: &[&str], input: &str) -> Output {
    let mut command = saqta(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // Beside the reading of its output: neither side may wait for the other.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    // A program that refuses to work does not read.
    let _ = writer.join().unwrap();
    output
}

impl Server {
    /// Everything written so far to standard error and standard output.
    pub(crate) fn written(&self) -> String {
        self.written.lock().unwrap().clone()
    }

    /// Kills it as a power cut would: no warning.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, as a service manager does; its exit code and everything it wrote.
    pub(crate) fn terminate(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("/bin/kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        let status = wait_for("the server ends", || self.child.try_wait().unwrap());
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        (status.code(), self.written())
    }

    /// A JSON question to the gateway; the status and the answer.
    pub(crate) fn post(&self, path: &str, question: &Value) -> (u16, Value) {
        let (status, body) = exchange(self.gateway, "POST", path, question.to_string().as_bytes()).unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }
}
