//! The loop of the console: take what came, draw when nothing more waits. It runs on a thread of its own, so that
//! neither a terminal that stops reading nor a slow store can hold up anything else of the process.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use saqta_data::clock::Clock;
use saqta_data::desk::{Desk, DeskError};
use saqta_data::language::Language;
use saqta_data::texts::{Texts, TextsError};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use crate::app::App;
use crate::background::Backdrop;
use crate::keymap::{Keymap, KeymapError};
use crate::mask::Mask;
use crate::message::{Answer, Ask, Job, Message};
use crate::outside::{Outside, Preferences};
use crate::private::Private;
use crate::signals::Signals;
use crate::surface::{Input, Surface};
use crate::terminal::{RealTerminal, THREAD, abandon, read_keys};
use crate::theme::ThemeChoice;
use crate::ui::Ui;
use crate::words::TEXTS;
use crate::worker::{self, Worker, World};

/// Keys that wait while a frame is drawn.
const INPUTS: usize = 256;

/// Keys taken one after another before a frame is drawn: more than a hand types, some hundredths of a second's worth.
const MOST_IN_A_ROW: usize = 4_096;

/// How often the time is looked at. The screen changes by time once a second at the most.
const TICK: Duration = Duration::from_millis(250);

/// How long a signalled console may take to put the terminal back.
const LAST_FRAME: Duration = Duration::from_secs(2);

/// How the console is to look and where its files are. [`Options::default`] is the built-in console in Kazakh.
#[derive(Clone, Debug)]
pub struct Options {
    /// The language to start in.
    pub language: Language,
    /// The theme to start with.
    pub theme: ThemeChoice,
    /// What is known of the background of the terminal, which the theme `auto` follows.
    pub background: Backdrop,
    /// `NO_COLOR` is set: start without colours, whatever `theme` says.
    pub no_color: bool,
    /// A directory with `kk.ftl`, `ru.ftl`, `en.ftl` that override texts.
    pub texts_dir: Option<PathBuf>,
    /// Keys of the texts of other front ends, which share that directory.
    pub other_texts: BTreeSet<String>,
    /// A keymap file that overrides keys.
    pub keymap: Option<PathBuf>,
    /// The clock.
    pub clock: Clock,
    /// What the operator chose before; only kept together with what is chosen next.
    pub chosen: Preferences,
    /// Use the mouse from the start.
    pub mouse: bool,
    /// The terminal is one of tmux's, which has to be told to pass the clipboard on.
    pub in_tmux: bool,
    /// The machine that the console runs on: files, imports, what is remembered. `None`: nothing of it may be used.
    pub outside: Option<Arc<dyn Outside>>,
    /// Lines shown under the empty search box, as far as there is room: whom to look for in a demonstration.
    pub examples: Vec<String>,
    /// The command by which another terminal comes to the same store, for help and pulse.
    pub attach: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: ThemeChoice::default(),
            background: Backdrop::Unknown,
            no_color: false,
            texts_dir: None,
            other_texts: BTreeSet::new(),
            keymap: None,
            clock: Clock::system(),
            chosen: Preferences::default(),
            mouse: false,
            in_tmux: false,
            outside: None,
            examples: Vec::new(),
            attach: None,
        }
    }
}

impl Options {
    /// Loads what the console is drawn with.
    pub(crate) fn ui(&self) -> Result<Ui, ConsoleError> {
        let theme = if self.no_color {
            self.theme.without_color()
        } else {
            self.theme
        };
        Ok(Ui {
            texts: Arc::new(Texts::load(TEXTS, self.texts_dir.as_deref(), &self.other_texts)?),
            keymap: Arc::new(Keymap::load(self.keymap.as_deref())?),
            language: self.language,
            theme,
            background: self.background.known(),
            mask: Mask::default(),
            chosen: self.chosen,
            mouse: self.mouse,
            operator: None,
            now: self.clock.now(),
            examples: self.examples.clone(),
            attach: self.attach.clone(),
        })
    }
}

/// Why the console cannot start or go on.
#[derive(Debug, Error)]
pub enum ConsoleError {
    /// The texts cannot be used.
    #[error(transparent)]
    Texts(#[from] TextsError),
    /// The keymap cannot be used.
    #[error(transparent)]
    Keymap(#[from] KeymapError),
    /// The terminal does not obey, or there is none.
    #[error("the console cannot use this terminal: {0}")]
    Terminal(#[from] io::Error),
    /// The console's thread ended by a fault of its own; what it reported stands above.
    #[error("the console ended by an internal error")]
    Panicked,
}

/// Runs the console on this process's terminal until the operator leaves it, a signal ends it, or the terminal is gone.
/// The desk is called on the current runtime, drawing happens on a thread of its own.
///
/// # Errors
/// Texts or keys that cannot be used, a standard output that is no terminal.
pub async fn run(desk: Arc<dyn Desk>, options: Options) -> Result<(), ConsoleError> {
    let ui = options.ui()?;
    let worker = worker::start(World {
        desk,
        outside: options.outside.clone(),
    });
    let (inputs, incoming) = mpsc::channel(INPUTS);
    let (ended, end) = oneshot::channel();
    let signals = Signals::new()?;
    let keys = inputs.clone();
    let thread = std::thread::Builder::new().name(THREAD.to_owned());
    thread.spawn(move || {
        // Dropped unsent by a panic, which `run` then reports.
        let _ = ended.send(on_thread(ui, &options, worker, keys, incoming));
    })?;
    // If the caller stops waiting for the console, it ends too.
    let stop = StopOnDrop(inputs);
    let signalled = async {
        signals.until_the_end(&stop.0).await;
        stop.now();
        // A terminal that has stopped reading holds the thread up for ever; the process is to end all the same.
        tokio::time::sleep(LAST_FRAME).await;
        abandon();
    };
    tokio::select! {
        result = end => result.unwrap_or(Err(ConsoleError::Panicked)),
        () = signalled => Ok(()),
    }
}

/// Ends the console when it is dropped.
pub(crate) struct StopOnDrop(pub(crate) mpsc::Sender<Input>);

impl StopOnDrop {
    fn now(&self) {
        // A full queue belongs to a thread that is held up: nothing else can be done.
        let _ = self.0.try_send(Input::Stop);
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.now();
    }
}

fn on_thread(
    ui: Ui,
    options: &Options,
    worker: Worker,
    keys: mpsc::Sender<Input>,
    inputs: mpsc::Receiver<Input>,
) -> Result<(), ConsoleError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let mut terminal = RealTerminal::open(options.in_tmux)?;
    let ask = options.background == Backdrop::Ask;
    if ask {
        terminal.ask_background()?;
    }
    read_keys(keys, ask)?;
    let (app, jobs) = App::new(ui);
    Ok(runtime.block_on(drive(&mut terminal, app, jobs, &options.clock, worker, inputs))?)
}

/// Takes messages and draws until the console is left. Waits for keys, answers and the clock, never for the desk.
pub(crate) async fn drive(
    surface: &mut impl Surface,
    mut app: App,
    jobs: Vec<Job>,
    clock: &Clock,
    mut worker: Worker,
    mut inputs: mpsc::Receiver<Input>,
) -> io::Result<()> {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut jobs = jobs;
    let mut drawn = None;
    let mut in_a_row = 0;
    loop {
        if !carry_out(jobs, surface, &mut app, &worker.asks)? {
            return Ok(());
        }
        // What has already come is taken before the next frame, so that fast typing is not drawn letter by letter.
        // Not for ever: an endless paste is not to hold up the screen and the answers.
        let queued = (in_a_row < MOST_IN_A_ROW)
            .then(|| inputs.try_recv().ok())
            .flatten();
        in_a_row = if queued.is_some() { in_a_row + 1 } else { 0 };
        if queued.is_none() {
            let face = Some(app.face());
            if drawn != face {
                surface.draw(&mut app)?;
                drawn = face;
            }
        }
        let message = if queued.is_some() {
            message_of(queued)
        } else {
            tokio::select! {
                input = inputs.recv() => message_of(input),
                answer = worker.answers.recv() => answer.map(Message::Answer),
                _ = ticks.tick() => Some(Message::Tick(clock.now())),
            }
        };
        let Some(message) = message else { return Ok(()) };
        if !message.is_in_face() {
            drawn = None;
        }
        jobs = app.update(Message::Tick(clock.now()));
        if !matches!(message, Message::Tick(_)) {
            jobs.extend(app.update(message));
        }
    }
}

fn message_of(input: Option<Input>) -> Option<Message> {
    match input? {
        Input::Key(key) => Some(Message::Key(key)),
        Input::Paste(text) => Some(Message::Paste(text)),
        Input::Mouse(mouse) => Some(Message::Mouse(mouse)),
        Input::Resize => Some(Message::Resize),
        Input::Background(background) => Some(Message::Background(background)),
        Input::Suspend => Some(Message::Suspend),
        Input::Resumed => Some(Message::Resumed),
        Input::Stop => None,
    }
}

/// Does what the application wants done; false if it wants to end.
fn carry_out(
    jobs: Vec<Job>,
    surface: &mut impl Surface,
    app: &mut App,
    asks: &mpsc::Sender<Ask>,
) -> io::Result<bool> {
    for job in jobs {
        match job {
            Job::Quit => return Ok(false),
            Job::Redraw => surface.redraw()?,
            Job::Suspend => {
                if !surface.suspend()? {
                    app.cannot_stop();
                }
            }
            Job::Resume(mouse) => {
                surface.resume()?;
                surface.mouse(mouse)?;
            }
            Job::Copy(Private(text)) => surface.copy(&text)?,
            Job::Mouse(on) => surface.mouse(on)?,
            Job::Ask(ask) => {
                if let Err(error) = asks.try_send(ask) {
                    refuse(app, &error.into_inner());
                }
            }
        }
    }
    Ok(true)
}

/// Too many questions wait already: the desk hangs, and the operator is told so.
fn refuse(app: &mut App, ask: &Ask) {
    app.update(Message::Answer(Answer {
        number: ask.number,
        purpose: ask.purpose,
        reply: Err(DeskError::Away("queue".to_owned())),
    }));
}

#[cfg(test)]
#[path = "console/tests.rs"]
mod tests;
