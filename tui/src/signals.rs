//! The signals that a console gets: to end, to stop for a while, to go on.

use std::io;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use crate::surface::Input;

/// The signals that are waited for.
#[derive(Debug)]
pub(crate) struct Signals {
    /// From a service manager, a closed window or a lost line, a keyboard elsewhere.
    ends: [Signal; 4],
    stop: Signal,
    go_on: Signal,
}

impl Signals {
    /// From now on the signals come here.
    pub(crate) fn new() -> io::Result<Self> {
        let of = |number: Number| signal(SignalKind::from_raw(number.as_raw()));
        Ok(Self {
            ends: [
                of(Number::TERM)?,
                of(Number::HUP)?,
                of(Number::INT)?,
                of(Number::QUIT)?,
            ],
            stop: of(Number::TSTP)?,
            go_on: of(Number::CONT)?,
        })
    }

    /// Passes on what concerns the terminal, until one of the signals to end comes.
    pub(crate) async fn until_the_end(mut self, inputs: &mpsc::Sender<Input>) {
        let [terminate, hang_up, interrupt, quit] = &mut self.ends;
        loop {
            let input = tokio::select! {
                _ = terminate.recv() => return,
                _ = hang_up.recv() => return,
                _ = interrupt.recv() => return,
                _ = quit.recv() => return,
                _ = self.stop.recv() => Input::Suspend,
                _ = self.go_on.recv() => Input::Resumed,
            };
            // On a task: a full queue belongs to a terminal that does not read, and a signal to end must be heard.
            let inputs = inputs.clone();
            tokio::spawn(async move {
                let _ = inputs.send(input).await;
            });
        }
    }
}
