//! A real Jasmin (`PyPI`: jasmin; Debian: rabbitmq-server, redis-server) between an SMSC and the program. The SMSC is the
//! test's own; phones text through it, Jasmin asks the program, which acknowledges and answers through Jasmin's `/send`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail by panicking"
)]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;

#[path = "e2e/people.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod people;
#[path = "support/process.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod process;
#[path = "support/running.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod running;
#[path = "support/smsc.rs"]
mod smsc;

use people::{PHONE_A, PHONE_B, STRANGER, UNPAID};
use process::{DEADLINE, Server, wait_for, write};
use running::{Running, is_installed};
use smsc::{Smsc, Submitted};

/// Made by `.ci/run`: a virtual environment of Python with Jasmin in it.
const PEERS: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/../peers");
const RABBITMQ: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const REDIS: &str = "/usr/bin/redis-server";

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn free_ports<const N: usize>() -> [u16; N] {
    let held = [(); N].map(|()| TcpListener::bind(local(0)).unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

fn wait_for_port(what: &str, port: u16) {
    wait_for(what, || TcpStream::connect(local(port)).ok());
}

/// The broker, `RabbitMQ`, by the script beneath the one that changes to a user of its own.
fn start_broker(dir: &Path, amqp: u16, distribution: u16) -> Running {
    let dir_text = dir.to_str().unwrap();
    let (amqp_port, distribution_port) = (amqp.to_string(), distribution.to_string());
    let node = format!("saqta{amqp}@localhost");
    let path = |name: &str| format!("{dir_text}/{name}");
    let (mnesia, logs, plugins) = (path("mnesia"), path("log"), path("plugins"));
    Running::start_with(
        RABBITMQ,
        dir,
        &[],
        &[
            ("HOME", dir_text),
            ("RABBITMQ_NODENAME", &node),
            ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
            ("RABBITMQ_NODE_PORT", &amqp_port),
            ("RABBITMQ_DIST_PORT", &distribution_port),
            ("RABBITMQ_MNESIA_BASE", &mnesia),
            ("RABBITMQ_LOG_BASE", &logs),
            ("RABBITMQ_LOGS", "-"),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", &plugins),
        ],
    )
}

/// Jasmin with its broker and its Redis.
struct Jasmin {
    http: u16,
    jcli: u16,
    _running: [Running; 3],
}

impl Jasmin {
    fn start(dir: &Path) -> Self {
        let dir_text = dir.to_str().unwrap();
        let [
            amqp,
            distribution,
            redis,
            http,
            jcli,
            smpp,
            server,
            client,
            router,
        ] = free_ports();
        let names = [
            "SMPP", "SERVERPB", "CLIENTPB", "ROUTERPB", "AMQP", "REDIS", "HTTP", "JCLI",
        ];
        let ports = [smpp, server, client, router, amqp, redis, http, jcli];
        let mut config = include_str!("jasmin/jasmin.cfg").to_owned();
        for (name, port) in names.iter().zip(ports) {
            config = config.replace(&format!("port = {name}"), &format!("port = {port}"));
        }
        let home = dir.join("etc/jasmin");
        for folder in ["etc/jasmin/resource", "etc/jasmin/store", "var/log/jasmin"] {
            std::fs::create_dir_all(dir.join(folder)).unwrap();
        }
        let config = write(&home, "jasmin.cfg", &config);
        // Jasmin's package leaves out the protocol's description; that of its own AMQP client will do.
        std::fs::copy(amqp_description(), home.join("resource/amqp0-9-1.xml")).unwrap();

        let redis_port = redis.to_string();
        let redis = Running::start(REDIS, dir, &["--port", &redis_port, "--save", ""]);
        let broker = start_broker(dir, amqp, distribution);
        wait_for_port("RabbitMQ listens", amqp);
        // One Jasmin runs on a machine at a time; one that was killed leaves its lock.
        let _ = std::fs::remove_file("/tmp/jasmind.lock");
        let jasmin = Running::start_with(
            &format!("{PEERS}/bin/jasmind.py"),
            dir,
            &["-c", &config, "--enable-deliver-thrower"],
            &[
                ("ROOT_PATH", dir_text),
                ("CONFIG_PATH", home.to_str().unwrap()),
                ("LOG_PATH", &format!("{dir_text}/var/log/jasmin")),
            ],
        );
        wait_for_port("Jasmin's console listens", jcli);
        wait_for_port("Jasmin's API listens", http);
        Self {
            http,
            jcli,
            _running: [redis, broker, jasmin],
        }
    }

    /// Types commands into its console.
    fn configure(&self, commands: &str) {
        let mut console = TcpStream::connect(local(self.jcli)).unwrap();
        console.set_read_timeout(Some(DEADLINE)).unwrap();
        read_until(&mut console, &["Session ref: "]);
        for command in commands.lines() {
            console.write_all(format!("{command}\r\n").as_bytes()).unwrap();
            let said = read_until(&mut console, &["jcli : ", "> "]);
            let wrong = ["Error", "Failed", "Unknown", "Incorrect", "must "];
            assert!(!wrong.iter().any(|word| said.contains(word)), "{command}: {said}");
        }
    }
}

/// Reads until the last line begins with one of `prompts`: outside a command it is `jcli : `, inside one `> `.
fn read_until(console: &mut TcpStream, prompts: &[&str]) -> String {
    let mut said = String::new();
    let mut bytes = [0; 1024];
    let is_prompt = |said: &str| {
        let last = said
            .trim_end_matches(['\r', '\n'])
            .rsplit('\n')
            .next()
            .unwrap_or_default();
        prompts.iter().any(|prompt| last.starts_with(prompt))
    };
    while !is_prompt(&said) {
        let read = console.read(&mut bytes);
        let length = read.unwrap_or_else(|error| panic!("{error} after {said:?}"));
        assert_ne!(length, 0, "Jasmin closed its console: {said}");
        said.push_str(&String::from_utf8_lossy(&bytes[..length]));
    }
    said
}

fn amqp_description() -> std::path::PathBuf {
    let libraries = std::fs::read_dir(format!("{PEERS}/lib")).unwrap();
    let python = libraries.map(|entry| entry.unwrap().path());
    let description =
        |path: std::path::PathBuf| path.join("site-packages/txamqp/specs/standard/amqp0-9-1.stripped.xml");
    python.map(description).find(|path| path.exists()).unwrap()
}

/// The settings of Jasmin: a user who may send, the SMSC, and our webhook.
fn settings(smsc: u16, gateway: u16) -> String {
    format!(
        "group -a\ngid ours\nok\nuser -a\nusername saqta\npassword jasmin-pw\ngid ours\nuid saqta\nok\n\
         smppccm -a\ncid smsc\nhost 127.0.0.1\nport {smsc}\nusername x\npassword y\nbind transceiver\nok\n\
         httpccm -a\ncid saqta\nurl http://127.0.0.1:{gateway}/v1/carriers/jasmin/{PATH_SECRET}/sms\nmethod POST\nok\n\
         morouter -a\ntype DefaultRoute\nconnector http(saqta)\nok\n\
         mtrouter -a\ntype DefaultRoute\nconnector smppc(smsc)\nrate 0.0\nok\n\
         smppccm -1 smsc"
    )
}

const PATH_SECRET: &str = "only-jasmin-knows-it";

#[test]
fn phones_behind_jasmin_get_one_answer_each() {
    let jasmind = format!("{PEERS}/bin/jasmind.py");
    let packages = "rabbitmq-server redis-server, and jasmin from PyPI in target/peers";
    if !is_installed(&[RABBITMQ, REDIS, &jasmind], packages) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let store = |name: &str| {
        let store = dir.path().join(name);
        people::import(dir.path(), &store);
        store
    };
    let (own, other) = (store("store"), store("twin"));
    let twin = Server::start(&other);
    let smsc = Smsc::start();
    let jasmin = Jasmin::start(dir.path());
    let config = format!(
        "[[carriers]]\nname = \"jasmin\"\nkind = \"jasmin\"\npath_secret = \"env:JASMIN_PATH\"\n\
         send_url = \"http://127.0.0.1:{}/send\"\nsend_user = \"env:JASMIN_USER\"\n\
         send_password = \"env:JASMIN_PASSWORD\"\nsend_from = \"1414\"\n",
        jasmin.http
    );
    let config = write(dir.path(), "saqta.toml", &config);
    let secrets = [
        ("JASMIN_PATH", PATH_SECRET),
        ("JASMIN_USER", "saqta"),
        ("JASMIN_PASSWORD", "jasmin-pw"),
    ];
    let server = Server::start_with(&own, &["--config", &config], &secrets);
    jasmin.configure(&settings(smsc.port, server.gateway.port()));
    wait_for("Jasmin is bound to the SMSC", || smsc.is_bound().then_some(()));

    let long = format!("EN DEBT {UNPAID}");
    let texts = [
        (PHONE_B, "МӘРТЕБЕ"),
        (STRANGER, "EN 900101300007"),
        (PHONE_A, long.as_str()),
        (PHONE_B, "Қарыз"),
    ];
    let mut expected = Vec::new();
    for (number, (from, text)) in (1..).zip(texts) {
        smsc.deliver(number, from, text, None);
        expected.push((from, twin.text(&number.to_string(), from, text).concat()));
        let due = &expected.last().unwrap().1;
        wait_for("the phone has its answer", || {
            let last = smsc.submitted().get(expected.len() - 1).cloned();
            last.filter(|last| last.text.chars().count() >= due.chars().count())
        });
    }
    let submitted = smsc.submitted();
    let got: Vec<_> = submitted
        .iter()
        .map(|sms| (sms.to.clone(), sms.text.clone()))
        .collect();
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(to, text)| (to.to_owned(), text))
        .collect();
    assert_eq!(got, expected);
    let shape = |sms: &Submitted| (sms.coding, sms.parts);
    assert_eq!(shape(&submitted[0]), (8, 1), "Kazakh in UCS-2");
    assert_eq!(shape(&submitted[1]), (0, 1), "English in GSM 7-bit");
    assert!(submitted[2].parts > 1, "{submitted:?}");
    let written = server.written.lock().unwrap();
    for secret in [PATH_SECRET, "jasmin-pw"] {
        assert!(!written.contains(secret), "{written}");
    }
}
