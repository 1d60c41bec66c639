internal import GatewayModel
internal import RequestQuery

/// A panel's question, read and put into a source's terms.
struct LensQuestion {
    let source: KibanaSource
    let measures: [LensMeasure]
    var by: [RequestField]
    let kql: String
    let every: String?
    let other: Bool
    private let limit: Int?
    /// What the question orders groups by; nil for the order of their values.
    private let rank: LensMeasure?
    private let isDescending: Bool

    /// Groups where the question names no number: a chart shows no more.
    private static let limitDefault = 10

    /// - Parameter measures: texts in place of the question's own.
    /// - Throws: when it cannot be asked of the source's documents.
    init(_ panel: Panel, source: KibanaSource, measures texts: [String]? = nil) throws(KibanaOmission) {
        guard let query = panel.query else { throw KibanaOmission("it asks nothing of the requests") }
        self.source = source
        kql = try KibanaFilter(source).kql(query.where)
        every = query.every
        limit = query.limit
        other = query.other
        by = []
        for name in query.by { by.append(try Self.field(name)) }
        var read: [LensMeasure] = []
        for text in texts ?? query.measures { read.append(try Self.measure(query.written(text), panel: panel, source: source)) }
        measures = read
        guard let first = read.first else { throw KibanaOmission("it computes nothing") }
        isDescending = query.order?.hasPrefix("-") ?? true
        guard let name = query.order.map({ $0.hasPrefix("-") ? String($0.dropFirst()) : $0 }) else {
            rank = first
            return
        }
        // A chart may show another measure than the one that its groups are ordered by.
        let isOfValues = by.contains { $0 == RequestField(named: name) }
        rank = isOfValues ? nil : read.first { $0.measure.name == name } ?? (try? Self.measure(query.written(name), panel: panel, source: source))
    }

    /// How the order of the groups differs from the question's; nil where it does not.
    var orderNote: String? {
        guard !by.isEmpty, let rank else { return nil }
        if (try? rank.rank()) == nil { return "groups are ordered by the number of requests: the documents do not hold what they are ordered by" }
        guard case .ratio = rank.measure.function else { return nil }
        return "groups are ordered by the number of matching requests: Lens cannot order them by a share"
    }

    static func field(_ name: String) throws(KibanaOmission) -> RequestField {
        guard let field = RequestField(named: name) else { throw KibanaOmission("there is no field \(name)") }
        return field
    }

    /// - Parameter label: nil for the measure's own name.
    static func measure(_ text: String, panel: Panel, source: KibanaSource, label: String? = nil, unit: Panel.Unit? = nil) throws(KibanaOmission) -> LensMeasure {
        let measure: QueryMeasure
        do throws(QueryError) { measure = try QueryMeasure(text) } catch { throw KibanaOmission("its measure cannot be read: \(error.message)") }
        let shown = LensFormat.unit(of: measure, panel: unit ?? panel.unit, isPerSecond: panel.options.perSecond)
        return LensMeasure(measure: measure, label: label ?? Self.label(of: measure, panel), unit: shown, source: source)
    }

    /// The measure's alias; without one, what the panel is called that shows nothing else, or the measure in words.
    private static func label(of measure: QueryMeasure, _ panel: Panel) -> String {
        if measure.name != measure.function.text { return measure.name }
        let figures = panel.options.columns.isEmpty && panel.query?.measures.count == 1 && panel.query?.by.isEmpty == true
        if figures, panel.chart == .stat || panel.chart == .time { return panel.title }
        return switch measure.function {
        case .count, .rate: "Requests"
        case .countWhere(let filter): "Requests (\(filter.text))"
        case .ratio(let filter): "Share (\(filter.text))"
        case .rateOf(let field), .sum(let field): label(of: field)
        case .average(let field): "Mean \(label(of: field).lowercased())"
        case .minimum(let field): "Least \(label(of: field).lowercased())"
        case .maximum(let field): "Largest \(label(of: field).lowercased())"
        case .percentile(let field, let percent): "p\(KibanaFilter.decimal(percent)) \(label(of: field).lowercased())"
        case .histogram(let field, _): "Sizes of \(label(of: field).lowercased())"
        case .distinct(let field): "Distinct values of \(label(of: field).lowercased())"
        }
    }

    /// The field's name for people.
    static func label(of field: RequestField) -> String {
        let words = field.name.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// The buckets of the groups, to stand before the measures' columns; nil for a question without groups.
    ///
    /// - Parameter columns: the column id of each measure, nil where it is not shown.
    func terms(columns: [String?]) throws(KibanaOmission) -> KibanaJSON? {
        guard !by.isEmpty else { return nil }
        let label = by.map(Self.label(of:)).joined(separator: " and ")
        return try LensBucket(source: source).terms(by, label: label, size: limit ?? Self.limitDefault, order: groupOrder(columns), other: other)
    }

    /// One field's buckets, for charts that set two fields against each other.
    func terms(of field: RequestField, columns: [String?], size: Int) throws(KibanaOmission) -> KibanaJSON {
        try LensBucket(source: source).terms([field], label: Self.label(of: field), size: size, order: groupOrder(columns), other: false)
    }

    /// The question's order; by the number of requests where the documents do not hold what it orders by.
    private func groupOrder(_ columns: [String?]) -> LensOrder {
        guard let rank else { return .values(descending: isDescending) }
        guard let aggregation = try? rank.rank() else {
            let count = LensMeasure(measure: QueryMeasure(.count), label: "Requests", unit: .number, source: source)
            return (try? count.rank()).map { .aggregation($0, descending: true) } ?? .values(descending: false)
        }
        let place = measures.firstIndex { $0.measure.name == rank.measure.name }
        guard let place, columns.indices.contains(place), let column = columns[place], (try? rank.isSortable()) == true else {
            return .aggregation(aggregation, descending: isDescending)
        }
        return .column(column, descending: isDescending)
    }
}
