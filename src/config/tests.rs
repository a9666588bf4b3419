use super::*;

fn problems(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    match Config::from_parts(file, environment.iter().copied()) {
        Ok(config) => panic!("accepted as {config:?}"),
        Err(error) => error.problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn without_any_setting_it_runs_at_home() {
    let config = Config::from_parts("", []).expect("the defaults");
    assert_eq!(config.issuer.as_str(), "http://localhost:8000");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(config.database_url.expose(), "sqlite://sluis.db");
    assert_eq!(config.keys_dir, Path::new("keys"));
    assert_eq!(config.rate_limits, RateLimits::On);
    assert!(config.trusted_proxies.is_empty());
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "
        issuer = 'https://file.example'
        listen = '0.0.0.0:1'
        trusted_proxies = ['10.0.0.0/8', '192.0.2.1']
    ";
    let config = Config::from_parts(file, [("SLUIS_ISSUER", "https://env.example")]);
    let config = config.expect("both are well formed");
    assert_eq!(config.issuer.as_str(), "https://env.example");
    assert_eq!(config.listen.port(), 1);
    assert!(config.trusted_proxies.contains([192, 0, 2, 1].into()));
}

#[test]
fn every_problem_is_told_with_its_setting_and_where_it_was_written() {
    let file = "listen = 8000\nisuer = 'https://id.example.org'";
    let environment = [
        ("SLUIS_LOG_FORMAT", "xml"),
        ("SLUIS_LISTN", "x"),
        ("SLUIS_DATABASE_URL", "mysql://u:geheim@db/x"),
        ("SLUIS_LOG", "loud=very=much"),
        ("SLUIS_KEYS_DIR", ""),
    ];
    let problems = problems(file, &environment);
    let told = problems.join("\n");
    for setting in [
        "listen in sluis.toml: \"8000\" is not an IP address and port; write",
        "isuer in sluis.toml: there is no such setting; remove it; there are issuer,",
        "SLUIS_LOG_FORMAT: \"xml\" is neither",
        "SLUIS_LISTN: there is no such setting",
        "SLUIS_DATABASE_URL: this is not a database",
        "SLUIS_LOG: ",
        "SLUIS_KEYS_DIR: it is empty",
    ] {
        assert!(told.contains(setting), "{setting:?} is missing in:\n{told}");
    }
    assert_eq!(problems.len(), 7, "{told}");
    assert!(!told.contains("geheim"));
}

#[test]
fn tls_takes_a_certificate_and_its_key() {
    for name in ["SLUIS_TLS_CERT", "SLUIS_TLS_KEY"] {
        let problems = problems("", &[(name, "site.pem")]);
        assert_eq!(problems.len(), 1);
        assert!(
            problems[0].starts_with(&format!("{name}: https needs a certificate and its")),
            "{}",
            problems[0]
        );
    }
}

#[test]
fn tls_is_for_an_issuer_that_is_https() {
    let files = [
        ("SLUIS_TLS_CERT", "site.pem"),
        ("SLUIS_TLS_KEY", "site.key"),
    ];
    let told = problems("", &files);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("SLUIS_TLS_CERT: https would be served for http://localhost:8000; set"),
        "{}",
        told[0]
    );
    let config = Config::from_parts("issuer = 'https://id.test'", files).expect("usable");
    let tls = config.tls.expect("https");
    assert_eq!(
        (tls.cert.as_path(), tls.key.as_path()),
        (Path::new("site.pem"), Path::new("site.key"))
    );
}

#[test]
fn what_a_later_version_obeys_is_told_to_be_without_effect() {
    let environment = [("SLUIS_METRICS_LISTEN", "127.0.0.1:9000")];
    let config = Config::from_parts("", environment).expect("usable");
    let told: Vec<String> = config
        .without_effect
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(told.len(), 1);
    for (name, _) in environment {
        let start = format!("{name} is without effect in this version: ");
        assert!(
            told.iter().any(|line| line.starts_with(&start)),
            "{name}: {told:?}"
        );
    }
}

#[test]
fn clients_register_themselves_with_a_token_unless_the_operator_says_otherwise() {
    let low = TierChoice::Tier(Tier::Low);
    let default = Config::from_parts("", []).expect("the defaults");
    assert_eq!(default.registration, Registration::Token);
    assert_eq!(default.unvetted_tier, low);
    for (text, registration) in [
        ("open", Registration::Open),
        ("token", Registration::Token),
        ("off", Registration::Off),
    ] {
        let config = Config::from_parts("", [("SLUIS_REGISTRATION", text)]).expect("usable");
        assert_eq!(config.registration, registration);
    }
    let anonymous = Config::from_parts("unvetted_tier = 'anonymous'", []).expect("usable");
    assert_eq!(anonymous.unvetted_tier, TierChoice::Anonymous);
    let told = problems("registration = 'on'\nunvetted_tier = 'all'", &[]);
    assert!(told[0].starts_with("registration in sluis.toml: \"on\" is none of"));
    assert!(told[1].starts_with("unvetted_tier in sluis.toml: \"all\" is not a tier"));
}

#[test]
fn rate_limits_are_off_only_where_no_consumer_can_be() {
    let off = |issuer| Config::from_parts("rate_limits = 'off'", [("SLUIS_ISSUER", issuer)]);
    assert!(off("http://localhost:8000").is_ok());
    assert!(off("https://op.sluis.test").is_ok());
    let error = off("https://id.example.org").expect_err("people live there");
    assert!(
        error
            .to_string()
            .starts_with("rate_limits in sluis.toml: off is only for")
    );
}

#[test]
fn what_kubernetes_sets_for_a_service_of_this_name_is_not_a_setting() {
    let environment = [
        ("SLUIS_PORT", "tcp://10.0.0.1:80"),
        ("SLUIS_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("SLUIS_SERVICE_HOST", "10.0.0.1"),
        ("PATH", "/bin"),
    ];
    Config::from_parts("", environment).expect("none of these is ours");
}

#[test]
fn a_broken_file_is_told_by_its_line_without_quoting_it() {
    let problems = problems("\ndatabase_url = 'postgres://u:geheim@db/x", &[]);
    assert!(
        problems[0].starts_with("sluis.toml: the settings file is not valid TOML (line 2,"),
        "{}",
        problems[0]
    );
    assert!(!problems[0].contains("geheim"));
}

#[test]
fn a_table_is_not_a_value() {
    let problems = problems("[listen]\nport = 1", &[]);
    assert!(problems[0].starts_with("listen in sluis.toml: it is a table"));
}

#[test]
fn a_named_file_must_be_there() {
    let error = Config::load(Some(Path::new("/nowhere/sluis.toml"))).expect_err("not there");
    assert!(error.to_string().starts_with("/nowhere/sluis.toml: "));
}

#[test]
fn outgoing_requests_reach_private_networks_that_were_named_and_no_others() {
    let default = Config::from_parts("", []).expect("the defaults");
    assert!(!default.outbound_allow.contains([127, 0, 0, 1].into()));
    assert!(default.outbound_ca.certificates().is_empty());
    let allowing = Config::from_parts("outbound_allow = ['127.0.0.0/8', '::1']", []);
    let allowed = allowing.expect("networks").outbound_allow;
    assert!(allowed.contains([127, 0, 0, 1].into()));
    assert!(!allowed.contains([10, 0, 0, 1].into()));
    let problems = problems("", &[("SLUIS_OUTBOUND_ALLOW", "localhost")]);
    assert!(problems[0].starts_with("SLUIS_OUTBOUND_ALLOW: \"localhost\" is not a network"));
}

#[test]
fn extra_authorities_are_read_at_start() {
    for (path, told) in [
        ("/nowhere/ca.pem", "cannot be read"),
        ("Cargo.toml", "holds no certificate"),
    ] {
        let problems = problems("", &[("SLUIS_OUTBOUND_CA", path)]);
        assert!(
            problems[0].starts_with("SLUIS_OUTBOUND_CA: "),
            "{}",
            problems[0]
        );
        assert!(problems[0].contains(told), "{}", problems[0]);
    }
}
