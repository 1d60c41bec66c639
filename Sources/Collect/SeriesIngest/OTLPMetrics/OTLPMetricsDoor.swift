internal import ByteCoding
package import GatewayModel
internal import Synchronization

/// A request as it goes to the writer.
package struct OTLPBatch: Sendable {
    package internal(set) var batch = SampleBatch()
    /// Data points that cannot be kept, and the reason of the first.
    package internal(set) var rejected = 0
    package internal(set) var reason = ""

    package init() {}
}

/// The way of OpenTelemetry's metrics over HTTP: `POST /v1/metrics` with protobuf or JSON.
///
/// Differences (delta temporality) are summed up in memory: after a restart a counter begins anew, as a counter may.
/// Source: OpenTelemetry Protocol specification 1, OTLP/HTTP.
package final class OTLPMetricsDoor: Sendable {
    package enum Encoding: Sendable {
        case protobuf, json

        /// nil for any other content type, which is answered 415.
        package init?(contentType: String?) {
            switch contentType?.split(separator: ";").first.map({ $0.filter { $0 != " " }.lowercased() }) {
            case "application/x-protobuf": self = .protobuf
            case "application/json": self = .json
            default: return nil
            }
        }

        /// For the answer, which has the request's encoding.
        package var contentType: String {
            switch self {
            case .protobuf: "application/x-protobuf"
            case .json: "application/json"
            }
        }

        /// Bytes of a body after decompression. JSON is read as a tree, which takes some ten times as much.
        package var bodyBytesMax: Int {
            switch self {
            case .protobuf: 32 << 20
            case .json: 8 << 20
            }
        }
    }

    private let promoted: Set<String>
    private let totals = Mutex(OTLPTotals())

    /// - Parameter promotedAttributes: resource attributes that become labels of every series.
    package init(promotedAttributes: Set<String> = []) { promoted = promotedAttributes }

    /// Decodes a body.
    package func decode(_ body: UnsafeRawBufferPointer, _ encoding: Encoding) throws(OTLPError) -> OTLPBatch {
        guard body.count <= encoding.bodyBytesMax else { throw .message("the body is larger than \(encoding.bodyBytesMax) bytes") }
        let resources: [OTLPResource]
        switch encoding {
        case .json: resources = unsafe try OTLPJSONReader.read(body)
        case .protobuf:
            var reader = OTLPProtobufReader()
            unsafe try reader.read(body)
            resources = reader.resources
        }
        var translator = OTLPTranslator(promoted: promoted)
        totals.withLock { translator.add(resources, &$0) }
        var batch = OTLPBatch()
        (batch.batch, batch.rejected, batch.reason) = (translator.batch, translator.rejected, translator.firstReason)
        return batch
    }

    /// The body of the answer with status 200: empty when all was stored, otherwise how many points were not, and why.
    package static func answer(_ batch: OTLPBatch, _ receipt: SampleReceipt?, _ encoding: Encoding) -> [UInt8] {
        let refused = (receipt?.refused ?? []).reduce(0) { $0 + $1.samples }
        let reasons = [batch.reason, SampleAnswer(receipt, invalid: InvalidSeries()).message].filter { !$0.isEmpty }.joined(separator: "; ")
        let rejected = batch.rejected + refused
        switch encoding {
        case .protobuf:
            var writer = ProtobufWriter()
            guard rejected > 0 else { return [] }
            writer.message(1) {
                $0.int64(1, Int64(rejected))
                $0.string(2, reasons)
            }
            return writer.bytes
        case .json:
            var writer = JSONWriter()
            writer.object { answer in
                guard rejected > 0 else { return }
                answer.object("partialSuccess") {
                    $0.member("rejectedDataPoints", String(rejected))
                    $0.member("errorMessage", reasons)
                }
            }
            return writer.bytes
        }
    }

    /// The body of a refusal: a `google.rpc.Status` with its message.
    package static func refusal(_ message: String, _ encoding: Encoding) -> [UInt8] {
        switch encoding {
        case .protobuf:
            var writer = ProtobufWriter()
            writer.string(2, message)
            return writer.bytes
        case .json:
            var writer = JSONWriter()
            writer.object { $0.member("message", message) }
            return writer.bytes
        }
    }
}

/// Running totals of series that report differences.
struct OTLPTotals {
    /// Series that are summed up; differences of further ones are refused.
    static let seriesMax = 200_000
    /// Figures of one series: the buckets of a histogram.
    private static let figuresMax = 1_000
    /// Figures of all series, 8 bytes each: 200,000 histograms of 20 buckets.
    private static let figuresOfAllMax = 4_000_000

    private struct Total {
        var figures: [Double]
        var time: Int64
    }

    private var totals: [[UInt8]: Total] = [:]
    private var figuresOfAll = 0

    /// Adds differences to a series' figures.
    ///
    /// - Returns: the totals; nil when the differences are not newer than those before, or when there are too many series.
    mutating func add(_ figures: [Double], to key: [UInt8], at time: Int64) -> [Double]? {
        guard figures.count <= Self.figuresMax else { return nil }
        guard var total = totals[key], total.figures.count == figures.count else {
            let more = figures.count - (totals[key]?.figures.count ?? 0)
            guard totals[key] != nil || totals.count < Self.seriesMax, figuresOfAll + more <= Self.figuresOfAllMax else { return nil }
            // With other buckets a histogram begins anew.
            totals[key] = Total(figures: figures, time: time)
            figuresOfAll += more
            return figures
        }
        guard time > total.time else { return nil }
        for index in figures.indices { total.figures[index] += figures[index] }
        total.time = time
        totals[key] = total
        return total.figures
    }
}
