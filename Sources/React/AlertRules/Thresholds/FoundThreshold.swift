package import GatewayModel
package import PromQL

/// A number that an expression compares with, and where it stands.
package struct FoundThreshold: Sendable, Equatable {
    /// With the number on the right: `0.05 < x` is found as `> 0.05`. Constant arithmetic is computed: `> 5 * 60` is `> 300`.
    package let threshold: AlertThreshold
    /// Of the number, or of the whole constant arithmetic, in UTF-8 bytes of the text that was read; parentheses and `vector( )` around it stay outside.
    package let range: SourceRange
    /// What is compared with the number.
    package let compared: Expression
    /// Of the comparison, both sides included.
    package let comparisonRange: SourceRange
    /// Whether the comparison gives 1 and 0 (`> bool 5`) instead of the values for which it holds.
    package let returnsBool: Bool

    /// The side that is compared, as it was written.
    ///
    /// - Parameter text: the text that was read.
    package func comparedText(in text: String) -> String { text.stretch(compared.range) }
}

extension String {
    /// The text of a place; empty when the place is not in the text.
    func stretch(_ range: SourceRange) -> String {
        let bytes = Array(utf8)
        guard range.start >= 0, range.start <= range.end, range.end <= bytes.count else { return "" }
        return String(decoding: bytes[range.start..<range.end], as: UTF8.self)
    }
}
