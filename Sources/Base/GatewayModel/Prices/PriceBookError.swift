/// Why a line of a price list is refused, and where. The line costs only itself.
package struct PriceBookError: Error, Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        /// The list is longer than ``PriceBook/bytesMax``; nothing of it is read.
        case listTooLong
        /// The line is longer than ``PriceBook/lineBytesMax``.
        case lineTooLong
        /// The list holds more than ``PriceBook/entriesMax`` lines with prices or aliases.
        case tooManyLines
        /// `columns` names a column that does not exist.
        case unknownColumn(String)
        /// `columns` names a column twice.
        case repeatedColumn(String)
        /// A column that every line must have is absent, or `-`.
        case missing(String)
        /// The line has more values than there are columns.
        case tooManyValues
        /// Not a decimal number without sign or exponent, such as `0.0375`.
        case notADecimal(String)
        /// More than six digits behind the point: finer than a picodollar per token.
        case tooFine(String)
        /// Larger than ``PriceBook/dollarsMax``, or than ``TokenUsage/countMax`` for a number of tokens.
        case tooLarge(String)
        /// Not a date such as `2026-07-24`.
        case notADate(String)
        /// `*` may stand only at the end of a model name, and not in a provider's.
        case misplacedStar(String)
        /// A `tier_...` price without `tier_above`.
        case tierWithoutThreshold
    }

    package let reason: Reason
    /// From 1.
    package let line: Int
    /// In bytes of UTF-8, from 1: where the offending field starts, or where the line ends when something is missing.
    package let column: Int

    package init(_ reason: Reason, line: Int, column: Int) {
        self.reason = reason
        self.line = line
        self.column = column
    }

    /// A sentence for people, with the position.
    package var message: String { "line \(line), column \(column): \(sentence)" }

    private var sentence: String {
        switch reason {
        case .listTooLong: "the price list is longer than \(PriceBook.bytesMax) bytes"
        case .lineTooLong: "the line is longer than \(PriceBook.lineBytesMax) bytes"
        case .tooManyLines: "the price list has more than \(PriceBook.entriesMax) lines"
        case .unknownColumn(let name): "there is no column '\(name)'; columns are provider, model, from, \(Self.columnNames)"
        case .repeatedColumn(let name): "the column '\(name)' is named twice"
        case .missing(let name): "'\(name)' is missing"
        case .tooManyValues: "more values than columns"
        case .notADecimal(let text): "'\(text)' is not a decimal number such as 0.0375"
        case .tooFine(let text): "'\(text)' has more than six digits behind the point"
        case .tooLarge(let text): "'\(text)' is too large"
        case .notADate(let text): "'\(text)' is not a date such as 2026-07-24"
        case .misplacedStar(let text): "'*' may stand only at the end of a model name, not as in '\(text)'"
        case .tierWithoutThreshold: "a tier price needs 'tier_above'"
        }
    }

    private static var columnNames: String { PriceColumn.allCases.map(\.name).joined(separator: ", ") }
}
