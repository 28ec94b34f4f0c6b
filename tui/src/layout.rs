//! Where things stand: two layouts by the size of the terminal, and a notice where neither fits.

use ratatui::layout::{Constraint, Layout, Rect};

/// Below this the console only says that the window is too small.
const MIN: (u16, u16) = (60, 16);

/// From this size on the parts of a card stand side by side.
const WIDE: (u16, u16) = (110, 34);

/// Rows under which the narrow layout drops what can be asked for otherwise.
const COMFORTABLE_HEIGHT: u16 = 22;

/// The layout for a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Below 60 x 16.
    TooSmall,
    /// One part of a card at a time; made for 80 x 24.
    Narrow {
        /// Fewer than 22 rows.
        compact: bool,
    },
    /// All parts of a card at once.
    Wide,
}

impl Shape {
    /// The layout for `area`.
    pub(crate) const fn of(area: Rect) -> Self {
        if area.width < MIN.0 || area.height < MIN.1 {
            Self::TooSmall
        } else if area.width >= WIDE.0 && area.height >= WIDE.1 {
            Self::Wide
        } else {
            Self::Narrow {
                compact: area.height < COMFORTABLE_HEIGHT,
            }
        }
    }
}

/// The rows of every screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows {
    /// Name, screens, operator, clock.
    pub(crate) header: Rect,
    /// The screen.
    pub(crate) body: Rect,
    /// What happened last, and whether numbers are masked.
    pub(crate) status: Rect,
    /// The keys that matter here.
    pub(crate) footer: Rect,
}

impl Rows {
    /// The rows of `area`, where what happened last takes so many lines.
    pub(crate) fn of(area: Rect, said: usize) -> Self {
        let one = Constraint::Length(1);
        let said = Constraint::Length(u16::try_from(said).unwrap_or(1));
        let [header, body, status, footer] =
            area.layout(&Layout::vertical([one, Constraint::Min(0), said, one]));
        Self {
            header,
            body,
            status,
            footer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_follows_the_size() {
        let of = |width, height| Shape::of(Rect::new(0, 0, width, height));
        assert_eq!(of(59, 24), Shape::TooSmall);
        assert_eq!(of(80, 15), Shape::TooSmall);
        assert_eq!(of(60, 16), Shape::Narrow { compact: true });
        assert_eq!(of(80, 24), Shape::Narrow { compact: false });
        assert_eq!(of(109, 40), Shape::Narrow { compact: false });
        assert_eq!(of(120, 24), Shape::Narrow { compact: false });
        assert_eq!(of(120, 40), Shape::Wide);
    }
}
