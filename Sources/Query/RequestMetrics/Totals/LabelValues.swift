internal import GatewayModel
internal import RequestQuery

/// The values of a dimension that labels show, in order of admission. Numbers never change, so that series stay what they are.
struct LabelValues: Sendable {
    /// The number of "no value".
    static let absent: UInt32 = 0
    /// The number of all values beyond the limit.
    static let other: UInt32 = 1
    /// The text of all values beyond the limit.
    static let otherText = "_other"

    private(set) var texts: [String] = []
    private var numbers: [String: UInt32] = [:]

    /// The number of a value, which is admitted if there is room.
    mutating func admit(_ value: QueryValue, max: Int) -> UInt32 {
        guard let text = Self.text(value) else { return Self.absent }
        if let known = numbers[text] { return known }
        guard texts.count < max, text != Self.otherText else { return Self.other }
        return append(text)
    }

    mutating func append(_ text: String) -> UInt32 {
        texts.append(text)
        let number = UInt32(texts.count + 1)
        numbers[text] = number
        return number
    }

    /// The number of a value that is not to be admitted any more.
    func number(of value: QueryValue) -> UInt32 {
        guard let text = Self.text(value) else { return Self.absent }
        return numbers[text] ?? Self.other
    }

    /// The text of a number; nil for "no value".
    func text(_ number: UInt32) -> String? {
        switch number {
        case Self.absent: nil
        case Self.other: Self.otherText
        default: texts[Int(number) - 2]
        }
    }

    private static func text(_ value: QueryValue) -> String? {
        switch value {
        // Histograms group nothing.
        case .null, .counts: nil
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .boolean(let flag): flag ? "true" : "false"
        case .number(let number): String(number)
        case .time(let time): String(time.microseconds)
        }
    }
}
