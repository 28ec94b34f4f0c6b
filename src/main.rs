//! saqta: health insurance status by SMS and USSD, with an operator console.

fn main() {}
