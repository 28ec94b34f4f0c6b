//! Invented messages.

use super::*;
use crate::registry::list::tests::{line_of, lines, unknown};
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
fn who_pays_for_somebody_else_does_not_pay_for_himself() {
    let himself = "<Dbtr><Id><PrvtId><Othr><Id>900101300007</Id></Othr></PrvtId></Id></Dbtr>\n<CdtTrfTxInf>";
    let row = |iin: &str| format!("TEST&1,3,{iin},082026,122,independent,900101300007,4250,2026-08-26");
    let last = |of_group: &str, of_payment: &str| {
        let debtor = himself.replace("</Dbtr>\n", &format!("</Dbtr>{of_group}\n"));
        let read = lines(&changed(himself, &(debtor + of_payment))).unwrap();
        read.last().unwrap().1.clone().map(|fields| fields.join(","))
    };
    let mother = "<UltmtDbtr><Id><PrvtId><Othr><Id>900101300017</Id></Othr></PrvtId></Id></UltmtDbtr>";
    let unnamed = "<UltmtDbtr><Nm>Testova</Nm></UltmtDbtr>";
    assert_eq!(last("", ""), Ok(row("900101300007")));
    for (of_group, of_payment) in [(mother, ""), ("", mother), (unnamed, mother)] {
        assert!(last(of_group, of_payment).unwrap().contains(",900101300017,"));
    }
    for (of_group, of_payment) in [(unnamed, ""), ("", unnamed), (mother, unnamed)] {
        let refused = last(of_group, of_payment).unwrap_err();
        assert!(refused.starts_with("iin: "), "{refused}");
    }
}

fn changed(from: &str, to: &str) -> String {
    assert!(LIST.contains(from), "{from}");
    LIST.replacen(from, to, 1)
}

#[test]
fn what_is_not_known_is_set_aside_with_its_line() {
    let new = "/PmtInf/CdtTrfTxInf/NotKnown";
    assert_eq!(
        unknown(LIST),
        (format!("{new} (line 18)"), "line 18: <NotKnown/>\n".to_owned())
    );
    let all_known = LIST.replace("<NotKnown/>", "");
    assert_eq!(unknown(&all_known), Default::default());
    let (told, aside) = unknown(changed(
        "<NotKnown/>",
        "\n<NotKnown><a>1</a>\n<PmtInf/></NotKnown><NotKnown>2</NotKnown>",
    ));
    assert_eq!(told, format!("{new} (2, first on line 19)"));
    assert_eq!(
        aside,
        "line 19: <NotKnown><a>1</a>\n<PmtInf/></NotKnown>\nline 20: <NotKnown>2</NotKnown>\n"
    );
    // Text and attributes where none belong; in the envelope, whose header is known.
    let told = |from: &str, to: &str| unknown(changed(from, to).replace("<NotKnown/>", "")).0;
    assert_eq!(told("<Purp>", "\nx<Purp>"), "/PmtInf/CdtTrfTxInf/… (line 19)");
    assert_eq!(
        told("<Purp>", "<Purp a='1'>"),
        "/PmtInf/CdtTrfTxInf/Purp@a (line 18)"
    );
    assert_eq!(told("<MsgId>", "<MsgId><b/>"), "/GrpHdr/MsgId/b (line 4)");
    let envelope = "<E><AppHdr><Fr>x</Fr></AppHdr><Seal a='1'>y</Seal><Document ";
    let told = unknown(changed("<Document ", envelope).replace("<NotKnown/>", "") + "</E>").0;
    assert_eq!(told, "/E/Seal@a (line 2), /E/Seal/… (line 2)");
}

#[test]
fn an_element_of_the_same_name_elsewhere_is_another() {
    // A period anywhere but in a tax record.
    let rows =
        lines(&changed("<TaxRmt><Rcrd>", "<Other><Rcrd>").replacen("</Rcrd></TaxRmt>", "</Rcrd></Other>", 1));
    assert!(rows.unwrap()[0].1.as_ref().unwrap_err().starts_with("period:"));
    let rows = lines(&LIST.replace("Tax>", "Tux>"));
    assert!(rows.unwrap()[2].1.as_ref().unwrap_err().starts_with("period:"));
    // A message, but in no document.
    let list = changed("<CstmrCdtTrfInitn>", "<Rejected><CstmrCdtTrfInitn>");
    let list = list.replacen("</CstmrCdtTrfInitn>", "</CstmrCdtTrfInitn></Rejected>", 1);
    assert!(lines(&list).unwrap_err().contains("no customer credit transfers"));
    // What a message has, one level deeper or in what only begins like one.
    for other in ["<Rejected>", "<CstmrCdtTrfInitnOld>"] {
        let opened = format!("<CstmrCdtTrfInitn>{other}");
        let closed = format!("{}</CstmrCdtTrfInitn>", other.replace('<', "</"));
        let list = changed("<CstmrCdtTrfInitn>", &opened);
        let list = list.replacen("</CstmrCdtTrfInitn>", &closed, 1);
        assert_eq!(lines(&list).unwrap_err(), "line 30: the list has no NbOfTxs");
        let inside = LIST.replacen("<CstmrCdtTrfInitn>", other, 1);
        let inside = inside.replacen("</CstmrCdtTrfInitn>", &other.replace('<', "</"), 1);
        assert!(
            lines(&inside)
                .unwrap_err()
                .contains("no customer credit transfers")
        );
    }
}

#[test]
fn sums_and_counts_are_read_as_the_schema_has_them() {
    let more = "100000000000000000.5000";
    assert_eq!(
        lines(&changed("<CtrlSum>8600.5<", &format!("<CtrlSum>{more}<"))).unwrap_err(),
        "line 30: the payments add up to 8600.50, but CtrlSum says 100000000000000000.50"
    );
    let many_decimals = changed("<CtrlSum>8600.5<", "<CtrlSum>+8600.50000000000000000<");
    assert_eq!(lines(&many_decimals).unwrap(), lines(LIST).unwrap());
    let big = LIST
        .replace("4250.00<", "9999999999.00000<")
        .replace("100.5<", "9999999999<");
    let big = big.replace("<CtrlSum>8600.5<", "<CtrlSum>20000004248<");
    let big = big.replace("<CtrlSum>4350.50<", "<CtrlSum>19999999998.0<");
    assert_eq!(
        lines(&big).unwrap().len(),
        3,
        "a message may come to more than a payment"
    );
    let second = |name: &str| format!("line 4: a second {name} where there is one already");
    assert_eq!(
        wrong("<NbOfTxs>3<", "<NbOfTxs>3</NbOfTxs><NbOfTxs>3<"),
        second("NbOfTxs")
    );
    assert_eq!(
        wrong("<CtrlSum>8600.5<", "<CtrlSum>8600.5</CtrlSum><CtrlSum>1<"),
        second("CtrlSum")
    );
    assert_eq!(
        wrong("<NbOfTxs>3</NbOfTxs>", ""),
        "line 30: the list has no NbOfTxs"
    );
    assert_eq!(
        wrong("<PmtMtd>TRF</PmtMtd><NbOfTxs>2<", "<NbOfTxs>3<"),
        "line 21: there are 2 payments, but NbOfTxs says 3"
    );
}

#[test]
fn nothing_is_said_twice_in_two_ways() {
    let second = |line: u64, name: &str| format!("line {line}: a second {name} where there is one already");
    let amount = "<InstdAmt Ccy=\"KZT\">100.5</InstdAmt>";
    assert_eq!(wrong(amount, &amount.repeat(2)), second(16, "InstdAmt"));
    let period = "<Prd><Yr>2026</Yr><Tp>MM07</Tp></Prd>";
    assert!(lines(&changed(period, &period.repeat(2))).is_ok());
    assert_eq!(
        wrong(period, &format!("{period}{}", period.replace("07", "08"))),
        second(13, "Prd")
    );
    let person = "<Othr><Id>900101300017</Id></Othr>";
    assert_eq!(
        wrong(person, &format!("{person}{}", person.replace("0017", "0027"))),
        second(17, "Othr/Id")
    );
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
        "line 31: the list breaks off: not every element is closed; have the whole file sent again"
    );
    assert_eq!(
        wrong("</GrpHdr>", "</Other>"),
        "line 4: this is not whole XML; have the whole file sent again"
    );
    assert_eq!(
        wrong("CstmrCdtTrfInitn", "BkToCstmrStmt"),
        "line 32: no customer credit transfers (CstmrCdtTrfInitn of pain.001) are in this XML"
    );
}

#[test]
fn a_message_that_is_cut_short_is_refused() {
    let whole = LIST.trim_end().len();
    let root = LIST.find("CstmrCdtTrfInitn").unwrap();
    for end in 1..=LIST.len() {
        let cut = read(&LIST.as_bytes()[..end]);
        assert_eq!(cut.is_ok(), end >= whole, "{end}");
        if let Err(Wrong { reason, .. }) = cut {
            let begun = reason.ends_with("; have the whole file sent again");
            assert!(begun || end < root, "{end}: {reason}");
        }
    }
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
