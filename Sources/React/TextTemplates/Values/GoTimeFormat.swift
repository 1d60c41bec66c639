internal import GatewayModel

/// Times written after an example, as Go writes them: `2006-01-02 15:04:05 MST`.
///
/// Source: https://pkg.go.dev/time#pkg-constants, the layouts and the elements they may have.
enum GoTimeFormat {
    /// How Go prints a time that nobody formats.
    static let printed = "2006-01-02 15:04:05.999999999 -0700 MST"
    static let months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
    static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// A time's date and time of day in its zone.
    struct Parts {
        let year, month, day, hour, minute, second, dayOfYear: Int64
        /// 0 for Sunday.
        let weekday: Int64

        init(_ time: TemplateTime) {
            let local = time.seconds &+ time.offset
            let days = local.quotientRoundedDown(by: 86_400)
            let rest = local - days * 86_400
            (year, month, day) = Timestamp.civil(fromDays: days)
            (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
            weekday = ((days + 4) % 7 + 7) % 7
            dayOfYear = days - Timestamp.daysFromCivil(year: year, month: 1, day: 1) + 1
        }
    }

    /// Elements of a layout, longer ones before those they begin with.
    private static let elements = [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "Z07:00:00", "Z070000", "Z07:00", "Z0700", "Z07", "-07:00:00", "-070000", "-07:00", "-0700", "-07",
        "002", "01", "02", "03", "04", "05", "06", "15", "__2", "_2", "PM", "pm", "1", "2", "3", "4", "5",
    ]

    /// A part of a layout.
    enum Element: Equatable {
        /// Stands for itself.
        case text(Character)
        /// `2006`, `Jan` and the like.
        case named(String)
        /// Digits of a second behind a point or comma.
        case fraction(digits: Int, keepsZeros: Bool, sign: Character)
    }

    static func parts(of layout: String) -> [Element] {
        var parts: [Element] = []
        var rest = Substring(layout)
        while let character = rest.first {
            if let (digits, keepsZeros, length) = fraction(rest) {
                parts.append(.fraction(digits: digits, keepsZeros: keepsZeros, sign: character))
                rest = rest.dropFirst(length)
            } else if let element = elements.first(where: { rest.hasPrefix($0) && !isWord($0, in: rest) && !rest.hasPrefix("_2006") }) {
                parts.append(.named(element))
                rest = rest.dropFirst(element.count)
            } else {
                parts.append(.text(character))
                rest = rest.dropFirst()
            }
        }
        return parts
    }

    static func text(_ time: TemplateTime, _ layout: String) -> String {
        let local = Parts(time)
        return parts(of: layout).map { part in
            switch part {
            case .text(let character): String(character)
            case .named(let element): written(element, time, local)
            case .fraction(let digits, let keepsZeros, let sign): fraction(of: time.nanoseconds, digits, keepsZeros, sign: sign)
            }
        }.joined()
    }

    /// `Jan` in `January`'s place is an element, in `Janet` it is none: a lower-case letter follows.
    private static func isWord(_ element: String, in rest: Substring) -> Bool {
        guard element == "Jan" || element == "Mon", let next = rest.dropFirst(3).unicodeScalars.first else { return false }
        return ("a"..."z").contains(next)
    }

    /// `.000`, `,999`: digits of a second behind its point, cut or without zeros at their end.
    private static func fraction(_ rest: Substring) -> (digits: Int, keepsZeros: Bool, length: Int)? {
        guard rest.first == "." || rest.first == ",", let digit = rest.dropFirst().first, digit == "0" || digit == "9" else { return nil }
        let run = rest.dropFirst().prefix { $0 == digit }
        guard rest.dropFirst(1 + run.count).first.map({ !$0.isWholeNumber }) ?? true else { return nil }
        return (run.count, digit == "0", 1 + run.count)
    }

    private static func fraction(of nanoseconds: Int64, _ digits: Int, _ keepsZeros: Bool, sign: Character) -> String {
        var text = String(padded(nanoseconds, 9).prefix(digits))
        if keepsZeros { return "\(sign)" + text + String(repeating: "0", count: max(0, digits - 9)) }
        while text.hasSuffix("0") { text.removeLast() }
        return text.isEmpty ? "" : "\(sign)" + text
    }

    private static func written(_ element: String, _ time: TemplateTime, _ parts: Parts) -> String {
        switch element {
        case "January": months[Int(parts.month) - 1]
        case "Jan": String(months[Int(parts.month) - 1].prefix(3))
        case "Monday": weekdays[Int(parts.weekday)]
        case "Mon": String(weekdays[Int(parts.weekday)].prefix(3))
        case "MST": time.zone
        case "2006": padded(parts.year, 4)
        case "06": padded(((parts.year % 100) + 100) % 100, 2)
        case "01": padded(parts.month, 2)
        case "1": "\(parts.month)"
        case "02": padded(parts.day, 2)
        case "_2": blankPadded(parts.day, 2)
        case "2": "\(parts.day)"
        case "002": padded(parts.dayOfYear, 3)
        case "__2": blankPadded(parts.dayOfYear, 3)
        case "15": padded(parts.hour, 2)
        case "03": padded((parts.hour + 11) % 12 + 1, 2)
        case "3": "\((parts.hour + 11) % 12 + 1)"
        case "04": padded(parts.minute, 2)
        case "4": "\(parts.minute)"
        case "05": padded(parts.second, 2)
        case "5": "\(parts.second)"
        case "PM": parts.hour >= 12 ? "PM" : "AM"
        case "pm": parts.hour >= 12 ? "pm" : "am"
        default: zone(element, time.offset)
        }
    }

    /// `-0700` and its like; those with a Z are `Z` for UTC.
    private static func zone(_ element: String, _ offset: Int64) -> String {
        if element.hasPrefix("Z"), offset == 0 { return "Z" }
        let shape = element.dropFirst()
        let hours = (offset < 0 ? "-" : "+") + padded(abs(offset) / 3600, 2)
        let colon = shape.contains(":") ? ":" : ""
        let digits = shape.filter { $0 != ":" }.count
        return hours + (digits >= 4 ? colon + padded(abs(offset) / 60 % 60, 2) : "") + (digits >= 6 ? colon + padded(abs(offset) % 60, 2) : "")
    }

    /// `+0530`; minutes are left out when there are none, as in zones without a name.
    static func numeric(_ offset: Int64) -> String { (offset < 0 ? "-" : "+") + padded(abs(offset) / 3600, 2) + (offset % 3600 == 0 ? "" : padded(abs(offset) / 60 % 60, 2)) }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value.magnitude)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func blankPadded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: " ", count: max(0, width - digits.count)) + digits
    }

    // MARK: Durations

    /// `1h15m30.918s`, as Go prints durations: from hours down, the smallest units alone when it is less than a second.
    ///
    /// Source: https://pkg.go.dev/time#Duration.String.
    static func text(duration nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = nanoseconds.magnitude
        if magnitude < 1_000_000_000 {
            let (unit, length): (String, UInt64) = magnitude < 1000 ? ("ns", 1) : magnitude < 1_000_000 ? ("µs", 1000) : ("ms", 1_000_000)
            return sign + decimal(magnitude, of: length) + unit
        }
        let seconds = decimal(magnitude % 60_000_000_000, of: 1_000_000_000) + "s"
        let minutes = magnitude / 60_000_000_000
        if minutes == 0 { return sign + seconds }
        return sign + (minutes >= 60 ? "\(minutes / 60)h" : "") + "\(minutes % 60)m" + seconds
    }

    /// A quotient with as many digits as it needs.
    private static func decimal(_ value: UInt64, of unit: UInt64) -> String {
        var fraction = String(value % unit)
        if value % unit == 0 { return "\(value / unit)" }
        fraction = String(repeating: "0", count: String(unit).count - 1 - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(value / unit).\(fraction)"
    }

    /// Methods of durations that templates call.
    static func member(ofDuration nanoseconds: Int64, _ name: String) -> TemplateValue? {
        switch name {
        case "String": .string(text(duration: nanoseconds))
        case "Hours": .float(Double(nanoseconds) / 3.6e12)
        case "Minutes": .float(Double(nanoseconds) / 6e10)
        case "Seconds": .float(Double(nanoseconds) / 1e9)
        case "Milliseconds": .int(Int(nanoseconds / 1_000_000))
        case "Microseconds": .int(Int(nanoseconds / 1000))
        case "Nanoseconds": .int(Int(nanoseconds))
        default: nil
        }
    }
}
