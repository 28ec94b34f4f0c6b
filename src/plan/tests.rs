use std::path::Path;

use super::*;

fn plan(toml: &str, listen: &str, sandbox: bool) -> Result<Plan, String> {
    let config = Config::read("test.toml".into(), toml, Path::new("")).map_err(|e| e.to_string())?;
    let listen = listen.parse().unwrap();
    Plan::new(&config, "/s".into(), listen, listen, sandbox).map_err(|e| e.to_string())
}

#[test]
fn a_sandbox_is_for_this_machine_only() {
    for address in ["127.0.0.1:1", "[::1]:1"] {
        assert_eq!(plan("", address, true).unwrap().instances.len(), 2);
    }
    for address in ["0.0.0.0:1", "192.0.2.1:1", "[::]:1"] {
        assert!(
            plan("", address, true)
                .unwrap_err()
                .contains("loopback address only")
        );
        assert!(plan("", address, false).is_ok());
    }
    let twin = "[[carriers]]\nname = \"kannel\"\nkind = \"kannel\"";
    assert!(plan(twin, "127.0.0.1:1", true).unwrap_err().contains("rename it"));
}

#[test]
fn what_is_printed_can_be_pasted_and_holds_no_secret() {
    let toml = "public_url = \"https://saqta.example.kz/\"\nown_numbers = [\"1414\"]\ntrusted_proxies = [\"192.0.2.1\"]\n\
        [[carriers]]\nname = \"k\"\nkind = \"kannel\"\npath_secret = \"env:PATH\"\nown_numbers = [\"1415\"]";
    let plan = plan(toml, "127.0.0.1:8414", false).unwrap();
    let text = plan.to_string();
    let url = "get-url = \"https://saqta.example.kz/v1/carriers/k/<env:PATH>/sms?id=%I&from=%p&to=%P\
        &text=%b&coding=%c&charset=%C\"";
    assert!(text.contains(url), "{text}");
    let ussd = "get-url = \"https://saqta.example.kz/v1/carriers/k/<env:PATH>/ussd?id=%I&from=%p&to=%P&text=%b\
        &coding=%c&charset=%C&meta=%D\"";
    assert!(text.contains(ussd), "{text}");
    // The same groups that the test with a real Kannel has.
    let tried = include_str!("../../tests/kannel/ussd.conf");
    for (name, tag, length) in [
        ("ussd_service_op", "0x0501", 1),
        ("its_session_info", "0x1383", 2),
    ] {
        let group =
            format!("group = smpp-tlv\nname = {name}\ntag = {tag}\ntype = octetstring\nlength = {length}\n");
        assert!(tried.contains(&group), "{group}");
        assert!(text.replace("\n  ", "\n").contains(&group), "{text}");
    }
    let secret = plan.instances[0].path_secret.as_ref().unwrap().reveal();
    assert!(!text.contains(secret) && !format!("{plan:?}").contains(secret));
    assert_eq!(plan.instances[0].own_numbers, ["1414", "1415"]);
    assert_eq!(plan.instances[0].trusted_proxies, ["192.0.2.1"]);
    assert_eq!(plan.unprotected().count(), 0);
}

const SENDING: &str = "[[carriers]]\nname = \"k\"\nkind = \"kannel\"\nallow = [\"192.0.2.1\"]\n\
    send_url = \"http://192.0.2.1:13013/cgi-bin/sendsms\"\nsend_user = \"env:PATH\"\n\
    send_password = \"env:PATH\"\nsend_from = \"1414\"\n";

#[test]
fn what_is_needed_to_send_is_printed_without_the_password() {
    let plan = plan(SENDING, "127.0.0.1:1", false).unwrap();
    let text = plan.to_string();
    for part in [
        "sends SMS through http://192.0.2.1:13013/cgi-bin/sendsms as 1414\n",
        "WARNING: what is sent there can be read on the way",
        "group = sendsms-user\n  username = <env:PATH>\n  password = <env:PATH>\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let password = plan.instances[0].send.password.as_ref().unwrap().reveal();
    assert!(!text.contains(password));
    let silent = super::tests::plan("", "127.0.0.1:1", true).unwrap().to_string();
    assert_eq!(silent.matches("sends no SMS but answers").count(), 2);
}

#[test]
fn a_slip_in_sending_is_told_with_line_and_key() {
    let slip = |from: &str, to: &str| {
        let toml = SENDING.replace(from, to);
        let config = Config::read("test.toml".into(), &toml, Path::new("")).unwrap();
        let listen = "127.0.0.1:1".parse().unwrap();
        let plan = Plan::new(&config, "/s".into(), listen, listen, false).map_err(|e| e.to_string())?;
        crate::server::check(&config, &plan, saqta_data::clock::Clock::system()).map_err(|e| e.to_string())
    };
    assert_eq!(slip("", ""), Ok(()));
    for (from, to, expected) in [
        (
            "http://",
            "ftp://",
            "test.toml:5: carriers.k.send_url: looks like",
        ),
        (
            "send_user = \"env:PATH\"\n",
            "",
            "test.toml:1: carriers.k.send_user: send_url needs it",
        ),
        (
            "send_password = \"env:PATH\"",
            "send_password = \"env:NO_SUCH\"",
            "test.toml:7: carriers.k.send_password = ",
        ),
        (
            "send_url = ",
            "# ",
            "test.toml:6: carriers.k.send_user: nothing is sent without send_url",
        ),
        (
            "send_url = ",
            "poll_seconds = 60\nsend_url = ",
            "test.toml:5: carriers.k.poll_seconds: kannel cannot be asked",
        ),
    ] {
        let error = slip(from, to).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn an_instance_that_anybody_can_call_is_pointed_out() {
    let open = plan(
        "[[carriers]]\nname = \"k\"\nkind = \"kannel\"",
        "127.0.0.1:1",
        true,
    )
    .unwrap();
    assert_eq!(
        open.unprotected().map(|i| i.name.as_str()).collect::<Vec<_>>(),
        ["k"]
    );
    assert_eq!(open.to_string().matches("WARNING").count(), 1);
}

#[test]
fn settings_reach_the_policy() {
    let toml = "unbound = \"nothing\"\nussd_code = \"*500#\"\njournal_months = 6\n[limits]\niins_per_phone_a_day = 3";
    let planned = plan(toml, "127.0.0.1:1", false).unwrap();
    assert_eq!(
        (
            planned.policy.ussd_code.as_str(),
            planned.policy.iins_per_phone_a_day
        ),
        ("*500#", 3)
    );
    assert_eq!(planned.policy.unbound, saqta_gateway::exchange::Unbound::Nothing);
    assert_eq!(planned.retention.journal_months, 6);
    assert!(plan("ussd_code = \"*500*1#\"", "127.0.0.1:1", false).is_ok());
    for slip in [
        "public_url = \"saqta.example.kz\"",
        "public_url = \"https://\"",
        "public_url = \"https://x/?a=b\"",
        "ussd_code = \"1414\"",
        "ussd_code = \"*#\"",
        "ussd_code = \"*14 14#\"",
        "ussd_code = \"*14**14#\"",
    ] {
        assert!(plan(slip, "127.0.0.1:1", false).is_err(), "{slip}");
    }
}

#[test]
fn each_carrier_is_told_its_addresses() {
    for (kind, expected) in [
        (
            "jasmin",
            "httpccm -a\n  cid saqta\n  url https://x/v1/carriers/c/sms\n  method POST\n  ok\n  morouter -a\n",
        ),
        ("twilio", "HTTP POST:\n  https://x/v1/carriers/c/sms\n"),
        (
            "vonage",
            "  https://x/v1/carriers/c/sms\n  https://x/v1/carriers/c/receipt\n",
        ),
        ("smsc", "  https://x/v1/carriers/c/sms?charset=utf-8\n"),
        (
            "africastalking",
            "  https://x/v1/carriers/c/receipt\n  https://x/v1/carriers/c/ussd\n",
        ),
        ("infobip", "  https://x/v1/carriers/c/sms\n"),
        (
            "generic",
            "  https://x/v1/carriers/c/sms\n  https://x/v1/carriers/c/receipt\n  https://x/v1/carriers/c/ussd\n",
        ),
        ("hubtel", "  https://x/v1/carriers/c/ussd\n"),
    ] {
        let toml = format!("public_url = \"https://x\"\n[[carriers]]\nname = \"c\"\nkind = \"{kind}\"");
        let text = plan(&toml, "127.0.0.1:1", false).unwrap().to_string();
        assert!(text.contains(expected), "{kind}: {text}");
    }
}

#[test]
fn an_instance_that_is_asked_for_messages_says_how_often() {
    let toml = "[[carriers]]\nname = \"s\"\nkind = \"smsc\"\nallow = [\"192.0.2.1\"]\npoll_seconds = 60\n\
        send_url = \"https://smsc.kz/sys/send.php\"\nsend_password = \"env:PATH\"\n";
    let plan = plan(toml, "127.0.0.1:1", false).unwrap();
    assert_eq!(plan.instances[0].poll_seconds, Some(60));
    assert!(plan.to_string().contains("asks there every 60 s"), "{plan}");
}

#[test]
fn the_cache_has_a_least_size() {
    let bytes = |text: &str| plan(text, "127.0.0.1:1", false).map(|plan| plan.store_options.cache_bytes);
    assert_eq!(bytes("").unwrap(), 1 << 30);
    assert_eq!(bytes("cache_mib = 64").unwrap(), 64 << 20);
    let error = bytes("cache_mib = 1").unwrap_err();
    assert!(error.contains("cache_mib is at least 16"), "{error}");
}
