//! A console that ends by a defect, for the test that the terminal is put back and the report can be read. The console
//! has no defect to press a key for, so a thread of the same name stands for its own: by that name the hook knows that
//! the terminal is concerned. `F12` (the next theme, which is remembered) sets it off.

#[path = "invented/main.rs"]
#[expect(dead_code, reason = "the example draws pictures as well")]
mod invented;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use saqta_tui::{Options, Outside, Preferences, run};

/// The name of the thread that draws.
const THREAD: &str = "saqta-console";

/// A machine that remembers nothing: it panics instead.
#[derive(Debug)]
struct Defect;

#[async_trait]
impl Outside for Defect {
    async fn save(&self, _: &str, _: Vec<u8>) -> Result<String, String> {
        Err("nothing is kept".to_owned())
    }

    async fn start_import(&self, _: String, _: bool) -> Result<u64, String> {
        Err("nothing is imported".to_owned())
    }

    async fn remember(&self, _: Preferences) -> Result<(), String> {
        // The thread that really draws has drawn the new theme by then: it is not the one that panics.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let thread = std::thread::Builder::new().name(THREAD.to_owned());
        let panicked = thread
            .spawn(|| panic!("a defect"))
            .map(|thread| thread.join().is_err());
        std::process::exit(if panicked.unwrap_or(false) { 101 } else { 1 });
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options {
        clock: invented::clock()?,
        mouse: true,
        outside: Some(Arc::new(Defect)),
        ..Options::default()
    };
    Ok(run(invented::desk().await?, options).await?)
}
