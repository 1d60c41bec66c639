internal import AlertRules
package import ByteCoding
package import GatewayModel
internal import HTTPTransport
package import PromQL
internal import RequestQuery

/// `POST /api/v1/rules/backtest`: how a rule would have done in the kept past, with this threshold and others.
struct BacktestRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["POST"], "/api/v1/rules/backtest") { try await backtest($0) }
    }

    private func backtest(_ request: ServerRequest) async throws -> ServerResponse {
        let alerts = services.alerts
        let form = BacktestForm(try AlertingBody.object(request))
        let question = try form.question(
            now: .now(), files: alerts.rules?.files ?? [], interval: alerts.rules?.interval, incidentSpans: alerts.incidentSpans)
        let backtest = Backtest(reader: services.series.reader, options: services.series.options)
        let result: Result<BacktestReport, BacktestError> = try await services.queries(of: request).perform { cancellation throws(QueryError) in
            do throws(BacktestError) { return .success(try backtest.run(question, isCancelled: { cancellation.isCancelled })) } catch { return .failure(error) }
        }
        switch result {
        case .success(let report): return .json { $0.object { report.write(to: &$0) } }
        case .failure(let error): throw error.apiError
        }
    }
}

extension BacktestError {
    fileprivate var apiError: APIError {
        switch self {
        case .question: APIError(.invalidRequest, message)
        case .tooManyValues: APIError(.queryLimit, message)
        case .cancelled: APIError(.queryTimeout, message)
        case .query(let error):
            switch error.kind {
            case .badData: APIError(.invalidRequest, message)
            case .execution: APIError(.queryLimit, message)
            case .timeout, .canceled: APIError(.queryTimeout, message)
            case .internal: APIError(.internal, message)
            }
        }
    }
}

/// A backtest without a server: for the command line over a data folder.
package enum LocalBacktest {
    /// Answers the body that the route would be asked with. Blocks.
    ///
    /// - Parameter progress: is told the share of the work that is done, 0 to 1.
    /// - Returns: the body of the answer, or why there is none.
    package static func answer(
        _ body: JSONValue, reader: any SeriesReader, options: PromQLOptions, progress: (Double) -> Void
    ) -> (body: [UInt8]?, fault: String) {
        do {
            let question = try BacktestForm(body).question(now: .now(), files: [], interval: nil, incidentSpans: { _, _ in [] })
            let report = try Backtest(reader: reader, options: options).run(question, progress: progress)
            var writer = JSONWriter()
            writer.object { report.write(to: &$0) }
            return (writer.bytes, "")
        } catch let error as APIError { return (nil, error.message) } catch let error as QueryError { return (nil, error.message) } catch let error
            as BacktestError
        {
            return (nil, error.message)
        } catch { return (nil, "\(error)") }
    }
}
