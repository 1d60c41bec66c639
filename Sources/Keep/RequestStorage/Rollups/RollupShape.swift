internal import GatewayModel

/// Which rows a table is to have.
struct RollupShape: Sendable, Equatable {
    /// Microseconds of a row's stretch of time; 0 for the whole part.
    var step: Int64
    var dimensions: [RequestField]
    /// Fields whose values are kept as sketches.
    var sketches: [RequestField] = []
    /// Fields whose values are counted by their shared limits, see ``ValueLimits/counted(_:)``.
    var counted: [RequestField] = []
    /// Fields that are summed; nil for all.
    var sums: [RequestField]?
    /// Rows beyond which the table is given up.
    var rowsMax: Int

    static let minute: Int64 = 60_000_000
    /// Every time zone's clock differs from UTC by a multiple of this, since 1972.
    static let quarterHour: Int64 = 900_000_000

    /// Dimensions that tables may have, those that questions ask by most first.
    static let dimensionCandidates: [RequestField] = [
        .provider, .model, .statusClass, .status, .operation, .stream, .errorType, .route, .cacheStatus, .environment, .gateway, .source, .observer,
        .service, .team, .organization, .project, .finishReason, .toolCalled, .requestModel, .gatewayNode, .index, .method,
    ]

    /// Dimensions of the table for rates of failures.
    static let failureCandidates: [RequestField] = [.status, .statusClass, .errorType, .provider, .operation, .stream]

    /// Dimensions that tables of clients may have besides.
    static let clientCandidates: [RequestField] = [.provider, .model, .statusClass, .status, .team, .organization, .project, .user]

    /// Fields with sketches: those whose percentiles dashboards show.
    static let sketched: [RequestField] = [.duration, .timeToFirstToken, .outputTokens, .inputTokens]

    /// Fields whose values are counted by limits in tables by time: those of which histograms are asked over time.
    static let countedByTime: [RequestField] = [.duration, .timeToFirstToken]

    /// All fields whose values are counted by limits.
    static let counted: [RequestField] = [.duration, .timeToFirstToken, .inputTokens, .outputTokens]

    /// Dimensions that the table of whole parts with counts by limits may have.
    static let countedCandidates: [RequestField] = [.provider, .model, .stream, .operation, .errorType, .requestModel, .responseModel]

    /// Fields that are summed.
    static let measures = RequestField.allCases.filter { $0.kind == .integer && $0.role == .measure }

    /// Values of a dimension at most. More are no dimension that a table could hold.
    static let valuesMax = 1 << 17

    /// Rows of a table at most: some 40 MB while it is built.
    static let rowsLimit = 1 << 17

    /// Rows of a table with sketches by dimensions at most: each may take 64 KiB for each field while it is built.
    static let sketchRowsMax = 64
}

/// When tables are worth writing. Part of ``StoreConfiguration``.
package struct RollupSettings: Sendable, Equatable {
    /// Records of a part below which it gets no tables: reading a block or two is as fast.
    package var recordsMin = 32_768
    /// Records for each row of a table at least. Below, the records are the faster table.
    package var recordsPerRowMin = 16

    package init() {}
}
