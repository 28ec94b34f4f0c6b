//! Everything an operator can do, in the order in which the help lists it.

use saqta_data::desk::OperatorRole;

macro_rules! actions {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)*) => {
        /// Something an operator can do. Keys are bound to actions by the keymap; the help and the footer are made
        /// from both.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Action { $($(#[$meta])* $variant,)* }

        impl Action {
            /// Every action, in the order of the help.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the keymap file and, after `ui-hint-` and `ui-action-`, in the texts.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The action of a name.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.name() == name)
            }
        }
    };
}

actions! {
    /// Search for what is typed, or open the person picked.
    Submit = "submit",
    /// Forget this caller: an empty search box.
    NextCaller = "next-caller",
    /// Show the answer to read aloud in the next language.
    ReadingLanguage = "reading-language",
    /// Say that the caller has proved who they are, or take it back.
    Verify = "verify",
    /// Show numbers whole for a while, or mask them again.
    Reveal = "reveal",
    /// Go to the next part of the card.
    NextSection = "next-section",
    /// Go to the part of the card before.
    PreviousSection = "previous-section",
    /// Show the payments of the next month only.
    NextMonth = "next-month",
    /// Show the payments of the month before only.
    PreviousMonth = "previous-month",
    /// Open the month or the year under the cursor.
    Open = "open",
    /// See what would come of paying.
    WhatIf = "what-if",
    /// Pay the month under the cursor, or not.
    Mark = "mark",
    /// Pay all debts too, or none of them.
    MarkDebts = "mark-debts",
    /// Pay twelve months ahead too, or not.
    MarkAhead = "mark-ahead",
    /// Take the number that was probably meant.
    TakeSlip = "take-slip",
    /// What can be done about the person.
    WorkMenu = "work",
    /// Write a note for the next operator.
    Note = "note",
    /// Send the status text to a bound phone.
    SendStatus = "send-status",
    /// Bind a phone.
    Bind = "bind",
    /// End a binding.
    Unbind = "unbind",
    /// Choose the language of the answers to a phone.
    SetLanguage = "set-language",
    /// Hide the IIN from phones not bound to it.
    Lock = "lock",
    /// Hide it no longer.
    Unlock = "unlock",
    /// Grant a temporary status.
    Temporary = "temporary",
    /// Put the answer to read aloud on the clipboard.
    CopyAnswer = "copy-answer",
    /// Put the number on the clipboard.
    CopyNumber = "copy-number",
    /// Write the card to a text file.
    SaveText = "save-text",
    /// Write the card to a JSON file.
    SaveJson = "save-json",
    /// Ask again about the person shown.
    Refresh = "refresh",
    /// Take in another file, after a dry run.
    NewImport = "new-import",
    /// Take in for real what was looked at in a dry run.
    RealImport = "real-import",
    /// Choose which lines are wanted.
    Filter = "filter",
    /// Only lines of the carrier of the line chosen; again: of all.
    FilterCarrier = "filter-carrier",
    /// Only lines with the class of answer of the line chosen; again: with any.
    FilterOutcome = "filter-outcome",
    /// Only lines of the phone of the line chosen; again: of all.
    FilterPhone = "filter-phone",
    /// All lines again.
    ClearFilter = "clear-filter",
    /// The card of the person whose lines are shown.
    ToCard = "to-card",
    /// Hold the journal still, or let it run.
    Freeze = "freeze",
    /// One line up.
    Up = "up",
    /// One line down.
    Down = "down",
    /// A page up.
    PageUp = "page-up",
    /// A page down.
    PageDown = "page-down",
    /// To the first line.
    Top = "top",
    /// To the last line.
    Bottom = "bottom",
    /// The search box, or the card that is open.
    Caller = "caller",
    /// The live journal.
    Journal = "journal",
    /// The carriers and their traffic.
    Carriers = "carriers",
    /// Imports of registries.
    Imports = "imports",
    /// The service as a whole.
    Pulse = "pulse",
    /// The keys and signs.
    Help = "help",
    /// Everything that can be done, to choose from.
    Palette = "palette",
    /// The screen to the right in the header.
    NextScreen = "next-screen",
    /// The screen to the left in the header.
    PreviousScreen = "previous-screen",
    /// To the screen before.
    Back = "back",
    /// To the next field of a form.
    NextField = "next-field",
    /// To the field before.
    PreviousField = "previous-field",
    /// The console in the next language.
    UiLanguage = "ui-language",
    /// The next theme.
    Theme = "theme",
    /// Use the mouse, or leave it to the terminal.
    Mouse = "mouse",
    /// Draw everything anew.
    Redraw = "redraw",
    /// Leave the terminal to the shell for a while.
    Suspend = "suspend",
    /// Leave the console.
    Quit = "quit",
}

impl Action {
    /// The least role that may do it; above it the action is not offered.
    pub(crate) const fn needs(self) -> OperatorRole {
        match self {
            Self::Verify
            | Self::WhatIf
            | Self::Reveal
            | Self::WorkMenu
            | Self::Note
            | Self::SendStatus
            | Self::Bind
            | Self::Unbind
            | Self::SetLanguage
            | Self::Lock
            | Self::Unlock
            | Self::CopyAnswer
            | Self::CopyNumber
            | Self::SaveText
            | Self::SaveJson => OperatorRole::Operator,
            Self::Temporary | Self::NewImport | Self::RealImport => OperatorRole::Senior,
            _ => OperatorRole::Viewer,
        }
    }

    /// True for what only moves about: nobody looks for it by name.
    pub(crate) const fn is_movement(self) -> bool {
        matches!(
            self,
            Self::Submit
                | Self::Up
                | Self::Down
                | Self::PageUp
                | Self::PageDown
                | Self::Top
                | Self::Bottom
                | Self::Back
                | Self::NextField
                | Self::PreviousField
                | Self::Palette
                | Self::NextScreen
                | Self::PreviousScreen
        )
    }

    /// True for what is about the place where the cursor stands: from another screen nobody would know which.
    pub(crate) const fn needs_cursor(self) -> bool {
        matches!(
            self,
            Self::Open
                | Self::NextMonth
                | Self::PreviousMonth
                | Self::NextSection
                | Self::PreviousSection
                | Self::TakeSlip
                | Self::Mark
                | Self::MarkDebts
                | Self::MarkAhead
                | Self::FilterCarrier
                | Self::FilterOutcome
                | Self::FilterPhone
                | Self::RealImport
                | Self::Refresh
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_action() {
        for action in Action::ALL {
            assert_eq!(Action::from_name(action.name()), Some(*action));
        }
        assert_eq!(Action::from_name("fly"), None);
    }
}
