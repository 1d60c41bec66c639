import GatewayModel
import Testing

@testable import AlertRouting

@Suite struct MatcherReaderTests {
    /// Verdicts of Alertmanager's parsers in fallback mode.
    @Test(arguments: [
        (#"foo=bar"#, #"{foo="bar"}"#), (#"{foo="bar"}"#, #"{foo="bar"}"#), (#"foo="bar",baz!="x""#, #"{foo="bar",baz!="x"}"#), (#"{foo=~"a|b",}"#, #"{foo=~"a|b"}"#),
        (#" foo !~ "x" "#, #"{foo!~"x"}"#), (#"foo="""#, #"{foo=""}"#), (#"foo="#, #"{foo=""}"#), (#"{}"#, "{}"), ("", "{}"), (#"foo="a,b""#, #"{foo="a,b"}"#),
        // Only the classic grammar takes values without quotes that hold reserved characters.
        (#"foo=a{b}c"#, #"{foo="a{b}c"}"#), (#"foo=~x=y"#, #"{foo=~"x=y"}"#), (#"foo=a b"#, #"{foo="a b"}"#), (#"foo=bar}"#, #"{foo="bar"}"#), (#"{foo=bar"#, #"{foo="bar"}"#),
        // Only the newer one takes names that are any text.
        (#""a.b"="c""#, #"{a.b="c"}"#), (#"a.b=c"#, #"{a.b="c"}"#), (#"{"a b"!="c"}"#, #"{"a b"!="c"}"#), (#"foö=bar"#, #"{foö="bar"}"#), (#""a\"b"=x"#, #"{"a\"b"="x"}"#),
        (#"foo="é😀""#, #"{foo="é😀"}"#),
        // Where they disagree the classic one counts: it knows three escapes and keeps other backslashes.
        (#"foo="a\tb""#, #"{foo="a\\tb"}"#), (#"foo="a\nb""#, #"{foo="a\nb"}"#), (#"foo="a\\b""#, #"{foo="a\\b"}"#), (#"foo="a\"b""#, #"{foo="a\"b"}"#),
        (#"foo:bar=x"#, #"{foo:bar="x"}"#),
    ])
    func readsAsAlertmanagerDoes(_ text: String, _ expected: String) throws {
        #expect(try MatcherReader.matchers(text).alertmanagerText == expected)
    }

    @Test(arguments: [
        "foo", "=x", "foo==\"x\"x\"", "foo=\"x", "foo=~\"(\"", "foo=\"a\"b\"", ",", "foo=\"a\",,b=\"c\"", "{foo=\"a\"}}", "1a=\"b\"c\"", "a.b=\"c\"d\"", "foo=\"\\xff\"\"",
    ])
    func refuses(_ text: String) {
        #expect(throws: MatcherSyntaxError.self) { try MatcherReader.matchers(text) }
    }

    @Test func oneMatcherIsExactlyOne() throws {
        #expect(try MatcherReader.matcher("a=b").value == "b")
        for text in ["{a=b}", "", "a=b,c=d"] { #expect(throws: MatcherSyntaxError.self) { try MatcherReader.matcher(text) } }
    }

    @Test func aMissingLabelIsAnEmptyOne() throws {
        let labels = SeriesLabels([SeriesLabel("a", "b")])
        #expect(try MatcherReader.matchers("c=\"\",a!=x").matches(labels))
        #expect(try !MatcherReader.matchers("c=~\".+\"").matches(labels))
    }
}
