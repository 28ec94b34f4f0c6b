//! Texts that were asked for, heard as those that came by themselves.

use super::{Gateway, Mount, in_time};
use crate::carrier::adapter::Service;
use crate::carrier::{Answered, Course, Ids, IncomingSms, Instance, SmsReply};
use crate::error::Refusal;

impl Gateway {
    /// Has a text answered that `mount` was asked for; false if its callback came before. Only a lost one counts as a message.
    ///
    /// # Errors
    /// [`Refusal::Late`] and [`Refusal::Unkept`]: it is to be heard once more.
    pub(crate) async fn hear_polled(&self, mount: &Mount, sms: IncomingSms) -> Result<bool, Refusal> {
        let watch = self.0.clock.stopwatch();
        // The carrier itself said so, whatever its callbacks prove.
        let ids = match mount.instance.ids {
            Ids::Proven => Ids::Proven,
            Ids::Unproven | Ids::Asked => Ids::Asked,
        };
        let instance = Instance {
            ids,
            ..mount.instance.clone()
        };
        let Answered { reply, course } = in_time(self.0.answers.sms(&instance, sms)).await?;
        if course == Course::Repeated {
            return Ok(false);
        }
        self.note_message(mount, Service::Sms, 1);
        let silent = matches!(reply, SmsReply::Silence);
        mount
            .book
            .ended(self.0.clock.now(), course, watch.elapsed(), silent);
        if course == Course::Failed {
            return Err(Refusal::Unkept);
        }
        Ok(true)
    }
}
