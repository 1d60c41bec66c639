internal import GatewayModel
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1

/// The parameters of a request of the Prometheus API: those of the URL and, of a `POST`, those of its form, which count first (as in Go's `Request.Form`).
struct PrometheusParameters {
    private let items: [QueryItem]

    init(_ items: [QueryItem]) { self.items = items }

    /// - Throws: `bad_data` when the body is no form.
    init(_ request: ServerRequest) throws(PrometheusError) {
        guard ["POST", "PUT", "PATCH"].contains(request.method), Self.isForm(request) else {
            items = request.queryItems
            return
        }
        do { items = try QueryItem.form(request.body) + request.queryItems } catch {
            throw PrometheusError(.badData, "error parsing form values: \(error.sentence)")
        }
    }

    /// A body without a type is not looked at, as Go does it.
    private static func isForm(_ request: ServerRequest) -> Bool {
        let type = request.headers.first(name: "Content-Type")?.prefix { $0 != ";" && $0 != " " }.lowercased()
        return type == "application/x-www-form-urlencoded"
    }

    /// The first value; empty when the parameter is absent.
    func text(_ name: String) -> String { items.first { $0.name == name }?.value ?? "" }

    /// All values, in the order sent.
    func texts(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// A time in milliseconds since 1970; nil when it is absent or empty.
    func time(_ name: String) throws(PrometheusError) -> Int64? {
        let text = text(name)
        guard !text.isEmpty else { return nil }
        guard let time = PrometheusTime.milliseconds(text) else {
            throw .invalid(name, "Invalid time value for '\(name)': cannot parse \"\(text)\" to a valid timestamp")
        }
        return time
    }

    /// A time that must be there.
    func requiredTime(_ name: String) throws(PrometheusError) -> Int64 {
        guard let time = PrometheusTime.milliseconds(text(name)) else { throw .invalid(name, "cannot parse \"\(text(name))\" to a valid timestamp") }
        return time
    }

    /// A duration in seconds; nil when it is absent or empty.
    func duration(_ name: String) throws(PrometheusError) -> Double? {
        text(name).isEmpty ? nil : try requiredDuration(name)
    }

    func requiredDuration(_ name: String) throws(PrometheusError) -> Double {
        let text = text(name)
        switch PrometheusTime.duration(text) {
        case .seconds(let seconds): return seconds
        case .overflow: throw .invalid(name, "cannot parse \"\(text)\" to a valid duration. It overflows int64")
        case .invalid: throw .invalid(name, "cannot parse \"\(text)\" to a valid duration")
        }
    }

    /// The most answers; nil for all, which is also what 0 asks for.
    func limit(_ name: String = "limit") throws(PrometheusError) -> Int? {
        let text = text(name)
        guard !text.isEmpty else { return nil }
        guard let limit = Int(text) else {
            let isNumber = text.drop { $0 == "-" || $0 == "+" }.allSatisfy { $0.isASCII && $0.isNumber } && text.contains { $0.isNumber }
            throw .invalid(name, "strconv.Atoi: parsing \"\(text)\": \(isNumber ? "value out of range" : "invalid syntax")")
        }
        guard limit >= 0 else { throw .invalid(name, "limit must be non-negative") }
        return limit == 0 ? nil : limit
    }

    /// The closed range of `start` and `end`; without bounds where they are absent.
    func range() throws(PrometheusError) -> (from: Int64, through: Int64) {
        (try time("start") ?? -PrometheusTime.millisecondsMax, try time("end") ?? PrometheusTime.millisecondsMax)
    }
}
