/// Numbers as Prometheus and Go spell them: the shortest decimal digits that read back as the same number.
///
/// Plain form (`0.000001`, `123456789012345680000`) unless the number is so small or large that a reader would count zeros; then with an exponent of at least two
/// digits (`1e-07`, `1.5e+21`). `NaN`, `+Inf`, `-Inf`.
///
/// Source: prometheus/prometheus `util/jsonutil/marshal.go` (the bounds), Go's `strconv.AppendFloat` with format `f` or `e` and precision -1 (the spelling).
package enum PrometheusNumber {
    /// When a number is written with an exponent.
    package enum Form: Sendable {
        /// Below 1e-6 and from 1e21: values in JSON answers.
        case plainWithinBounds
        /// Always: values of alerts.
        case exponent
        /// Below 1e-4 and from 1e6: Go's `%g`, in messages, and in labels that are numbers.
        case general
        /// Never: Go's `%f`, in expressions.
        case plain

        func hasExponent(_ magnitude: Double) -> Bool {
            switch self {
            case .plainWithinBounds: magnitude < 1e-6 || magnitude >= 1e21
            case .exponent: true
            case .general: magnitude < 1e-4 || magnitude >= 1e6
            case .plain: false
            }
        }
    }

    /// Appends a number's text.
    package static func append(_ value: Double, _ form: Form = .plainWithinBounds, to bytes: inout [UInt8]) {
        guard value.isFinite else {
            bytes.append(contentsOf: (value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf").utf8)
            return
        }
        let magnitude = value.magnitude
        if form == .plainWithinBounds, magnitude < 9_007_199_254_740_992, let integer = Int64(exactly: value), integer != 0 || value.sign == .plus {
            return append(integer, to: &bytes)
        }
        if value.sign == .minus { bytes.append(UInt8(ascii: "-")) }
        if magnitude == 0 { return bytes.append(contentsOf: (form == .exponent ? "0e+00" : "0").utf8) }
        let digits = ShortestDigits(magnitude)
        if form.hasExponent(magnitude) { digits.appendExponentForm(to: &bytes) } else { digits.appendPlainForm(to: &bytes) }
    }

    /// A number's text.
    package static func of(_ value: Double, _ form: Form = .plainWithinBounds) -> String {
        var bytes: [UInt8] = []
        append(value, form, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends an integer's digits without a string between.
    package static func append(_ integer: Int64, to bytes: inout [UInt8]) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var place = 20
        var rest = integer.magnitude
        repeat {
            place -= 1
            digits[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        if integer < 0 { bytes.append(UInt8(ascii: "-")) }
        while place < 20 {
            bytes.append(digits[place])
            place += 1
        }
    }
}

/// The shortest digits of a positive number, and where its decimal point lies. The standard library finds them (Errol, SwiftDtoa); only its spelling is another.
private struct ShortestDigits {
    private var digits = InlineArray<24, UInt8>(repeating: 0)
    private var count = 0
    /// Digits before the decimal point; 0 or negative when the number is below 1 and begins with zeros.
    private var integerDigits = 0

    init(_ value: Double) {
        var hasPoint = false
        var exponent = 0
        var isExponent = false
        var isNegativeExponent = false
        for byte in value.description.utf8 {
            switch byte {
            case UInt8(ascii: "."): hasPoint = true
            case UInt8(ascii: "e"): isExponent = true
            case UInt8(ascii: "-"): isNegativeExponent = true
            case UInt8(ascii: "+"): break
            default:
                if isExponent {
                    exponent = exponent * 10 + Int(byte - UInt8(ascii: "0"))
                } else if byte == UInt8(ascii: "0"), count == 0 {
                    // A zero before the first other digit says only how far behind the point that digit stands.
                    if hasPoint { integerDigits -= 1 }
                } else {
                    digits[count] = byte
                    count += 1
                    if !hasPoint { integerDigits += 1 }
                }
            }
        }
        integerDigits += isNegativeExponent ? -exponent : exponent
        while count > 1, digits[count - 1] == UInt8(ascii: "0") { count -= 1 }
    }

    func appendPlainForm(to bytes: inout [UInt8]) {
        if integerDigits <= 0 {
            bytes.append(contentsOf: [UInt8(ascii: "0"), UInt8(ascii: ".")])
            for _ in 0..<(-integerDigits) { bytes.append(UInt8(ascii: "0")) }
        }
        for place in 0..<count {
            if place == integerDigits, place > 0 { bytes.append(UInt8(ascii: ".")) }
            bytes.append(digits[place])
        }
        for _ in 0..<max(0, integerDigits - count) { bytes.append(UInt8(ascii: "0")) }
    }

    func appendExponentForm(to bytes: inout [UInt8]) {
        bytes.append(digits[0])
        if count > 1 { bytes.append(UInt8(ascii: ".")) }
        for place in 1..<max(1, count) { bytes.append(digits[place]) }
        let exponent = integerDigits - 1
        bytes.append(contentsOf: [UInt8(ascii: "e"), exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")])
        if exponent.magnitude < 10 { bytes.append(UInt8(ascii: "0")) }
        PrometheusNumber.append(Int64(exponent.magnitude), to: &bytes)
    }
}
