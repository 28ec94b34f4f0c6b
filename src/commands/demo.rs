//! `saqta demo`: everything at once on invented citizens. On a terminal the console over a live gateway with handsets
//! that text and dial; elsewhere a transcript of conversations that went through that gateway, and a screen.

mod inbox;
mod stage;
mod story;
mod traffic;

use std::collections::HashSet;
use std::io::IsTerminal;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use saqta_data::desk::{Desk, ImportHead};
use saqta_data::journal::Door;
use saqta_data::language::Language;
use saqta_data::office::person_key;
use saqta_data::registry::Registry;
use saqta_data::registry::list::Unknown;
use saqta_data::store::{MAX_SCAN, Scan, Store, Tree};
use saqta_data::synth::{self, World};
use saqta_tui::Scene;

use self::inbox::Inbox;
use self::story::Citizen;
use super::{console, print};
use crate::bubble;
use crate::cli::Demo;
use crate::config::{self, Config};
use crate::desk_http::client::RemoteDesk;
use crate::failure::{Failure, Outcome};
use crate::handset::Handset;
use crate::listen::Stopper;
use crate::outside::Importing;
use crate::plan::Plan;
use crate::server::Server;
use crate::{socket, telemetry};

/// The size of the screen in a transcript.
const SCREEN: (u16, u16) = (100, 30);

/// The carrier of the invented handsets.
const LINE: &str = "kcell";

/// What the carriers of `--sandbox` are called in a demo: as an operator knows them, by their brands.
const BRANDS: [(&str, &str); 2] = [("sandbox", LINE), ("kannel", "beeline")];

/// Runs the demo that fits where it is started.
pub(super) fn run(args: &Demo, config: &Config) -> Outcome {
    let on_terminal = std::io::stdout().is_terminal() && std::io::stdin().is_terminal();
    if on_terminal {
        config::screen()?;
    }
    let invention = super::synth::plan(&args.invention, config)?;
    // Gone, with all that is in it, when this function returns.
    let temporary = tempfile::Builder::new().prefix("saqta-demo-").tempdir()?;
    let store = match args
        .store
        .clone()
        .or_else(|| config.path(config.file.demo_store.as_ref()))
    {
        Some(store) => store,
        None => temporary.path().join("store"),
    };
    let mut plan = plan(args, config, store)?;
    let metrics = telemetry::metrics()?;
    console::on_threads(async {
        let inbox = Inbox::open().await?;
        for instance in &mut plan.instances {
            if instance.name == LINE {
                instance.send.url = Some(inbox.url.clone());
            }
        }
        let server = Server::start(config, &plan, config::clock()?, metrics).await?;
        let shown = show(config, &plan.store, &server, (invention, inbox), on_terminal).await;
        server.stop().await?;
        if on_terminal && shown.is_ok() {
            print(&left(&plan.store, temporary.path()))?;
        }
        shown
    })
}

fn plan(args: &Demo, config: &Config, store: PathBuf) -> Result<Plan, Failure> {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listen = args.listen.or(config.file.demo_listen).unwrap_or(free);
    // The carriers of daily work have no business here.
    let mut config = config.clone();
    config.file.carriers.clear();
    let mut plan = Plan::new(&config, store, listen, free, true)?;
    for instance in &mut plan.instances {
        let brand = BRANDS.iter().find(|(name, _)| *name == instance.name);
        if let Some((_, brand)) = brand {
            (*brand).clone_into(&mut instance.name);
        }
    }
    Ok(plan)
}

async fn show(
    config: &Config,
    store: &Path,
    server: &Server,
    (plan, mut inbox): (synth::Plan, Inbox),
    on_terminal: bool,
) -> Outcome {
    let socket =
        socket::answering(store)?.ok_or_else(|| Failure::new("the demo's own server does not answer"))?;
    let desk = |door| -> Arc<dyn Desk> { Arc::new(RemoteDesk::new(&socket, &door)) };
    let world = plan.world()?;
    refuse_others(server.office.store(), &world)
        .await
        .map_err(|e| Failure::of(store.display(), e))?;
    let importer = desk(Door::Command("demo".into()));
    let (bar, mut chunks) = (super::synth::progress(plan), world.chunks());
    let number = importer.begin_import(invented(plan)).await?;
    while let Some(mut chunk) = chunks.next() {
        chunk.import = Some(number);
        importer.ingest(chunk).await?;
        bar.set_position(chunks.citizens());
    }
    importer.end_import(number, None).await?;
    bar.finish_and_clear();
    let today = server.office.clock().today();
    let people = story::citizens(&server.office, &world, today).await?;
    let line = Handset::new(&format!("http://{}", server.gateway), LINE, "+77990000001")?;
    if on_terminal {
        return live(
            config,
            store,
            desk(Door::Console),
            (line, inbox),
            people,
            plan.seed,
        )
        .await;
    }
    print(&opening(plan, today))?;
    print(&stage::tell(&line, &mut inbox, &story::scenes(&people, today)).await?)?;
    print(&screen(config, desk(Door::Console), &people).await?)
}

/// What the screen of imports calls the invented citizens.
fn invented(plan: synth::Plan) -> ImportHead {
    ImportHead {
        file: format!("synth --seed {} --citizens {}", plan.seed, plan.citizens),
        bytes: 0,
        registry: Registry::People,
        dry_run: false,
        unknown: Unknown::default(),
    }
}

/// A store that holds anybody else is no place for a demo: it might be the one of daily work.
async fn refuse_others(store: &dyn Store, world: &World) -> Outcome {
    let held = store.scan(Scan::of(Tree::People, MAX_SCAN)).await?;
    if held.is_empty() {
        return Ok(());
    }
    let invented: HashSet<_> = world
        .citizens()
        .map(|citizen| person_key(citizen.person.iin).to_vec())
        .collect();
    if held.iter().all(|(key, _)| invented.contains(key)) {
        return Ok(());
    }
    Err(Failure::new(
        "it holds people who are not invented from this seed; name another folder",
    ))
}

fn opening(plan: synth::Plan, today: NaiveDate) -> String {
    let synth::Plan {
        seed,
        citizens,
        until,
    } = plan;
    format!(
        "saqta demo: seed {seed}, {citizens} invented citizens, today is {today}\n\n\
         What people type stands on the right, what comes back on the left. Every message went\n\
         over HTTP through a real gateway of this program. In a terminal, `saqta demo` opens the\n\
         operator's console over it. The same people as files:\n\
         saqta synth --citizens {citizens} --seed {seed} --data-date {until} DIR\n"
    )
}

/// How another terminal comes to the same invented citizens.
fn attach(store: &Path) -> String {
    format!("saqta console --store {}", store.display())
}

/// Said when the console of the demo was left.
fn left(store: &Path, temporary: &Path) -> String {
    let what = if store.starts_with(temporary) {
        "its store is gone, name one by --store to keep it"
    } else {
        "its store stays"
    };
    format!("saqta demo: {}: {what}\n", store.display())
}

/// The console, with handsets in the background.
async fn live(
    config: &Config,
    store: &Path,
    desk: Arc<dyn Desk>,
    (line, inbox): (Handset, Inbox),
    people: Vec<Citizen>,
    seed: u64,
) -> Outcome {
    let (stopper, stop) = Stopper::new();
    let importing = Importing::of(config, store);
    let mut options = console::for_operator(console::options(config)?, desk.clone(), importing)?;
    options.examples = story::examples(&people);
    options.attach = Some(attach(store));
    let traffic = tokio::spawn(traffic::run(line, inbox, people, seed, stop));
    let ended = saqta_tui::run(desk, options).await;
    stopper.stop();
    // Handsets that panicked have been reported.
    let _ = traffic.await;
    Ok(ended?)
}

/// What an operator sees of somebody in the story.
async fn screen(config: &Config, desk: Arc<dyn Desk>, people: &[Citizen]) -> Result<String, Failure> {
    let Some(citizen) = people.iter().find(|citizen| story::owes(citizen)) else {
        return Ok(String::new());
    };
    let scene = Scene::Card {
        iin: citizen.person.iin,
        verified: true,
        reading: Language::Russian,
    };
    let picture = saqta_tui::picture(desk, &console::options(config)?, scene, SCREEN).await?;
    Ok(bubble::heading("What the operator sees: saqta console", "F1 helps") + &picture.text())
}
