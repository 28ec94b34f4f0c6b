//! The only part of the console that touches the terminal: raw mode, the alternate screen, drawing, and putting
//! everything back however the console ends.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, Event, MouseEventKind,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process;
use tokio::sync::mpsc;

use crate::app::App;
use crate::background::{self, Heard, Listener};
use crate::clipboard;
use crate::console::StopOnDrop;
use crate::private::Private;
use crate::surface::{Input, Surface};

/// Bytes that a frame may gather before they are written; a whole frame of a large window is smaller.
const FRAME_BYTES: usize = 64 * 1024;

/// How long the reader waits for a key before it looks whether the console still runs.
const READ_WAIT: Duration = Duration::from_millis(100);

/// Buttons and the wheel (1000), places in decimal (1006): what a console needs of the mouse.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";

/// The name of the thread that draws: only its panics concern the terminal.
pub(crate) const THREAD: &str = "saqta-console";

/// True from the moment the terminal is changed until it is put back.
static CHANGED: AtomicBool = AtomicBool::new(false);

/// The real terminal. Dropping it puts everything back.
pub(crate) struct RealTerminal {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    in_tmux: bool,
}

impl RealTerminal {
    /// Takes over the terminal, inside tmux or not.
    ///
    /// # Errors
    /// Standard output is no terminal, or the terminal does not obey.
    pub(crate) fn open(in_tmux: bool) -> io::Result<Self> {
        if !io::stdout().is_terminal() {
            return Err(io::Error::other("the standard output is not a terminal"));
        }
        restore_on_panic();
        // With NO_COLOR set crossterm would write a reset for every style, which erases even the reverse video of a
        // selection. The theme decides about colours instead.
        crossterm::style::force_color_output(true);
        // From here on a drop restores, also if one of the next steps fails.
        let terminal = Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(
            FRAME_BYTES,
            io::stdout(),
        )))?;
        let mut opened = Self { terminal, in_tmux };
        opened.enter()?;
        Ok(opened)
    }

    fn enter(&mut self) -> io::Result<()> {
        CHANGED.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        execute!(
            self.terminal.backend_mut(),
            EnterAlternateScreen,
            EnableBracketedPaste
        )
    }

    /// Asks the terminal for its background; the answer comes between the keys.
    pub(crate) fn ask_background(&mut self) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        out.write_all(background::QUESTION.as_bytes())?;
        out.flush()
    }
}

impl Surface for RealTerminal {
    fn draw(&mut self, app: &mut App) -> io::Result<()> {
        // While the process is about to be stopped the terminal is the shell's.
        if !CHANGED.load(Ordering::SeqCst) {
            return Ok(());
        }
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| app.draw(frame))?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    fn redraw(&mut self) -> io::Result<()> {
        if !CHANGED.load(Ordering::SeqCst) {
            return Ok(());
        }
        // Not `clear`, which asks the terminal where its cursor stands and waits for the answer.
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        out.write_all(clipboard::sequence(text, self.in_tmux).as_bytes())?;
        out.flush()
    }

    fn suspend(&mut self) -> io::Result<bool> {
        if !is_job() {
            return Ok(false);
        }
        restore();
        // As the terminal would for Ctrl-Z: all of the job, a `sudo` before it too. Our own handler hears of SIGTSTP, so
        // it is SIGSTOP that stops.
        process::kill_current_process_group(process::Signal::STOP)?;
        Ok(true)
    }

    fn resume(&mut self) -> io::Result<()> {
        // Stopped by SIGSTOP it had no time to put anything back, and the shell has set the terminal its own way since.
        restore();
        self.enter()
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        if on {
            // Not crossterm's command, by which a terminal reports each movement: too much for a slow line.
            out.write_all(MOUSE_ON.as_bytes())?;
            out.flush()
        } else {
            execute!(out, DisableMouseCapture)
        }
    }
}

/// True if a shell with job control stands over this process, which brings it back: then the leader of the session is
/// not of the same process group. Without one (`ssh HOST saqta console`) a stopped console would stay so.
fn is_job() -> bool {
    let leader = process::getsid(None).and_then(|leader| process::getpgid(Some(leader)));
    leader.is_ok_and(|group| group != process::getpgrp())
}

impl Drop for RealTerminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives up a terminal that has stopped reading: nothing more can be written, but lines are edited and echoed again.
pub(crate) fn abandon() {
    let _ = disable_raw_mode();
}

/// Puts the terminal back; does nothing the second time. Errors are of no use: the terminal may be gone.
fn restore() {
    if CHANGED.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        let _ = execute!(
            out,
            EndSynchronizedUpdate,
            DisableBracketedPaste,
            DisableMouseCapture,
            LeaveAlternateScreen,
            cursor::Show
        );
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

/// Before a panic of the console's own thread is reported the terminal is put back, so that the report can be read.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() == Some(THREAD) {
                restore();
            }
            report(panic);
        }));
    });
}

/// Reads keys on a thread of its own until nobody takes them any more. `asked`: among them is the answer of the terminal
/// what its background is.
pub(crate) fn read_keys(inputs: mpsc::Sender<Input>, asked: bool) -> io::Result<()> {
    std::thread::Builder::new()
        .name("saqta-keys".to_owned())
        .spawn(move || {
            // However the thread ends: a console without keys is of no use.
            let inputs = StopOnDrop(inputs);
            let mut listener = Listener::new(asked);
            while !inputs.0.is_closed() && !is_gone() {
                match event::poll(READ_WAIT) {
                    Ok(false) => continue,
                    Ok(true) => {}
                    Err(_) => return,
                }
                let Ok(event) = event::read() else { return };
                for input in inputs_of(event, &mut listener) {
                    if inputs.0.blocking_send(input).is_err() {
                        return;
                    }
                }
            }
        })
        .map(|_| ())
}

/// True if the terminal is gone: the ssh connection was lost, the window was closed. The end of its input alone is no
/// error to crossterm, which would look for more for ever.
fn is_gone() -> bool {
    let stdin = io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::empty())];
    let now = Timespec::default();
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    poll(&mut fds, Some(&now)).is_ok() && fds.iter().any(|fd| fd.revents().intersects(gone))
}

fn inputs_of(event: Event, listener: &mut Listener) -> Vec<Input> {
    match event {
        Event::Key(key) => match listener.hear(key) {
            Heard::Keys(keys) => keys.into_iter().map(Input::Key).collect(),
            Heard::Answer(Some(background)) => vec![Input::Background(background)],
            Heard::Answer(None) | Heard::Held => Vec::new(),
        },
        Event::Paste(text) => vec![Input::Paste(Private(text))],
        Event::Resize(_, _) => vec![Input::Resize],
        Event::Mouse(mouse) if matches!(mouse.kind, MouseEventKind::Up(_)) => Vec::new(),
        Event::Mouse(mouse) => vec![Input::Mouse(mouse)],
        Event::FocusGained | Event::FocusLost => Vec::new(),
    }
}
