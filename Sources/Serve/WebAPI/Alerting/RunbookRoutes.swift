internal import AlertRules
internal import HTTPTransport

/// `/runbooks` and `/runbooks/<AlertName>`: where the `runbook_url` of every shipped alert leads.
struct RunbookRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        let page = RunbookPage(runbooks: services.alerts.runbooks)
        add(&router, ["GET"], "/runbooks") { _ in page.index() }
        add(&router, ["GET"], "/runbooks/{name}") { request in
            let name = request.parameter("name") ?? ""
            return page.page(name) ?? ownRule(name).map { page.page(of: $0.status, in: $0.group) } ?? page.unknown(name)
        }
    }

    /// The alerting rule of this name that is in force, whoever wrote it.
    private func ownRule(_ name: String) -> (status: RuleStatus, group: String)? {
        for report in services.alerts.rules?.reports ?? [] {
            for status in report.rules where status.rule.name == name {
                if case .alerting = status.rule.kind { return (status, report.key.group) }
            }
        }
        return nil
    }
}
