//! TLS of the webhooks, and SIGHUP: certificates, secrets and carriers change under a running server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustix::process::{Pid, Signal, kill_process};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::process::{DEADLINE, Server, exchange, exchange_on, run, sms, wait_for, write};

/// An authority that the test made up.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate of its, with the key.
struct Signed {
    cert: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    fn signed(&self) -> Signed {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        Signed {
            cert: params.signed_by(&key, &self.0).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    /// A client that believes this authority, and shows a certificate or not.
    fn client(&self, own: Option<&Signed>) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(self.pem().as_bytes()).unwrap())
            .unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        Arc::new(match own {
            None => builder.with_no_client_auth(),
            Some(own) => {
                let cert = CertificateDer::from_pem_slice(own.cert.as_bytes()).unwrap();
                let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
                builder.with_client_auth_cert(vec![cert], key).unwrap()
            }
        })
    }
}

/// The status of an SMS over TLS; an error if the connection is none.
fn over_tls(to: SocketAddr, client: &Arc<ClientConfig>, path: &str, id: &str) -> std::io::Result<u16> {
    let stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(client.clone(), name).map_err(std::io::Error::other)?;
    let body = sms(id, "+77010000001", "HELP").to_string();
    let (status, _) = exchange_on(
        StreamOwned::new(connection, stream),
        "localhost",
        "POST",
        path,
        body.as_bytes(),
    )?;
    Ok(status)
}

/// A configuration with a sandbox of ours on a secret path that lies in a file.
fn configure(dir: &Path, listen: &str, carriers: &[&str]) -> String {
    let carriers: Vec<_> = carriers
        .iter()
        .map(|name| {
            format!("[[carriers]]\nname = \"{name}\"\nkind = \"sandbox\"\npath_secret = \"file:secret\"\n")
        })
        .collect();
    let carriers = carriers.concat();
    write(dir, "saqta.toml", &format!("{listen}\n{carriers}"))
}

fn start(dir: &Path, config: &str) -> Server {
    Server::start_with(
        &dir.join("store"),
        &["--config", config],
        &[("SAQTA_LOG", "info")],
    )
}

/// Has the server read its configuration again; waits until it says what came of it, for the `nth` time.
fn hang_up(server: &Server, said: &str, nth: usize) {
    let pid = Pid::from_raw(i32::try_from(server.child.id()).unwrap()).unwrap();
    kill_process(pid, Signal::HUP).unwrap();
    wait_for(said, || {
        let written = server.written.lock().unwrap();
        (written.matches(said).count() >= nth).then_some(())
    });
}

fn path(secret: &str, name: &str) -> String {
    format!("/v1/carriers/{name}/{secret}/sms")
}

const OLD: &str = "old-path-secret-0001";
const NEW: &str = "new-path-secret-0002";

#[test]
fn certificates_are_replaced_and_callers_must_show_theirs() {
    let dir = tempfile::tempdir().unwrap();
    let (ours, theirs) = (Authority::new(), Authority::new());
    let put = |signed: &Signed| {
        write(dir.path(), "cert.pem", &signed.cert);
        write(dir.path(), "key.pem", &signed.key);
    };
    put(&ours.signed());
    write(dir.path(), "secret", OLD);
    let plain = "[listen]\ntls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\n";
    let config = configure(dir.path(), plain, &["c1"]);
    let server = start(dir.path(), &config);
    let ask = |client: &Arc<ClientConfig>, id: &str| over_tls(server.gateway, client, &path(OLD, "c1"), id);
    let trusting = ours.client(None);
    assert_eq!(ask(&trusting, "1").unwrap(), 200);
    assert!(
        exchange(server.gateway, "POST", &path(OLD, "c1"), b"{}").is_err(),
        "plain HTTP gets no answer"
    );

    // Another authority: whoever knew only the first cannot connect any more, a connection that is open stays.
    put(&theirs.signed());
    hang_up(&server, "reloaded the configuration", 1);
    assert!(ask(&trusting, "2").is_err());
    let trusting = theirs.client(None);
    assert_eq!(ask(&trusting, "3").unwrap(), 200);

    write(dir.path(), "ca.pem", &ours.pem());
    configure(dir.path(), &format!("{plain}client_ca = \"ca.pem\"\n"), &["c1"]);
    hang_up(&server, "reloaded the configuration", 2);
    assert!(ask(&trusting, "4").is_err(), "a caller without a certificate");
    assert!(
        ask(&theirs.client(Some(&theirs.signed())), "5").is_err(),
        "one of another authority"
    );
    assert_eq!(ask(&theirs.client(Some(&ours.signed())), "6").unwrap(), 200);
}

#[test]
fn a_bad_configuration_leaves_everything_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "secret", OLD);
    let config = configure(dir.path(), "", &["c1"]);
    let server = start(dir.path(), &config);
    let ask = |secret: &str, name: &str| {
        let body = sms("1", "+77010000001", "HELP").to_string();
        exchange(server.gateway, "POST", &path(secret, name), body.as_bytes())
            .unwrap()
            .0
    };
    assert_eq!((ask(OLD, "c1"), ask(OLD, "c2")), (200, 404));
    let bad = [
        "[[carriers]\n".to_owned(),
        "[[carriers]]\nname = \"c1\"\nkind = \"nobody\"\n".to_owned(),
        "[[carriers]]\nname = \"c1\"\nkind = \"sandbox\"\npath_secret = \"file:gone\"\n".to_owned(),
        "[listen]\ntls_cert = \"secret\"\ntls_key = \"secret\"\n".to_owned(),
        "[listen]\ntls_cert = \"secret\"\n".to_owned(),
    ];
    for (nth, text) in bad.iter().enumerate() {
        write(dir.path(), "saqta.toml", text);
        hang_up(&server, "everything stays as it was", nth + 1);
        assert_eq!((ask(OLD, "c1"), ask(OLD, "c2")), (200, 404), "{text}");
    }
    write(dir.path(), "secret", NEW);
    configure(dir.path(), "", &["c1", "c2"]);
    hang_up(&server, "reloaded the configuration", 1);
    assert_eq!((ask(OLD, "c1"), ask(NEW, "c1"), ask(NEW, "c2")), (403, 200, 200));
    configure(dir.path(), "", &["c2"]);
    hang_up(&server, "reloaded the configuration", 2);
    assert_eq!((ask(NEW, "c1"), ask(NEW, "c2")), (404, 200));
    let written = server.written.lock().unwrap();
    for secret in [OLD, NEW] {
        assert!(!written.contains(secret), "{written}");
    }
}

#[test]
fn no_request_is_dropped_while_the_configuration_is_read_again_and_again() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "secret", OLD);
    let config = configure(dir.path(), "", &["c1"]);
    let server = start(dir.path(), &config);
    let over = AtomicBool::new(false);
    let answered: usize = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..4)
            .map(|thread| {
                let (over, to) = (&over, server.gateway);
                scope.spawn(move || keep_asking(to, thread, over))
            })
            .collect();
        for nth in 1..=20 {
            hang_up(&server, "reloaded the configuration", nth);
        }
        over.store(true, Ordering::SeqCst);
        asking.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(answered > 20, "{answered}");
}

/// Texts on one connection until it is over; every answer must be a good one.
fn keep_asking(to: SocketAddr, thread: usize, over: &AtomicBool) -> usize {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut answered = 0;
    while !over.load(Ordering::SeqCst) {
        let body = sms(&format!("{thread}-{answered}"), "+77010000001", "HELP").to_string();
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            path(OLD, "c1"),
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer).unwrap();
        let text = String::from_utf8_lossy(&answer[..length]);
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        answered += 1;
    }
    answered
}

#[test]
fn check_reads_the_certificates() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "secret", OLD);
    let tls = "[listen]\ntls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\n";
    let config = configure(dir.path(), tls, &["c1"]);
    let store = dir.path().join("store");
    let store = store.to_str().unwrap();
    let check = || run(&["serve", "--check", "--store", store, "--config", &config]);
    let output = check();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cert.pem"), "{said}");
    let signed = Authority::new().signed();
    write(dir.path(), "cert.pem", &signed.cert);
    write(dir.path(), "key.pem", &signed.key);
    let printed = String::from_utf8(check().stdout).unwrap();
    assert!(
        printed.contains("(TLS)") && printed.contains("https://127.0.0.1:8414/v1/carriers/c1/"),
        "{printed}"
    );
}
