//! What things look like, by role. A colour never tells anything alone: a sign and a word stand beside it.

use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::background::Background;

/// What a piece of the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// Plain text.
    Text,
    /// Less important text: labels, units, what is not focused.
    Dim,
    /// The name of the program and of the screen that is open.
    Title,
    /// The rule above a part.
    Rule,
    /// The title of the part that has the focus.
    Focus,
    /// The key in a hint.
    Key,
    /// What is read aloud to the caller.
    Aloud,
    /// Good: paid, insured.
    Good,
    /// To be looked at: paid in part, conditionally insured.
    Warn,
    /// Bad: not paid, not insured, an error.
    Bad,
    /// Paid by the state.
    State,
    /// Returned.
    Returned,
    /// The line or cell chosen.
    Selected,
}

/// A set of colours to choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// Light or dark as the background of the terminal; the sixteen colours of the terminal itself where its background
    /// is not known.
    #[default]
    Auto,
    /// Dark letters, for a light terminal.
    Light,
    /// Light letters, for a dark terminal.
    Dark,
    /// No colours: bold, reverse and underline only.
    Mono,
    /// Neither colours nor line drawing: letters and ASCII signs only.
    Plain,
}

/// Why a word names no theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a theme is one of auto, light, dark, mono, plain")]
pub struct ThemeError;

impl ThemeChoice {
    /// Every theme.
    pub const ALL: [Self; 5] = [Self::Auto, Self::Light, Self::Dark, Self::Mono, Self::Plain];

    /// The name in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Mono => "mono",
            Self::Plain => "plain",
        }
    }

    /// The theme to start with where `NO_COLOR` is set: the themes with colours become [`ThemeChoice::Mono`].
    pub(crate) const fn without_color(self) -> Self {
        match self {
            Self::Plain => Self::Plain,
            _ => Self::Mono,
        }
    }

    /// The theme after this one.
    pub(crate) fn next(self) -> Self {
        let later = Self::ALL.into_iter().skip_while(|theme| *theme != self).nth(1);
        later.unwrap_or_default()
    }

    /// The theme whose colours are used on this background.
    pub(crate) const fn on(self, background: Option<Background>) -> Self {
        match (self, background) {
            (Self::Auto, Some(Background::Light)) => Self::Light,
            (Self::Auto, Some(Background::Dark)) => Self::Dark,
            (theme, _) => theme,
        }
    }

    /// How `role` looks.
    pub(crate) fn style(self, role: Role) -> Style {
        match self {
            Self::Auto => auto(role),
            Self::Light => paint(role, &LIGHT),
            Self::Dark => paint(role, &DARK),
            Self::Mono => mono(role),
            Self::Plain => Style::new(),
        }
    }

    /// The symbols of the rules between the parts of a screen and of the frames of boxes.
    pub(crate) const fn border(self) -> border::Set<'static> {
        match self {
            Self::Plain => border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            },
            _ => border::PLAIN,
        }
    }
}

impl FromStr for ThemeChoice {
    type Err = ThemeError;

    fn from_str(name: &str) -> Result<Self, ThemeError> {
        Self::ALL
            .into_iter()
            .find(|theme| theme.name() == name)
            .ok_or(ThemeError)
    }
}

/// Colours of the 256-colour table, after Okabe and Ito (2008), "Color Universal Design". `theme/sight.rs` measures them:
/// how they stand out from the backgrounds they are for, and how far apart they lie for those who do not see red or
/// green.
struct Palette {
    text: u8,
    dim: u8,
    rule: u8,
    accent: u8,
    good: u8,
    warn: u8,
    bad: u8,
    state: u8,
    returned: u8,
    selected: u8,
}

const DARK: Palette = Palette {
    text: 253,
    dim: 246,
    rule: 240,
    accent: 117,
    good: 79,
    warn: 228,
    bad: 209,
    state: 153,
    returned: 177,
    selected: 238,
};

const LIGHT: Palette = Palette {
    text: 235,
    dim: 242,
    rule: 249,
    accent: 25,
    good: 23,
    warn: 130,
    bad: 88,
    state: 26,
    returned: 90,
    selected: 253,
};

fn paint(role: Role, palette: &Palette) -> Style {
    let of = |index| Style::new().fg(Color::Indexed(index));
    match role {
        Role::Text => of(palette.text),
        Role::Dim => of(palette.dim),
        Role::Rule => of(palette.rule),
        Role::Title | Role::Focus => of(palette.accent).add_modifier(Modifier::BOLD),
        Role::Key => of(palette.accent),
        Role::Aloud => of(palette.text).add_modifier(Modifier::BOLD),
        Role::Good => of(palette.good),
        Role::Warn => of(palette.warn),
        Role::Bad => of(palette.bad).add_modifier(Modifier::BOLD),
        Role::State => of(palette.state),
        Role::Returned => of(palette.returned),
        Role::Selected => of(palette.text).bg(Color::Indexed(palette.selected)),
    }
}

fn auto(role: Role) -> Style {
    let of = |color| Style::new().fg(color);
    match role {
        Role::Text => Style::new(),
        Role::Dim | Role::Rule => Style::new().add_modifier(Modifier::DIM),
        Role::Title | Role::Focus => of(Color::Cyan).add_modifier(Modifier::BOLD),
        Role::Key => of(Color::Cyan),
        Role::Aloud => Style::new().add_modifier(Modifier::BOLD),
        Role::Good => of(Color::Green),
        Role::Warn => of(Color::Yellow),
        Role::Bad => of(Color::Red).add_modifier(Modifier::BOLD),
        Role::State => of(Color::Blue),
        Role::Returned => of(Color::Magenta),
        Role::Selected => Style::new().add_modifier(Modifier::REVERSED),
    }
}

const fn mono(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Text | Role::Good | Role::State | Role::Rule => style,
        Role::Dim => style.add_modifier(Modifier::DIM),
        Role::Title | Role::Key | Role::Aloud => style.add_modifier(Modifier::BOLD),
        Role::Warn | Role::Returned => style.add_modifier(Modifier::UNDERLINED),
        Role::Focus | Role::Bad => style.add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED)),
        Role::Selected => style.add_modifier(Modifier::REVERSED),
    }
}

#[cfg(test)]
#[path = "theme/sight.rs"]
mod sight;
#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const ROLES: [Role; 13] = [
        Role::Text,
        Role::Dim,
        Role::Title,
        Role::Rule,
        Role::Focus,
        Role::Key,
        Role::Aloud,
        Role::Good,
        Role::Warn,
        Role::Bad,
        Role::State,
        Role::Returned,
        Role::Selected,
    ];

    #[test]
    fn mono_has_no_colours_and_plain_nothing_at_all() {
        for role in ROLES {
            let mono = ThemeChoice::Mono.style(role);
            assert_eq!((mono.fg, mono.bg), (None, None), "{role:?}");
            assert_eq!(ThemeChoice::Plain.style(role), Style::new());
        }
        assert_ne!(ThemeChoice::Mono.style(Role::Selected), Style::new());
    }

    #[test]
    fn auto_follows_the_background_and_no_other_theme_does() {
        for (background, theme) in [
            (None, ThemeChoice::Auto),
            (Some(Background::Light), ThemeChoice::Light),
            (Some(Background::Dark), ThemeChoice::Dark),
        ] {
            assert_eq!(ThemeChoice::Auto.on(background), theme);
            assert_eq!(ThemeChoice::Mono.on(background), ThemeChoice::Mono);
        }
    }

    #[test]
    fn no_color_leaves_modifiers() {
        assert_eq!(ThemeChoice::Dark.without_color(), ThemeChoice::Mono);
        assert_eq!(ThemeChoice::Plain.without_color(), ThemeChoice::Plain);
    }

    #[test]
    fn names_lead_back_and_the_themes_go_round() {
        let mut theme = ThemeChoice::Auto;
        for expected in ThemeChoice::ALL {
            assert_eq!(theme, expected);
            assert_eq!(theme.name().parse(), Ok(theme));
            theme = theme.next();
        }
        assert_eq!(theme, ThemeChoice::Auto);
        assert!("pink".parse::<ThemeChoice>().is_err());
    }
}
