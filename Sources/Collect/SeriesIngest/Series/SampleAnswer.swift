package import GatewayModel

/// What a sender of samples is told: the status to answer with, and a sentence.
///
/// Remote write's rule decides: whatever is wrong with the data is 400, so that the sender drops them and goes on; whatever passes by itself is 503, so
/// that it sends them again. What was good is stored in either case.
package struct SampleAnswer: Sendable, Equatable {
    /// 204, 400, 413, 500 or 503.
    package let status: Int
    /// Empty with 204.
    package let message: String

    package init(status: Int, message: String = "") {
        self.status = status
        self.message = message
    }

    /// Series named in a message at most.
    private static let reasonsMax = 5

    /// - Parameters:
    ///   - receipt: what the writer says; nil when there was nothing to write.
    ///   - invalid: what was wrong already with the series as they came.
    package init(_ receipt: SampleReceipt?, invalid: InvalidSeries) {
        var reasons: [String] = []
        if let first = invalid.first { reasons.append("\(invalid.samples) samples of \(invalid.series) series with invalid labels, first: \(first)") }
        for refused in receipt?.refused ?? [] {
            let time = refused.time.map { " at \(Double($0) / 1_000)" } ?? ""
            reasons.append("\(refused.samples) samples \(refused.reason.sentence), first: \(refused.series)\(time)")
        }
        guard !reasons.isEmpty else {
            self.init(status: 204)
            return
        }
        self.init(status: 400, message: reasons.prefix(Self.reasonsMax).joined(separator: "; ") + "; all others are stored")
    }

    /// What a writer's refusal of the whole batch means.
    package init(_ error: SeriesWriteError) {
        switch error {
        case .tooLarge(let samplesMax): self.init(status: 413, message: "more than \(samplesMax) samples in one request; nothing was stored")
        case .storage(let storage):
            let reason: String =
                switch storage {
                case .full(let reason): reason
                case .closed: "the server is stopping"
                case .system(let operation, _, let code): "\(operation) failed with error \(code)"
                case .locked, .damaged, .unsupportedFormat: "the store is damaged"
                }
            self.init(status: storage.isRetryable ? 503 : 500, message: "nothing was stored: \(reason)")
        }
    }
}

/// Series that were refused before they came to the writer, because of their labels.
package struct InvalidSeries: Sendable, Equatable {
    package private(set) var series = 0
    package private(set) var samples = 0
    /// The first of them, and what is wrong with it.
    package private(set) var first: String?

    package init() {}

    package mutating func add(_ description: @autoclosure () -> String, samples count: Int) {
        if first == nil { first = description() }
        series += 1
        samples += count
    }
}

extension SampleRefusal {
    /// Behind a number of samples.
    var sentence: String {
        switch self {
        case .outOfOrder: "are out of order"
        case .duplicate: "have a time for which another value is kept"
        case .tooOld: "are too old"
        case .tooFarAhead: "are too far in the future"
        case .seriesLimit: "are of new series beyond the limit of all series"
        case .metricSeriesLimit: "are of new series beyond the limit of a metric's series"
        case .labelCount: "have too many labels"
        case .labelLength: "have a label that is too long"
        case .labels: "have invalid labels"
        case .histogram: "are native histograms that do not add up"
        }
    }
}
