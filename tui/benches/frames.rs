//! How long a frame of the console takes while the desk is slow: an operator's day over all screens, every answer of the
//! desk 700 ms late, the journal growing by a full page with each poll. The limit is 16 ms for the worst frame. The last
//! column sets it against drawing one paragraph over the whole window, in the same run, so that figures of different
//! machines compare.
//!
//! `cargo bench -p saqta-tui --bench frames`

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark may fail by panicking, and prints its figures"
)]

#[path = "../examples/invented/main.rs"]
#[expect(dead_code, reason = "the example draws pictures as well")]
mod invented;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::NaiveDate;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::widgets::{Paragraph, Wrap};
use ratatui::{Terminal, TerminalOptions, Viewport};
use saqta_data::clock::{Clock, noon};
use saqta_data::desk::{
    Card, CarrierFigures, Desk, DeskError, ExportPage, Figures, Findings, Hit, Import, ImportHead,
    ImportStep, JournalFilter, JournalPage, JournalSlice, Operator, Pulse, Query, StatusSms, StoredAnswer,
    Work,
};
use saqta_data::iin::Iin;
use saqta_data::journal::Numbered;
use saqta_data::language::Language;
use saqta_data::law::Law;
use saqta_data::phone::Msisdn;
use saqta_data::registry::sorted::{Loaded, Piece};
use saqta_data::registry::{Chunk, Ingested, Refused, Registry};
use saqta_tui::{Options, Rehearsal, rehearse};

/// How late every answer of the desk is.
const DELAY: Duration = Duration::from_millis(700);

/// Between two keys: some seventeen a second, faster than anybody types.
const PACE: Duration = Duration::from_millis(60);

/// The limit of a frame: sixty a second.
const LIMIT: Duration = Duration::from_millis(16);

/// The windows, as columns and rows.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (250, 70)];

/// Paragraphs drawn for comparison.
const PARAGRAPHS: usize = 200;

/// A day: calls by number and by name, a card read through, months thought of as paid, work begun and left, the journal
/// watched, frozen, filtered, the other screens, help, palette, languages and themes.
const DAY: &str = "900101300017<F7><F6><F6><F6><Tab><Tab><Tab><Tab><Tab><Tab><Tab><Left><Left><Left><Enter>\
    <Down><Down><Esc>i<Down><Space><Space>ay<Esc><Esc>ахметова айгүл 01.01.1990<Enter><Down><Up><Enter>\
    <Right><Right><F8><F8><F5>w<Down><Down><Down><Esc><Esc>900101300811v<PageDown><PageDown><Home><End>\
    <F4><Up><Up><PageUp><PageUp><Home><Down><Enter><Esc><End><Space><Space>f<Tab><Tab><Esc>\
    <Alt-3><Down><Enter><PageDown><Esc><Alt-4><Down><Down><Enter><Esc><Alt-5><Down><PageDown><Home>\
    <F1><PageDown><PageDown><PageDown><End><Home><Esc><F2>help<Down><Esc><F9><F9><F9><F12><F12><F12><F12><F12>\
    <Ctrl-L><F11><F11><F3><Esc>900101300007<F4><End><PageUp><End><F3><Esc>";

#[tokio::main]
async fn main() {
    // `cargo test --benches` asks for a list; there is nothing in it.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    println!(
        "window    frames  median us  p99 us  worst us  over 16 ms  worst/paragraph  key to frame p99, worst us"
    );
    for size in SIZES {
        let desk = Arc::new(Slow::new(invented::desk().await.unwrap()).await);
        let day = invented::clock().unwrap().today();
        let options = Options {
            language: Language::Russian,
            clock: Clock::starting_at(noon(day)),
            ..Options::default()
        };
        let played = rehearse(desk, options, size, DAY, PACE).await.unwrap();
        report(size, &played, paragraph(size));
    }
}

fn report((width, height): (u16, u16), played: &Rehearsal, paragraph: Duration) {
    let mut frames: Vec<Duration> = played.frames.iter().map(|frame| frame.took).collect();
    frames.sort_unstable();
    let mut waits = played.waits();
    waits.sort_unstable();
    let worst = *frames.last().unwrap();
    println!(
        "{:<9} {:<7} {:<10} {:<7} {:<9} {:<11} {:<16.1} {} {}",
        format!("{width}x{height}"),
        frames.len(),
        of(&frames, 50).as_micros(),
        of(&frames, 99).as_micros(),
        worst.as_micros(),
        frames.iter().filter(|took| **took > LIMIT).count(),
        worst.as_secs_f64() / paragraph.as_secs_f64(),
        of(&waits, 99).as_micros(),
        waits.last().unwrap().as_micros(),
    );
}

/// The value below which `percent` of the sorted values are.
fn of(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

/// The median of drawing one paragraph over the whole window, another one each time.
fn paragraph((width, height): (u16, u16)) -> Duration {
    let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
    let backend = CrosstermBackend::new(io::sink());
    let mut terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
    let mut took: Vec<Duration> = (0..PARAGRAPHS)
        .map(|n| {
            let words = format!("{n} сақтандырылған ").repeat(usize::from(width) * usize::from(height) / 16);
            let started = Instant::now();
            terminal
                .draw(|frame| {
                    let paragraph = Paragraph::new(words).wrap(Wrap { trim: true });
                    frame.render_widget(paragraph, frame.area());
                })
                .unwrap();
            started.elapsed()
        })
        .collect();
    took.sort_unstable();
    of(&took, 50)
}

/// A desk whose answers come late, and whose journal grows by a page with each poll.
#[derive(Debug)]
struct Slow {
    desk: Arc<dyn Desk>,
    lines: Vec<Numbered>,
    newest: AtomicU64,
}

impl Slow {
    async fn new(desk: Arc<dyn Desk>) -> Self {
        let newest = desk.journal(JournalPage::Newest, JournalFilter::default(), 200);
        let lines = newest.await.unwrap().lines;
        Self {
            desk,
            newest: AtomicU64::new(lines.last().map_or(0, |line| line.seq)),
            lines,
        }
    }

    /// `count` lines, numbered on from `from`.
    fn lines(&self, from: u64, count: usize) -> Vec<Numbered> {
        let lines = self.lines.iter().cycle().zip(from..).take(count);
        lines
            .map(|(line, seq)| Numbered { seq, ..line.clone() })
            .collect()
    }
}

macro_rules! later {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Desk for Slow {
            $(async fn $name(&self $(, $argument: $type)*) -> Result<$answer, DeskError> {
                tokio::time::sleep(DELAY).await;
                self.desk.$name($($argument),*).await
            })*

            async fn journal(
                &self,
                page: JournalPage,
                _: JournalFilter,
                limit: usize,
            ) -> Result<JournalSlice, DeskError> {
                tokio::time::sleep(DELAY).await;
                let count = u64::try_from(limit).unwrap();
                let lines = match page {
                    JournalPage::Before(seq) => self.lines(seq.saturating_sub(count), limit),
                    // One line less than a page: a full one makes the console jump.
                    _ => self.lines(self.newest.fetch_add(count, Ordering::Relaxed) + 1, limit - 1),
                };
                Ok(JournalSlice { reached: lines.last().map(|line| line.seq), more: false, lines })
            }
        }
    };
}

later! {
    whoami() -> Operator;
    search(query: Query) -> Vec<Hit>;
    card(iin: Iin, day: Option<NaiveDate>) -> Option<Card>;
    cards(iins: Vec<Iin>, day: Option<NaiveDate>) -> Vec<Option<Card>>;
    exchange(seq: u64) -> Option<StoredAnswer>;
    work(work: Work) -> Option<Box<Card>>;
    status_sms(iin: Iin, to: Msisdn) -> StatusSms;
    law() -> Law;
    carriers() -> Vec<CarrierFigures>;
    pulse() -> Pulse;
    imports() -> Vec<Import>;
    refused(import: u64) -> Vec<Refused>;
    begin_import(head: ImportHead) -> u64;
    end_import(import: u64, failure: Option<String>) -> ();
    figures() -> Figures;
    ingest(chunk: Chunk) -> Ingested;
    load(piece: Piece) -> Loaded;
    tell_import(import: u64, step: ImportStep) -> ();
    export(registry: Registry, after: Option<Vec<u8>>) -> ExportPage;
    check() -> Findings;
}
