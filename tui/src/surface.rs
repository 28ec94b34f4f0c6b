//! What the console is played on: where its keys come from and its frames go to. The real one is the terminal.

use std::io;

use crossterm::event::{KeyEvent, MouseEvent};

use crate::app::App;
use crate::background::Background;
use crate::private::Private;

/// Something from outside.
#[derive(Debug)]
pub(crate) enum Input {
    /// A key.
    Key(KeyEvent),
    /// Pasted text.
    Paste(Private<String>),
    /// The mouse.
    Mouse(MouseEvent),
    /// Another size.
    Resize,
    /// The background is this.
    Background(Background),
    /// The terminal is to be left to the shell for a while.
    Suspend,
    /// The process goes on after it was stopped.
    Resumed,
    /// The process is asked to end, or the terminal is gone.
    Stop,
}

/// What the console draws on.
pub(crate) trait Surface {
    /// Draws a frame.
    fn draw(&mut self, app: &mut App) -> io::Result<()>;

    /// Forgets what is on the screen, so that the next frame draws every cell.
    fn redraw(&mut self) -> io::Result<()>;

    /// Puts a text on the clipboard of the operator's terminal.
    fn copy(&mut self, text: &str) -> io::Result<()>;

    /// Puts the terminal back and stops the process; nothing is drawn until [`Surface::resume`]. False: nobody could let
    /// it go on, so it was not stopped.
    fn suspend(&mut self) -> io::Result<bool>;

    /// Takes the terminal over again after the process was stopped, whoever stopped it.
    fn resume(&mut self) -> io::Result<()>;

    /// Lets the terminal report the mouse, or leaves it to the terminal.
    fn mouse(&mut self, on: bool) -> io::Result<()>;
}
