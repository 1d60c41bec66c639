internal import GatewayModel
internal import PromQL
internal import TextTemplates

/// Gives the samples of an alert's expression the alert's labels and annotations.
struct AlertTexts {
    private let rule: Rule
    private let specification: AlertSpecification
    private let time: Int64
    private let options: RuleOptions
    private let query: @Sendable (String) throws(TemplateFailure) -> [AnswerSample]

    /// - Parameter time: milliseconds since 1970; the template function `query` is answered at it.
    init(_ rule: Rule, _ specification: AlertSpecification, _ engine: PromQLEngine, at time: Int64, _ options: RuleOptions) {
        self.rule = rule
        self.specification = specification
        self.time = time
        self.options = options
        query = { text throws(TemplateFailure) in try Self.answer(text, engine, at: time) }
    }

    func found(_ sample: AnswerSample) -> AlertingState.Found {
        let context = AlertTextContext(
            alert: specification.name, labels: sample.labels, externalLabels: options.externalLabels, externalURL: options.externalURL, value: sample.value,
            histogram: sample.histogram, time: time, query: query)
        let added = rule.labels.map { SeriesLabel($0.name, options.expander.text($0.value, context)) }
        let labels = SeriesLabels(sample.labels.labels.filter { $0.name != SeriesLabels.metricName } + added + [SeriesLabel(Alert.nameLabel, specification.name)])
        let annotations = specification.annotations.map { SeriesLabel($0.name, options.expander.text($0.value, context)) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return AlertingState.Found(labels: labels, annotations: SeriesLabels(sorted: annotations), value: sample.value)
    }

    private static func answer(_ text: String, _ engine: PromQLEngine, at time: Int64) throws(TemplateFailure) -> [AnswerSample] {
        let expression: Expression
        do throws(PromQLSyntaxError) { expression = try PromQLParser.parse(text) } catch { throw TemplateFailure(error.description) }
        do throws(PromQLError) {
            switch try engine.instant(expression, at: time).value {
            case .vector(let samples): return samples
            case .scalar(let value): return [AnswerSample(labels: .none, value: value)]
            case .string, .matrix: throw PromQLError(.execution, "query result is not a vector or scalar")
            }
        } catch { throw TemplateFailure(error.message) }
    }
}
