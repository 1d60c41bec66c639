internal import ConfigurationText
internal import GatewayModel
internal import Yams

/// Reads a route and the routes below it.
enum RouteReader {
    /// Routes within routes at most: far more than anybody can follow, far fewer than the stack holds.
    static let depthMax = 64

    static func read(_ fields: inout YAMLFields, depth: Int = 1) throws(ConfigurationFault) -> RouteConfiguration {
        guard depth <= depthMax else { throw fields.failure("routes are nested more than \(depthMax) deep") }
        var route = RouteConfiguration()
        route.receiver = try fields.text("receiver").flatMap { $0.isEmpty ? nil : $0 }
        route.groupBy = try grouping(&fields)
        route.matchers = try MatcherFields.all(&fields, match: "match", pattern: "match_re", matchers: "matchers")
        route.muteTimeIntervals = try fields.texts("mute_time_intervals")
        route.activeTimeIntervals = try fields.texts("active_time_intervals")
        route.continues = try fields.bool("continue", default: false)
        route.groupWait = try fields.duration("group_wait")
        route.groupInterval = try positive(&fields, "group_interval")
        route.repeatInterval = try positive(&fields, "repeat_interval")
        route.labels = SeriesLabels(try fields.pairs("labels").map { SeriesLabel($0.name, $0.value) })
        if var digest = try fields.fields("digest") { route.digest = try DigestReader.read(&digest) }
        for var child in try fields.fieldsList("routes") { route.routes.append(try read(&child, depth: depth + 1)) }
        try fields.finish()
        return route
    }

    private static func positive(_ fields: inout YAMLFields, _ key: String) throws(ConfigurationFault) -> Int64? {
        let duration = try fields.duration(key)
        if duration == 0 { throw fields.failure("\(key) cannot be zero", at: key) }
        return duration
    }

    private static func grouping(_ fields: inout YAMLFields) throws(ConfigurationFault) -> RouteConfiguration.Grouping? {
        guard let node = fields.take("group_by") else { return nil }
        guard case .sequence = node else { throw YAMLFields.failure("group_by must be a list", node) }
        var names: [String] = []
        var isAll = false
        for name in try fields.texts("group_by") {
            if name == "..." {
                isAll = true
            } else {
                guard !name.isEmpty else { throw fields.failure("invalid label name \(name.goQuoted) in group_by list", at: "group_by") }
                guard !names.contains(name) else { throw fields.failure("duplicated label \(name.goQuoted) in group_by", at: "group_by") }
                names.append(name)
            }
        }
        guard !isAll || names.isEmpty else { throw fields.failure("cannot have wildcard group_by (`...`) and other labels at the same time", at: "group_by") }
        return isAll ? .all : .labels(names)
    }

    /// Names in a tree of routes must be those of something.
    static func checkNames(_ node: Node, receivers: Set<String>, timeIntervals: Set<String>) throws(ConfigurationFault) {
        for child in node["routes"]?.array() ?? [] { try checkNames(child, receivers: receivers, timeIntervals: timeIntervals) }
        if let receiver = node["receiver"], let name = receiver.string, !name.isEmpty, receiver.null == nil || receiver.isQuoted, !receivers.contains(name) {
            throw YAMLFields.failure("undefined receiver \(name.goQuoted) used in route", receiver)
        }
        for key in ["active_time_intervals", "mute_time_intervals"] {
            for interval in node[key]?.array() ?? [] {
                guard let name = interval.string, !timeIntervals.contains(name) else { continue }
                throw YAMLFields.failure("undefined time interval \(name.goQuoted) used in route", interval)
            }
        }
    }
}

extension Node {
    fileprivate var isQuoted: Bool { scalar.map { $0.style != .plain } ?? false }
}

/// Reads `digest`, which is ours: `{interval: 1h}`, or `{times: ["08:00"], location: Europe/Berlin}`.
enum DigestReader {
    static func read(_ fields: inout YAMLFields) throws(ConfigurationFault) -> DigestSchedule {
        let interval = try fields.duration("interval")
        let times = try fields.texts("times")
        let zoneName = try fields.text("location")
        try fields.finish()
        if let interval {
            guard times.isEmpty, zoneName == nil else { throw fields.failure("a digest has either interval or times", at: "interval") }
            guard interval >= 1000 else { throw fields.failure("a digest's interval is at least 1s", at: "interval") }
            return .every(interval)
        }
        guard !times.isEmpty else { throw fields.failure("a digest needs interval or times") }
        var minutes: [Int] = []
        for time in times {
            guard let minute = TimeIntervalReader.minute(time), minute < 1440 else { throw fields.failure("\(time.goQuoted) is no time of day such as 08:00", at: "times") }
            minutes.append(minute)
        }
        guard let zone = TimeZoneName(zoneName ?? "") else { throw fields.failure("unknown time zone \(zoneName ?? "")", at: "location") }
        return .daily(minutes: Set(minutes).sorted(), zone: zone)
    }
}
