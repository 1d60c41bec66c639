internal import ByteCoding
package import GatewayModel
internal import RequestQuery

/// The families of a program, taken apart for reading: what must be added up, each thing once however many families tell of it.
package struct FamilyTable: Sendable {
    package let families: [MetricFamily]
    /// One for each variant of each family.
    let strands: [FamilyStrand]
    let cubes: [CubePlan]

    /// - Parameter sourceLabels: such as `job` and `cluster`: all series have them when they are read by name, as if they had been scraped. Pages do not tell
    ///   them, since a scraper adds its own. A family that has a label of this name keeps its own.
    package init(_ families: [MetricFamily], sourceLabels: [SeriesLabel] = []) {
        self.families = families
        var builder = CubeBuilder()
        var strands: [FamilyStrand] = []
        for (index, family) in families.enumerated() {
            for variant in family.variants { strands.append(FamilyStrand(family, index, variant, sourceLabels, &builder)) }
        }
        self.strands = strands
        cubes = builder.cubes
    }
}

/// Counts, sums and distributions by some dimensions over the records that pass a filter.
struct CubePlan: Sendable {
    /// In the order of their numbers.
    let by: [RequestField]
    let filter: QueryFilter
    fileprivate(set) var sums: [RequestField] = []
    fileprivate(set) var distributions: [(field: RequestField, limits: ValueLimits)] = []

    init(by: [RequestField], filter: QueryFilter) {
        self.by = by
        self.filter = filter
    }

    /// A text that is the same for the same plan, by which kept totals know what they are of.
    var identity: String {
        let columns = sums.map { "sum(\($0.name))" } + distributions.map { "\($0.field.name)<=\($0.limits.limits)" }
        return "\(by.map(\.name)) \(columns) \(filter.text)"
    }

    func distribution(_ field: RequestField, _ limits: ValueLimits) -> Int? { distributions.firstIndex { $0.field == field && $0.limits == limits } }
}

/// Collects cubes, the same only once.
struct CubeBuilder {
    private(set) var cubes: [CubePlan] = []

    /// The number of the cube with these dimensions and filter, which gets what the measure needs.
    mutating func cube(by fields: [RequestField], _ filter: QueryFilter, _ measure: FamilyMeasure) -> Int {
        let by = Set(fields).sorted { $0.rawValue < $1.rawValue }
        let place = cubes.firstIndex { $0.by == by && $0.filter.filter == filter.filter } ?? cubes.count
        if place == cubes.count { cubes.append(CubePlan(by: by, filter: filter)) }
        if let field = measure.field, !cubes[place].sums.contains(field) { cubes[place].sums.append(field) }
        if case .histogram(let field, let limits) = measure, cubes[place].distribution(field, limits) == nil {
            cubes[place].distributions.append((field, limits))
        }
        return place
    }
}

/// One variant of a family.
struct FamilyStrand: Sendable {
    let family: Int
    let name: String
    let labels: [FamilyLabel]
    /// Labels that all of its series have.
    let constants: [SeriesLabel]
    /// Those of them that pages do not tell.
    let sourceLabels: [SeriesLabel]
    let measure: FamilyMeasure
    let filter: QueryFilter
    /// Position in ``FamilyTable/cubes``; of gauges the one whose combinations its series have.
    let cube: Int
    /// For each label the position of its field among the cube's dimensions.
    let places: [Int]
    /// The cube whose combinations of open labels stand at 0, and for each open label the position of its field in it.
    let zeroCube: Int
    let zeroPlaces: [Int?]

    init(_ family: MetricFamily, _ index: Int, _ variant: FamilyVariant, _ sourceLabels: [SeriesLabel], _ builder: inout CubeBuilder) {
        self.family = index
        name = family.name
        labels = family.labels
        let own = Set(family.labels.map(\.name) + variant.labels.map(\.name))
        self.sourceLabels = sourceLabels.filter { !own.contains($0.name) }
        constants = variant.labels + self.sourceLabels
        measure = variant.measure
        filter = variant.filter
        let isCounted = switch variant.measure {
        case .count, .sum, .histogram: true
        case .gauge, .unavailable: false
        }
        let zero = builder.cube(by: family.labels.filter(\.isOpen).map(\.field), family.zeroes, .count)
        let cube = isCounted ? builder.cube(by: family.labels.map(\.field), variant.filter, variant.measure) : zero
        (zeroCube, self.cube) = (zero, cube)
        let cubes = builder.cubes
        places = isCounted ? family.labels.map { label in cubes[cube].by.firstIndex(of: label.field) ?? 0 } : family.labels.map { _ in 0 }
        zeroPlaces = family.labels.map { $0.isOpen ? cubes[zero].by.firstIndex(of: $0.field) : nil }
    }

    /// What its series are called, and what each tells.
    var aspects: [(name: String, aspect: Aspect)] {
        guard case .histogram(_, let limits) = measure else { return [(name, .value)] }
        return (0...limits.limits.count).map { (name + "_bucket", Aspect.bucket($0)) } + [(name + "_sum", .sum), (name + "_count", .count)]
    }

    /// The name without the endings that a histogram's series have.
    func hasSeries(named metric: String) -> Bool {
        guard case .histogram = measure else { return metric == name }
        return metric == name + "_bucket" || metric == name + "_sum" || metric == name + "_count"
    }

    /// What sums in inside units are divided by.
    var divisor: Double { measure.field?.unit.divisor ?? 1 }
}

extension FamilyLabel {
    /// Whether its values come from the records alone.
    var isOpen: Bool { known.isEmpty }
}

/// What one series of a family tells.
enum Aspect: Sendable, Hashable {
    /// A counter's or gauge's value.
    case value
    case sum
    case count
    /// Values up to a limit, by its position; the one behind the last is `+Inf`.
    case bucket(Int)
}

/// Limits as labels hold them.
enum GoNumber {
    /// The shortest text that is read back as the same number, always with a point or an exponent: `0.5`, `10.0`, `1.048576e+06`, `+Inf`.
    ///
    /// Source: OpenMetrics 1.0, "Considerations: canonical numbers".
    static func canonical(_ value: Double) -> String {
        let text = PrometheusNumber.of(value, .general)
        return value.isFinite && !text.contains(".") && !text.contains("e") ? text + ".0" : text
    }
}
