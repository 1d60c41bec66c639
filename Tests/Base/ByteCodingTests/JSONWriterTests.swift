import ByteCoding
import Testing

/// What is written is read back the same by the scanner's own rules, and looks as JSON does.
struct JSONWriterTests {
    @Test(arguments: [
        (Int64.min, "-9223372036854775808"), (.max, "9223372036854775807"), (0, "0"), (-1, "-1"), (10, "10"), (1_795_182_780_000, "1795182780000"),
    ])
    func integersAreDecimalDigits(_ value: Int64, _ text: String) {
        var writer = JSONWriter()
        writer.value(value)
        #expect(writer.string == text)
    }

    @Test func integersBeyond64BitsAreWritten() {
        var writer = JSONWriter()
        writer.value(UInt64.max)
        #expect(writer.string == "18446744073709551615")
    }

    @Test(arguments: [(0.1, "0.1"), (-0.0, "0"), (2.5e-7, "2.5e-07"), (3.0, "3"), (1e15, "1000000000000000.0"), (1e16, "1e+16"), (Double.nan, "null"), (-Double.infinity, "null")])
    func numbersKeepTheirValue(_ value: Double, _ text: String) {
        var writer = JSONWriter()
        writer.value(value)
        #expect(writer.string == text)
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("a\"b\\c", #""a\"b\\c""#), ("\n", #""\n""#), ("line\r\n\tend", #""line\r\n\tend""#), ("\u{1}x\u{1f}", #""\u0001x\u001f""#),
        ("Größe 😀", #""Größe 😀""#), ("\u{7f}/", "\"\u{7f}/\""),
    ])
    func textsAreEscapedWhereTheyMustBe(_ text: String, _ expected: String) {
        var writer = JSONWriter()
        writer.value(text)
        #expect(writer.string == expected)
    }
}
