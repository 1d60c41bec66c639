package import GatewayModel

/// What changed: which values of dimensions explain the difference of a measure between a span and one before it.
///
/// How it is answered: `docs/internals/what-changed.md`.
package struct ChangeQuestion: Sendable {
    /// The span that something happened in, half open.
    package var span: TimeRange
    /// What it is compared with; ends at or before the span's beginning.
    package var baseline: TimeRange
    package var filter: QueryFilter = .all
    /// A count, rate, sum, ratio, average or percentile.
    package var measure: QueryMeasure
    /// Causes to give at most.
    package var limit = limitDefault
    /// The fields to look at; nil for ``fieldsDefault``.
    package var fields: [RequestField]?

    package static let limitDefault = 20
    /// More are not read by anybody.
    package static let limitMax = 100
    /// Percentiles are computed again without each candidate: two scans each.
    static let percentileCandidatesMax = 12
    /// Requests that a value must have in one of the spans: what fewer do is chance.
    package static let requestsMin = 10
    /// Seconds for the whole answer: it is asked while somebody looks at a fire.
    static let secondsMax = 20.0

    package init(span: TimeRange, baseline: TimeRange, measure: QueryMeasure) {
        (self.span, self.baseline, self.measure) = (span, baseline, measure)
    }

    /// The span of the same length just before.
    package static func baseline(of span: TimeRange) -> TimeRange {
        TimeRange(from: Timestamp(microseconds: span.from.microseconds - (span.to.microseconds - span.from.microseconds)), to: span.from)
    }

    /// Dimensions with few values, but for those that say the same as another or how a record came here.
    package static let fieldsDefault: [RequestField] = {
        let first: [RequestField] = [.provider, .model, .client, .path, .route, .status, .errorType, .team, .operation, .stream, .finishReason, .gatewayNode]
        let others: Set<RequestField> = [
            .statusClass, .requestModel, .upstreamModel, .user, .userAgent, .clientAddress, .source, .index, .observer, .tokensSource, .costSource,
        ]
        return first + RequestField.allCases.filter { RequestQuery.canGroup(by: $0) && $0.role != .identifier && !first.contains($0) && !others.contains($0) }
    }()

    /// Fields whose values tell how a request ended: one that no failed request has, such as status 200, is no cause of failures.
    static let outcomes: Set<RequestField> = [.status, .statusClass, .errorType, .errorCode, .finishReason]

    /// - Throws: `invalid_time`, `invalid_measure` or `invalid_request`.
    func check() throws(QueryError) {
        guard !span.isEmpty else { throw QueryError(.invalidTime, "the span is empty", field: "from") }
        guard !baseline.isEmpty else { throw QueryError(.invalidTime, "the baseline is empty", field: "baseline_from") }
        guard baseline.to <= span.from else {
            throw QueryError(.invalidTime, "the baseline must end before the span begins", field: "baseline_to", hint: "leave it out for the time just before")
        }
        switch measure.function {
        case .count, .countWhere, .rate, .rateOf, .sum, .average, .percentile, .ratio: break
        case .minimum, .maximum, .distinct, .histogram:
            throw QueryError(
                .invalidMeasure, "'\(measure.name)' cannot be taken apart", field: "measure", hint: "a count, rate, sum, ratio, average or percentile")
        }
        guard (1...Self.limitMax).contains(limit) else {
            throw QueryError(.invalidRequest, "limit must lie between 1 and \(Self.limitMax)", field: "limit")
        }
        for field in fields ?? [] where !RequestQuery.canGroup(by: field) {
            throw QueryError(.invalidRequest, "'\(field.name)' has too many values to group by", field: "fields")
        }
    }

    /// Seconds of a span that lie in the past: what rates divide by.
    func elapsedSeconds(_ span: TimeRange, now: Timestamp) -> Double {
        max(0, Double(min(span.to, max(now, span.from)).microseconds - span.from.microseconds) / 1e6)
    }
}
