internal import GatewayModel
internal import RequestQuery

/// A panel's question to the requests, said in PromQL measure by measure.
struct PanelQuestions {
    /// One measure of the question.
    struct Answerable {
        /// As the question names it.
        var name: String
        var title: String
        var expr: String
        /// Labels of its series, one for each field of the groups.
        var labels: [String]
    }

    /// What could be said, and what not.
    struct Outcome {
        var measures: [Answerable] = []
        var gaps: [(measure: String, reason: String)] = []
        /// Variables of the page, by their label, that do not narrow these expressions.
        var unheeded: [String] = []
    }

    /// How much time an expression covers at each instant.
    enum Window {
        /// The whole range, once.
        case range
        /// The whole range, told at every instant: what series are ranked by.
        case rangeAtEnd
        /// A bucket of the chart; rates over at least four scrapes.
        case bucket(isRate: Bool)

        var text: String {
            switch self {
            case .range: "[$__range]"
            case .rangeAtEnd: "[$__range] @ end()"
            case .bucket(let isRate): isRate ? "[$__rate_interval]" : "[$__interval]"
            }
        }
    }

    let translator: PromQLTranslator
    let measures: [QueryMeasure]
    let by: [RequestField]
    let filter: Filter
    let order: QueryOrder?
    let limit: Int?
    /// The page's choices that narrow the panel.
    private let variables: [(name: String, label: String, field: RequestField)]
    private let isPerSecond: Bool
    /// What a rate per second is multiplied by to give the panel's unit.
    private let factor: Int?

    /// - Parameter by: groups in place of the query's own; nil for those.
    /// - Throws: where the question itself is not understood.
    init(_ panel: Panel, _ query: Panel.Query, of dashboard: Dashboard, by groups: [String]? = nil, _ translator: PromQLTranslator) throws(TranslationGap) {
        self.translator = translator
        var parameters = QueryParameters()
        parameters.measures = query.measures
        parameters.by = groups ?? query.by
        parameters.where = query.where
        parameters.order = query.order
        parameters.every = query.every == "auto" ? "1m" : query.every
        do throws(QueryError) {
            let question = try parameters.query()
            (measures, by, filter, order) = (question.measures, question.by, question.filter.filter, question.order)
        } catch { throw TranslationGap(reason: "the question is not understood: \(error.message)") }
        limit = query.limit
        isPerSecond = panel.options.perSecond
        factor = !isPerSecond ? nil : panel.unit == .dollarsPerHour ? 3_600 : panel.unit == .dollarsPerMonth ? 30 * 86_400 : nil
        variables = dashboard.variables.compactMap { variable in
            guard case .field(let name) = variable.source, let field = RequestField(named: name), !panel.ignores.contains(variable.name) else { return nil }
            return (variable.name, variable.label, field)
        }
    }

    /// Says as many measures as possible, narrowed by as many of the page's variables as possible; all measures by the same.
    ///
    /// - Parameter chosen: positions of the measures wanted; nil for all.
    func outcome(_ window: Window, chosen: [Int]? = nil) throws(TranslationGap) -> Outcome {
        var best: Outcome?
        // From all variables to none; with the few that a page has there are at most some dozens of choices.
        for choice in Self.choices(variables.count) {
            let outcome = attempt(window, chosen ?? Array(measures.indices), heeding: choice)
            if outcome.measures.count > best?.measures.count ?? 0 { best = outcome }
            if outcome.gaps.isEmpty { break }
        }
        guard let best else {
            let first = attempt(window, chosen ?? Array(measures.indices), heeding: [])
            throw TranslationGap(reason: first.gaps.first?.reason ?? "nothing is asked")
        }
        return best
    }

    /// Sets of positions below `count`, the largest first.
    private static func choices(_ count: Int) -> [[Int]] {
        let bits = min(count, 6)
        let sets = (0..<(1 << bits)).map { mask in (0..<bits).filter { mask & (1 << $0) != 0 } }
        return sets.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
    }

    private func attempt(_ window: Window, _ positions: [Int], heeding choice: [Int]) -> Outcome {
        var outcome = Outcome()
        outcome.unheeded = variables.indices.filter { !choice.contains($0) }.map { variables[$0].label }
        for position in positions {
            let measure = measures[position]
            do throws(TranslationGap) {
                let translation = try translator.translate(measure.function, subject(measure.function, window, heeding: choice))
                let scaled = factor.map { Self.isTotal(measure.function) ? "\(translation.expr) * \($0)" : translation.expr } ?? translation.expr
                outcome.measures.append(Answerable(name: measure.name, title: Self.title(measure), expr: scaled, labels: translation.labels))
            } catch { outcome.gaps.append((Self.title(measure), error.reason)) }
        }
        return outcome
    }

    func subject(_ function: QueryMeasure.Function, _ window: Window, heeding choice: [Int]? = nil) -> PromQLTranslator.Subject {
        var window = window
        if case .bucket(let isRate) = window { window = .bucket(isRate: isRate && (isPerSecond || !Self.isTotal(function))) }
        return PromQLTranslator.Subject(
            by: by, filter: filter, variables: (choice ?? Array(variables.indices)).map { (variables[$0].name, variables[$0].field) }, window: window.text, isPerSecond: isPerSecond)
    }

    /// Positions of the variables without those of these labels.
    func heeded(besides labels: [String]) -> [Int] { variables.indices.filter { !labels.contains(variables[$0].label) } }

    /// Whether values of parts add up.
    static func isTotal(_ function: QueryMeasure.Function) -> Bool {
        switch function {
        case .count, .countWhere, .rate, .rateOf, .sum: true
        case .average, .minimum, .maximum, .percentile, .ratio, .distinct, .histogram: false
        }
    }

    /// What people call a measure.
    private static func title(_ measure: QueryMeasure) -> String {
        guard measure.name == measure.function.text else { return measure.name }
        return switch measure.function {
        case .count, .rate: "requests"
        case .countWhere(let filter): filter.text
        case .rateOf(let field), .sum(let field): field.name.replacing("_", with: " ")
        case .average(let field): "mean " + field.name.replacing("_", with: " ")
        case .minimum(let field): "least " + field.name
        case .maximum(let field): "most " + field.name
        case .percentile(_, let percent): "p" + (percent == percent.rounded() ? "\(Int(percent))" : "\(percent)")
        case .ratio(let filter): filter.text.contains("error_type: *") && !filter.text.hasPrefix("not") ? "error rate" : "share"
        case .distinct(let field): field.name + "s"
        case .histogram(let field, _): field.name.replacing("_", with: " ")
        }
    }
}
