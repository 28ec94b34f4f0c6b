//! The clipboard of the operator's terminal, reached through the screen itself (OSC 52), so that it works over ssh.
//! <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>, "Manipulate Selection Data".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The most bytes of a text: terminals refuse longer sequences (xterm and tmux at about this length).
pub(crate) const MAX_BYTES: usize = 100_000;

/// The bytes that put `text` on the clipboard. tmux passes on what is wrapped for it (`allow-passthrough`), each ESC
/// doubled. A longer text than [`MAX_BYTES`] is cut at a character.
pub(crate) fn sequence(text: &str, in_tmux: bool) -> String {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let encoded = STANDARD.encode(text.get(..end).unwrap_or_default());
    let plain = format!("\x1b]52;c;{encoded}\x07");
    if in_tmux {
        format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b"))
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_encoded_and_wrapped_for_tmux() {
        assert_eq!(sequence("қос", false), "\x1b]52;c;0pvQvtGB\x07");
        assert_eq!(
            sequence("қос", true),
            "\x1bPtmux;\x1b\x1b]52;c;0pvQvtGB\x07\x1b\\"
        );
    }

    proptest! {
        #[test]
        fn a_long_text_is_cut_at_a_character(spaces in 0usize..4) {
            let text = " ".repeat(spaces) + &"қ".repeat(MAX_BYTES);
            let bytes = sequence(&text, false);
            let encoded = bytes.trim_start_matches("\x1b]52;c;").trim_end_matches('\x07');
            let kept = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
            prop_assert!(kept.len() <= MAX_BYTES && kept.len() > MAX_BYTES - 2);
            prop_assert!(text.starts_with(&kept));
        }
    }
}
