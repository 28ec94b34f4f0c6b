//! A little SMSC: as much of SMPP 3.4 as a client needs that binds once, gets messages and submits some.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

// Section 5.1.2.1: the commands; a response has the highest bit.
const RESPONSE: u32 = 0x8000_0000;
const SUBMIT_SM: u32 = 0x0000_0004;
const DELIVER_SM: u32 = 0x0000_0005;
const BIND_TRANSCEIVER: u32 = 0x0000_0009;
const ENQUIRE_LINK: u32 = 0x0000_0015;
/// The text begins with a header of user data.
const UDHI: u8 = 0x40;
/// UCS-2.
const UCS2: u8 = 8;
// Section 5.3.2: optional parameters of USSD.
const USSD_SERVICE_OP: u16 = 0x0501;
const ITS_SESSION_INFO: u16 = 0x1383;

/// What makes a message a step of a USSD session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ussd {
    /// `ussd_service_op`.
    pub(crate) op: u8,
    /// `its_session_info`: the number of the session, then its step and the bit of its end.
    pub(crate) info: [u8; 2],
}

/// A message that the client submitted, its parts put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Submitted {
    pub(crate) to: String,
    pub(crate) text: String,
    pub(crate) coding: u8,
    pub(crate) parts: usize,
    pub(crate) ussd: Option<Ussd>,
}

/// The SMSC; it takes one client at a time.
pub(crate) struct Smsc {
    pub(crate) port: u16,
    client: Arc<Mutex<Option<TcpStream>>>,
    submitted: Arc<Mutex<Vec<Submitted>>>,
}

impl Smsc {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let smsc = Self {
            port: listener.local_addr().unwrap().port(),
            client: Arc::default(),
            submitted: Arc::default(),
        };
        let (client, submitted) = (smsc.client.clone(), smsc.submitted.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                while serve(&stream, &client, &submitted).is_some() {}
            }
        });
        smsc
    }

    /// True once a client is bound.
    pub(crate) fn is_bound(&self) -> bool {
        self.client.lock().unwrap().is_some()
    }

    /// Gives the client a message from a phone.
    pub(crate) fn deliver(&self, number: u32, from: &str, text: &str, ussd: Option<Ussd>) {
        let (coding, octets) = if text.is_ascii() {
            (0, text.as_bytes().to_vec())
        } else {
            (UCS2, text.encode_utf16().flat_map(u16::to_be_bytes).collect())
        };
        let service: &[u8] = if ussd.is_some() { b"USSD\0" } else { b"\0" };
        let mut body = [service, &[1, 1]].concat();
        body.extend_from_slice(from.trim_start_matches('+').as_bytes());
        body.extend_from_slice(b"\0\0\x001414\0");
        body.extend_from_slice(&[0; 7]);
        body.extend_from_slice(&[coding, 0, u8::try_from(octets.len()).unwrap()]);
        body.extend_from_slice(&octets);
        if let Some(Ussd { op, info }) = ussd {
            body.extend_from_slice(&parameter(USSD_SERVICE_OP, &[op]));
            body.extend_from_slice(&parameter(ITS_SESSION_INFO, &info));
        }
        let client = self.client.lock().unwrap();
        write_pdu(client.as_ref().unwrap(), DELIVER_SM, number, &body);
    }

    /// What the client submitted so far.
    pub(crate) fn submitted(&self) -> Vec<Submitted> {
        self.submitted.lock().unwrap().clone()
    }
}

/// An optional parameter (section 3.2.4.1).
fn parameter(tag: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    [&tag.to_be_bytes(), &length.to_be_bytes(), value].concat()
}

/// What the optional parameters of a message say of USSD.
fn ussd(mut rest: &[u8]) -> Option<Ussd> {
    let (mut op, mut info) = (None, [0, 0]);
    while let [a, b, c, d, after @ ..] = rest {
        let (value, after) = after.split_at(u16::from_be_bytes([*c, *d]).into());
        match u16::from_be_bytes([*a, *b]) {
            USSD_SERVICE_OP => op = Some(value[0]),
            ITS_SESSION_INFO => info = value.try_into().unwrap(),
            _ => {}
        }
        rest = after;
    }
    op.map(|op| Ussd { op, info })
}

fn write_pdu(mut to: &TcpStream, command: u32, number: u32, body: &[u8]) {
    let length = u32::try_from(16 + body.len()).unwrap();
    let head = [length, command, 0, number].map(u32::to_be_bytes).concat();
    // Who is gone binds again.
    let _ = to.write_all(&[&head, body].concat());
}

/// Answers one PDU; `None` when the client is gone.
fn serve(
    mut stream: &TcpStream,
    client: &Mutex<Option<TcpStream>>,
    submitted: &Mutex<Vec<Submitted>>,
) -> Option<()> {
    let mut head = [0; 16];
    stream.read_exact(&mut head).ok()?;
    let word = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().unwrap());
    let (length, command, number) = (word(0), word(4), word(12));
    let mut body = vec![0; usize::try_from(length).unwrap() - 16];
    stream.read_exact(&mut body).ok()?;
    match command {
        BIND_TRANSCEIVER => {
            *client.lock().unwrap() = Some(stream.try_clone().ok()?);
            write_pdu(stream, command | RESPONSE, number, b"smsc\0");
        }
        SUBMIT_SM => {
            take(&body, &mut submitted.lock().unwrap());
            write_pdu(
                stream,
                command | RESPONSE,
                number,
                format!("id-{number}\0").as_bytes(),
            );
        }
        ENQUIRE_LINK => write_pdu(stream, command | RESPONSE, number, b""),
        _ if command & RESPONSE != 0 => {}
        _ => write_pdu(stream, command | RESPONSE, number, b"\0"),
    }
    Some(())
}

/// Notes what a `submit_sm` (section 4.4.1) sends; a further part is put to the message it belongs to.
fn take(body: &[u8], submitted: &mut Vec<Submitted>) {
    let mut rest = body;
    let text = |rest: &mut &[u8]| {
        let end = rest.iter().position(|byte| *byte == 0).unwrap();
        let text = String::from_utf8_lossy(&rest[..end]).into_owned();
        *rest = &rest[end + 1..];
        text
    };
    let octets = |rest: &mut &[u8], count: usize| {
        let (octets, after) = rest.split_at(count);
        *rest = after;
        octets.to_vec()
    };
    let _service = text(&mut rest);
    octets(&mut rest, 2);
    let _from = text(&mut rest);
    octets(&mut rest, 2);
    let to = text(&mut rest);
    let esm_class = octets(&mut rest, 3)[0];
    let _schedule = text(&mut rest);
    let _validity = text(&mut rest);
    let coding = octets(&mut rest, 3)[2];
    let length = octets(&mut rest, 2)[1];
    let mut message = octets(&mut rest, usize::from(length));
    let ussd = ussd(rest);
    let mut part = 1;
    if esm_class & UDHI != 0 {
        // 05 00 03 ref total seq
        assert_eq!(message[..3], [5, 0, 3]);
        part = message[5];
        message.drain(..6);
    }
    let text = if coding == UCS2 {
        let units: Vec<u16> = message
            .chunks(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    } else {
        // What the test sends in GSM 7-bit is ASCII there as well.
        String::from_utf8_lossy(&message).into_owned()
    };
    match submitted.last_mut().filter(|last| part > 1 && last.to == to) {
        Some(last) => {
            last.text.push_str(&text);
            last.parts += 1;
        }
        None => submitted.push(Submitted {
            to,
            text,
            coding,
            parts: 1,
            ussd,
        }),
    }
}
