use axum::http::Request;

use super::*;

const SECRET: &str = "correct-horse-battery";

fn config() -> InstanceConfig {
    InstanceConfig {
        name: "tw".into(),
        kind: "sandbox".into(),
        ..InstanceConfig::default()
    }
}

fn head(peer: Option<&str>, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().uri("/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (mut head, ()) = request.body(()).unwrap().into_parts();
    if let Some(peer) = peer {
        let peer = SocketAddr::new(peer.parse().unwrap(), 40_000);
        head.extensions.insert(ConnectInfo(peer));
    }
    head
}

fn verdict(config: &InstanceConfig, head: &Parts, secret: Option<&str>) -> Result<(), Refusal> {
    Access::new(config).unwrap().admit(head, secret)
}

#[test]
fn a_sandbox_serves_this_machine_only() {
    let sandbox = InstanceConfig {
        sandbox: true,
        ..config()
    };
    let from = |peer, headers: &[(&str, &str)]| verdict(&sandbox, &head(peer, headers), None);
    let denied = |denial| Err(Refusal::Forbidden(denial));
    for host in [
        "localhost",
        "LOCALHOST:8414",
        "127.0.0.1:8414",
        "127.9.9.9",
        "[::1]:80",
    ] {
        assert_eq!(from(Some("127.0.0.1"), &[("host", host)]), Ok(()), "{host}");
    }
    assert_eq!(from(Some("::1"), &[("host", "[::1]")]), Ok(()));
    assert_eq!(from(Some("::ffff:127.0.0.1"), &[("host", "localhost")]), Ok(()));
    assert_eq!(
        from(Some("192.0.2.1"), &[("host", "localhost")]),
        denied(Denial::SandboxPeer)
    );
    assert_eq!(from(None, &[("host", "localhost")]), denied(Denial::SandboxPeer));
    for host in [
        "saqta.example.kz",
        "localhost.evil.kz",
        "127.0.0.1.evil.kz",
        "10.0.0.1",
        "",
    ] {
        assert_eq!(
            from(Some("::1"), &[("host", host)]),
            denied(Denial::SandboxHost),
            "{host}"
        );
    }
    assert_eq!(from(Some("::1"), &[]), denied(Denial::SandboxHost));
    let twice = [("host", "localhost"), ("host", "evil.kz")];
    assert_eq!(from(Some("::1"), &twice), denied(Denial::SandboxHost));
    for header in [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "x-forwarded-proto",
    ] {
        let headers = [("host", "localhost"), (header, "127.0.0.1")];
        assert_eq!(
            from(Some("::1"), &headers),
            denied(Denial::SandboxForwarded),
            "{header}"
        );
    }
    for header in [("Origin", "null"), ("Sec-Fetch-Site", "cross-site")] {
        let headers = [("host", "localhost"), header];
        assert_eq!(from(Some("::1"), &headers), denied(Denial::SandboxBrowser));
    }
}

#[test]
fn an_ip_list_takes_the_peer_or_what_a_trusted_proxy_names() {
    let listed = InstanceConfig {
        allow: vec!["192.0.2.0/24".into()],
        trusted_proxies: vec!["10.0.0.0/8".into()],
        ..config()
    };
    let from = |peer, forwarded: &[&str]| {
        let headers: Vec<_> = forwarded.iter().map(|line| ("x-forwarded-for", *line)).collect();
        verdict(&listed, &head(peer, &headers), None).is_ok()
    };
    assert!(from(Some("192.0.2.9"), &[]));
    assert!(!from(Some("198.51.100.1"), &[]));
    assert!(!from(None, &[]));
    // Anybody can write the header; only a proxy of ours is believed.
    assert!(!from(Some("198.51.100.1"), &["192.0.2.9"]));
    assert!(from(Some("10.0.0.1"), &["192.0.2.9"]));
    assert!(from(Some("10.0.0.1"), &["203.0.113.5, 192.0.2.9, 10.0.0.2"]));
    assert!(!from(Some("10.0.0.1"), &["192.0.2.9, 203.0.113.5"]));
    assert!(from(Some("10.0.0.1"), &["203.0.113.5", "192.0.2.9"]));
    assert!(!from(Some("10.0.0.1"), &["192.0.2.9", "203.0.113.5"]));
    assert!(!from(Some("10.0.0.1"), &["192.0.2.9, unknown"]));
    assert!(!from(Some("10.0.0.1"), &[]));
}

#[test]
fn a_secret_must_be_there_and_right_and_none_must_be_where_none_is_set() {
    let secret = InstanceConfig {
        path_secret: Some(Secret::new(SECRET)),
        ..config()
    };
    let with = |config: &InstanceConfig, given: Option<&str>| verdict(config, &head(None, &[]), given);
    let denied = Err(Refusal::Forbidden(Denial::Secret));
    assert_eq!(with(&secret, Some(SECRET)), Ok(()));
    for wrong in [
        None,
        Some(""),
        Some("correct-horse-batterz"),
        Some("correct-horse"),
    ] {
        assert_eq!(with(&secret, wrong), denied);
    }
    assert_eq!(with(&config(), None), Ok(()));
    assert_eq!(with(&config(), Some(SECRET)), denied);
}

#[test]
fn basic_authentication_needs_user_and_password() {
    let basic = InstanceConfig {
        basic: Some(Secret::new("Aladdin:open sesame")),
        ..config()
    };
    let with = |value: &str| verdict(&basic, &head(None, &[("authorization", value)]), None);
    // The example of RFC 7617, section 2.
    assert_eq!(with("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), Ok(()));
    assert_eq!(with("basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), Ok(()));
    let refusal = Refusal::Forbidden(Denial::Credentials);
    assert_eq!(refusal.status(), 401);
    let denied = Err(refusal);
    for wrong in [
        "",
        "Basic",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZR==",
        "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    ] {
        assert_eq!(with(wrong), denied, "{wrong}");
    }
    assert_eq!(verdict(&basic, &head(None, &[]), None), denied);
}

#[test]
fn mistakes_in_the_settings_name_their_key_and_no_secret() {
    let bad = |config: &InstanceConfig| Access::new(config).unwrap_err().to_string();
    let network = bad(&InstanceConfig {
        allow: vec!["192.0.2.0/99".into()],
        ..config()
    });
    assert!(
        network.starts_with("carriers.tw.allow: 192.0.2.0/99"),
        "{network}"
    );
    let proxy = bad(&InstanceConfig {
        trusted_proxies: vec!["proxy".into()],
        ..config()
    });
    assert!(proxy.starts_with("carriers.tw.trusted_proxies: "), "{proxy}");
    for basic in ["password", "user:", ":password"] {
        let error = bad(&InstanceConfig {
            basic: Some(Secret::new(basic)),
            ..config()
        });
        assert_eq!(error, "carriers.tw.basic: written user:password");
    }
    for secret in ["short", "with a space in it all"] {
        let error = bad(&InstanceConfig {
            path_secret: Some(Secret::new(secret)),
            ..config()
        });
        assert!(error.starts_with("carriers.tw.path_secret: "), "{error}");
        assert!(!error.contains(secret), "{error}");
    }
}

#[test]
fn a_short_path_secret_that_stands_alone_could_be_guessed() {
    let guessable = |secret: &str, allow: &[&str]| {
        let config = InstanceConfig {
            path_secret: Some(Secret::new(secret)),
            allow: allow.iter().map(ToString::to_string).collect(),
            ..config()
        };
        config.is_guessable()
    };
    assert!(guessable("s3cret", &[]));
    assert!(!guessable("s3cret", &["192.0.2.0/24"]));
    assert!(!guessable(SECRET, &[]));
}
