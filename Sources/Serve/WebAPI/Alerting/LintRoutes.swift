internal import AlertRules
internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOCore
internal import PromQL
internal import RequestQuery
internal import Synchronization

/// `GET` and `POST /api/v1/rules/lint`: what is to be said of the rules that are loaded, and of rules that somebody is writing.
struct LintRoutes: Sendable {
    let services: WebServices
    private let kept = KeptFindings()

    /// Seconds for trying expressions over the past: somebody waits for the answer.
    private static let secondsMax = 20

    init(services: WebServices) { self.services = services }

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/rules/lint") { try await loaded($0) }
        add(&router, ["POST"], "/api/v1/rules/lint") { try await posted($0) }
    }

    /// Findings over the loaded rules. The page asks for them again and again, and they take a look at a day of every rule: they are kept for a while.
    private func loaded(_ request: ServerRequest) async throws -> ServerResponse {
        guard let engine = services.alerts.rules else { throw APIError(.notFound, "alerting is switched off (alerting.enabled)") }
        let files = engine.files
        let signature = files.flatMap { file in
            file.groups.flatMap { group in [file.path, group.name] + group.rules.map { "\($0.name)\n\($0.text)\n\($0.line)" } }
        }
        let now = Timestamp.now().microseconds / 1_000
        if let findings = kept.findings(of: signature, at: now) { return Self.answer(findings) }
        let findings = try await lint(request) { linter, knowledge in linter.findings(files, knowledge: knowledge) }
        kept.keep(findings, of: signature, at: now)
        return Self.answer(findings)
    }

    private func posted(_ request: ServerRequest) async throws -> ServerResponse {
        let body = try AlertingBody.object(request)
        let file = try AlertingBody.text("file", body) ?? ""
        switch (try AlertingBody.text("text", body), try AlertingBody.text("expr", body)) {
        case (let text?, nil):
            return Self.answer(try await lint(request) { linter, knowledge in linter.findings([LintReader.read(text, path: file)], knowledge: knowledge) })
        case (nil, let text?):
            let expression = try AlertingBody.expression(text, field: "expr")
            return Self.answer(try await lint(request) { linter, knowledge in linter.findings(expression: expression, text: text, knowledge: knowledge) })
        case (nil, nil), (.some, .some): throw APIError(.invalidRequest, "send either text, a file of rules, or expr, an expression")
        }
    }

    /// Runs the linter off the event loops, in the asker's turn.
    private func lint(_ request: ServerRequest, _ run: @escaping @Sendable (RuleLinter, RuleKnowledge?) -> [RuleFinding]) async throws -> [RuleFinding] {
        let (reader, options) = (services.series.reader, services.series.options)
        let interval = services.alerts.rules?.interval
        let result: Result<[RuleFinding], SeriesError> = try await services.queries(of: request).perform { _ throws(QueryError) in
            do throws(SeriesError) {
                let now = Timestamp.now().microseconds / 1_000
                return .success(
                    run(RuleLinter(evaluationInterval: interval), try RuleKnowledge(reader: reader, options: options, now: now, seconds: Self.secondsMax)))
            } catch { return .failure(error) }
        }
        switch result {
        case .success(let findings): return findings
        case .failure(let error): throw APIError(.internal, "the series could not be listed: \(error)")
        }
    }

    private static func answer(_ findings: [RuleFinding]) -> ServerResponse {
        .json { writer in
            writer.object { $0.array("findings") { array in for finding in findings { array.object { finding.write(to: &$0) } } } }
        }
    }
}

/// The last findings over the loaded rules.
private final class KeptFindings: Sendable {
    private struct Entry {
        let signature: [String]
        let time: Int64
        let findings: [RuleFinding]
    }

    private let entry = Mutex<Entry?>(nil)

    /// Milliseconds for which findings are given again: a day that is looked at hardly changes within them.
    private static let keptMilliseconds: Int64 = 300_000

    func findings(of signature: [String], at time: Int64) -> [RuleFinding]? {
        entry.withLock { entry in
            guard let entry, entry.signature == signature, (0..<Self.keptMilliseconds).contains(time - entry.time) else { return nil }
            return entry.findings
        }
    }

    func keep(_ findings: [RuleFinding], of signature: [String], at time: Int64) {
        entry.withLock { $0 = Entry(signature: signature, time: time, findings: findings) }
    }
}
