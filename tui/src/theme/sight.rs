//! The palettes measured: contrast after WCAG 2.2 (1.4.3, at least 4.5 to 1 for text), and what is left of the
//! differences for people who do not see red (protanopia) or green (deuteranopia), simulated after Machado, Oliveira and
//! Fernandes (2009), "A Physiologically-based Model for Simulation of Color Vision Deficiency", table of severity 1.0.

use super::*;

type Rgb = [f64; 3];

/// Backgrounds that terminals have: black, and the dark grey of many editors.
const DARK_GROUNDS: [Rgb; 2] = [[0.0, 0.0, 0.0], [30.0, 30.0, 30.0]];

/// White, and a little less than white.
const LIGHT_GROUNDS: [Rgb; 2] = [[255.0, 255.0, 255.0], [250.0, 250.0, 250.0]];

/// The usual eye, without red, without green: rows for linear red, green and blue.
const EYES: [(&str, [Rgb; 3]); 3] = [
    ("usual", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
];

/// How far apart colours of different meaning lie at least (CIE 1976): some eight times what is just noticed.
const APART: f64 = 20.0;

/// A colour of the 256-colour table: a cube of six steps from 16 on, greys from 232 on.
fn rgb(index: u8) -> Rgb {
    const STEPS: [f64; 6] = [0.0, 95.0, 135.0, 175.0, 215.0, 255.0];
    assert!(index >= 16, "the first sixteen are the terminal's own");
    if index >= 232 {
        return [f64::from(8 + 10 * (index - 232)); 3];
    }
    let at = usize::from(index - 16);
    [STEPS[at / 36], STEPS[at / 6 % 6], STEPS[at % 6]]
}

fn linear(rgb: Rgb) -> Rgb {
    rgb.map(|c| {
        let c = c / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn dot(a: Rgb, b: Rgb) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn luminance(rgb: Rgb) -> f64 {
    dot(linear(rgb), [0.2126, 0.7152, 0.0722])
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The colour in CIE L*a*b* as an eye sees it.
fn seen(color: u8, eye: [Rgb; 3]) -> Rgb {
    let linear = linear(rgb(color));
    let seen = eye.map(|row| dot(row, linear).clamp(0.0, 1.0));
    let [x, y, z] = [
        dot(seen, [0.4124, 0.3576, 0.1805]) / 0.9505,
        dot(seen, [0.2126, 0.7152, 0.0722]),
        dot(seen, [0.0193, 0.1192, 0.9505]) / 1.089,
    ]
    .map(|t: f64| {
        if t > 0.008_856 {
            t.cbrt()
        } else {
            7.787 * t + 16.0 / 116.0
        }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn difference(a: Rgb, b: Rgb) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn index(color: Option<Color>) -> u8 {
    match color {
        Some(Color::Indexed(index)) => index,
        other => panic!("{other:?} is no colour of the table"),
    }
}

#[test]
fn text_stands_out_from_its_background() {
    for (theme, grounds) in [
        (ThemeChoice::Dark, DARK_GROUNDS),
        (ThemeChoice::Light, LIGHT_GROUNDS),
    ] {
        for role in tests::ROLES.into_iter().filter(|role| *role != Role::Rule) {
            let style = theme.style(role);
            let grounds = style.bg.map_or(grounds.to_vec(), |_| vec![rgb(index(style.bg))]);
            for ground in grounds {
                let contrast = contrast(rgb(index(style.fg)), ground);
                assert!(contrast >= 4.5, "{theme:?} {role:?}: {contrast:.2}");
            }
        }
    }
}

#[test]
fn meanings_stay_apart_for_every_eye() {
    let meanings = [Role::Good, Role::Warn, Role::Bad, Role::State, Role::Returned];
    for theme in [ThemeChoice::Dark, ThemeChoice::Light] {
        for (eye, matrix) in EYES {
            for (at, one) in meanings.iter().enumerate() {
                for other in &meanings[..at] {
                    let [a, b] = [one, other].map(|role| seen(index(theme.style(*role).fg), matrix));
                    let apart = difference(a, b);
                    assert!(
                        apart >= APART,
                        "{theme:?}, {eye}: {one:?} and {other:?}: {apart:.1}"
                    );
                }
            }
        }
    }
}

/// Known values, so that the measure itself is right.
#[test]
fn the_measure_is_right() {
    assert!((contrast([0.0; 3], [255.0; 3]) - 21.0).abs() < 0.01);
    let grey = contrast([118.0; 3], [255.0; 3]);
    assert!(
        (grey - 4.54).abs() < 0.01,
        "#767676 on white, as the WCAG says: {grey}"
    );
    let [l, a, b] = seen(196, EYES[0].1);
    assert!(
        difference([l, a, b], [53.24, 80.09, 67.20]) < 0.2,
        "pure red: {l} {a} {b}"
    );
}
