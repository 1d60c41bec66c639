internal import ConfigurationText
internal import GatewayModel
internal import Yams

/// Reads `time_intervals`.
///
/// Source: prometheus/alertmanager, `timeinterval/timeinterval.go`.
enum TimeIntervalReader {
    static func readNamed(_ fields: inout YAMLFields) throws(ConfigurationFault) -> NamedTimeInterval {
        guard let name = try fields.text("name"), !name.isEmpty else { throw fields.failure("missing name in time interval") }
        var intervals: [TimeInterval] = []
        for var interval in try fields.fieldsList("time_intervals") { intervals.append(try read(&interval)) }
        try fields.finish()
        return NamedTimeInterval(name: name, intervals: intervals)
    }

    private static func read(_ fields: inout YAMLFields) throws(ConfigurationFault) -> TimeInterval {
        var interval = TimeInterval()
        interval.minutes = try times(&fields)
        interval.weekdays = try ranges(&fields, "weekdays", member: { weekdays.firstIndex(of: $0) }, wrong: { "\($0) is not a valid weekday" }) { range in
            range.first > range.last ? "start day cannot be before end day" : nil
        }?.map { $0.first...$0.last }
        interval.daysOfMonth = try ranges(&fields, "days_of_month", member: { Int($0) }, wrong: { "\($0) is not a valid day of the month" }, check: dayProblem)?
            .map { TimeInterval.DayRange(first: $0.first, last: $0.last) }
        interval.months = try ranges(&fields, "months", member: month, wrong: { "\($0) is not a valid month" }) { range in
            range.first > range.last ? "end month \(range.last) is before start month \(range.first)" : nil
        }?.map { $0.first...$0.last }
        interval.years = try ranges(&fields, "years", member: { Int($0) }, wrong: { "\($0) is not a valid year" }) { range in
            range.first > range.last ? "end year \(range.last) is before start year \(range.first)" : nil
        }?.map { $0.first...$0.last }
        if let name = try fields.text("location") {
            guard let zone = TimeZoneName(name) else { throw fields.failure("unknown time zone \(name)", at: "location") }
            interval.zone = zone
        }
        try fields.finish()
        return interval
    }

    private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ]

    private static func month(_ text: String) -> Int? { months.firstIndex(of: text).map { $0 + 1 } ?? Int(text) }

    private static func dayProblem(_ range: (first: Int, last: Int)) -> String? {
        for day in [range.first, range.last] where day == 0 || day < -31 || day > 31 { return "\(day) is not a valid day of the month: out of range" }
        if range.first < 0, range.last > 0 { return "end day must be negative if start day is negative" }
        // Only what is wrong in every month, the shortest having 28 days.
        let (first, last) = (range.first < 0 ? 28 + range.first : range.first, range.last < 0 ? 28 + range.last : range.last)
        return first > last ? "end day \(range.last) is always before start day \(range.first)" : nil
    }

    /// Ranges such as `monday:friday` or `-3:-1`; nil when the key is not there.
    private static func ranges(
        _ fields: inout YAMLFields, _ key: String, member: (String) -> Int?, wrong: (String) -> String, check: ((first: Int, last: Int)) -> String?
    ) throws(ConfigurationFault) -> [(first: Int, last: Int)]? {
        guard fields.take(key) != nil else { return nil }
        var ranges: [(first: Int, last: Int)] = []
        for node in try fields.list(key) {
            guard let text = node.string?.lowercased() else { throw YAMLFields.failure("\(key) must be a list of texts", node) }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count <= 2 else { throw YAMLFields.failure("couldn't parse range \(text), invalid format", node) }
            var members: [Int] = []
            for part in parts {
                guard let value = member(part) else { throw YAMLFields.failure(wrong(part), node) }
                members.append(value)
            }
            let range = (first: members[0], last: members[members.count - 1])
            if let problem = check(range) { throw YAMLFields.failure(problem, node) }
            ranges.append(range)
        }
        return ranges
    }

    private static func times(_ fields: inout YAMLFields) throws(ConfigurationFault) -> [Range<Int>]? {
        guard fields.take("times") != nil else { return nil }
        var ranges: [Range<Int>] = []
        for var time in try fields.fieldsList("times") {
            guard let start = try time.text("start_time"), let end = try time.text("end_time"), !start.isEmpty, !end.isEmpty else {
                throw time.failure("both start and end times must be provided")
            }
            try time.finish()
            guard let first = minute(start) else { throw time.failure("couldn't parse timestamp \(start), invalid format", at: "start_time") }
            guard let last = minute(end) else { throw time.failure("couldn't parse timestamp \(end), invalid format", at: "end_time") }
            guard first < last else { throw time.failure("start time cannot be equal or greater than end time", at: "start_time") }
            ranges.append(first..<last)
        }
        return ranges
    }

    /// The minute of the day of `HH:MM`, 1,440 for `24:00`; nil for anything else.
    static func minute(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
        let digits = [0, 1, 3, 4].compactMap { Character(Unicode.Scalar(bytes[$0])).wholeNumberValue }
        guard digits.count == 4 else { return nil }
        let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        guard minute < 60, hour < 24 || hour == 24 && minute == 0 else { return nil }
        return hour * 60 + minute
    }
}
