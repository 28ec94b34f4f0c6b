//! Signatures made by the vendors' own libraries (`PyPI`: twilio, vonage), checked by the real server.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail by panicking"
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

#[path = "support/process.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod process;
#[path = "support/running.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod running;

use process::{DEADLINE, Server, done, write};
use running::is_installed;

/// Made by `.ci/run`: a virtual environment of Python with the libraries in it.
const PYTHON: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/../peers/bin/python");

const TWILIO: &str = "
import sys
from twilio.request_validator import RequestValidator
token, url, *fields = sys.argv[1:]
fields = dict(zip(fields[::2], fields[1::2]))
print(RequestValidator(token).compute_signature(url, fields), end='')
";

/// Runs a script of Python; what it prints.
fn python(script: &str, arguments: &[&str]) -> String {
    done(
        Command::new(PYTHON)
            .arg("-c")
            .arg(script)
            .args(arguments)
            .output()
            .unwrap(),
    )
}

/// Names and values as a form.
fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let escape = |byte: u8| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        text.bytes().map(escape).collect()
    };
    let fields = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    fields.collect::<Vec<_>>().join("&")
}

/// Posts a form; the status and the body.
fn post(server: &Server, path: &str, headers: &str, form: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.gateway).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: saqta.example.kz\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n{headers}connection: close\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer[9..12].parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    (status, body)
}

fn start(dir: &std::path::Path, carriers: &str) -> Server {
    let config = format!("public_url = \"https://saqta.example.kz\"\n{carriers}");
    let config = write(dir, "saqta.toml", &config);
    Server::start_with(&dir.join("store"), &["--config", &config], &[])
}

#[test]
fn what_twilios_library_signs_is_believed_and_nothing_else() {
    if !is_installed(
        &[PYTHON],
        "python3-venv, and twilio and vonage from PyPI in target/peers",
    ) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "new", "token-of-today");
    write(dir.path(), "old", "token-of-yesterday");
    let server = start(
        dir.path(),
        "[[carriers]]\nname = \"tw\"\nkind = \"twilio\"\nsecrets = [\"file:new\", \"file:old\"]\n",
    );
    let path = "/v1/carriers/tw/sms";
    let url = format!("https://saqta.example.kz{path}");
    let fields = [
        ("MessageSid", "SM00000000000000000000000000000001"),
        ("AccountSid", "AC00000000000000000000000000000001"),
        ("From", "+77010000001"),
        ("To", "+77000001414"),
        ("Body", "КӨМЕК  & more=of it "),
        ("NumMedia", "0"),
    ];
    let sign = |token: &str| {
        let mut arguments = vec![token, &url];
        arguments.extend(fields.iter().flat_map(|(name, value)| [*name, *value]));
        python(TWILIO, &arguments)
    };
    let ask = |signature: &str| {
        let header = format!("x-twilio-signature: {signature}\r\n");
        post(&server, path, &header, &form(&fields))
    };
    for token in ["token-of-today", "token-of-yesterday"] {
        let (status, body) = ask(&sign(token));
        assert_eq!(status, 200, "{token}: {body}");
        assert!(body.contains("<Response><Message>"), "{body}");
    }
    let forged = ask(&sign("another token"));
    assert_eq!(forged.0, 403, "{forged:?}");
    let unsigned = post(&server, path, "", &form(&fields));
    assert_eq!(unsigned.0, 403, "{unsigned:?}");
}
