internal import ByteCoding
internal import GatewayModel

/// Reads an `ExportMetricsServiceRequest` in JSON: names in lowerCamelCase, 64-bit integers as texts or numbers, ids in hexadecimal.
///
/// Source: OpenTelemetry Protocol specification, "JSON Protobuf Encoding".
enum OTLPJSONReader {
    static func read(_ source: UnsafeRawBufferPointer) throws(OTLPError) -> [OTLPResource] {
        let root: JSONValue
        do throws(JSONError) { root = unsafe try JSONValue.parse(source) } catch { throw .message("broken JSON at byte \(error.offset): \(error.reason)") }
        guard root.members != nil else { throw .message("the body must be a JSON object with resourceMetrics") }
        return list(root, "resourceMetrics").map { entry in
            OTLPResource(attributes: attributes(entry["resource"]), metrics: list(entry, "scopeMetrics").flatMap { list($0, "metrics").map(metric) })
        }
    }

    private static func metric(_ value: JSONValue) -> OTLPMetric {
        var metric = OTLPMetric()
        metric.name = value["name"]?.string ?? ""
        metric.description = value["description"]?.string ?? ""
        metric.unit = value["unit"]?.string ?? ""
        let kinds: [(String, OTLPMetric.Kind)] = [
            ("gauge", .gauge), ("sum", .sum), ("histogram", .histogram), ("exponentialHistogram", .exponentialHistogram), ("summary", .summary),
        ]
        guard let (name, kind) = kinds.first(where: { value[$0.0]?.members != nil }), let data = value[name] else { return metric }
        metric.kind = kind
        metric.isMonotonic = data["isMonotonic"]?.bool ?? false
        metric.temporality = temporality(data["aggregationTemporality"])
        metric.points = list(data, "dataPoints").map(point)
        return metric
    }

    private static func temporality(_ value: JSONValue?) -> Int {
        switch value?.string {
        case "AGGREGATION_TEMPORALITY_DELTA": 1
        case "AGGREGATION_TEMPORALITY_CUMULATIVE": 2
        default: Int(value?.integer ?? 0)
        }
    }

    private static func point(_ value: JSONValue) -> OTLPPoint {
        var point = OTLPPoint()
        point.attributes = attributes(value)
        point.time = unsigned(value["timeUnixNano"])
        point.flags = unsigned(value["flags"])
        point.value = number(value["asDouble"]) ?? number(value["asInt"]) ?? 0
        point.count = unsigned(value["count"])
        point.sum = number(value["sum"])
        point.bounds = list(value, "explicitBounds").map { number($0) ?? 0 }
        point.bucketCounts = list(value, "bucketCounts").map { unsigned($0) }
        point.scale = Int32(clamping: value["scale"]?.integer ?? 0)
        point.zeroCount = unsigned(value["zeroCount"])
        point.zeroThreshold = number(value["zeroThreshold"]) ?? 0
        point.positive = buckets(value["positive"])
        point.negative = buckets(value["negative"])
        point.quantiles = list(value, "quantileValues").map { (number($0["quantile"]) ?? 0, number($0["value"]) ?? 0) }
        point.exemplars = list(value, "exemplars").map(exemplar)
        return point
    }

    private static func buckets(_ value: JSONValue?) -> OTLPPoint.Buckets {
        guard let value else { return OTLPPoint.Buckets() }
        return OTLPPoint.Buckets(offset: Int32(clamping: value["offset"]?.integer ?? 0), counts: list(value, "bucketCounts").map { unsigned($0) })
    }

    private static func exemplar(_ value: JSONValue) -> Exemplar {
        var exemplar = OTLPExemplar()
        exemplar.attributes = list(value, "filteredAttributes").map(attribute)
        exemplar.time = unsigned(value["timeUnixNano"])
        exemplar.value = number(value["asDouble"]) ?? number(value["asInt"]) ?? 0
        exemplar.traceID = bytes(value["traceId"])
        exemplar.spanID = bytes(value["spanId"])
        return exemplar.exemplar
    }

    // MARK: Values

    private static func list(_ value: JSONValue, _ name: String) -> [JSONValue] { value[name]?.elements ?? [] }

    private static func attributes(_ value: JSONValue?) -> [OTLPAttribute] { value.map { list($0, "attributes").map(attribute) } ?? [] }

    private static func attribute(_ value: JSONValue) -> OTLPAttribute {
        OTLPAttribute(key: value["key"]?.string ?? "", value: value["value"].map { OTLPValueText.text(plain($0)) } ?? "")
    }

    /// An `AnyValue` as the JSON that it stands for.
    private static func plain(_ value: JSONValue) -> JSONValue {
        guard let member = value.members?.first else { return .null }
        switch member.name {
        case "intValue": return signed(member.value).map { .number(JSONScanner.Number(double: Double($0), integer: $0)) } ?? .null
        case "arrayValue": return .array(list(member.value, "values").map(plain))
        case "kvlistValue":
            return .object(list(member.value, "values").map { JSONValue.Member(name: $0["key"]?.string ?? "", value: $0["value"].map(plain) ?? .null) })
        default: return member.value
        }
    }

    private static func signed(_ value: JSONValue?) -> Int64? { value?.integer ?? value?.string.flatMap { Int64($0) } }

    private static func unsigned(_ value: JSONValue?) -> UInt64 {
        if let text = value?.string { return UInt64(text) ?? 0 }
        return value?.integer.map { UInt64(clamping: $0) } ?? value?.double.map { $0 > 0 && $0 < 1.8e19 ? UInt64($0) : 0 } ?? 0
    }

    /// Numbers that JSON cannot say come as texts: `NaN`, `Infinity`.
    private static func number(_ value: JSONValue?) -> Double? {
        if let text = value?.string { return unsafe Array(text.utf8).withUnsafeBytes { unsafe FloatText.parse($0, allowsHexadecimal: false) } }
        return value?.double
    }

    private static func bytes(_ value: JSONValue?) -> [UInt8] {
        let digits = (value?.string ?? "").utf8.compactMap { JSONText.hexDigit($0) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
