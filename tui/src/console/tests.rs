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
    /// A shell stands over it.
    is_job: bool,
    stopped: usize,
    resumed: usize,
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
            is_job: true,
            stopped: 0,
            resumed: 0,
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

    fn suspend(&mut self) -> io::Result<bool> {
        self.stopped += 1;
        Ok(self.is_job)
    }

    fn resume(&mut self) -> io::Result<()> {
        self.resumed += 1;
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
    record_job(true, desk, clock, operator).await
}

/// The same, under a shell that lets it go on when it stopped, or not.
async fn record_job<F>(
    is_job: bool,
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
    recorder.is_job = is_job;
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
async fn keys_typed_ahead_of_a_slow_card_are_done_on_it_or_said_to_be_dropped() {
    let recorder = record(Duration::from_millis(700), |inputs| async move {
        for c in fake::INSURED.chars().chain(['r', 'v', 'n']) {
            inputs.send(key(KeyCode::Char(c))).await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
        inputs.send(key(KeyCode::F(10))).await.unwrap();
    })
    .await;
    let shows = |what: &str| recorder.frames.iter().any(|(_, text)| text.contains(what));
    assert!(shows("Once the card is here: r v n"));
    let (_, last) = recorder.frames.last().unwrap();
    assert!(
        last.contains("caller not verified") && last.contains("unseen: v n "),
        "{last}"
    );
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

#[tokio::test(start_paused = true)]
async fn it_stops_and_goes_on_where_a_shell_brings_it_back() {
    for is_job in [true, false] {
        let recorder = record_job(is_job, Arc::default(), &fake::clock(), |inputs| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let control_z = KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL);
            inputs.send(Input::Key(control_z)).await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
            inputs.send(Input::Resumed).await.unwrap();
            inputs.send(Input::Stop).await.unwrap();
        })
        .await;
        assert_eq!((recorder.stopped, recorder.resumed, recorder.redrawn), (1, 1, 1));
        let (_, last) = recorder.frames.last().unwrap();
        assert_eq!(last.contains("It cannot be stopped here"), !is_job, "{last}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_mouse_is_as_before_when_it_goes_on() {
    let recorder = record(Duration::ZERO, |inputs| async move {
        inputs.send(key(KeyCode::F(11))).await.unwrap();
        inputs.send(Input::Suspend).await.unwrap();
        inputs.send(Input::Resumed).await.unwrap();
        inputs.send(key(KeyCode::F(11))).await.unwrap();
        inputs.send(Input::Stop).await.unwrap();
    })
    .await;
    assert_eq!(recorder.mouse, [true, true, false]);
}

/// The desk never answers anything: the frames go on, each at the moment of its key, on every screen.
#[tokio::test(start_paused = true)]
async fn a_desk_that_never_answers_holds_up_no_frame() {
    let pressed = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = Arc::clone(&pressed);
    let forever = Duration::from_secs(u64::from(u32::MAX));
    let recorder = record(forever, move |inputs| async move {
        let start = Instant::now();
        let number = fake::INSURED.chars().map(KeyCode::Char);
        let screens = std::iter::repeat_n(KeyEvent::new(KeyCode::Char('t'), KeyModifiers::CONTROL), 2 * 6);
        let keys = number.map(|code| KeyEvent::new(code, KeyModifiers::NONE));
        for key in keys.chain(screens) {
            tokio::time::sleep(Duration::from_millis(90)).await;
            noted.lock().unwrap().push(start.elapsed());
            inputs.send(Input::Key(key)).await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(30)).await;
        noted.lock().unwrap().push(start.elapsed());
        inputs.send(key(KeyCode::F(9))).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
        inputs.send(Input::Stop).await.unwrap();
    })
    .await;
    let drawn: Vec<Duration> = recorder.frames.iter().map(|(at, _)| *at).collect();
    for at in pressed.lock().unwrap().iter() {
        assert!(drawn.contains(at), "no frame at {at:?}: {drawn:?}");
    }
}
