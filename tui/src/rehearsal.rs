//! The console played on a screen in memory: the loop, the worker and the bytes of every frame are those of the real
//! one, only the terminal is missing. For benchmarks.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use saqta_data::clock::{Clock, Stopwatch};
use saqta_data::desk::Desk;
use tokio::sync::{mpsc, oneshot};

use crate::app::App;
use crate::console::{ConsoleError, Options, drive};
use crate::keymap::key;
use crate::surface::{Input, Surface};
use crate::worker::{self, World};

/// Keys that wait while a frame is drawn.
const INPUTS: usize = 256;

/// Time for the frame of the last key, on a machine that is busy too.
const LAST_FRAME: Duration = Duration::from_secs(1);

/// A frame as it was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// When it began, after the first.
    pub at: Duration,
    /// How long the drawing took, down to the bytes for the terminal.
    pub took: Duration,
    /// How many bytes those were.
    pub bytes: usize,
}

/// What came of a script.
#[derive(Clone, Debug, Default)]
pub struct Rehearsal {
    /// Every frame, in order.
    pub frames: Vec<Frame>,
    /// When each key was pressed, on the clock of the frames.
    pub keys: Vec<Duration>,
}

impl Rehearsal {
    /// From each key to the end of the first frame that began after it.
    #[must_use]
    pub fn waits(&self) -> Vec<Duration> {
        let shown = |pressed: &Duration| {
            let frame = self.frames.iter().find(|frame| frame.at >= *pressed)?;
            Some((frame.at + frame.took).saturating_sub(*pressed))
        };
        self.keys.iter().filter_map(shown).collect()
    }
}

/// Opens a console over `desk` on a screen of `size` columns and rows, presses the keys of `script`, one each `pace`
/// (characters as they are, other keys by their names, as `<Enter>`), and leaves.
///
/// # Errors
/// Texts or keys that cannot be used, a machine that starts no thread.
pub async fn rehearse(
    desk: Arc<dyn Desk>,
    options: Options,
    size: (u16, u16),
    script: &str,
    pace: Duration,
) -> Result<Rehearsal, ConsoleError> {
    let ui = options.ui()?;
    let worker = worker::start(World {
        desk,
        outside: options.outside.clone(),
    });
    let (inputs, incoming) = mpsc::channel(INPUTS);
    let (ended, end) = oneshot::channel();
    let watch = options.clock.stopwatch();
    let mut stage = Stage::new(size, watch.clone())?;
    std::thread::Builder::new().spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let played = runtime.and_then(|runtime| {
            let (app, jobs) = App::new(ui);
            let clock: &Clock = &options.clock;
            runtime.block_on(drive(&mut stage, app, jobs, clock, worker, incoming))
        });
        let _ = ended.send(played.map(|()| stage.frames));
    })?;
    let mut keys = Vec::new();
    for event in key::script(script) {
        tokio::time::sleep(pace).await;
        keys.push(watch.elapsed());
        if inputs.send(Input::Key(event)).await.is_err() {
            break;
        }
    }
    tokio::time::sleep(LAST_FRAME).await;
    let _ = inputs.send(Input::Stop).await;
    let frames = end.await.unwrap_or(Err(io::ErrorKind::Other.into()))?;
    Ok(Rehearsal { frames, keys })
}

/// Counts the bytes of a frame.
#[derive(Clone, Debug, Default)]
struct Bytes(Arc<AtomicUsize>);

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The screen in memory.
struct Stage {
    terminal: Terminal<CrosstermBackend<Bytes>>,
    bytes: Bytes,
    watch: Stopwatch,
    frames: Vec<Frame>,
}

impl Stage {
    fn new((width, height): (u16, u16), watch: Stopwatch) -> io::Result<Self> {
        let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
        let bytes = Bytes::default();
        let backend = CrosstermBackend::new(bytes.clone());
        Ok(Self {
            bytes,
            terminal: Terminal::with_options(backend, TerminalOptions { viewport })?,
            watch,
            frames: Vec::new(),
        })
    }
}

impl Surface for Stage {
    fn draw(&mut self, app: &mut App) -> io::Result<()> {
        let at = self.watch.elapsed();
        let before = self.bytes.0.load(Ordering::Relaxed);
        self.terminal.draw(|frame| app.draw(frame))?;
        self.frames.push(Frame {
            at,
            took: self.watch.elapsed().saturating_sub(at),
            bytes: self.bytes.0.load(Ordering::Relaxed) - before,
        });
        Ok(())
    }

    fn redraw(&mut self) -> io::Result<()> {
        let area = self.terminal.get_frame().area();
        self.terminal.resize(area)
    }

    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<bool> {
        Ok(false)
    }

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::FakeDesk;

    #[tokio::test]
    async fn every_key_of_a_script_is_answered_by_a_frame() {
        let pace = Duration::from_millis(5);
        let played = rehearse(
            Arc::new(FakeDesk::default()),
            Options::default(),
            (80, 24),
            "<F4>j<F1>",
            pace,
        )
        .await;
        let played = played.unwrap();
        assert_eq!((played.keys.len(), played.waits().len()), (3, 3));
        assert!(played.frames.iter().all(|frame| frame.took > Duration::ZERO));
        let first = played.frames.first().unwrap();
        assert!(
            first.bytes > 500,
            "the first frame draws every cell that is not empty: {first:?}"
        );
    }
}
