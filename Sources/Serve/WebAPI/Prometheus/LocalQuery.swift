internal import ByteCoding
package import GatewayModel
internal import HTTPTransport
package import PromQL

/// A query of the Prometheus API without a server: for the command line over a data folder.
package enum LocalQuery {
    /// Answers the form that `query`, or with a `start` `query_range`, would be asked with. Blocks.
    ///
    /// - Returns: the body of the answer, or why there is none, in Prometheus's words.
    package static func answer(
        _ form: [(name: String, value: String)], reader: any SeriesReader, options: PromQLOptions
    ) -> (body: [UInt8]?, fault: String) {
        let parameters = PrometheusParameters(form.map { QueryItem(name: $0.name, value: $0.value) })
        do throws(PrometheusError) {
            let answer = try evaluate(parameters, PromQLEngine(reader: reader, options: options))
            var pieces = QueryAnswerPieces(QueryAnswerBody(answer, query: parameters.text("query"), limit: nil, hasStatistics: false))
            return (pieces.next(bytesMin: .max) ?? [], "")
        } catch { return (nil, error.message) }
    }

    private static func evaluate(_ parameters: PrometheusParameters, _ engine: PromQLEngine) throws(PrometheusError) -> QueryAnswer {
        let expression = try PrometheusQueryRoutes.expression(parameters)
        let time = try parameters.time("time") ?? Timestamp.now().microseconds / 1_000
        let grid = parameters.text("start").isEmpty ? nil : try PrometheusQueryRoutes.grid(parameters)
        do throws(PromQLError) {
            guard let grid else { return try engine.instant(expression, at: time) }
            return try engine.range(expression, grid: grid)
        } catch { throw PrometheusError(error) }
    }
}
