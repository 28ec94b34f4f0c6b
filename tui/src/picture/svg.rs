//! A buffer of cells as an SVG document: a rectangle for each run of background, a text for each run of one style.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::theme::ThemeChoice;

/// The size of a cell and of the letters in it, in pixels: the proportions of the usual monospace fonts.
const CELL: (f32, f32) = (8.4, 18.0);
const FONT_SIZE: f32 = 14.0;
/// The baseline of a row below its upper edge.
const BASELINE: f32 = 13.5;
/// The edge around the screen.
const MARGIN: f32 = 12.0;

/// What the terminal itself would show: letters and background.
struct Ground {
    ink: &'static str,
    paper: &'static str,
}

const DARK: Ground = Ground {
    ink: "#dadada",
    paper: "#1c1f24",
};
const LIGHT: Ground = Ground {
    ink: "#262626",
    paper: "#fdfdfb",
};

/// The look of a run of cells.
#[derive(Clone, PartialEq, Eq)]
struct Look {
    ink: String,
    paper: Option<String>,
    bold: bool,
    dim: bool,
    underlined: bool,
}

/// Draws `buffer` as the theme's kind of terminal would.
pub(super) fn render(buffer: &Buffer, theme: ThemeChoice) -> String {
    let ground = if theme == ThemeChoice::Light {
        &LIGHT
    } else {
        &DARK
    };
    let columns = usize::from(buffer.area.width).max(1);
    let width = f32::from(buffer.area.width) * CELL.0 + 2.0 * MARGIN;
    let height = f32::from(buffer.area.height) * CELL.1 + 2.0 * MARGIN;
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"'DejaVu Sans Mono','Noto Sans Mono',Consolas,Menlo,monospace\" font-size=\"{FONT_SIZE}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        ground.paper
    );
    for (y, row) in buffer.content.chunks(columns).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| look(a, ground) == look(b, ground)) {
            if let Some(first) = run.first() {
                draw_run(&mut svg, run, &look(first, ground), (x, y));
            }
            x += run.len();
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_run(svg: &mut String, run: &[Cell], look: &Look, (x, y): (usize, usize)) {
    let text: String = run.iter().map(Cell::symbol).collect();
    let (left, top) = (MARGIN + scale(x, CELL.0), MARGIN + scale(y, CELL.1));
    if let Some(paper) = &look.paper {
        let width = scale(run.len(), CELL.0);
        let _ = writeln!(
            svg,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{paper}\"/>",
            CELL.1
        );
    }
    let shown = text.trim_end();
    if shown.trim().is_empty() {
        return;
    }
    let indent = shown.len() - shown.trim_start().len();
    let shown = shown.trim_start();
    let left = left + scale(indent, CELL.0);
    let width = scale(shown.chars().count(), CELL.0);
    let bold = if look.bold { " font-weight=\"bold\"" } else { "" };
    let dim = if look.dim { " fill-opacity=\"0.65\"" } else { "" };
    let line = if look.underlined {
        " text-decoration=\"underline\""
    } else {
        ""
    };
    let _ = writeln!(
        svg,
        "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\" fill=\"{}\"{bold}{dim}{line}>{}</text>",
        top + BASELINE,
        look.ink,
        escape(shown)
    );
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a screen has at most some hundred cells"
)]
fn scale(cells: usize, by: f32) -> f32 {
    cells as f32 * by
}

fn look(cell: &Cell, ground: &Ground) -> Look {
    let ink = hex(cell.fg).unwrap_or_else(|| ground.ink.to_owned());
    let paper = hex(cell.bg);
    let has = |modifier| cell.modifier.contains(modifier);
    let (ink, paper) = if has(Modifier::REVERSED) {
        (paper.unwrap_or_else(|| ground.paper.to_owned()), Some(ink))
    } else {
        (ink, paper)
    };
    Look {
        ink,
        paper,
        bold: has(Modifier::BOLD),
        dim: has(Modifier::DIM),
        underlined: has(Modifier::UNDERLINED),
    }
}

/// A colour of the 256-colour table as xterm has it; `None`: the terminal's own.
fn hex(color: Color) -> Option<String> {
    let index = match color {
        Color::Red => 203,
        Color::Green => 114,
        Color::Yellow => 179,
        Color::Blue => 75,
        Color::Magenta => 176,
        Color::Cyan => 80,
        Color::Indexed(index) => index,
        _ => return None,
    };
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    let (r, g, b) = match index {
        16..=231 => {
            let cube = index - 16;
            (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
        232..=255 => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
        _ => return None,
    };
    Some(format!("#{r:02x}{g:02x}{b:02x}"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_xterm() {
        assert_eq!(hex(Color::Indexed(16)).as_deref(), Some("#000000"));
        assert_eq!(hex(Color::Indexed(209)).as_deref(), Some("#ff875f"));
        assert_eq!(hex(Color::Indexed(255)).as_deref(), Some("#eeeeee"));
        assert_eq!(hex(Color::Reset), None);
    }

    #[test]
    fn text_is_escaped_and_stands_in_its_cell() {
        let mut buffer = Buffer::with_lines(["  a<b  "]);
        buffer.set_style(
            ratatui::layout::Rect::new(2, 0, 3, 1),
            ratatui::style::Style::new().fg(Color::Indexed(209)),
        );
        let svg = render(&buffer, ThemeChoice::Dark);
        assert!(svg.contains("fill=\"#ff875f\">a&lt;b</text>"), "{svg}");
        assert!(svg.contains("<text x=\"28.8\""), "{svg}");
    }
}
