internal import GatewayModel
internal import RequestQuery

/// The columns of one layer of a Lens chart: what documents are cut by, then what is computed of each piece.
struct LensLayer {
    let id: String
    /// Of a trend line: the layer that it belongs to.
    var linkedTo: String?
    private var buckets: [(id: String, column: KibanaJSON)] = []
    private var metrics: [(id: String, column: KibanaJSON)] = []
    private var count = 0

    init(_ id: String, linkedTo: String? = nil) {
        self.id = id
        self.linkedTo = linkedTo
    }

    /// Adds what documents are cut by, in the order given; answers its id.
    mutating func add(bucket column: KibanaJSON) -> String {
        let id = next()
        buckets.append((id, column))
        return id
    }

    /// Adds a measure with its parts; answers its id.
    mutating func add(_ measure: LensMeasure) throws(KibanaOmission) -> String {
        let id = next()
        metrics += try measure.columns(id: id)
        return id
    }

    /// Adds a fixed number, as reference lines have it; answers its id.
    mutating func add(constant value: Double, label: String) -> String {
        let id = next()
        metrics.append((id, [
            "label": .string(label), "customLabel": true, "dataType": "number", "operationType": "static_value", "isStaticValue": true, "isBucketed": false,
            "scale": "ratio", "params": ["value": .string(KibanaFilter.decimal(value))], "references": [],
        ]))
        return id
    }

    /// The column's id that the next call gives.
    var nextID: String { "\(id)c\(count)" }

    private mutating func next() -> String {
        defer { count += 1 }
        return nextID
    }

    var json: KibanaJSON {
        let all = buckets + metrics
        return .members([
            ("columnOrder", .array(all.map { .string($0.id) })), ("columns", .members(all.map { ($0.id, $0.column) })), ("incompleteColumns", [:]),
            ("sampling", 1), ("linkToLayers", linkedTo.map { [.string($0)] }),
        ])
    }
}

/// What documents are cut by.
struct LensBucket {
    let source: KibanaSource

    /// The most values that Lens shows of a field (`indexPattern.suggestions.useTimeRange` apart, its own limit).
    static let termsMax = 1_000

    /// Buckets of time.
    func time(every: String?) -> KibanaJSON {
        let interval = every == nil || every == "auto" ? "auto" : every ?? "auto"
        return [
            "label": .string(source.timeField), "dataType": "date", "operationType": "date_histogram", "sourceField": .string(source.timeField), "isBucketed": true,
            "scale": "interval", "params": ["interval": .string(interval), "includeEmptyRows": true, "dropPartials": false],
        ]
    }

    /// The commonest values of fields.
    ///
    /// - Parameter order: a column's id, or the aggregation to order by; nil for the order of the values.
    func terms(_ fields: [RequestField], label: String, size: Int, order: LensOrder, other: Bool) throws(KibanaOmission) -> KibanaJSON {
        if fields == [.statusClass], source.derivesErrors { return try statusClasses(label: label) }
        var found: [KibanaField] = []
        for field in fields { found.append(try source.field(field)) }
        guard let first = found.first else { throw KibanaOmission("it groups by nothing") }
        let isMulti = found.count > 1
        return [
            "label": .string(label), "customLabel": true, "dataType": isMulti ? "string" : dataType(first.type), "operationType": "terms",
            "sourceField": .string(first.path), "isBucketed": true, "scale": "ordinal",
            "params": .members([
                ("size", .number(Double(min(size, Self.termsMax)))), ("orderBy", order.by), ("orderAgg", order.aggregation),
                ("orderDirection", order.isDescending ? "desc" : "asc"), ("otherBucket", .bool(other && !isMulti)), ("missingBucket", false),
                ("parentFormat", ["id": isMulti ? "multi_terms" : "terms"]), ("include", []), ("exclude", []), ("includeIsRegex", false), ("excludeIsRegex", false),
                ("secondaryFields", isMulti ? .array(found.dropFirst().map { .string($0.path) }) : nil),
            ]),
        ]
    }

    /// Steps of a number, each from one bound to the next, and what lies outside.
    ///
    /// - Parameter bounds: ascending, in the field's unit of our schema.
    func ranges(_ field: RequestField, bounds: [Double], label: String) throws(KibanaOmission) -> KibanaJSON {
        let found = try source.field(field)
        guard found.type == .number else { throw KibanaOmission("\(field.name) is no number in \(source.title) documents") }
        var steps: [KibanaJSON] = []
        let unit = field.unit.external.hasPrefix("{") ? "" : " " + field.unit.external
        for (low, high) in zip([nil] + bounds.map { Optional($0) }, bounds.map { Optional($0) } + [nil]) {
            let name = switch (low, high) {
            case (nil, let high?): "< \(KibanaFilter.decimal(high))\(unit)"
            case (let low?, let high?): "\(KibanaFilter.decimal(low)) - \(KibanaFilter.decimal(high))\(unit)"
            case (let low?, nil): ">= \(KibanaFilter.decimal(low))\(unit)"
            case (nil, nil): "all"
            }
            steps.append(range(low.map { $0 * found.divisor }, high.map { $0 * found.divisor }, name))
        }
        return ranges(path: found.path, steps, label: label)
    }

    private func statusClasses(label: String) throws(KibanaOmission) -> KibanaJSON {
        let found = try source.field(.status)
        return ranges(path: found.path, (2...5).map { range(Double($0 * 100), Double($0 * 100 + 100), "\($0)xx") }, label: label)
    }

    private func range(_ low: Double?, _ high: Double?, _ label: String) -> KibanaJSON {
        ["from": low.map { KibanaJSON.number($0) } ?? .null, "to": high.map { KibanaJSON.number($0) } ?? .null, "label": .string(label)]
    }

    private func ranges(path: String, _ steps: [KibanaJSON], label: String) -> KibanaJSON {
        [
            "label": .string(label), "customLabel": true, "dataType": "string", "operationType": "range", "sourceField": .string(path), "isBucketed": true,
            "scale": "ordinal",
            "params": ["type": "range", "ranges": .array(steps), "maxBars": "auto", "parentFormat": ["id": "range", "params": ["template": "arrow_right", "replaceInfinity": true]]],
        ]
    }

    /// A field that the data view computes: see ``KibanaDataView``.
    func computed(_ name: String, label: String, size: Int, isText: Bool) -> KibanaJSON {
        [
            "label": .string(label), "customLabel": true, "dataType": isText ? "string" : "number", "operationType": "terms", "sourceField": .string(name),
            "isBucketed": true, "scale": "ordinal",
            "params": [
                "size": .number(Double(size)), "orderBy": ["type": "alphabetical", "fallback": false], "orderDirection": "asc", "otherBucket": false,
                "missingBucket": false, "parentFormat": ["id": "terms"],
            ],
        ]
    }

    private func dataType(_ type: KibanaField.ValueType) -> KibanaJSON {
        switch type {
        case .keyword, .booleanText: "string"
        case .number: "number"
        case .boolean: "boolean"
        case .date: "date"
        }
    }
}

/// What the values of a field are ordered by.
struct LensOrder {
    let by: KibanaJSON
    let aggregation: KibanaJSON?
    let isDescending: Bool

    static func values(descending: Bool) -> LensOrder {
        LensOrder(by: ["type": "alphabetical", "fallback": false], aggregation: nil, isDescending: descending)
    }

    static func column(_ id: String, descending: Bool) -> LensOrder {
        LensOrder(by: ["type": "column", "columnId": .string(id)], aggregation: nil, isDescending: descending)
    }

    static func aggregation(_ column: KibanaJSON, descending: Bool) -> LensOrder {
        LensOrder(by: ["type": "custom"], aggregation: column, isDescending: descending)
    }
}
