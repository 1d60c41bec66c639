import GatewayModel
import Testing

@Suite struct PriceBookParserTests {
    @Test func aLineIsReadUnderTheColumnsInForce() throws {
        let book = try PriceBook(
            parsing: """
                # comment
                as-of 2026-07-24
                openai gpt-4o - 2.5 10 1.25   # the columns that hold without a columns line
                columns provider model input output request
                perplexity sonar 1 1 12
                """)
        #expect(book.asOf == (try instant("2026-07-24")))
        let first = try #require(book.entries.first)
        #expect(first.provider == "openai" && first.model == "gpt-4o" && first.from == nil)
        #expect(first.listed[.input] == 2_500_000)
        #expect(first.listed[.output] == 10_000_000)
        #expect(first.listed[.cachedInput] == 1_250_000)
        #expect(first.listed[.cacheWrite] == nil)
        // 12 dollars per thousand calls are 0.012 dollars a call.
        #expect(book.entries[1].listed[.request] == 12_000_000_000)
    }

    @Test(arguments: [
        ("openai gpt-4o - x 10", PriceBookError.Reason.notADecimal("x"), 1, 17),
        ("openai gpt-4o - -2 10", .notADecimal("-2"), 1, 17),
        ("openai gpt-4o - 1e3 10", .notADecimal("1e3"), 1, 17),
        ("openai gpt-4o - 1. 10", .notADecimal("1."), 1, 17),
        ("openai gpt-4o - .5 10", .notADecimal(".5"), 1, 17),
        ("openai gpt-4o - 1.2.3 10", .notADecimal("1.2.3"), 1, 17),
        ("openai gpt-4o - 0.0000001 10", .tooFine("0.0000001"), 1, 17),
        ("openai gpt-4o - 1000000.1 10", .tooLarge("1000000.1"), 1, 17),
        ("openai gpt-4o - 99999999999999999999999 10", .tooLarge("99999999999999999999999"), 1, 17),
        ("openai gpt-4o - 1", .missing("output"), 1, 18),
        ("openai gpt-4o - - 1", .missing("input"), 1, 20),
        ("openai", .missing("model"), 1, 7),
        ("openai gpt-4o 2026-13-01 1 1", .notADate("2026-13-01"), 1, 15),
        ("openai gpt-4o - 1 1 1 1 1", .tooManyValues, 1, 25),
        ("openai gpt-*-o - 1 1", .misplacedStar("gpt-*-o"), 1, 8),
        ("open* gpt-4o - 1 1", .misplacedStar("open*"), 1, 1),
        ("\n\ncolumns provider model input outptu", .unknownColumn("outptu"), 3, 30),
        ("columns provider model input output input", .repeatedColumn("input"), 1, 37),
        ("columns provider model input", .missing("output"), 1, 29),
        ("columns provider model input output tier_input\nopenai gpt-4o 1 1 2", .tierWithoutThreshold, 2, 20),
        ("columns provider model input output tier_above\nopenai gpt-4o 1 1 0.5", .notADecimal("0.5"), 2, 19),
        ("columns provider model input output tier_above\nopenai gpt-4o 1 1 1000000000001", .tooLarge("1000000000001"), 2, 19),
        ("as-of yesterday", .notADate("yesterday"), 1, 7),
        ("as-of", .missing("date"), 1, 6),
        ("alias azure * ", .missing("target provider"), 1, 15),
        ("alias azure * openai gpt-*", .misplacedStar("gpt-*"), 1, 22),
        ("alias azure a openai b c", .tooManyValues, 1, 24),
    ])
    func aWrongLineIsRefusedAtItsPlace(text: String, reason: PriceBookError.Reason, line: Int, column: Int) {
        let (book, errors) = PriceBook.parse(text)
        #expect(errors == [PriceBookError(reason, line: line, column: column)])
        #expect(book.entries.isEmpty && book.aliases.isEmpty)
        #expect(throws: PriceBookError(reason, line: line, column: column)) { try PriceBook(parsing: text) }
        #expect(errors.first?.message.hasPrefix("line \(line), column \(column): ") == true)
    }

    @Test func aWrongLineCostsOnlyItself() {
        let (book, errors) = PriceBook.parse("openai a - 1 1\r\nopenai b - one 1\r\nopenai c - 1 1\r\n")
        #expect(book.entries.map(\.model) == ["a", "c"])
        #expect(errors.map(\.line) == [2])
    }

    @Test func aLineBeyondTheLimitIsRefused() {
        let long = "openai " + String(repeating: "x", count: PriceBook.lineBytesMax) + " - 1 1"
        let (book, errors) = PriceBook.parse(long + "\nopenai a - 1 1")
        #expect(errors == [PriceBookError(.lineTooLong, line: 1, column: PriceBook.lineBytesMax + 1)])
        #expect(book.entries.count == 1)
    }

    @Test func aListBeyondTheLimitIsRefusedWhole() {
        let (book, errors) = PriceBook.parse(String(repeating: "#", count: PriceBook.bytesMax + 1))
        #expect(errors == [PriceBookError(.listTooLong, line: 1, column: 1)])
        #expect(book.entries.isEmpty)
    }

    @Test func linesBeyondTheLimitAreRefused() {
        let lines = (0...PriceBook.entriesMax).map { "p m\($0) - 1 1" }
        let (book, errors) = PriceBook.parse(lines.joined(separator: "\n"))
        #expect(book.entries.count == PriceBook.entriesMax)
        #expect(errors.map(\.reason) == [.tooManyLines])
    }

    @Test func everyColumnCanBeNamed() throws {
        let names = PriceColumn.allCases.map(\.name)
        let values = PriceColumn.allCases.map { $0 == .tierAbove ? "200000" : "1.5" }
        let book = try PriceBook(parsing: "columns provider model \(names.joined(separator: " "))\np m \(values.joined(separator: " "))")
        let listed = try #require(book.entries.first).listed
        for column in PriceColumn.allCases {
            switch column.unit {
            case .tokens: #expect(listed[column] == 200_000)
            case .dollarsPerMillionTokens: #expect(listed[column] == 1_500_000)
            case .dollarsPerThousand: #expect(listed[column] == 1_500_000_000)
            }
        }
    }

    @Test(arguments: ["0", "1", "0.0375", "0.000001", "1000000", "12.5", "100", "0.1", "999999.999999"])
    func aPriceIsWrittenAsItIsRead(text: String) throws {
        let book = try PriceBook(parsing: "columns provider model input output request\np m \(text) 1 \(text)")
        let listed = try #require(book.entries.first).listed
        #expect(listed.text(.input) == text)
        #expect(listed.text(.request) == text)
        #expect(listed.text(.cachedInput) == nil)
    }

    @Test func anyBytesAreReadWithoutATrap() {
        var state: UInt64 = 0x5EED
        let alphabet = Array("openai gpt-4o - 1.50*#\n\t\rcolumnsalias as-of 2026-07-24 é\u{0}")
        for _ in 0..<2_000 {
            var text = ""
            for _ in 0..<60 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            let (book, errors) = PriceBook.parse(text)
            #expect(book.entries.count + book.aliases.count + errors.count <= 60)
        }
    }
}
