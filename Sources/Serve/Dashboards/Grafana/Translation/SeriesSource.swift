internal import GatewayModel
internal import RequestMetrics
internal import RequestQuery

/// Series that tell of exactly the records that pass a filter, and the labels by which they can be grouped.
struct SeriesSource {
    /// The series' name, `_bucket` and the like included.
    let metric: String
    /// Each a list of matchers in braces; the records are those of the union of the selected series.
    let selectors: [String]
    /// Labels to group by, in the order in which the fields were asked for.
    let labels: [String]
    /// The label from which `status_class` is made; nil where it is not among the labels.
    let statusLabel: String?
}

/// What of the records is wanted.
enum SeriesWish: Hashable {
    case count
    case sum(RequestField)
    /// The buckets of a histogram.
    case distribution(RequestField)
    /// Sum and number of the values of a histogram.
    case valueSum(RequestField)
    case valueCount(RequestField)

    var field: RequestField? {
        switch self {
        case .count: nil
        case .sum(let field), .distribution(let field), .valueSum(let field), .valueCount(let field): field
        }
    }

    /// For people: what no family has.
    var words: String {
        switch self {
        case .count: "counts requests"
        case .sum(let field), .valueSum(let field), .valueCount(let field): "adds up \(field.name)"
        case .distribution(let field): "has the distribution of \(field.name)"
        }
    }
}

/// One variant of a family, asked whether it can tell of records.
struct FamilyCandidate {
    let family: MetricFamily
    let variant: FamilyVariant

    /// The series' name for a wish; nil where the variant tells something else.
    func metric(_ wish: SeriesWish) -> String? {
        // Totals that are declared as gauges do not say when they start anew.
        guard family.kind == .counter || family.kind == .histogram else { return nil }
        switch (wish, variant.measure) {
        case (.count, .count): return family.name
        case (.sum(let wanted), .sum(let field)): return wanted == field ? family.name : nil
        case (.sum(let wanted), .histogram(let field, _)), (.valueSum(let wanted), .histogram(let field, _)): return wanted == field ? family.name + "_sum" : nil
        case (.valueCount(let wanted), .histogram(let field, _)): return wanted == field ? family.name + "_count" : nil
        case (.distribution(let wanted), .histogram(let field, _)): return wanted == field ? family.name + "_bucket" : nil
        default: return nil
        }
    }

    /// - Parameters:
    ///   - conditions: of the records, as alternatives.
    ///   - variables: fields that the page narrows, with the variable's name.
    /// - Returns: nil where the family's labels do not tell it exactly.
    func source(_ wish: SeriesWish, by fields: [RequestField], _ conditions: FilterAlternatives, _ variables: [(name: String, field: RequestField)]) -> SeriesSource? {
        guard let metric = metric(wish), let labels = labels(fields), let own = ownTests() else { return nil }
        var matchers = variant.labels.map { "\($0.name)=\(LabelTest.quoted($0.value))" }
        for variable in variables {
            guard let label = plainLabel(variable.field) else { return nil }
            matchers.append("\(label.name)=~\"$\(variable.name)\"")
        }
        let known = Self.knownTests(wish)
        var selectors: [String] = []
        for alternative in conditions.alternatives {
            guard own.allSatisfy({ (alternative + known).imply($0) }) else { return nil }
            let open = Self.simplified(alternative).filter { !(own + known).imply($0) }
            var tests: [String] = []
            for test in open {
                guard let matcher = family.labels.lazy.compactMap({ LabelTest(label: $0).matcher(test) }).first else { return nil }
                tests.append(matcher)
            }
            let selector = (tests + matchers).joined(separator: ",")
            let text = selector.isEmpty ? "" : "{\(selector)}"
            if !selectors.contains(text) { selectors.append(text) }
        }
        guard !selectors.isEmpty else { return nil }
        return SeriesSource(metric: metric, selectors: selectors, labels: labels, statusLabel: fields.contains(.statusClass) ? statusLabel?.name : nil)
    }

    /// The tests that the variant's records have passed; nil where they are not one list of tests.
    private func ownTests() -> [FilterAlternatives.Test]? {
        guard let own = FilterAlternatives(variant.filter.filter), own.alternatives.count == 1 else { return nil }
        return own.alternatives[0]
    }

    /// What is known of records that have a value to add up: the value is there, and a first token means a stream.
    private static func knownTests(_ wish: SeriesWish) -> [FilterAlternatives.Test] {
        guard let field = wish.field else { return [] }
        var known = [FilterAlternatives.Test(test: .exists(field), isInverted: false)]
        if field == .timeToFirstToken { known.append(FilterAlternatives.Test(test: .range(.stream, 1...1), isInverted: false)) }
        return known
    }

    /// Without tests that others of the list make sure of.
    private static func simplified(_ tests: [FilterAlternatives.Test]) -> [FilterAlternatives.Test] {
        tests.indices.filter { place in
            var others = tests
            others.remove(at: place)
            return !others.imply(tests[place])
        }.map { tests[$0] }
    }

    private func labels(_ fields: [RequestField]) -> [String]? {
        var names: [String] = []
        for field in fields {
            if let label = plainLabel(field) { names.append(label.name) } else if field == .statusClass, statusLabel != nil { names.append(field.name) } else { return nil }
        }
        return names
    }

    /// The label that has a field's values as they are, and nothing where there is none.
    func plainLabel(_ field: RequestField) -> FamilyLabel? { family.labels.first { $0.field == field && $0.present == nil && $0.absent.isEmpty } }

    private var statusLabel: FamilyLabel? { plainLabel(.status) }
}
