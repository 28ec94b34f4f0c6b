//! The only part of the console that touches the terminal: raw mode, the alternate screen, drawing, and putting
//! everything back however the console ends.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::sync::mpsc;

use crate::app::App;
use crate::clipboard;
use crate::surface::{Input, Surface};

/// Bytes that a frame may gather before they are written; a whole frame of a large window is smaller.
const FRAME_BYTES: usize = 64 * 1024;

/// How long the reader waits for a key before it looks whether the console still runs.
const READ_WAIT: Duration = Duration::from_millis(100);

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
        CHANGED.store(true, Ordering::SeqCst);
        // From here on a drop restores, also if one of the next steps fails.
        let mut writer = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        let started = enable_raw_mode()
            .and_then(|()| execute!(writer, EnterAlternateScreen, EnableBracketedPaste))
            .and_then(|()| Terminal::new(CrosstermBackend::new(writer)));
        match started {
            Ok(terminal) => Ok(Self { terminal, in_tmux }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }
}

impl Surface for RealTerminal {
    fn draw(&mut self, app: &mut App) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| app.draw(frame))?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    fn redraw(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        out.write_all(clipboard::sequence(text, self.in_tmux).as_bytes())?;
        out.flush()
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        if on {
            execute!(self.terminal.backend_mut(), EnableMouseCapture)
        } else {
            execute!(self.terminal.backend_mut(), DisableMouseCapture)
        }
    }
}

impl Drop for RealTerminal {
    fn drop(&mut self) {
        restore();
    }
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

/// Reads keys on a thread of its own until nobody takes them any more.
pub(crate) fn read_keys(inputs: mpsc::Sender<Input>) -> io::Result<()> {
    std::thread::Builder::new()
        .name("saqta-keys".to_owned())
        .spawn(move || {
            while !inputs.is_closed() {
                let input = match event::poll(READ_WAIT) {
                    Ok(false) => continue,
                    Ok(true) => event::read().map(input_of),
                    Err(error) => Err(error),
                };
                match input {
                    Ok(None) => {}
                    Ok(Some(input)) => {
                        if inputs.blocking_send(input).is_err() {
                            return;
                        }
                    }
                    // The terminal is gone: the ssh connection was lost, the window was closed.
                    Err(_) => {
                        let _ = inputs.blocking_send(Input::Stop);
                        return;
                    }
                }
            }
        })
        .map(|_| ())
}

fn input_of(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) => Some(Input::Key(key)),
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Resize(_, _) => Some(Input::Resize),
        Event::Mouse(mouse) => Some(Input::Mouse(mouse)),
        Event::FocusGained | Event::FocusLost => None,
    }
}
