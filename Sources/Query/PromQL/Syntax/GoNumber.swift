internal import GatewayModel

/// Numbers read as Go reads them: decimal, hexadecimal with `0x`, octal with a leading 0, underscores between digits.
///
/// Source: https://pkg.go.dev/strconv (`ParseInt` with base 0, then `ParseFloat`), as PromQL's parser calls them.
enum GoNumber {
    /// - Returns: the number, or why there is none in the words of Go's `ParseFloat`.
    static func parse(_ text: String) -> Result<Double, GoNumberError> {
        if let integer = integer(text) { return .success(Double(integer)) }
        let digits = text.filter { $0 != "_" }
        let isHexadecimal = digits.hasPrefix("0x") || digits.hasPrefix("0X")
        guard !isHexadecimal, digits.utf8.count == text.utf8.count || underscoresStandBetweenDigits(text), let value = Double(digits) else {
            return .failure(GoNumberError(message: "strconv.ParseFloat: parsing \(text.goQuoted): invalid syntax"))
        }
        if value.isInfinite, text.utf8.first.map(PromQLLexer.isDigit) == true || text.hasPrefix(".") {
            return .failure(GoNumberError(message: "strconv.ParseFloat: parsing \(text.goQuoted): value out of range"))
        }
        return .success(value)
    }

    private static func integer(_ text: String) -> Int64? {
        guard !text.contains("_") || underscoresStandBetweenDigits(text) else { return nil }
        let digits = text.filter { $0 != "_" }
        guard digits.utf8.allSatisfy({ PromQLLexer.isLetterOrDigit($0) }) else { return nil }
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") { return Int64(digits.dropFirst(2), radix: 16) }
        return digits.count > 1 && digits.hasPrefix("0") ? Int64(digits.dropFirst(), radix: 8) : Int64(digits)
    }

    /// The sign of a base counts as a digit.
    private static func underscoresStandBetweenDigits(_ text: String) -> Bool {
        var previous: Character = "0"
        for (index, character) in text.enumerated() {
            if character == "_", index == 0 || !(previous.isHexDigit || previous == "x" || previous == "X") { return false }
            if previous == "_", !character.isHexDigit { return false }
            previous = character
        }
        return previous != "_"
    }
}

struct GoNumberError: Error {
    let message: String
}
