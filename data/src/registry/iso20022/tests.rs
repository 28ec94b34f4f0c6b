//! Invented messages.

use super::*;
use crate::registry::list::tests::{line_of, lines};
use crate::registry::list::{Form, MAX_PAYMENTS};

/// Two people in one group, the period once in a tax record and once in words; a person who pays for himself in another.
const LIST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
<CstmrCdtTrfInitn>
<GrpHdr><MsgId>TEST&amp;1</MsgId><CreDtTm>2026-08-24T10:00:00</CreDtTm><NbOfTxs>3</NbOfTxs><CtrlSum>8600.5</CtrlSum></GrpHdr>
<PmtInf>
<PmtInfId>G1</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>2</NbOfTxs><CtrlSum>4350.50</CtrlSum>
<PmtTpInf><CtgyPurp><Prtry>122</Prtry></CtgyPurp></PmtTpInf>
<ReqdExctnDt><Dt>2026-08-25</Dt></ReqdExctnDt>
<Dbtr><Nm>Invented LLP</Nm><Id><OrgId><Othr><Id>KZ-7</Id></Othr><Othr><Id>160440007161</Id></Othr></OrgId></Id></Dbtr>
<CdtTrfTxInf>
<PmtId><EndToEndId>a</EndToEndId></PmtId><Amt><InstdAmt Ccy="KZT">4250.00</InstdAmt></Amt>
<UltmtDbtr><Nm>Testov</Nm><Id><PrvtId><Othr><Id>900101300007</Id></Othr></PrvtId></Id></UltmtDbtr>
<RmtInf><Strd><TaxRmt><Rcrd><Prd><Yr>2026</Yr><Tp>MM07</Tp></Prd></Rcrd></TaxRmt></Strd></RmtInf>
</CdtTrfTxInf>
<CdtTrfTxInf>
<PmtId><EndToEndId>b</EndToEndId></PmtId><Amt><InstdAmt Ccy="KZT">100.5</InstdAmt></Amt>
<UltmtDbtr><Id><PrvtId><Othr><Id>900101300017</Id></Othr></PrvtId></Id></UltmtDbtr>
<Purp><Prtry>121</Prtry></Purp><NotKnown/>
<RmtInf><Ustrd>ОСМС /PERIOD/062026/OPV/Z</Ustrd></RmtInf>
</CdtTrfTxInf>
</PmtInf>
<PmtInf>
<ReqdExctnDt>2026-08-26</ReqdExctnDt>
<Dbtr><Id><PrvtId><Othr><Id>900101300007</Id></Othr></PrvtId></Id></Dbtr>
<CdtTrfTxInf>
<Amt><InstdAmt Ccy="KZT">4250</InstdAmt></Amt><Purp><Prtry>122</Prtry></Purp>
<Tax><Rcrd><Prd><Yr>2026-01-01</Yr><Tp>MM08</Tp></Prd></Rcrd></Tax>
</CdtTrfTxInf>
</PmtInf>
</CstmrCdtTrfInitn>
</Document>
"#;

fn wrong(from: &str, to: &str) -> String {
    assert!(LIST.contains(from), "{from}");
    lines(&LIST.replace(from, to)).unwrap_err()
}

#[test]
fn each_payment_is_a_row_on_its_line() {
    let expected = vec![
        line_of(
            10,
            "TEST&1,1,900101300007,072026,122,employee,160440007161,4250,2026-08-25",
        ),
        line_of(
            15,
            "TEST&1,2,900101300017,062026,121,employer,160440007161,100.50,2026-08-25",
        ),
        line_of(
            25,
            "TEST&1,3,900101300007,082026,122,independent,900101300007,4250,2026-08-26",
        ),
    ];
    assert_eq!(lines(LIST).unwrap(), expected);
    // With a prefix, and in an envelope.
    let other = LIST
        .replace("</", "</p:")
        .replace('<', "<p:")
        .replace("<p:/p:", "</p:");
    let other = other
        .replace("<p:?xml", "<?xml")
        .replacen("?>", "?><Envelope>", 1)
        + "</Envelope>";
    assert_eq!(lines(&other).unwrap(), expected);
}

#[test]
fn payments_on_one_line_follow_each_other() {
    let rows = lines(&LIST.replace('\n', "")).unwrap();
    let numbers: Vec<_> = rows.iter().map(|(at, _)| *at).collect();
    assert_eq!(numbers, [2, 3, 4]);
}

#[test]
fn a_message_that_contradicts_itself_is_refused_whole_with_its_line() {
    assert_eq!(
        wrong("<CtrlSum>8600.5<", "<CtrlSum>8600.6<"),
        "line 30: the payments add up to 8600.50, but CtrlSum says 8600.60"
    );
    assert_eq!(
        wrong("<CtrlSum>4350.50<", "<CtrlSum>1<"),
        "line 21: the payments add up to 4350.50, but CtrlSum says 1"
    );
    assert_eq!(
        wrong("<NbOfTxs>3<", "<NbOfTxs>2<"),
        "line 30: there are 3 payments, but NbOfTxs says 2"
    );
    assert_eq!(
        wrong("<NbOfTxs>3<", "<NbOfTxs>x<"),
        "line 4: NbOfTxs is not a number"
    );
    assert_eq!(
        wrong("Ccy=\"KZT\">100.5", "Ccy=\"USD\">100.5"),
        "line 16: the sum is not in KZT"
    );
    assert_eq!(
        wrong("</Document>\n", ""),
        "line 31: the list breaks off: not every element is closed"
    );
    assert_eq!(wrong("</GrpHdr>", "</Other>"), "line 4: this is not whole XML");
    assert_eq!(
        wrong("CstmrCdtTrfInitn", "BkToCstmrStmt"),
        "line 32: no customer credit transfers (CstmrCdtTrfInitn of pain.001) are in this XML"
    );
}

#[test]
fn nothing_is_expanded() {
    let declared = LIST.replacen(
        "?>",
        "?><!DOCTYPE d [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
        1,
    );
    assert_eq!(
        lines(&declared).unwrap_err(),
        "line 1: a document type has no place in a payment list"
    );
    assert_eq!(
        wrong("&amp;", "&e;"),
        "line 4: an entity that XML itself does not know"
    );
    let deep = format!("<?xml?>{}", "<a>".repeat(MAX_DEPTH + 1));
    assert_eq!(
        lines(&deep).unwrap_err(),
        "line 1: more than 32 elements in each other"
    );
}

#[test]
fn a_wrong_payment_is_refused_by_itself() {
    let found = lines(&LIST.replace("900101300017", "900101300018")).unwrap();
    assert!(found[0].1.is_ok() && found[2].1.is_ok());
    assert!(found[1].1.as_ref().unwrap_err().starts_with("iin:"));
    let nobody = lines(&LIST.replace("UltmtDbtr", "Other")).unwrap();
    assert!(
        nobody[0].1.as_ref().unwrap_err().starts_with("iin:"),
        "a payer of an organisation is no person"
    );
    assert!(
        lines(&LIST.replace("MM07", "QTR3")).unwrap()[0]
            .1
            .as_ref()
            .unwrap_err()
            .starts_with("period:")
    );
}

#[test]
fn no_prefix_and_no_byte_changed_makes_it_panic() {
    for end in 0..LIST.len() {
        if let Some(begun) = LIST.get(..end) {
            assert!(read(begun.as_bytes()).is_err() || end + 1 == LIST.len(), "{end}");
        }
        for byte in [0xd0, b'<', b'&', b'\n'] {
            let mut bytes = LIST.as_bytes().to_vec();
            bytes[end] = byte;
            let _ = Form::Pain001.read(bytes.as_slice());
        }
    }
}

#[test]
fn too_many_payments_are_refused() {
    let many = "<CdtTrfTxInf/>".repeat(MAX_PAYMENTS + 1);
    let many = format!("<CstmrCdtTrfInitn><PmtInf>{many}</PmtInf></CstmrCdtTrfInitn>");
    assert!(lines(&many).unwrap_err().ends_with("payments in a file"));
}
