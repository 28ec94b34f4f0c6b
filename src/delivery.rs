//! The delivery of SMS that are no answers, beside the listeners.

use std::sync::Arc;
use std::time::Duration;

use saqta_gateway::exchange::Exchange;
use saqta_gateway::outbox::{self, Outbox, Wire};
use saqta_gateway::state::Gateway;
use tokio::task::JoinHandle;

use crate::failure::Failure;
use crate::plan::Plan;

/// How long the end waits for a carrier to take the SMS that is being sent.
const LETTER_IN_HAND: Duration = Duration::from_secs(3);

/// A delivery under way.
pub(crate) struct Delivery {
    outbox: Arc<Outbox>,
    task: JoinHandle<()>,
}

impl Delivery {
    /// Sends what waits in the outbox of `exchange` through the carriers of `gateway`.
    pub(crate) fn start(plan: &Plan, exchange: &Exchange, gateway: &Gateway) -> Result<Self, Failure> {
        let wire = outbox::connect(&plan.instances)?;
        let outbox = exchange.outbox().clone();
        let task = tokio::spawn(outbox.clone().deliver(gateway.clone(), wire));
        Ok(Self { outbox, task })
    }

    /// Sends through the carriers that `gateway` has now.
    pub(crate) async fn restart(&mut self, gateway: &Gateway, wire: Arc<dyn Wire>) {
        self.stop().await;
        self.outbox.reopen();
        self.task = tokio::spawn(self.outbox.clone().deliver(gateway.clone(), wire));
    }

    /// Ends it after the SMS in hand. One that is cut off is sent again after the next start, and may arrive twice.
    pub(crate) async fn stop(&mut self) {
        self.outbox.close();
        if tokio::time::timeout(LETTER_IN_HAND, &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
            let _ = (&mut self.task).await;
        }
    }
}
