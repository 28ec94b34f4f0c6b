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

const VONAGE: &str = "
import sys
from vonage_http_client import Auth
method, secret, *fields = sys.argv[1:]
fields = dict(zip(fields[::2], fields[1::2]))
print(Auth(api_key='k', api_secret='s', signature_secret=secret, signature_method=method).sign_params(fields), end='')
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

#[test]
fn what_vonages_library_signs_is_believed_and_nothing_else() {
    if !is_installed(
        &[PYTHON],
        "python3-venv, and twilio and vonage from PyPI in target/peers",
    ) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "secret", "signature-secret-of-vonage");
    write(dir.path(), "key", "api-key-or-secret");
    let methods = ["md5", "sha1", "sha256", "sha512"];
    let carriers = methods.map(|method| {
        format!(
            "[[carriers]]\nname = \"{method}\"\nkind = \"vonage\"\nsignature = \"{method}\"\nsecrets = [\"file:secret\"]\n\
             send_url = \"http://127.0.0.1:9/sms/json\"\nsend_user = \"file:key\"\nsend_password = \"file:key\"\n\
             send_from = \"1414\"\n"
        )
    });
    let server = start(dir.path(), &carriers.concat());
    // The server's clock began at [`process::NOW`].
    let timestamp = "1795330800";
    let fields = [
        ("msisdn", "77010000001"),
        ("to", "77000001414"),
        ("messageId", "0A0000000123ABCD1"),
        ("text", "КӨМЕК & more=of it"),
        ("type", "unicode"),
        ("message-timestamp", "2026-11-22 07:00:00"),
        ("timestamp", timestamp),
    ];
    for method in methods {
        let sign = |secret: &str| {
            let mut arguments = vec![method, secret];
            arguments.extend(fields.iter().flat_map(|(name, value)| [*name, *value]));
            python(VONAGE, &arguments)
        };
        let ask = |signature: &str| {
            let mut signed = fields.to_vec();
            signed.push(("sig", signature));
            post(&server, &format!("/v1/carriers/{method}/sms"), "", &form(&signed)).0
        };
        let right = sign("signature-secret-of-vonage");
        assert_eq!(ask(&right), 200, "{method}");
        assert_eq!(
            ask(&right.to_uppercase()),
            200,
            "{method}: the case of the digits is not told"
        );
        assert_eq!(ask(&sign("another secret")), 403, "{method}");
    }
}
