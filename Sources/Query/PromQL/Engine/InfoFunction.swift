internal import GatewayModel

/// `info(v, {selector})`: adds labels of info metrics (`target_info`) to the rows of a vector, found by `instance` and `job`.
///
/// Source: prometheus/prometheus `promql/info.go`. An info series is taken at each instant of the evaluation, without offset and `@` of the vector;
/// of two with the same identifying labels the one with the newer sample counts.
struct InfoFunction {
    private static let identifying: Set<String> = ["instance", "job"]
    private static let standardMetric = "target_info"

    private let steps: Int
    /// Conditions on the names of info metrics; the others are on their labels.
    private let nameMatchers: [SeriesMatcher]
    private let dataMatchers: [SeriesMatcher]

    /// - Parameter selector: the second argument, whose metric's name and matchers choose info metrics and labels; nil for all labels of `target_info`.
    init(_ selector: VectorSelector?, steps: Int) {
        self.steps = steps
        let matchers = selector?.matchers ?? []
        let named = matchers.filter { $0.name == SeriesLabels.metricName }
        dataMatchers = matchers.filter { $0.name != SeriesLabels.metricName }
        nameMatchers = named.isEmpty ? [SeriesMatcher(SeriesLabels.metricName, equals: Self.standardMetric)] : named
        hasNameMatcher = !named.isEmpty || selector == nil
    }

    private let hasNameMatcher: Bool

    /// Whether a row is of an info metric itself and stays as it is.
    func isInfo(_ labels: SeriesLabels) -> Bool { hasNameMatcher && nameMatchers.allSatisfy { $0.matches(labels.metricName ?? "") } }

    /// What the info series are selected by; nil when no row has an identifying label.
    ///
    /// - Throws: `internal` when the rows' labels make no pattern.
    func matchers(for rows: [StepRow]) throws(PromQLError) -> [SeriesMatcher]? {
        var matchers = nameMatchers + dataMatchers
        var hasAny = false
        for name in Self.identifying.sorted() {
            let values = Set(rows.lazy.filter { !isInfo($0.labels) }.compactMap { $0.labels[name] })
            guard !values.isEmpty else { continue }
            hasAny = true
            do { matchers.append(try SeriesMatcher(name, pattern: values.sorted().map(Self.quoted).joined(separator: "|"))) } catch {
                throw PromQLError(.internal, error.message)
            }
        }
        return hasAny ? matchers : nil
    }

    /// A text as a pattern that matches it alone.
    private static func quoted(_ text: String) -> String {
        var pattern = ""
        for scalar in text.unicodeScalars {
            if "\\.+*?()|[]{}^$".unicodeScalars.contains(scalar) { pattern += "\\" }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern
    }

    /// - Parameter infos: rows of the info series, whose values are the times of their samples.
    /// - Throws: `execution` for contradicting info series.
    func combine(_ rows: [StepRow], with infos: [StepRow]) throws(PromQLError) -> [StepRow] {
        var candidates: [SeriesLabels: [Int]] = [:]
        for (index, info) in infos.enumerated() { candidates[info.labels.keeping(Self.identifying), default: []].append(index) }
        var results: [StepRow] = []
        for row in rows {
            var row = row
            row.dropsName = false
            if isInfo(row.labels) {
                results.append(row)
                continue
            }
            var made: [SeriesLabels: StepRow] = [:], order: [SeriesLabels] = []
            let found = candidates[row.labels.keeping(Self.identifying)] ?? []
            for step in 0..<steps {
                guard let sample = row.sample(at: step), let labels = try labels(of: row, found, infos, step) else { continue }
                if made[labels] == nil {
                    order.append(labels)
                    made[labels] = StepRow(labels, count: steps)
                }
                made[labels]?.set(sample, at: step)
            }
            for labels in order { if let row = made[labels] { results.append(row) } }
        }
        return results
    }

    /// The labels of a row with those of the info series that stand beside it at an instant.
    ///
    /// - Returns: nil when labels are asked for that no info series gives.
    private func labels(of row: StepRow, _ found: [Int], _ infos: [StepRow], _ step: Int) throws(PromQLError) -> SeriesLabels? {
        var newest: [String: Int] = [:]
        for index in found where infos[index].hasSample(at: step) {
            let name = infos[index].labels.metricName ?? ""
            guard let other = newest[name] else {
                newest[name] = index
                continue
            }
            let (time, known) = (Self.milliseconds(infos[index], step), Self.milliseconds(infos[other], step))
            if time == known {
                throw .execution(
                    "found duplicate series for info metric: existing \(infos[other].labels.text) @ \(known), new \(infos[index].labels.text) @ \(time)")
            }
            if time > known { newest[name] = index }
        }
        guard !newest.isEmpty else { return dataMatchers.allSatisfy(\.matchesEmpty) ? row.labels : nil }
        let wanted = Set(dataMatchers.map(\.name))
        var added: [String: String] = [:]
        for (_, index) in newest.sorted(by: { $0.key < $1.key }) {
            for label in infos[index].labels.labels where label.name != SeriesLabels.metricName && (wanted.isEmpty || wanted.contains(label.name)) {
                if let known = added[label.name], known != label.value { throw .execution("conflicting label: \(label.name)") }
                if row.labels[label.name] == nil { added[label.name] = label.value }
            }
        }
        return SeriesLabels(row.labels.labels + added.map { SeriesLabel($0.key, $0.value) })
    }

    private static func milliseconds(_ info: StepRow, _ step: Int) -> Int64 { Int64((info.values[step] * 1000).rounded()) }
}

extension Evaluator {
    mutating func info(_ call: Call) throws(PromQLError) -> [StepRow] {
        guard let argument = call.arguments.first, case .vector(let rows) = try evaluate(argument) else { return [] }
        var selector: VectorSelector?
        if call.arguments.count > 1, case .vectorSelector(let written) = call.arguments[1].unparenthesised { selector = written }
        let function = InfoFunction(selector, steps: steps)
        var infos: [StepRow] = []
        if let matchers = try function.matchers(for: rows) {
            let plain = VectorSelector(name: nil, matchers: matchers, range: argument.range)
            let resolved = try ResolvedSelector(plain, range: nil, grid, state)
            infos = try self.rows(of: InstantSource(resolved, try select(resolved, function: "info"), givesTimes: true, isInfo: true))
        }
        return try unique(try function.combine(rows, with: infos))
    }
}
