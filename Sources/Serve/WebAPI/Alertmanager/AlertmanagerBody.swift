internal import AlertRouting
internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1

/// What others send to Alertmanager's API.
enum AlertmanagerBody {
    /// Alerts of one request at most: Prometheus sends 256.
    static let alertsMax = 20_000

    static func json(_ request: ServerRequest, _ name: String) throws(AlertmanagerError) -> JSONValue {
        if let coding = request.headers.first(name: "Content-Encoding"), request.body.readableBytes > 0 {
            throw AlertmanagerError(.unsupportedMediaType, "bodies with the Content-Encoding '\(coding)' are not read here; gzip is")
        }
        if let type = RequestMediaType.unsupported(request) { throw AlertmanagerError(.unsupportedMediaType, "unsupported media type \"\(type)\", only [application/json] are allowed") }
        let result = unsafe request.body.withUnsafeReadableBytes { bytes -> Result<JSONValue, JSONError> in
            do throws(JSONError) { return unsafe .success(try JSONValue.parse(bytes)) } catch { return .failure(error) }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error): throw .unreadable(name, "\(error.reason) at byte \(error.offset)")
        }
    }

    /// `postableAlerts`.
    static func alerts(_ request: ServerRequest) throws(AlertmanagerError) -> [PostedAlert] {
        guard let elements = try json(request, "alerts").elements else { throw .unreadable("alerts", "json: cannot unmarshal into Go value of type models.PostableAlerts") }
        guard elements.count <= alertsMax else { throw AlertmanagerError(.badRequest, "more than \(alertsMax) alerts in a request") }
        var alerts: [PostedAlert] = []
        for (index, element) in elements.enumerated() { alerts.append(try alert(element, "\(index)")) }
        return alerts
    }

    static func alert(_ json: JSONValue, _ name: String) throws(AlertmanagerError) -> PostedAlert {
        guard let labels = try pairs(json["labels"], "\(name).labels") else { throw .missing("\(name).labels") }
        return PostedAlert(
            labels: labels, annotations: try pairs(json["annotations"], "\(name).annotations") ?? [], startsAt: try time(json["startsAt"], "\(name).startsAt"),
            endsAt: try time(json["endsAt"], "\(name).endsAt"), generatorURL: json["generatorURL"]?.string ?? "")
    }

    /// `postableSilence`.
    static func silence(_ request: ServerRequest) throws(AlertmanagerError) -> Silence {
        let json = try json(request, "silence")
        guard json.members != nil else { throw .unreadable("silence", "json: cannot unmarshal into Go value of type models.PostableSilence") }
        guard let elements = json["matchers"]?.elements else { throw .missing("matchers") }
        guard let starts = try time(json["startsAt"], "startsAt") else { throw .missing("startsAt") }
        guard let ends = try time(json["endsAt"], "endsAt") else { throw .missing("endsAt") }
        guard let author = json["createdBy"]?.string else { throw .missing("createdBy") }
        guard let comment = json["comment"]?.string else { throw .missing("comment") }
        var matchers: [SeriesMatcher] = []
        for (index, element) in elements.enumerated() { matchers.append(try matcher(element, index)) }
        return Silence(
            id: json["id"]?.string ?? "", matchers: matchers, startsAt: starts, endsAt: ends, createdBy: author, comment: comment,
            annotations: SeriesLabels(try pairs(json["annotations"], "annotations") ?? []))
    }

    private static func matcher(_ json: JSONValue, _ index: Int) throws(AlertmanagerError) -> SeriesMatcher {
        guard let name = json["name"]?.string else { throw .missing("matchers.\(index).name") }
        guard let value = json["value"]?.string else { throw .missing("matchers.\(index).value") }
        guard let isPattern = json["isRegex"]?.bool else { throw .missing("matchers.\(index).isRegex") }
        let isEqual = json["isEqual"]?.bool ?? true
        do { return try SeriesMatcher.make(name, isPattern ? (isEqual ? .matches : .matchesNot) : isEqual ? .equal : .notEqual, value) } catch {
            throw AlertmanagerError(.badRequest, "invalid silence: invalid label matcher \(index): invalid regular expression \(value.goQuoted): \(error.message)")
        }
    }

    private static func pairs(_ json: JSONValue?, _ name: String) throws(AlertmanagerError) -> [SeriesLabel]? {
        guard let json, json != .null else { return nil }
        guard let members = json.members else { throw .invalid("\(name) in body must be of type object: \"\(json.kindName)\"") }
        var labels: [SeriesLabel] = []
        for member in members {
            guard let value = member.value.string else { throw .invalid("\(name).\(member.name) in body must be of type string: \"\(member.value.kindName)\"") }
            labels.append(SeriesLabel(member.name, value))
        }
        return labels
    }

    /// A time; nil when it is absent or Go's zero time, the first of January of the year 1.
    private static func time(_ json: JSONValue?, _ name: String) throws(AlertmanagerError) -> Timestamp? {
        guard let json, json != .null else { return nil }
        guard let text = json.string, let time = Timestamp(iso8601: text) else {
            throw .invalid("\(name) in body must be of type date-time: \((json.string ?? json.kindName).goQuoted)")
        }
        return time.microseconds <= zeroTime ? nil : time
    }

    private static let zeroTime: Int64 = -62_135_596_800_000_000
}
