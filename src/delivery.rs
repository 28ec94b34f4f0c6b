//! What goes out beside the listeners: the delivery of SMS that are no answers, and questions for texts.

use std::sync::Arc;
use std::time::Duration;

use saqta_data::office::Office;
use saqta_gateway::exchange::Exchange;
use saqta_gateway::outbox::{self, Outbox, SEND_DEADLINE, Wire};
use saqta_gateway::poller::Poller;
use saqta_gateway::state::Gateway;
use tokio::task::{JoinHandle, JoinSet};

use crate::failure::Failure;
use crate::plan::Plan;

/// How long the end waits for a carrier to take the SMS that is being sent.
const LETTER_IN_HAND: Duration = Duration::from_secs(3);

/// A delivery under way.
pub(crate) struct Delivery {
    outbox: Arc<Outbox>,
    office: Office,
    task: JoinHandle<()>,
    /// One for each instance that is asked for texts.
    polls: JoinSet<()>,
}

impl Delivery {
    /// Sends what waits in the outbox of `exchange` through the carriers of `gateway`, and asks those of `plan` for texts.
    pub(crate) fn start(
        plan: &Plan,
        exchange: &Exchange,
        gateway: &Gateway,
        office: Office,
    ) -> Result<Self, Failure> {
        let wire = outbox::connect(&plan.instances)?;
        let outbox = exchange.outbox().clone();
        Ok(Self {
            polls: polls(plan, gateway, &office, &wire),
            task: tokio::spawn(outbox.clone().deliver(gateway.clone(), wire)),
            outbox,
            office,
        })
    }

    /// Sends through the carriers that `gateway` has now, those of `plan`, and asks them. The SMS in hand has all the time
    /// that its carrier may take: nothing is cut off, so nothing is sent twice.
    pub(crate) async fn restart(&mut self, plan: &Plan, gateway: &Gateway, wire: Arc<dyn Wire>) {
        self.end(SEND_DEADLINE + LETTER_IN_HAND).await;
        self.outbox.reopen();
        self.polls = polls(plan, gateway, &self.office, &wire);
        self.task = tokio::spawn(self.outbox.clone().deliver(gateway.clone(), wire));
    }

    /// Ends it after the SMS in hand. One that is cut off is sent again after the next start, and may arrive twice; a text
    /// that was asked for is asked for again, and has one answer.
    pub(crate) async fn stop(&mut self) {
        self.end(LETTER_IN_HAND).await;
    }

    /// Ends it, and waits so long for the SMS in hand.
    async fn end(&mut self, patience: Duration) {
        self.polls.shutdown().await;
        self.outbox.close();
        if tokio::time::timeout(patience, &mut self.task).await.is_err() {
            self.task.abort();
            let _ = (&mut self.task).await;
        }
    }
}

fn polls(plan: &Plan, gateway: &Gateway, office: &Office, wire: &Arc<dyn Wire>) -> JoinSet<()> {
    let pollers = Poller::each(&plan.instances, gateway, office, wire);
    pollers.into_iter().map(Poller::run).collect()
}
