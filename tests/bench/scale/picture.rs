//! The growth curves as a picture: `--draw FILE.svg` draws what `measured.csv` holds.

use std::fmt::Write as _;
use std::path::Path;

/// What was measured: a row for each number of people, a column for each curve.
const MEASURED: &str = include_str!("measured.csv");
/// The size of a chart, and the room around its plot.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 200.0;
const ROOM: f64 = 44.0;
/// Charts beside each other.
const COLUMNS: usize = 2;

/// Writes the picture.
pub(crate) fn draw(path: &Path) {
    let mut lines = MEASURED.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').skip(1).collect();
    let rows: Vec<Vec<f64>> = lines
        .map(|line| line.split(',').map(|figure| figure.parse().unwrap()).collect())
        .collect();
    let charts = names.len().div_ceil(COLUMNS);
    let (width, height) = (WIDTH * 2.0, HEIGHT * charts as f64);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    for (at, name) in names.iter().enumerate() {
        let points: Vec<(f64, f64)> = rows.iter().map(|row| (row[0], row[at + 1])).collect();
        let (x, y) = ((at % COLUMNS) as f64 * WIDTH, (at / COLUMNS) as f64 * HEIGHT);
        let _ = writeln!(
            svg,
            "<g transform=\"translate({x} {y})\">{}</g>",
            chart(name, &points)
        );
    }
    svg.push_str("</svg>\n");
    std::fs::write(path, svg).unwrap();
}

/// A chart: people on a logarithmic scale to the right, the figure upwards from zero.
fn chart(name: &str, points: &[(f64, f64)]) -> String {
    let most = points.iter().map(|(_, figure)| *figure).fold(0.0, f64::max) * 1.15;
    let (first, last) = (points[0].0.log10(), points[points.len() - 1].0.log10());
    let x = |people: f64| ROOM + (WIDTH - 2.0 * ROOM) * (people.log10() - first) / (last - first);
    let y = |figure: f64| HEIGHT - ROOM + (2.0 * ROOM - HEIGHT) * figure / most;
    let (left, right, floor) = (ROOM, WIDTH - ROOM, HEIGHT - ROOM);
    let mut text = format!(
        "<text x=\"{left}\" y=\"24\" font-weight=\"bold\">{name}</text>\
         <line x1=\"{left}\" y1=\"{floor}\" x2=\"{right}\" y2=\"{floor}\" stroke=\"#888\"/>"
    );
    let path: Vec<String> = points
        .iter()
        .map(|(people, figure)| format!("{:.1},{:.1}", x(*people), y(*figure)))
        .collect();
    let _ = write!(
        text,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#0057b8\" stroke-width=\"2\"/>",
        path.join(" ")
    );
    for (people, figure) in points {
        let (x, y) = (x(*people), y(*figure));
        let millions = people / 1e6;
        let _ = write!(
            text,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"#0057b8\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{figure}</text>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{millions} M</text>",
            y - 8.0,
            floor + 16.0
        );
    }
    text
}
