//! The real program in processes of its own: started, waited for with a deadline, and ended with the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use saqta_data::desk::DeskError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How long anything may take on a machine that is busy with other tests.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// How long a command may take, a compaction of two million people among them.
const COMMAND_DEADLINE: Duration = Duration::from_secs(600);

/// Noon in Kazakhstan of the day that the golden files call today.
pub(crate) const NOW: &str = "2026-11-22T12:00:00+05:00";

/// The program, with an environment of which nothing of the tester's is left.
pub(crate) fn saqta(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saqta"));
    command
        .args(args)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("SAQTA_NOW", NOW)
        .stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    run_to_end(saqta(args))
}

/// Runs `command` to its end; fails the test if it takes longer than [`COMMAND_DEADLINE`].
pub(crate) fn run_to_end(mut command: Command) -> Output {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = read_all(child.stdout.take().unwrap());
    let stderr = read_all(child.stderr.take().unwrap());
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if started.elapsed() > COMMAND_DEADLINE {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    let Some(status) = status else {
        let said = [stdout, stderr].concat();
        panic!("does not end: {command:?}: {}", String::from_utf8_lossy(&said));
    };
    Output {
        status,
        stdout,
        stderr,
    }
}

fn read_all(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// What the program wrote to standard output, given that it did what it was asked.
pub(crate) fn done(output: Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A server, killed when it is dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) gateway: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) written: Arc<Mutex<String>>,
    pub(crate) readers: Vec<std::thread::JoinHandle<()>>,
}

impl Server {
    /// A sandbox server over `store` on free ports.
    pub(crate) fn start(store: &Path) -> Self {
        Self::start_with(store, &["--sandbox"], &[])
    }

    /// A server with these options and variables.
    pub(crate) fn start_with(store: &Path, options: &[&str], variables: &[(&str, &str)]) -> Self {
        let store = store.to_str().unwrap();
        let ports = [
            "serve",
            "--store",
            store,
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
        ];
        let mut command = saqta(&[&ports[..], options].concat());
        command
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let written = Arc::new(Mutex::new(String::new()));
        let readers = vec![
            collect(child.stderr.take().unwrap(), written.clone()),
            collect(child.stdout.take().unwrap(), written.clone()),
        ];
        let listening = wait_for("the server listens", || {
            let text = written.lock().unwrap().clone();
            assert!(child.try_wait().unwrap().is_none(), "the server ended: {text}");
            text.lines()
                .find(|line| line.starts_with("listening "))
                .map(str::to_owned)
        });
        let address = |name: &str| {
            let word = listening
                .split(' ')
                .find_map(|word| word.strip_prefix(name))
                .unwrap();
            word.parse().unwrap()
        };
        Self {
            gateway: address("gateway="),
            admin: address("admin="),
            child,
            written,
            readers,
        }
    }

    /// One SMS through the sandbox; the texts that come back.
    pub(crate) fn text(&self, id: &str, from: &str, text: &str) -> Vec<String> {
        let question = sms(id, from, text).to_string();
        let answer = exchange(
            self.gateway,
            "POST",
            "/v1/carriers/sandbox/sms",
            question.as_bytes(),
        );
        let (status, answer) = answer.unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(status, 200, "{answer}");
        let messages = answer["messages"].as_array().unwrap();
        messages
            .iter()
            .map(|message| message["text"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        if std::thread::panicking() {
            eprintln!(
                "the server wrote:\n{}",
                self.written.lock().map(|text| text.clone()).unwrap_or_default()
            );
        }
    }
}

/// The sandbox's form of an SMS.
pub(crate) fn sms(id: &str, from: &str, text: &str) -> Value {
    serde_json::json!({"id": id, "from": from, "to": "1414", "text": text})
}

/// One HTTP exchange on a connection of its own.
pub(crate) fn exchange(
    to: SocketAddr,
    method: &str,
    path: &str,
    body: &[u8],
) -> std::io::Result<(u16, Vec<u8>)> {
    let stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    exchange_on(stream, &to.to_string(), method, path, body)
}

/// A question of an operator at the console to the server that holds `store`.
pub(crate) fn ask_desk<T: DeserializeOwned>(
    store: &Path,
    path: &str,
    question: &impl Serialize,
) -> Result<T, DeskError> {
    try_desk(store, path, question).unwrap()
}

/// As [`ask_desk`]; `None` if the server is gone.
pub(crate) fn try_desk<T: DeserializeOwned>(
    store: &Path,
    path: &str,
    question: &impl Serialize,
) -> Option<Result<T, DeskError>> {
    let stream = UnixStream::connect(store.join("saqta.sock")).ok()?;
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let body = serde_json::to_vec(question).unwrap();
    let host = "saqta\r\nx-saqta-door: console";
    let (status, answer) = exchange_on(stream, host, "POST", path, &body).ok()?;
    // Cut off in the middle: no answer.
    if status == 200 {
        serde_json::from_slice(&answer).ok().map(Ok)
    } else {
        serde_json::from_slice(&answer).ok().map(Err)
    }
}

pub(crate) fn exchange_on(
    mut stream: impl Read + Write,
    host: &str,
    method: &str,
    path: &str,
    body: &[u8],
) -> std::io::Result<(u16, Vec<u8>)> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    // A server may refuse a large body before it has read it all.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let split = split.ok_or_else(|| std::io::Error::other("no answer"))?;
    let status = String::from_utf8_lossy(&answer[9..12])
        .parse()
        .map_err(std::io::Error::other)?;
    Ok((status, answer[split + 4..].to_vec()))
}

/// Asks again and again until there is an answer; fails the test after [`DEADLINE`].
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < DEADLINE, "waited too long: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Collects what a process writes, so that it never waits for a reader.
pub(crate) fn collect(
    pipe: impl Read + Send + 'static,
    into: Arc<Mutex<String>>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let mut text = into.lock().unwrap();
            text.push_str(&String::from_utf8_lossy(&line));
            text.push('\n');
        }
    })
}

/// Writes a file of a test.
pub(crate) fn write(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
