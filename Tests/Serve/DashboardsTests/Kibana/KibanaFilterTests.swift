import GatewayModel
import Testing

@testable import Dashboards

private struct Case: Sendable, CustomTestStringConvertible {
    let source: KibanaSource
    let filter: String
    let kql: String
    var testDescription: String { "\(source.rawValue): \(filter)" }

    init(_ source: KibanaSource, _ filter: String, _ kql: String) {
        self.source = source
        self.filter = filter
        self.kql = kql
    }
}

struct KibanaFilterTests {
    @Test(arguments: [
        Case(.gatewatch, "", ""),
        Case(.gatewatch, "provider: openai", "provider: \"openai\""),
        Case(.gatewatch, "provider: (openai or anthropic)", "provider: (\"openai\" or \"anthropic\")"),
        Case(.gatewatch, "model: gpt-*", "model: gpt-*"),
        Case(.gatewatch, "model: \"a b*\"", "model: \"a b*\""),
        Case(.gatewatch, "client: a\\:b*", "client: a\\:b*"),
        Case(.gatewatch, "client: \"say \\\"hi\\\"\"", "client: \"say \\\"hi\\\"\""),
        Case(.gatewatch, "error_type: * and not error_type: client_closed", "error_type: * and not error_type: \"client_closed\""),
        Case(.gatewatch, "not (provider: x or status: 200)", "not (provider: \"x\" or status: 200)"),
        Case(.gatewatch, "status: 5xx", "status >= 500 and status <= 599"),
        Case(.gatewatch, "not status >= 500", "not status >= 500"),
        Case(.gatewatch, "duration > 2s", "duration > 2"),
        Case(.gatewatch, "duration >= 250ms and duration < 1.5s", "duration >= 0.25 and duration < 1.5"),
        Case(.gatewatch, "cost > 0.05", "cost > 0.05"),
        Case(.gatewatch, "stream: true", "stream: true"),
        Case(.gatewatch, "not stream: false", "not stream: false"),
        Case(.apisix, "duration > 2s", "latency > 2000"),
        Case(.apisix, "ttft >= 500ms", "llm_summary.duration >= 500"),
        Case(.apisix, "client: team-*", "consumer.username.keyword: team-*"),
        Case(.apisix, "stream: true", "llm_summary.stream.keyword: \"true\""),
        Case(.apisix, "input_tokens: *", "llm_summary.prompt_tokens > 0"),
        Case(.apisix, "not user: *", "not (llm_summary.end_user_id.keyword: * and not llm_summary.end_user_id.keyword: \"\")"),
        Case(.apisix, "error_type: * and not error_type: client_closed", "response.status >= 400 and not response.status: 499"),
        Case(.apisix, "error_type: timeout", "response.status: 408 or response.status: 504 or response.status: 524"),
        Case(.noveum, "status_class: 5xx", "attributes.metadata.status_code >= 500 and attributes.metadata.status_code <= 599"),
        Case(.noveum, "upstream_duration: * and provider: openai", "attributes.metadata.provider_latency > 0 and attributes.provider.keyword: \"openai\""),
    ])
    private func isWrittenAsKQL(_ item: Case) throws {
        #expect(try KibanaFilter(item.source).kql(item.filter) == item.kql)
    }

    @Test(arguments: [
        (KibanaSource.apisix, "provider: openai", "APISIX documents do not hold provider"),
        (.apisix, "error_type: rate_limit", "APISIX documents hold no error_type, and the status does not tell rate_limit apart"),
        (.noveum, "cost > 1", "Noveum documents do not hold cost"),
        (.gatewatch, "nosuch: 1", "its filter cannot be read: there is no field 'nosuch'"),
    ])
    func isRefusedWhereDocumentsCannotAnswer(_ source: KibanaSource, _ filter: String, _ reason: String) {
        #expect(throws: KibanaOmission(reason)) { try KibanaFilter(source).kql(filter) }
    }

    /// The translation of a filter is a filter of our own language too, which means the same.
    @Test(arguments: [
        "provider: openai and (status >= 500 or duration > 2s)", "not (client: a* or not stream: true)", "error_type: (timeout or overloaded) and cost <= 0.01",
        "model: (gpt-4o or claude-*) and input_tokens: [10 to 200]", "error_message: \"it is \\\"broken\\\"\"",
    ])
    func ofOwnRecordsMeansTheSame(_ text: String) throws {
        let kql = try KibanaFilter(.gatewatch).kql(text)
        let again = try KibanaFilter(.gatewatch).kql(kql)
        #expect(again == kql)
        #expect(try FilterParser.parse(kql).fields == FilterParser.parse(text).fields)
    }
}

struct KibanaSourceTests {
    /// The paths of other gateways' documents are those by which the Elasticsearch door finds our fields.
    @Test(arguments: [KibanaSource.apisix, .noveum])
    func pathsAreAliasesOfTheirFields(_ source: KibanaSource) {
        let fields = source == .apisix ? KibanaSource.apisixFields : KibanaSource.noveumFields
        // The documents say less than the record: the beginning in place of the time, the model sent upstream in place of the one that answered,
        // the organization in place of the client.
        let coarser: Set<RequestField> = [.time, .model, .client, .organization]
        for (field, found) in fields where !coarser.contains(field) {
            #expect(RequestField(named: found.path) == field, "\(found.path)")
        }
        #expect(fields.values.allSatisfy { RequestField(named: $0.path) != nil })
    }

    @Test func durationsOfOtherGatewaysAreMilliseconds() {
        for fields in [KibanaSource.apisixFields, KibanaSource.noveumFields] {
            for (field, found) in fields { #expect(found.divisor == (field.unit == .duration ? 1_000 : 1), "\(found.path)") }
        }
    }
}
