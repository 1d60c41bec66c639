internal import GatewayModel
internal import RequestQuery

/// A measure of a question as columns of a Lens layer: one for what Lens computes itself, several for a formula.
///
/// A formula is written the way Lens saves it: its own column, the parts it is computed from, and their combination as a tree, so that nothing has to be worked
/// out when the dashboard is opened. The fields are those of `x-pack/plugins/lens/public/datasources/form_based/operations`.
struct LensMeasure {
    let measure: QueryMeasure
    let label: String
    let unit: Panel.Unit
    let source: KibanaSource
    /// `previous` for the range just before the one shown; nil for this one.
    var shift: String?

    /// The columns; the first one is the measure, the others are its parts.
    ///
    /// - Throws: when the documents do not hold what is measured.
    func columns(id: String) throws(KibanaOmission) -> [(id: String, column: KibanaJSON)] {
        switch measure.function {
        case .ratio(let filter):
            let part = Operation(kind: "count", kql: try KibanaFilter(source).kql(filter.filter), shift: shift)
            return formula([part, Operation(kind: "count", shift: shift)], operator: "divide", text: { "\($0[0]) / \($0[1])" }, id: id)
        default:
            let (operation, divisor) = try plain()
            let scale = LensFormat.timeScale(unit)
            guard divisor != 1 else { return [(id, operation.column(label: label, format: LensFormat.format(unit), timeScale: scale))] }
            guard scale == nil else { throw KibanaOmission("Lens cannot both convert milliseconds and divide by time") }
            return formula([operation], operator: "divide", constant: divisor, text: { "\($0[0]) / \(KibanaFilter.decimal(divisor))" }, id: id)
        }
    }

    /// What groups are ordered by: the measure itself where Lens can, else what comes closest.
    func rank() throws(KibanaOmission) -> KibanaJSON {
        switch measure.function {
        case .ratio(let filter): return Operation(kind: "count", kql: try KibanaFilter(source).kql(filter.filter)).column(label: "Matching requests", format: nil, timeScale: nil)
        default: return try plain().0.column(label: label, format: nil, timeScale: nil)
        }
    }

    /// Whether groups can be ordered by the column itself; formulas cannot.
    func isSortable() throws(KibanaOmission) -> Bool {
        if case .ratio = measure.function { return false }
        return try plain().1 == 1
    }

    // MARK: What Lens computes itself

    private func plain() throws(KibanaOmission) -> (Operation, divisor: Double) {
        switch measure.function {
        case .count, .rate, .ratio: return (Operation(kind: "count", shift: shift), 1)
        case .countWhere(let filter): return (Operation(kind: "count", kql: try KibanaFilter(source).kql(filter.filter), shift: shift), 1)
        case .sum(let field), .rateOf(let field): return try operation("sum", field)
        case .average(let field): return try operation("average", field)
        case .minimum(let field): return try operation("min", field)
        case .maximum(let field): return try operation("max", field)
        case .percentile(let field, let percent):
            var (found, divisor) = try operation("percentile", field)
            found.percentile = percent
            return (found, divisor)
        case .distinct(let field): return (try operation("unique_count", field).0, 1)
        // Heatmaps and histograms are panels of their own, by ranges of the field.
        case .histogram: throw KibanaOmission("a list of counts is not one figure")
        }
    }

    private func operation(_ kind: String, _ field: RequestField) throws(KibanaOmission) -> (Operation, Double) {
        let found = try source.field(field)
        // Sums and largest values do not mind zeros that stand for absent ones.
        let minds = !["sum", "max"].contains(kind) || found.presence?.contains(" and ") == true || found.presence?.hasPrefix(found.path) == false
        return (Operation(kind: kind, path: found.path, kql: minds ? found.presence ?? "" : "", shift: shift), found.divisor)
    }

    // MARK: Formulas

    /// The columns `id`, `idX0`, ... and the last one that combines them.
    private func formula(
        _ parts: [Operation], operator name: String, constant: Double? = nil, text: ([String]) -> String, id: String
    ) -> [(id: String, column: KibanaJSON)] {
        let written = text(parts.map(\.formula))
        let names = parts.indices.map { "\(id)X\($0)" }
        let combined = "\(id)X\(parts.count)"
        let location: KibanaJSON = ["min": 0, "max": .number(Double(written.count))]
        let tree: KibanaJSON = [
            "type": "function", "name": .string(name), "args": .array(names.map { .string($0) } + (constant.map { [.number($0)] } ?? [])), "location": location, "text": .string(written),
        ]
        let partLabel = "Part of \(label)"
        let whole: KibanaJSON = [
            "label": .string(label), "customLabel": true, "dataType": "number", "operationType": "formula", "isBucketed": false, "scale": "ratio",
            "params": ["formula": .string(written), "isFormulaBroken": false, "format": LensFormat.format(unit)], "references": [.string(combined)],
        ]
        let combination: KibanaJSON = [
            "label": .string(partLabel), "customLabel": true, "dataType": "number", "operationType": "math", "isBucketed": false, "scale": "ratio",
            "params": ["tinymathAst": tree], "references": .array(names.map { .string($0) }),
        ]
        return [(id, whole)] + zip(names, parts).map { ($0, $1.column(label: partLabel, format: nil, timeScale: nil)) } + [(combined, combination)]
    }
}

/// One aggregation: `count(kql='...')`, `percentile(latency, percentile=95)`.
private struct Operation {
    let kind: String
    /// nil counts documents.
    var path: String?
    var kql = ""
    var shift: String?
    var percentile: Double?

    func column(label: String, format: KibanaJSON?, timeScale: String?) -> KibanaJSON {
        let countsOnly = kind == "count" || kind == "unique_count"
        return .members([
            ("label", .string(label)), ("customLabel", true), ("dataType", "number"), ("operationType", .string(kind)),
            ("sourceField", .string(path ?? "___records___")), ("isBucketed", false), ("scale", "ratio"),
            ("params", .members([
                ("percentile", percentile.map { .number($0) }), ("emptyAsNull", kind == "percentile" ? nil : .bool(!countsOnly)), ("format", format),
            ])),
            ("filter", kql.isEmpty ? nil : ["query": .string(kql), "language": "kuery"]), ("timeScale", timeScale.map { .string($0) }),
            ("timeShift", shift.map { .string($0) }),
        ])
    }

    /// As people write it in Lens's editor: https://www.elastic.co/docs/explore-analyze/visualize/lens (formula)
    var formula: String {
        var arguments: [String] = []
        if let path { arguments.append(path) }
        if let percentile { arguments.append("percentile=\(KibanaFilter.decimal(percentile))") }
        if !kql.isEmpty { arguments.append("kql='\(kql.replacing("'", with: "\\'"))'") }
        if let shift { arguments.append("shift='\(shift)'") }
        return "\(kind)(\(arguments.joined(separator: ", ")))"
    }
}
