//! A terminal for a program: a real pseudo-terminal, and a picture of what a person would see on it.

use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::os::fd::AsFd as _;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{self, Command};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, Termios, tcgetattr};
use vt100::{MouseProtocolMode, Parser, Screen};

/// How long anything may take on a machine that is busy with other tests.
const DEADLINE: Duration = Duration::from_secs(60);

/// How often it is looked whether something has come to be.
const AGAIN: Duration = Duration::from_millis(10);

/// The usual size, as columns and rows.
pub(crate) const USUAL: (u16, u16) = (80, 24);

/// What a screen is to become.
type Wanted = Box<dyn Fn(&Screen) -> bool + Send>;

/// What has come from the program.
struct Shown {
    parser: Parser,
    /// Every byte.
    written: Vec<u8>,
    /// The terminal does not read for now.
    deaf: bool,
    /// What the screen is to become, and when it did.
    wanted: Option<Wanted>,
    became: Option<Instant>,
}

impl Shown {
    /// Takes what came at this moment.
    fn take(&mut self, bytes: &[u8], came: Instant) {
        self.parser.process(bytes);
        self.written.extend_from_slice(bytes);
        if self
            .wanted
            .as_ref()
            .is_some_and(|wanted| wanted(self.parser.screen()))
        {
            self.wanted = None;
            self.became = Some(came);
        }
    }
}

/// Waits until there is something.
pub(crate) fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < DEADLINE, "waited too long: {what}");
        std::thread::sleep(AGAIN);
    }
}

/// A terminal and the program in it, which is killed when it is dropped.
pub(crate) struct Pty {
    line: Option<Arc<blocking::Pty>>,
    pub(crate) child: Child,
    shown: Arc<(Mutex<Shown>, Condvar)>,
    /// How lines were edited before the program began.
    before: Termios,
}

/// How a terminal is used, as far as a program that ends must put it back.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mode of its own")]
pub(crate) struct Modes {
    alternate_screen: bool,
    cursor_hidden: bool,
    mouse: bool,
    bracketed_paste: bool,
    /// Input is edited line by line, echoed, and Ctrl-C is a signal.
    line_by_line: bool,
}

impl Modes {
    /// As a shell wants it.
    pub(crate) const CLEAN: Self = Self {
        alternate_screen: false,
        cursor_hidden: false,
        mouse: false,
        bracketed_paste: false,
        line_by_line: true,
    };
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

impl Pty {
    /// Starts `command`, the leader of a session of its own, on a terminal of `size` columns and rows.
    pub(crate) fn start(command: Command, (columns, rows): (u16, u16)) -> Self {
        let (pty, inner) = blocking::open().unwrap();
        pty.resize(Size::new(rows, columns)).unwrap();
        let before = tcgetattr(pty.as_fd()).unwrap();
        let child = command.spawn(inner).unwrap();
        let shown = Shown {
            parser: Parser::new(cells(rows), cells(columns), 0),
            written: Vec::new(),
            deaf: false,
            wanted: None,
            became: None,
        };
        let shown = Arc::new((Mutex::new(shown), Condvar::new()));
        let pty = Arc::new(pty);
        let (reading, into) = (Arc::downgrade(&pty), Arc::clone(&shown));
        std::thread::spawn(move || {
            let mut bytes = vec![0; 65_536];
            loop {
                let (lock, heard) = &*into;
                drop(
                    heard
                        .wait_while(lock.lock().unwrap(), |shown| shown.deaf)
                        .unwrap(),
                );
                // Read when there is something, so that a terminal given up is not held open by its reader.
                let Some(pty) = reading.upgrade() else { return };
                let mut fds = [rustix::event::PollFd::new(&*pty, rustix::event::PollFlags::IN)];
                let wait = rustix::event::Timespec::try_from(AGAIN).unwrap();
                match rustix::event::poll(&mut fds, Some(&wait)) {
                    Ok(0) => continue,
                    Ok(_) => {}
                    Err(_) => return,
                }
                match (&*pty).read(&mut bytes) {
                    Ok(0) | Err(_) => return,
                    Ok(read) => {
                        let came = Instant::now();
                        lock.lock().unwrap().take(&bytes[..read], came);
                        heard.notify_all();
                    }
                }
            }
        });
        Self {
            line: Some(pty),
            child,
            shown,
            before,
        }
    }

    fn pty(&self) -> &blocking::Pty {
        self.line.as_ref().unwrap()
    }

    /// Sends bytes as a keyboard does.
    pub(crate) fn send(&self, bytes: &str) {
        let mut pty = self.pty();
        pty.write_all(bytes.as_bytes()).unwrap();
    }

    /// Sends a key and waits until the screen is as `wanted`: the time from the key to the bytes that made it so.
    pub(crate) fn press(&self, key: &str, wanted: impl Fn(&Screen) -> bool + Send + 'static) -> Duration {
        let (lock, heard) = &*self.shown;
        let mut shown = lock.lock().unwrap();
        shown.wanted = Some(Box::new(wanted));
        shown.became = None;
        drop(shown);
        let pressed = Instant::now();
        self.send(key);
        let shown = lock.lock().unwrap();
        let waiting = |shown: &mut Shown| shown.became.is_none();
        let (shown, _) = heard.wait_timeout_while(shown, DEADLINE, waiting).unwrap();
        let became = shown
            .became
            .unwrap_or_else(|| panic!("waited too long for what {key:?} does"));
        became - pressed
    }

    /// Another size of the window, in columns and rows.
    pub(crate) fn resize(&self, (columns, rows): (u16, u16)) {
        let mut shown = self.shown.0.lock().unwrap();
        shown.parser.screen_mut().set_size(cells(rows), cells(columns));
        self.pty().resize(Size::new(rows, columns)).unwrap();
    }

    /// What a person sees.
    pub(crate) fn screen(&self) -> String {
        self.shown.0.lock().unwrap().parser.screen().contents()
    }

    /// All bytes that came, as text.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.shown.0.lock().unwrap().written).into_owned()
    }

    /// Waits until the screen is as `wanted`, and returns it.
    pub(crate) fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        wait(what, || Some(self.screen()).filter(|screen| wanted(screen)))
    }

    /// Waits until the screen shows `text`.
    pub(crate) fn shows(&self, text: &str) -> String {
        self.until(text, |screen| screen.contains(text))
    }

    /// The modes that are on.
    pub(crate) fn modes(&self) -> Modes {
        let now = tcgetattr(self.pty()).unwrap();
        let shown = self.shown.0.lock().unwrap();
        let screen = shown.parser.screen();
        let by_line = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        Modes {
            alternate_screen: screen.alternate_screen(),
            cursor_hidden: screen.hide_cursor(),
            mouse: screen.mouse_protocol_mode() != MouseProtocolMode::None,
            bracketed_paste: screen.bracketed_paste(),
            line_by_line: now.local_modes.contains(by_line),
        }
    }

    /// Waits until the terminal reports the mouse.
    pub(crate) fn reports_mouse(&self) {
        wait("the mouse is on", || self.modes().mouse.then_some(()));
    }

    /// Waits until the modes are those of a shell and lines are edited exactly as before.
    pub(crate) fn is_clean(&self) {
        wait("the terminal is left clean", || {
            (self.modes() == Modes::CLEAN).then_some(())
        });
        let now = tcgetattr(self.pty()).unwrap();
        assert_eq!(now.local_modes, self.before.local_modes);
        assert_eq!(now.input_modes, self.before.input_modes);
        assert_eq!(now.output_modes, self.before.output_modes);
    }

    /// Waits until lines are edited and echoed as for a shell, whatever else was left behind.
    pub(crate) fn is_edited_by_line(&self) {
        wait("lines are edited", || self.modes().line_by_line.then_some(()));
    }

    /// Stops reading, or reads on.
    pub(crate) fn set_deaf(&self, deaf: bool) {
        self.shown.0.lock().unwrap().deaf = deaf;
        self.shown.1.notify_all();
    }

    /// The line is lost: the terminal is gone.
    pub(crate) fn hang_up(&mut self) {
        self.line = None;
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until the program has ended.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < DEADLINE, "the program does not end");
            std::thread::sleep(AGAIN);
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the terminal showed:\n{}", self.screen());
        }
        self.set_deaf(false);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
