internal import Foundation

extension JSONScanner {
    /// A number token: as a double, and exactly where it is an integer that fits 64 bits.
    @frozen package struct Number: Sendable, Equatable {
        package let double: Double
        /// The exact value when the text has neither fraction nor exponent and fits.
        package let integer: Int64?

        @inlinable package init(double: Double, integer: Int64?) {
            self.double = double
            self.integer = integer
        }
    }

    /// Reads a number by JSON's grammar.
    package mutating func readNumber() throws(JSONError) -> Number {
        skipSpace()
        let start = position
        guard let number = unsafe NumberText.scan(base, &position, end) else { throw JSONError(.invalidNumber, at: start) }
        return number
    }
}

/// Decimal numbers in text, by JSON's grammar.
package enum NumberText {
    /// The number that all of `bytes` spell (white space around it allowed); nil when they are none.
    package static func parse(_ bytes: UnsafeRawBufferPointer) -> JSONScanner.Number? {
        var scanner = unsafe JSONScanner(bytes)
        guard let number = try? scanner.readNumber() else { return nil }
        scanner.skipSpace()
        return scanner.isAtEnd ? number : nil
    }

    static func scan(_ base: UnsafePointer<UInt8>, _ position: inout Int, _ end: Int) -> JSONScanner.Number? {
        let start = position
        let isNegative = unsafe position < end && base[position] == UInt8(ascii: "-")
        if isNegative { position &+= 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        let integerStart = position
        unsafe scanDigits(base, &position, end, &mantissa, &digits)
        let integerDigits = position &- integerStart
        guard integerDigits > 0 else { return nil }
        if integerDigits > 1, unsafe base[integerStart] == UInt8(ascii: "0") { return nil }
        var scale = 0
        var isInteger = true
        if position < end, unsafe base[position] == UInt8(ascii: ".") {
            position &+= 1
            isInteger = false
            let fractionStart = position
            unsafe scanDigits(base, &position, end, &mantissa, &digits)
            guard position > fractionStart else { return nil }
            scale = fractionStart &- position
        }
        if position < end, unsafe base[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            guard let exponent = unsafe scanExponent(base, &position, end) else { return nil }
            scale &+= exponent
        }
        if digits <= 18, isInteger {
            let value = isNegative ? -Int64(mantissa) : Int64(mantissa)
            return JSONScanner.Number(double: isNegative && value == 0 ? -0.0 : Double(value), integer: value)
        }
        // Clinger's fast path: both operands are exact doubles, so one rounding gives the nearest double.
        if digits <= 15, scale >= -22, scale <= 22 {
            let magnitude = scale < 0 ? Double(mantissa) / powersOfTen[-scale] : Double(mantissa) * powersOfTen[scale]
            return JSONScanner.Number(double: isNegative ? -magnitude : magnitude, integer: nil)
        }
        return unsafe slow(UnsafeBufferPointer(start: base + start, count: position - start), isInteger: isInteger)
    }

    @inline(__always) private static func scanDigits(
        _ base: UnsafePointer<UInt8>, _ position: inout Int, _ end: Int, _ mantissa: inout UInt64, _ digits: inout Int
    ) {
        while position < end {
            let digit = unsafe base[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { return }
            if digits > 0 || digit > 0 {
                digits &+= 1
                if digits <= 19 { mantissa = mantissa &* 10 &+ UInt64(digit) }
            }
            position &+= 1
        }
    }

    private static func scanExponent(_ base: UnsafePointer<UInt8>, _ position: inout Int, _ end: Int) -> Int? {
        position &+= 1
        var isNegative = false
        if position < end, unsafe base[position] == UInt8(ascii: "-") || base[position] == UInt8(ascii: "+") {
            isNegative = unsafe base[position] == UInt8(ascii: "-")
            position &+= 1
        }
        let start = position
        var exponent = 0
        while position < end {
            let digit = unsafe base[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            exponent = min(exponent * 10 + Int(digit), 100_000)
            position &+= 1
        }
        guard position > start else { return nil }
        return isNegative ? -exponent : exponent
    }

    private static func slow(_ text: UnsafeBufferPointer<UInt8>, isInteger: Bool) -> JSONScanner.Number? {
        let string = unsafe String(decoding: text, as: UTF8.self)
        guard let double = Double(string), double.isFinite else { return nil }
        return JSONScanner.Number(double: double, integer: isInteger ? Int64(string) : nil)
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
