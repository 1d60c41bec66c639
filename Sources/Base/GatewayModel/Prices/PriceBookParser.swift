/// Reads the text of a price list (docs/reference/prices.md), a line at a time. A line that cannot be read costs itself.
struct PriceBookParser {
    private(set) var entries: [PriceEntry] = []
    private(set) var aliases: [PriceAlias] = []
    private(set) var asOf: Timestamp?
    private(set) var errors: [PriceBookError] = []

    /// What the fields of a line with prices mean, as the last `columns` line said.
    private var columns: [Column] = [.provider, .model, .from, .price(.input), .price(.output), .price(.cachedInput), .price(.cacheWrite)]

    private enum Column: Hashable {
        case provider, model, from
        case price(PriceColumn)

        init?(name: String) {
            switch name {
            case "provider": self = .provider
            case "model": self = .model
            case "from": self = .from
            default:
                guard let column = PriceColumn(name: name) else { return nil }
                self = .price(column)
            }
        }
    }

    private struct Field {
        let text: String
        let column: Int
    }

    /// A line's fields, and what is needed to point at them.
    private struct Line {
        let number: Int
        let fields: [Field]
        let endColumn: Int

        func error(_ reason: PriceBookError.Reason, _ field: Field) -> PriceBookError {
            PriceBookError(reason, line: number, column: field.column)
        }

        func errorAtEnd(_ reason: PriceBookError.Reason) -> PriceBookError { PriceBookError(reason, line: number, column: endColumn) }
    }

    init(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= PriceBook.bytesMax else {
            errors = [PriceBookError(.listTooLong, line: 1, column: 1)]
            return
        }
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            do throws(PriceBookError) { try read(line, number: number) } catch { errors.append(error) }
        }
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>, number: Int) throws(PriceBookError) {
        guard bytes.count <= PriceBook.lineBytesMax else { throw PriceBookError(.lineTooLong, line: number, column: PriceBook.lineBytesMax + 1) }
        let line = Line(number: number, fields: Self.fields(of: bytes), endColumn: bytes.count + 1)
        guard let first = line.fields.first else { return }
        switch first.text {
        case "columns": columns = try Self.columns(line)
        case "as-of": asOf = try Self.date(try Self.field(1, "date", of: line), line)
        case "alias": try append(try Self.alias(line), line)
        default: try append(try entry(line), line)
        }
    }

    private mutating func append(_ entry: PriceEntry, _ line: Line) throws(PriceBookError) {
        guard entries.count < PriceBook.entriesMax else { throw line.errorAtEnd(.tooManyLines) }
        entries.append(entry)
    }

    private mutating func append(_ alias: PriceAlias, _ line: Line) throws(PriceBookError) {
        guard aliases.count < PriceBook.entriesMax else { throw line.errorAtEnd(.tooManyLines) }
        aliases.append(alias)
    }

    /// Splits at spaces and tabs. A field that begins with `#` begins a comment; inside a field it is a character like any other.
    private static func fields(of line: ArraySlice<UInt8>) -> [Field] {
        var fields: [Field] = []
        var index = line.startIndex
        while index < line.endIndex {
            guard !isSpace(line[index]) else {
                index += 1
                continue
            }
            if line[index] == UInt8(ascii: "#") { break }
            let start = index
            while index < line.endIndex, !isSpace(line[index]) { index += 1 }
            fields.append(Field(text: String(decoding: line[start..<index], as: UTF8.self), column: start - line.startIndex + 1))
        }
        return fields
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }

    private static func field(_ index: Int, _ name: String, of line: Line) throws(PriceBookError) -> Field {
        guard index < line.fields.count else { throw line.errorAtEnd(.missing(name)) }
        return line.fields[index]
    }

    // MARK: Kinds of lines

    /// `columns provider model from input output ...`
    private static func columns(_ line: Line) throws(PriceBookError) -> [Column] {
        var columns: [Column] = []
        for field in line.fields.dropFirst() {
            guard let column = Column(name: field.text) else { throw line.error(.unknownColumn(field.text), field) }
            guard !columns.contains(column) else { throw line.error(.repeatedColumn(field.text), field) }
            columns.append(column)
        }
        for (name, column) in [("provider", Column.provider), ("model", .model), ("input", .price(.input)), ("output", .price(.output))] {
            guard columns.contains(column) else { throw line.errorAtEnd(.missing(name)) }
        }
        return columns
    }

    /// `alias <provider> <model> <target provider> [<target model>]`
    private static func alias(_ line: Line) throws(PriceBookError) -> PriceAlias {
        let provider = try provider(try field(1, "provider", of: line), line)
        let model = try model(try field(2, "model", of: line), line)
        let targetProvider = try self.provider(try field(3, "target provider", of: line), line)
        let targetModel = line.fields.count > 4 ? line.fields[4] : nil
        if let targetModel, targetModel.text.contains("*") { throw line.error(.misplacedStar(targetModel.text), targetModel) }
        if line.fields.count > 5 { throw line.error(.tooManyValues, line.fields[5]) }
        return PriceAlias(provider: provider, model: model, targetProvider: targetProvider, targetModel: targetModel?.text)
    }

    /// A line of values under the columns in force.
    private func entry(_ line: Line) throws(PriceBookError) -> PriceEntry {
        if line.fields.count > columns.count { throw line.error(.tooManyValues, line.fields[columns.count]) }
        var listed = ListedPrice()
        var provider: String?
        var model: String?
        var from: Timestamp?
        for (column, field) in zip(columns, line.fields) where field.text != "-" {
            switch column {
            case .provider: provider = try Self.provider(field, line)
            case .model: model = try Self.model(field, line)
            case .from: from = try Self.date(field, line)
            case .price(let column): listed[column] = try Self.amount(field, column.unit, line)
            }
        }
        guard let provider else { throw line.errorAtEnd(.missing("provider")) }
        guard let model else { throw line.errorAtEnd(.missing("model")) }
        for column in [PriceColumn.input, .output] where listed[column] == nil { throw line.errorAtEnd(.missing(column.name)) }
        if listed[.tierAbove] == nil, PriceColumn.allCases.contains(where: { $0.needsTier && listed[$0] != nil }) {
            throw line.errorAtEnd(.tierWithoutThreshold)
        }
        return PriceEntry(provider: provider, model: model, from: from, listed: listed)
    }

    // MARK: Values

    private static func provider(_ field: Field, _ line: Line) throws(PriceBookError) -> String {
        guard !field.text.contains("*") else { throw line.error(.misplacedStar(field.text), field) }
        return field.text.lowercased()
    }

    private static func model(_ field: Field, _ line: Line) throws(PriceBookError) -> String {
        guard !field.text.dropLast().contains("*") else { throw line.error(.misplacedStar(field.text), field) }
        return field.text
    }

    private static func date(_ field: Field, _ line: Line) throws(PriceBookError) -> Timestamp {
        guard let date = Timestamp(iso8601: field.text) else { throw line.error(.notADate(field.text), field) }
        return date
    }

    /// A decimal in the column's unit, as picodollars each or as tokens.
    private static func amount(_ field: Field, _ unit: PriceColumn.Unit, _ line: Line) throws(PriceBookError) -> Int64 {
        guard let decimal = Decimal6(field.text) else { throw line.error(.notADecimal(field.text), field) }
        guard !decimal.isFiner else { throw line.error(.tooFine(field.text), field) }
        let million: Int64 = 1_000_000
        switch unit {
        case .dollarsPerMillionTokens, .dollarsPerThousand:
            guard decimal.millionths <= PriceBook.dollarsMax * million else { throw line.error(.tooLarge(field.text), field) }
            // A millionth of a dollar per million tokens is a picodollar per token; one per thousand is a thousand each.
            return unit == .dollarsPerThousand ? decimal.millionths * 1_000 : decimal.millionths
        case .tokens:
            guard decimal.millionths % million == 0 else { throw line.error(.notADecimal(field.text), field) }
            guard decimal.millionths / million <= TokenUsage.countMax else { throw line.error(.tooLarge(field.text), field) }
            return decimal.millionths / million
        }
    }
}

/// A decimal number without sign or exponent, exact to six digits behind the point.
struct Decimal6 {
    /// The value times 10^6; `Int64.max` when it does not fit.
    let millionths: Int64
    /// Whether digits other than 0 follow behind the sixth.
    let isFiner: Bool

    /// - Returns: nil unless `text` is digits, or digits, a point and digits.
    init?(_ text: String) {
        var value: Int64 = 0
        var fractionDigits = -1
        var isFiner = false
        var digits = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "."), fractionDigits < 0, digits > 0 {
                fractionDigits = 0
                continue
            }
            let digit = byte &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            digits += 1
            if fractionDigits == 6 {
                isFiner = isFiner || digit != 0
                continue
            }
            value = Self.append(Int64(digit), to: value)
            if fractionDigits >= 0 { fractionDigits += 1 }
        }
        guard digits > 0, fractionDigits != 0 else { return nil }
        for _ in max(fractionDigits, 0)..<6 { value = Self.append(0, to: value) }
        millionths = value
        self.isFiner = isFiner
    }

    private static func append(_ digit: Int64, to value: Int64) -> Int64 {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, overflow2) = product.addingReportingOverflow(digit)
        return overflow || overflow2 || value == .max ? .max : sum
    }
}
