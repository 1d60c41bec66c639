internal import GatewayModel

/// Reads times that are written after an example.
///
/// Source: https://pkg.go.dev/time#Parse. Names of zones but UTC and GMT are taken for UTC, since they have no offset of their own.
struct GoTimeParser {
    private var rest: Substring
    private var (year, month, day) = (Int64(0), Int64(1), Int64(1))
    private var (hour, minute, second, nanoseconds) = (Int64(0), Int64(0), Int64(0), Int64(0))
    private var dayOfYear: Int64?
    /// nil without AM or PM.
    private var isAfternoon: Bool?
    private var offset = Int64(0)
    private var zone = "UTC"

    private init(_ text: String) { rest = Substring(text) }

    /// - Returns: nil when the text is not of the layout's form, or names a day or time that does not exist.
    static func time(_ text: String, _ layout: String) -> TemplateTime? {
        var parser = GoTimeParser(text)
        for part in GoTimeFormat.parts(of: layout) {
            guard parser.take(part) else { return nil }
        }
        return parser.rest.isEmpty ? parser.time : nil
    }

    private var time: TemplateTime? {
        var hour = hour
        if let isAfternoon {
            guard (0...12).contains(hour) else { return nil }
            hour = hour % 12 + (isAfternoon ? 12 : 0)
        }
        guard (1...12).contains(month), (1...Timestamp.daysIn(month: month, year: year)).contains(day), (0...23).contains(hour), (0...59).contains(minute),
            (0...59).contains(second)
        else { return nil }
        var days = Timestamp.daysFromCivil(year: year, month: month, day: day)
        if let dayOfYear {
            guard (1...366).contains(dayOfYear) else { return nil }
            days = Timestamp.daysFromCivil(year: year, month: 1, day: 1) + dayOfYear - 1
        }
        return TemplateTime(seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset, nanoseconds: nanoseconds, offset: offset, zone: zone)
    }

    private mutating func take(_ part: GoTimeFormat.Element) -> Bool {
        switch part {
        case .text(let character):
            if character == " " {
                rest = rest.drop { $0 == " " }
                return true
            }
            return rest.popFirst() == character
        case .fraction: return takeFraction(isNeeded: true)
        case .named(let element): return take(element)
        }
    }

    private mutating func take(_ element: String) -> Bool {
        switch element {
        case "2006": return take(\.year, 4...4)
        case "06":
            guard take(\.year, 2...2) else { return false }
            year += year >= 69 ? 1900 : 2000
            return true
        case "01": return take(\.month, 2...2)
        case "1": return take(\.month, 1...2)
        case "January", "Jan": return takeName(GoTimeFormat.months, isShort: element == "Jan").map { month = $0 + 1 } != nil
        case "Monday", "Mon": return takeName(GoTimeFormat.weekdays, isShort: element == "Mon") != nil
        case "02": return take(\.day, 2...2)
        case "2": return take(\.day, 1...2)
        case "_2":
            if rest.first == " " { rest = rest.dropFirst() }
            return take(\.day, 1...2)
        case "002", "__2":
            rest = rest.drop { $0 == " " }
            dayOfYear = number(1...3)
            return dayOfYear != nil
        case "15", "03": return take(\.hour, 2...2)
        case "3": return take(\.hour, 1...2)
        case "04": return take(\.minute, 2...2)
        case "4": return take(\.minute, 1...2)
        case "05", "5":
            // A fraction may follow the seconds, asked for or not.
            return take(\.second, element == "05" ? 2...2 : 1...2) && takeFraction(isNeeded: false)
        case "PM", "pm":
            let word = rest.prefix(2).uppercased()
            rest = rest.dropFirst(2)
            isAfternoon = word == "PM"
            return word == "PM" || word == "AM"
        case "MST": return takeZoneName()
        default: return takeOffset(element)
        }
    }

    private mutating func take(_ part: WritableKeyPath<Self, Int64>, _ digits: ClosedRange<Int>) -> Bool {
        guard let value = number(digits) else { return false }
        self[keyPath: part] = value
        return true
    }

    private mutating func number(_ digits: ClosedRange<Int>) -> Int64? {
        let run = rest.prefix(digits.upperBound).prefix { ("0"..."9").contains($0) }
        guard run.count >= digits.lowerBound, let value = Int64(run) else { return nil }
        rest = rest.dropFirst(run.count)
        return value
    }

    private mutating func takeFraction(isNeeded: Bool) -> Bool {
        guard rest.first == "." || rest.first == ",", rest.dropFirst().first.map({ ("0"..."9").contains($0) }) == true else { return !isNeeded || nanoseconds > 0 }
        let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
        rest = rest.dropFirst(1 + digits.count)
        nanoseconds = Int64((digits + "000000000").prefix(9)) ?? 0
        return true
    }

    private mutating func takeName(_ names: [String], isShort: Bool) -> Int64? {
        for (index, name) in names.enumerated() {
            let name = isShort ? String(name.prefix(3)) : name
            guard rest.prefix(name.count).lowercased() == name.lowercased() else { continue }
            rest = rest.dropFirst(name.count)
            return Int64(index)
        }
        return nil
    }

    private mutating func takeZoneName() -> Bool {
        let name = rest.prefix { ("A"..."Z").contains($0) }
        guard (3...5).contains(name.count) else { return false }
        rest = rest.dropFirst(name.count)
        zone = String(name)
        return true
    }

    /// `-0700` and its like.
    private mutating func takeOffset(_ element: String) -> Bool {
        if element.hasPrefix("Z"), rest.first == "Z" {
            rest = rest.dropFirst()
            return true
        }
        guard let sign = rest.popFirst(), sign == "+" || sign == "-" else { return false }
        var parts: [Int64] = []
        for place in 0..<element.filter(\.isNumber).count / 2 {
            if place > 0, element.contains(":"), rest.popFirst() != ":" { return false }
            guard let part = number(2...2), part < 60 else { return false }
            parts.append(part)
        }
        offset = (sign == "-" ? -1 : 1) * zip(parts, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
        if offset != 0, zone == "UTC" { zone = GoTimeFormat.numeric(offset) }
        return true
    }
}
