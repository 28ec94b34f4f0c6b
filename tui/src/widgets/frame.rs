//! The rows around every screen: the header, what happened last, and the keys that matter here.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use saqta_data::clock::Timestamp;
use saqta_data::desk::{Operator, OperatorRole};
use unicode_width::UnicodeWidthStr;

use crate::action::Action;
use crate::keymap::Place;
use crate::screens::Tab;
use crate::theme::Role;
use crate::ui::Ui;
use crate::widgets::columns::{cut, wrap};

/// The name of the program.
const NAME: &str = "saqta";

/// What can be clicked: where, and what it does.
pub(crate) type Targets = Vec<(Rect, Action)>;

/// A row of spans, some of which can be clicked.
#[derive(Debug, Default)]
struct Row {
    spans: Vec<Span<'static>>,
    width: usize,
    targets: Vec<(usize, usize, Action)>,
}

impl Row {
    fn push(&mut self, span: Span<'static>) {
        self.width += span.width();
        self.spans.push(span);
    }

    /// These spans do `action` when they are clicked.
    fn clickable(&mut self, action: Action, spans: impl IntoIterator<Item = Span<'static>>) {
        let from = self.width;
        spans.into_iter().for_each(|span| self.push(span));
        self.targets.push((from, self.width, action));
    }

    /// The targets of the row when it is drawn at `area`.
    fn at(&self, area: Rect) -> Targets {
        let targets = self.targets.iter().map(|(from, to, action)| {
            let [from, to] = [from, to].map(|cell| u16::try_from(*cell).unwrap_or(u16::MAX).min(area.width));
            let place = Rect {
                x: area.x + from,
                width: to - from,
                ..area
            };
            (place, *action)
        });
        targets.collect()
    }
}

/// The header: the screens with their keys; who sits here, the language, the clock; since when the server is away.
pub(crate) fn header(
    ui: &Ui,
    frame: &mut Frame<'_>,
    area: Rect,
    open: Tab,
    away: Option<Timestamp>,
) -> Targets {
    let tabs = tabs(ui, open, usize::from(area.width));
    let room = usize::from(area.width).saturating_sub(tabs.width + 2);
    let right = match away {
        Some(since) => no_connection(ui, since, room),
        None => who_and_when(ui, room),
    };
    let targets = tabs.at(area);
    both_ends(frame, area, tabs.spans, vec![right]);
    targets
}

/// True if the header has room for who sits here.
pub(crate) fn names_operator(ui: &Ui, area: Rect, open: Tab, away: Option<Timestamp>) -> bool {
    let tabs = tabs(ui, open, usize::from(area.width));
    let room = usize::from(area.width).saturating_sub(tabs.width + 2);
    let name = ui.operator.as_ref().map(|operator| name_and_role(ui, operator));
    name.is_none_or(|name| away.is_none() && who_and_when(ui, room).content.contains(&name))
}

/// Cells that the language and the clock need.
const CLOCK: usize = 12;

/// The screens with their keys. Where they do not all fit, only the open one has its name.
fn tabs(ui: &Ui, open: Tab, width: usize) -> Row {
    let all = tabs_named(ui, open, |_| true);
    if all.width + CLOCK <= width {
        return all;
    }
    tabs_named(ui, open, |tab| tab == open)
}

fn tabs_named(ui: &Ui, open: Tab, named: impl Fn(Tab) -> bool) -> Row {
    let mut row = Row::default();
    row.push(ui.span(Role::Title, format!(" {NAME} ")));
    let keys: Vec<(Tab, String)> = Tab::ALL.iter().map(|tab| (*tab, tab_key(ui, *tab))).collect();
    // What all keys begin with is said once.
    let shared = keys.iter().all(|(_, key)| key.starts_with(ALT));
    if shared {
        row.push(ui.span(Role::Key, ALT));
    }
    for (tab, key) in keys {
        let key = if shared { key.trim_start_matches(ALT) } else { &key };
        row.push(Span::raw(" "));
        let mut spans = vec![ui.span(Role::Key, key.to_owned())];
        if named(tab) {
            spans.push(Span::raw(" "));
            let title = ui.t(tab.title());
            spans.push(if tab == open {
                ui.span(Role::Focus, format!("[{title}]"))
            } else {
                ui.span(Role::Text, title)
            });
        }
        row.clickable(tab.action(), spans);
    }
    row
}

/// What the keys of the screens begin with.
const ALT: &str = "Alt-";

/// The key of a tab: one with Alt if there is one, since all screens have such a key.
fn tab_key(ui: &Ui, tab: Tab) -> String {
    let keys = ui.keymap.keys(Place::Everywhere, tab.action());
    let mut written = keys.iter().map(ToString::to_string);
    let first = written.next().unwrap_or_default();
    std::iter::once(first.clone())
        .chain(written)
        .find(|key| key.starts_with(ALT))
        .unwrap_or(first)
}

/// The sign that the server is away, and the clock where there is room. It may cover a tab: it matters more.
fn no_connection(ui: &Ui, since: Timestamp, room: usize) -> Span<'static> {
    let since = since.local().format("%H:%M").to_string();
    let said = ui.words().with("ui-no-connection", &[("time", since.into())]);
    let with_clock = format!("! {said}   {} ", ui.now.local().format("%H:%M"));
    let text = if with_clock.width() <= room {
        with_clock
    } else {
        format!("! {said} ")
    };
    ui.span(Role::Bad, text)
}

fn who_and_when(ui: &Ui, room: usize) -> Span<'static> {
    let language = ui.language.code().to_uppercase();
    let at = |format| ui.now.local().format(format).to_string();
    let short = format!("{language}  {} ", at("%H:%M"));
    // As much as there is room for: who sits here matters more than the date, which a card shows too.
    let who = ui.operator.as_ref().map_or_else(String::new, |operator| {
        format!("{}  ", name_and_role(ui, operator))
    });
    let long = format!("{who}{language}  {} ", at("%d.%m.%Y %H:%M"));
    let right = [long, format!("{who}{short}")]
        .into_iter()
        .find(|text| text.width() <= room)
        .unwrap_or(short);
    ui.span(Role::Dim, right)
}

fn name_and_role(ui: &Ui, operator: &Operator) -> String {
    let role = ui.t(match operator.role {
        OperatorRole::Viewer => "ui-role-viewer",
        OperatorRole::Operator => "ui-role-operator",
        OperatorRole::Senior => "ui-role-senior",
    });
    format!("{}, {role}", operator.name)
}

/// The most lines that tell what happened last.
const MAX_SAID: usize = 3;

/// The lines that tell what happened last: one, or as many more as it needs, since an error says at its end what to do.
pub(crate) fn said(notice: Option<&(Role, String)>, width: u16) -> Vec<String> {
    let room = usize::from(width).saturating_sub(2);
    let text = notice.map_or("", |(_, text)| text.as_str());
    let mut lines = wrap(text, room);
    if lines.len() > MAX_SAID {
        let rest = lines.split_off(MAX_SAID - 1).join(" ");
        lines.push(cut(&rest, room));
    }
    lines
}

/// What happened last on the left; who sits here unless the header says so, look-ups left and the mask on the right.
pub(crate) fn status(
    ui: &Ui,
    frame: &mut Frame<'_>,
    area: Rect,
    (role, said): (Role, &[String]),
    named_above: bool,
) {
    if said.len() > 1 {
        let line = |text: &String| Line::from(ui.span(role, format!(" {text}")));
        frame.render_widget(Paragraph::new(said.iter().map(line).collect::<Vec<_>>()), area);
        return;
    }
    let notice = said.first().filter(|text| !text.is_empty());
    let words = ui.words();
    let mut right = Vec::new();
    if let Some(operator) = ui.operator.as_ref().filter(|_| !named_above) {
        right.push(ui.span(Role::Dim, format!("{}   ", name_and_role(ui, operator))));
    }
    if ui.mouse {
        right.push(ui.span(Role::Dim, format!("{}   ", words.t("ui-mouse"))));
    }
    if let Some(left) = ui.operator.as_ref().and_then(|operator| operator.lookups_left) {
        let text = words.with("ui-lookups", &[("n", left.into())]);
        right.push(ui.span(Role::Dim, format!("{text}   ")));
    }
    right.push(match ui.mask.seconds_left(ui.now) {
        Some(seconds) => {
            let n = i64::try_from(seconds).unwrap_or(0);
            let text = words.with("ui-revealed", &[("n", n.into())]);
            ui.span(Role::Warn, format!("! {text} "))
        }
        None => ui.span(Role::Dim, format!("{} ", words.t("ui-masked"))),
    });
    let width = usize::from(area.width);
    let used = |right: &[Span<'static>]| -> usize { right.iter().map(Span::width).sum() };
    // What happened needs the room more than who sits here, and an error more than the mask.
    while !right.is_empty()
        && notice.is_some_and(|text| text.width() + 2 > width.saturating_sub(used(&right)))
    {
        right.remove(0);
    }
    let used = used(&right);
    let left = notice.map(|text| ui.span(role, cut(&format!(" {text}"), width.saturating_sub(used))));
    both_ends(frame, area, left.into_iter().collect(), right);
}

/// The keys that matter at `place`, as many as fit, in this order. Whatever else goes, the help and the palette stay:
/// they name the others.
pub(crate) fn footer(
    ui: &Ui,
    frame: &mut Frame<'_>,
    area: Rect,
    place: Place,
    actions: &[Action],
) -> Targets {
    let mut hints: Vec<(Action, String, String)> = actions
        .iter()
        .filter(|action| ui.may(**action))
        .filter_map(|action| {
            let word = format!(" {}", ui.hint(place, *action));
            Some((*action, hint_key(ui, place, *action)?, word))
        })
        .collect();
    let width = |hints: &[(Action, String, String)], gap: usize| -> usize {
        let cells = hints
            .iter()
            .map(|(_, key, word)| key.width() + word.width() + gap);
        // A free cell at the left edge, and none behind the last one.
        (1 + cells.sum::<usize>()).saturating_sub(gap)
    };
    let room = usize::from(area.width);
    let gap = if width(&hints, 3) <= room { 3 } else { 2 };
    while width(&hints, gap) > room {
        let stays = |action| matches!(action, Action::Help | Action::Palette);
        let Some(last) = hints.iter().rposition(|(action, ..)| !stays(*action)) else {
            break;
        };
        hints.remove(last);
    }
    for (_, _, word) in &mut hints {
        word.push_str(&" ".repeat(gap));
    }
    let mut row = Row::default();
    row.push(Span::raw(" "));
    for (action, key, word) in hints {
        row.clickable(action, [ui.span(Role::Key, key), ui.span(Role::Dim, word)]);
    }
    let targets = row.at(area);
    frame.render_widget(Paragraph::new(Line::from(row.spans)), area);
    targets
}

/// The first key of `action`; up and down share a place.
fn hint_key(ui: &Ui, place: Place, action: Action) -> Option<String> {
    match (action, ui.key(place, action)?, ui.key(place, Action::Down)) {
        (Action::Up, up, Some(down)) => Some(format!("{up}/{down}")),
        (_, key, _) => Some(key),
    }
}

/// The notice in place of everything in a window that is too small.
pub(crate) fn too_small(ui: &Ui, frame: &mut Frame<'_>, area: Rect) {
    let text = ui.words().with(
        "ui-too-small",
        &[
            ("width", u32::from(area.width).into()),
            ("height", u32::from(area.height).into()),
        ],
    );
    let lines = wrap(&text, usize::from(area.width)).into_iter().map(Line::from);
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), area);
}

fn both_ends(frame: &mut Frame<'_>, area: Rect, left: Vec<Span<'static>>, right: Vec<Span<'static>>) {
    frame.render_widget(Paragraph::new(Line::from(left)), area);
    let right = Line::from(right);
    let width = u16::try_from(right.width()).unwrap_or(area.width).min(area.width);
    let at = Rect {
        x: area.x + area.width - width,
        width,
        ..area
    };
    frame.render_widget(Paragraph::new(right), at);
}
