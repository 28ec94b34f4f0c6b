use crossterm::event::KeyModifiers;

use super::*;

fn four_digits(text: &str) -> Result<(), &'static str> {
    let right = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    right.then_some(()).ok_or("ui-form-nothing")
}

fn form() -> Form {
    let roles = vec![("own", "own".to_owned()), ("child", "child's".to_owned())];
    Form::new("ui-palette")
        .line("What happens.")
        .field(Field::number("ui-col-iin", four_digits))
        .field(Field::choice("ui-col-who", roles))
}

fn press(form: &mut Form, code: KeyCode) {
    form.on_key(KeyEvent::new(code, KeyModifiers::NONE));
}

fn type_text(form: &mut Form, text: &str) {
    for c in text.chars() {
        press(form, KeyCode::Char(c));
    }
}

#[test]
fn enter_leads_from_field_to_field_to_the_button_and_does_it() {
    let mut form = form();
    type_text(&mut form, "1234");
    assert_eq!(form.on_action(Action::Submit), Outcome::Stay);
    press(&mut form, KeyCode::Right);
    assert_eq!(form.on_action(Action::Submit), Outcome::Stay);
    assert_eq!(
        form.focus,
        Focus::Do,
        "the first Enter behind the last field only asks"
    );
    let done = form.on_action(Action::Submit);
    let values = vec!["1234".to_owned(), "child".to_owned()];
    assert_eq!(
        done,
        Outcome::Submit(Submitted {
            what: "ui-palette",
            values
        })
    );
}

#[test]
fn what_a_field_does_not_take_holds_the_form() {
    let mut form = form();
    type_text(&mut form, "12");
    assert!(!form.shown_fault, "not while typing");
    form.on_action(Action::Submit);
    assert_eq!((form.focus, form.shown_fault), (Focus::Field(0), true));
    type_text(&mut form, "3");
    assert!(!form.shown_fault);
    form.on_action(Action::PreviousField);
    form.on_action(Action::PreviousField);
    assert_eq!(form.focus, Focus::Do);
    assert_eq!(form.on_action(Action::Submit), Outcome::Stay);
    assert_eq!(
        (form.focus, form.shown_fault),
        (Focus::Field(0), true),
        "nobody gets round a field"
    );
}

#[test]
fn cancelling_does_nothing() {
    let mut form = form();
    assert_eq!(form.on_action(Action::Back), Outcome::Close);
    form.on_action(Action::PreviousField);
    assert_eq!(form.focus, Focus::Cancel);
    assert_eq!(form.on_action(Action::Submit), Outcome::Close);
    press(&mut form, KeyCode::Left);
    assert_eq!(form.focus, Focus::Do, "the arrows go between the buttons");
}

#[test]
fn a_grave_form_without_fields_begins_on_cancel() {
    let mut grave = Form::new("ui-palette").danger();
    assert_eq!(grave.on_action(Action::Submit), Outcome::Close);
    let mut light = Form::new("ui-palette");
    assert!(matches!(light.on_action(Action::Submit), Outcome::Submit(_)));
}

#[test]
fn a_field_is_bounded_and_takes_digits_of_a_kazakh_keyboard() {
    let mut form = Form::new("ui-palette").field(Field::number("ui-col-iin", |_| Ok(())).at_most(5));
    type_text(&mut form, "\"әіңғ,");
    form.on_paste(&"9".repeat(100_000));
    assert_eq!(form.fields[0].value(), "12345");
    let mut text = Form::new("ui-palette").field(Field::text("ui-col-iin", |_| Ok(())).at_most(8));
    text.on_paste(" a\nb ");
    assert_eq!(text.fields[0].value(), "a b", "line ends are spaces");
}

#[test]
fn a_choice_goes_round_and_begins_where_it_is_told() {
    let of = || {
        vec![
            ("kk", String::new()),
            ("ru", String::new()),
            ("en", String::new()),
        ]
    };
    let mut form = Form::new("ui-palette").field(Field::choice("ui-col-who", of()).with("en"));
    let mut seen = vec![form.fields[0].value()];
    for code in [KeyCode::Char(' '), KeyCode::Right, KeyCode::Left, KeyCode::Left] {
        press(&mut form, code);
        seen.push(form.fields[0].value());
    }
    assert_eq!(seen, ["en", "kk", "ru", "kk", "en"]);
}

#[test]
fn what_was_filled_in_is_not_in_debug() {
    let done = Submitted {
        what: "ui-palette",
        values: vec!["+77010000001".to_owned()],
    };
    assert!(!format!("{done:?}").contains("7701"));
}

#[test]
fn a_choice_is_narrowed_by_letters_on_any_layout_and_shows_what_else_there_is() {
    let ui = crate::console::Options::default().ui().unwrap();
    let words = ["any", "kannel", "kcell", "sandbox"].map(|word| (word, word.to_owned()));
    let mut field = Field::choice("ui-field-carrier", words.to_vec());
    let line = |field: &Field| field.line(&ui, true, 10, 60).to_string();
    assert!(
        line(&field).contains("< any > kannel  kcell  sandbox"),
        "{}",
        line(&field)
    );
    let press = |field: &mut Field, code| field.on_key(KeyEvent::new(code, KeyModifiers::NONE));
    press(&mut field, KeyCode::Char('k'));
    assert_eq!(field.value(), "kannel");
    press(&mut field, KeyCode::Right);
    assert_eq!(field.value(), "kcell", "only those that hold the letter");
    press(&mut field, KeyCode::Right);
    assert_eq!(field.value(), "kannel");
    press(&mut field, KeyCode::Char('x'));
    assert!(
        line(&field).contains("\"k\""),
        "a letter that no word holds is not taken"
    );
    press(&mut field, KeyCode::Backspace);
    // On a Russian layout the same keys: `sand`.
    for c in "ыфтв".chars() {
        press(&mut field, KeyCode::Char(c));
    }
    assert_eq!(field.value(), "sandbox");
    press(&mut field, KeyCode::Left);
    assert_eq!(field.value(), "sandbox", "the only one");
}

#[test]
fn a_number_typed_over_a_choice_goes_to_the_box_for_one_behind_it() {
    let roles = vec![("own", "own".to_owned()), ("child", "child's".to_owned())];
    let mut form = Form::new("ui-palette")
        .field(Field::choice("ui-col-who", roles))
        .field(Field::number("ui-col-iin", four_digits));
    form.focus = Focus::Field(0);
    type_text(&mut form, "c");
    type_text(&mut form, "1234");
    assert_eq!(form.focus, Focus::Field(1));
    let _ = form.on_action(Action::Submit);
    let values = vec!["child".to_owned(), "1234".to_owned()];
    let what = "ui-palette";
    let done = form.on_action(Action::Submit);
    assert_eq!(done, Outcome::Submit(Submitted { what, values }));
}
