//! What comes back from the desk: to the screen that asked, and what it says of the server.

use saqta_data::desk::DeskError;

use super::App;
use super::notice::Notice;
use crate::message::{Answer, Job, Purpose, Reply};
use crate::screens::Tab;
use crate::theme::Role;

impl App {
    pub(super) fn on_answer(&mut self, answer: Answer) -> Vec<Job> {
        if !self.asked.is_current(&answer) {
            return Vec::new();
        }
        let Answer { purpose, reply, .. } = answer;
        // The machine answers whether the server is there or not.
        let of_machine = matches!(
            reply,
            Ok(Reply::Saved(_) | Reply::ImportStarted(_) | Reply::Remembered(_))
        );
        let here = !of_machine && !matches!(reply, Err(DeskError::Away(_)));
        let back = here && self.away.take().is_some();
        let mut jobs = match reply {
            Ok(reply) => {
                if here {
                    self.notice.answered(purpose);
                }
                self.on_reply(purpose, reply)
            }
            Err(error) => self.on_failure(purpose, error),
        };
        if back {
            for tab in Tab::ALL {
                jobs.extend(self.on_tab(*tab, |screen, ui| screen.on_return(ui)));
            }
        }
        jobs
    }

    fn on_reply(&mut self, purpose: Purpose, reply: Reply) -> Vec<Job> {
        match (purpose.tab(), reply) {
            (None, Reply::Worked(_)) if purpose == Purpose::Reveal => self.ui.mask.show(self.ui.now),
            (_, Reply::Operator(operator)) => self.ui.operator = Some(operator),
            (_, Reply::Remembered(Err(reason))) => {
                let said = self.ui.words().because("ui-not-remembered", &reason);
                self.notice = Notice::Said(Role::Warn, format!("! {said}"));
            }
            (Some(tab), reply) => return self.on_tab(tab, |screen, ui| screen.on_reply(purpose, reply, ui)),
            (None, _) => {}
        }
        Vec::new()
    }

    fn on_failure(&mut self, purpose: Purpose, error: DeskError) -> Vec<Job> {
        if matches!(error, DeskError::Away(_)) {
            self.away.get_or_insert(self.ui.now);
        }
        let jobs = purpose.tab().map_or_else(Vec::new, |tab| {
            self.on_tab(tab, |screen, ui| screen.on_failure(purpose, &error, ui))
        });
        self.notice = Notice::Failed(purpose, error);
        jobs
    }
}
