//! The loop with a desk that is slow, on a clock that does not run by itself.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::time::Instant;

use super::*;
use crate::fake::{self, FakeDesk};

/// A screen in memory that notes when each frame was drawn, and what it showed.
struct Recorder {
    terminal: Terminal<TestBackend>,
    start: Instant,
    frames: Vec<(Duration, String)>,
    redrawn: usize,
    copied: Vec<String>,
    mouse: Vec<bool>,
}

impl Recorder {
    fn new() -> Self {
        Self {
            terminal: Terminal::new(TestBackend::new(80, 24)).unwrap(),
            start: Instant::now(),
            frames: Vec::new(),
            redrawn: 0,
            copied: Vec::new(),
            mouse: Vec::new(),
        }
    }
}

impl Surface for Recorder {
    fn draw(&mut self, app: &mut App) -> io::Result<()> {
        self.terminal.draw(|frame| app.draw(frame)).unwrap();
        let screen = self.terminal.backend().to_string();
        self.frames.push((self.start.elapsed(), screen));
        Ok(())
    }

    fn redraw(&mut self) -> io::Result<()> {
        self.redrawn += 1;
        Ok(())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.copied.push(text.to_owned());
        Ok(())
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse.push(on);
        Ok(())
    }
}

fn key(code: KeyCode) -> Input {
    Input::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

/// Runs the loop over a desk that takes `delay` for every answer, while `operator` presses keys.
async fn record<F>(delay: Duration, operator: impl FnOnce(mpsc::Sender<Input>) -> F) -> Recorder
where
    F: Future<Output = ()> + Send + 'static,
{
    let desk = Arc::new(FakeDesk {
        delay,
        ..FakeDesk::default()
    });
    record_over(desk, &fake::clock(), operator).await
}

/// Runs the loop over `desk` by `clock`, while `operator` presses keys.
async fn record_over<F>(
    desk: Arc<FakeDesk>,
    clock: &Clock,
    operator: impl FnOnce(mpsc::Sender<Input>) -> F,
) -> Recorder
where
    F: Future<Output = ()> + Send + 'static,
{
    let options = Options {
        language: Language::English,
        clock: clock.clone(),
        ..Options::default()
    };
    let (inputs, incoming) = mpsc::channel(2 * MOST_IN_A_ROW);
    let (app, jobs) = App::new(options.ui().unwrap());
    let mut recorder = Recorder::new();
    tokio::spawn(operator(inputs));
    let worker = worker::start(World { desk, outside: None });
    drive(&mut recorder, app, jobs, &options.clock, worker, incoming)
        .await
        .unwrap();
    recorder
}

#[tokio::test(start_paused = true)]
async fn drawing_never_waits_for_the_desk() {
    let slow = Duration::from_millis(700);
    let pressed = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = Arc::clone(&pressed);
    let recorder = record(slow, move |inputs| async move {
        let start = Instant::now();
        let digits = fake::INSURED.chars().map(KeyCode::Char);
        let more = [KeyCode::F(4), KeyCode::F(1), KeyCode::F(3), KeyCode::F(10)];
        for code in digits.chain(more) {
            tokio::time::sleep(Duration::from_millis(40)).await;
            noted.lock().unwrap().push(start.elapsed());
            inputs.send(key(code)).await.unwrap();
        }
    })
    .await;
    let drawn: Vec<Duration> = recorder.frames.iter().map(|(at, _)| *at).collect();
    let pressed = pressed.lock().unwrap().clone();
    let (_quit, shown) = pressed.split_last().unwrap();
    for at in shown {
        assert!(
            drawn.contains(at),
            "no frame at {at:?}, when a key was pressed: {drawn:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_answer_is_drawn_when_it_comes_and_waiting_is_shown() {
    let slow = Duration::from_millis(1_700);
    let recorder = record(slow, |inputs| async move {
        for c in fake::INSURED.chars() {
            inputs.send(key(KeyCode::Char(c))).await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
        inputs.send(key(KeyCode::F(10))).await.unwrap();
    })
    .await;
    let (_, waiting) = recorder
        .frames
        .iter()
        .find(|(_, text)| text.contains("Searching"))
        .unwrap();
    assert!(!waiting.contains("Ахметова"));
    let (at, _) = recorder
        .frames
        .iter()
        .find(|(_, text)| text.contains("Ахметова"))
        .unwrap();
    assert_eq!(*at, slow, "drawn the moment it came");
}

#[tokio::test(start_paused = true)]
async fn a_desk_that_hangs_is_said_to_be_away() {
    let recorder = record(Duration::from_secs(3600), |inputs| async move {
        for c in fake::INSURED.chars() {
            inputs.send(key(KeyCode::Char(c))).await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(11)).await;
        inputs.send(key(KeyCode::F(10))).await.unwrap();
    })
    .await;
    let (_, last) = recorder.frames.last().unwrap();
    assert!(last.contains("The server does not answer"), "{last}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_console_draws_once() {
    let recorder = record(Duration::ZERO, |inputs| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        inputs.send(Input::Stop).await.unwrap();
    })
    .await;
    assert!(
        recorder.frames.len() <= 2,
        "the first frame and the operator's name, not {}",
        recorder.frames.len()
    );
}

/// Lets `seconds` pass for the loop and on `clock`.
async fn pass(clock: &Clock, seconds: u64) {
    for _ in 0..seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
        clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_absence_is_drawn_without_a_key_and_once() {
    let (desk, clock) = (Arc::new(FakeDesk::default()), fake::clock());
    let (server, time) = (Arc::clone(&desk), clock.clone());
    let recorder = record_over(Arc::clone(&desk), &clock, |inputs| async move {
        pass(&time, 20).await;
        server.fail(Some(DeskError::Away("gone".to_owned())));
        pass(&time, 15).await;
        server.fail(None);
        pass(&time, 15).await;
        inputs.send(Input::Stop).await.unwrap();
    })
    .await;
    assert!(desk.asked.lock().unwrap().len() > 15, "asked all the time");
    let away: Vec<bool> = recorder
        .frames
        .iter()
        .map(|(_, screen)| screen.contains("! no connection since 12:00"))
        .collect();
    let mut runs = away.clone();
    runs.dedup();
    assert_eq!(runs, [false, true, false]);
    assert!(away.len() <= 4, "an idle console draws what changed: {away:?}");
}

#[tokio::test(start_paused = true)]
async fn an_endless_paste_does_not_hold_up_the_screen() {
    let recorder = record(Duration::ZERO, |inputs| async move {
        for _ in 0..=MOST_IN_A_ROW {
            inputs.try_send(key(KeyCode::Char('x'))).unwrap();
        }
        inputs.try_send(key(KeyCode::F(10))).unwrap();
    })
    .await;
    let (_, last) = recorder.frames.last().unwrap();
    assert!(last.contains("> xxx"), "drawn before all keys were taken: {last}");
}

#[tokio::test(start_paused = true)]
async fn fast_typing_is_one_frame_and_a_resize_draws_every_cell() {
    let recorder = record(Duration::ZERO, |inputs| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        for c in "ахметова".chars() {
            inputs.try_send(key(KeyCode::Char(c))).unwrap();
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        inputs.send(Input::Resize).await.unwrap();
        inputs.send(Input::Stop).await.unwrap();
    })
    .await;
    let typed = recorder
        .frames
        .iter()
        .filter(|(at, _)| *at == Duration::from_secs(1));
    assert_eq!(typed.count(), 1);
    assert_eq!(recorder.redrawn, 1);
}
