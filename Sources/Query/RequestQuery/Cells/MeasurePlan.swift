internal import GatewayModel

/// What has to be accumulated per cell so that a question's measures can be computed: measures that need the same thing share it.
struct MeasurePlan: Sendable {
    private(set) var filters: [Filter] = []
    private(set) var sums: [RequestField] = []
    private(set) var minima: [RequestField] = []
    private(set) var maxima: [RequestField] = []
    private(set) var sketches: [RequestField] = []
    private(set) var distinct: [RequestField] = []
    private(set) var distributions: [Distribution] = []
    /// One source per measure, in the question's order.
    private(set) var sources: [Source] = []

    /// How many values of a field lie in each slot of limits.
    struct Distribution: Sendable, Hashable {
        let field: RequestField
        let limits: ValueLimits
    }

    /// What a program asks for: sums and distributions beside the number of records; there are no measures to compute from them.
    init(sums: [RequestField], distributions: [Distribution]) {
        self.sums = sums
        self.distributions = distributions
    }

    /// How many numbers are read of each row: of a table's row one for each slot of distributions, of a record one.
    func numbersPerTableRow(_ segment: any RecordSegment) -> Int {
        segment is any RollupSegment ? 1 + distributions.reduce(0) { $0 + (ValueLimits.counted($1.field)?.slotCount ?? 0) } : 1
    }

    /// Where a measure's value comes from; the number is a position in the list of that kind.
    enum Source: Sendable, Equatable {
        case records
        case recordsPerSecond
        case filtered(Int)
        case ratio(Int)
        case sum(Int)
        case sumPerSecond(Int)
        case average(Int)
        case minimum(Int)
        case maximum(Int)
        case percentile(Int, Double)
        case distinct(Int)
        case distribution(Int)
    }

    init(_ measures: [QueryMeasure]) {
        sources = []
        for measure in measures { sources.append(source(measure.function)) }
    }

    /// The fields whose columns are read for selected rows (those of `filters` come by themselves).
    var fields: Set<RequestField> { Set(sums + minima + maxima + sketches + distinct + distributions.map(\.field)) }

    /// The fields whose sketches a table must have: a sketch knows its smallest and largest value.
    var sketched: Set<RequestField> { Set(sketches + minima + maxima) }

    private mutating func source(_ function: QueryMeasure.Function) -> Source {
        switch function {
        case .count: .records
        case .rate: .recordsPerSecond
        case .countWhere(let filter): .filtered(Self.place(filter.filter, in: &filters))
        case .ratio(let filter): .ratio(Self.place(filter.filter, in: &filters))
        case .sum(let field): .sum(Self.place(field, in: &sums))
        case .rateOf(let field): .sumPerSecond(Self.place(field, in: &sums))
        case .average(let field): .average(Self.place(field, in: &sums))
        case .minimum(let field): .minimum(Self.place(field, in: &minima))
        case .maximum(let field): .maximum(Self.place(field, in: &maxima))
        case .percentile(let field, let percent): .percentile(Self.place(field, in: &sketches), percent)
        case .distinct(let field): .distinct(Self.place(field, in: &distinct))
        case .histogram(let field, let limits): .distribution(Self.place(Distribution(field: field, limits: limits), in: &distributions))
        }
    }

    private static func place<Item: Equatable>(_ item: Item, in items: inout [Item]) -> Int {
        if let known = items.firstIndex(of: item) { return known }
        items.append(item)
        return items.count - 1
    }
}
