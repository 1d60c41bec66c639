package import TextTemplates
internal import GatewayModel
internal import PromQL
internal import Synchronization

/// Carries out the templates of alerts in Prometheus's language. Each is read once and kept: a rule is evaluated every few seconds, and its texts are the same.
package final class PrometheusTextExpander: AlertTextExpander {
    private struct Key: Hashable {
        let alert: String
        let text: String
    }

    /// Templates that are kept: those of several thousand rules. With more all are forgotten, which costs one reading of each.
    private static let templatesMax = 50_000

    private let templates = Mutex<[Key: Result<AlertFieldTemplate, TemplateSyntaxError>]>([:])

    package init() {}

    package func expand(_ text: String, _ context: AlertTextContext) throws(TemplateFailure) -> String {
        guard AlertFieldTemplate.isNeeded(for: text) else { return text }
        switch template(text, context.alert) {
        case .failure(let error): throw TemplateFailure("error parsing template \(error.name): \(error.message)")
        case .success(let template):
            let answer = context.query
            let templateContext = TemplateContext(now: Timestamp(microseconds: context.time * 1_000), externalURL: context.externalURL) {
                (query) throws(TemplateFailure) in try answer(query).map { TemplateSample(labels: $0.labels, value: $0.value) }
            }
            let sample = AlertFieldSample(labels: context.labels, value: context.value, externalLabels: context.externalLabels)
            let (text, failure) = template.text(for: sample, in: templateContext)
            if let failure { throw failure }
            return text
        }
    }

    private func template(_ text: String, _ alert: String) -> Result<AlertFieldTemplate, TemplateSyntaxError> {
        let key = Key(alert: alert, text: text)
        return templates.withLock { templates in
            if let known = templates[key] { return known }
            let result = Result { () throws(TemplateSyntaxError) in try AlertFieldTemplate(text, alert: alert) }
            if templates.count >= Self.templatesMax { templates.removeAll() }
            templates[key] = result
            return result
        }
    }
}
