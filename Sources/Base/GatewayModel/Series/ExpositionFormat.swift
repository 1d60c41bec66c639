/// The two text forms in which samples are exposed and scraped.
package enum ExpositionFormat: Sendable, CaseIterable {
    /// Prometheus's text format 0.0.4.
    case text
    /// OpenMetrics 1.0.
    case openMetrics

    /// For the `Content-Type` header of an answer.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The form that an `Accept` header asks for: the one with the higher quality, the text format unless OpenMetrics is wanted more.
    package init(accept: String?) {
        var qualities: [ExpositionFormat: Double] = [:]
        for entry in (accept ?? "").split(separator: ",") {
            let parts = entry.split(separator: ";").map { Self.trimmed($0).lowercased() }
            guard let type = parts.first, let format = Self.format(ofMediaType: type) else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            qualities[format] = max(qualities[format] ?? 0, quality)
        }
        self = (qualities[.openMetrics] ?? 0) > (qualities[.text] ?? 0) ? .openMetrics : .text
    }

    /// The form that a `Content-Type` header declares; nil when it is none of the two, or absent.
    package init?(contentType: String?) {
        guard let type = contentType?.split(separator: ";").first, let format = Self.format(ofMediaType: Self.trimmed(type).lowercased()) else { return nil }
        self = format
    }

    private static func format(ofMediaType type: String) -> ExpositionFormat? {
        switch type {
        case "application/openmetrics-text": .openMetrics
        case "text/plain": .text
        default: nil
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    /// The type's word in a `TYPE` line.
    package func word(_ kind: MetricMetadata.Kind) -> String {
        switch (self, kind) {
        case (.text, .unknown), (.text, .gaugehistogram): "untyped"
        case (.text, .info), (.text, .stateset): "gauge"
        default: kind.rawValue
        }
    }
}
