import DemoTraffic
import Foundation
import GatewayModel
import Testing

/// What a client's calls should look like: the 50th and 95th percentile of the trace that it is modelled on (docs/internals/demo-traffic.md).
private struct Expectation: CustomTestStringConvertible {
    let client: String
    let operation: String
    let field: RequestField
    let median: Double
    let p95: Double

    var testDescription: String { "\(client) \(field.name)" }
}

private let expectations: [Expectation] = [
    Expectation(client: "support-chat", operation: "chat", field: .inputTokens, median: 1_020, p95: 4_083),
    Expectation(client: "support-chat", operation: "chat", field: .outputTokens, median: 129, p95: 451),
    Expectation(client: "code-assistant", operation: "text_completion", field: .inputTokens, median: 1_469, p95: 7_315),
    Expectation(client: "code-assistant", operation: "text_completion", field: .outputTokens, median: 13, p95: 90),
    Expectation(client: "docs-rag", operation: "chat", field: .inputTokens, median: 3_139, p95: 4_425),
    Expectation(client: "docs-rag", operation: "chat", field: .outputTokens, median: 234, p95: 670),
    Expectation(client: "contract-review", operation: "chat", field: .inputTokens, median: 6_909, p95: 39_552),
    Expectation(client: "ticket-triage", operation: "chat", field: .inputTokens, median: 235, p95: 327),
    Expectation(client: "research-notebooks", operation: "chat", field: .outputTokens, median: 1_382, p95: 7_629),
]

/// Clients with few calls have wide sampling errors: 20 % around the trace's figure.
@Test(arguments: expectations) private func tokensAreDistributedAsInTheTrace(_ expected: Expectation) {
    let records = Demo.workday
    let rows = both(records.rows(.client, expected.client), records.rows(.operation, expected.operation))
    let tokens = records.values(expected.field, where: rows)
    #expect(tokens.count > 300)
    #expect(abs(percentile(tokens, 0.5) / expected.median - 1) < 0.2, "median \(percentile(tokens, 0.5))")
    #expect(abs(percentile(tokens, 0.95) / expected.p95 - 1) < 0.2, "p95 \(percentile(tokens, 0.95))")
}

@Test func tailsAreHeavy() {
    let durations = Demo.workday.integers(.duration)
    #expect(percentile(durations, 0.99) > 6 * percentile(durations, 0.5))
    #expect(percentile(durations, 0.999) > 2 * percentile(durations, 0.99))
}

@Test func agentsReadFromThePromptCache() {
    let records = Demo.workday
    let agent = records.rows(.project, "ide-agent")
    let read = records.values(.cacheReadTokens, where: agent).reduce(0, +)
    let input = records.values(.inputTokens, where: agent).reduce(0, +)
    #expect((0.2...0.6).contains(Double(read) / Double(input)))
    #expect(records.values(.cacheCreationTokens, where: agent).reduce(0, +) > 0)
}

@Test func reasoningIsMostOfAReasonersOutput() {
    let records = Demo.workday
    let rows = records.rows(.model, "deepseek-reasoner")
    let share =
        Double(records.values(.reasoningTokens, where: rows).reduce(0, +)) / Double(records.values(.outputTokens, where: rows).reduce(0, +))
    #expect((0.6...0.85).contains(share))
}

// MARK: Against the traces and prices themselves

/// The numbers of a column of a trace.
private func column(_ path: String, _ index: Int) throws -> [Int64] {
    try SharedData.lines(path).dropFirst().compactMap { line in
        let cells = line.split(separator: ",")
        return index < cells.count ? Int64(cells[index]) : nil
    }
}

@Test(
    .enabled(if: SharedData.isPresent, "needs ../shared"),
    arguments: [("azure_llm_2023_conv", "support-chat", "chat"), ("azure_llm_2023_code", "code-assistant", "text_completion")])
func tokensAgreeWithTheAzureTrace(trace: String, client: String, operation: String) throws {
    let records = Demo.workday
    let rows = both(records.rows(.client, client), records.rows(.operation, operation))
    for (index, field) in [(1, RequestField.inputTokens), (2, .outputTokens)] {
        let real = try column("data/traces/\(trace).csv.gz", index)
        let generated = records.values(field, where: rows)
        #expect(real.count > 5_000)
        for share in [0.1, 0.5, 0.9, 0.95, 0.99] {
            let ratio = percentile(generated, share) / percentile(real, share)
            #expect((0.75...1.35).contains(ratio), "\(field.name) at \(share): \(ratio)")
        }
    }
}

/// The price list's names of providers that semantic conventions spell otherwise.
private let listNames = ["aws.bedrock": "aws", "azure.ai.openai": "azure", "gcp.gemini": "google", "mistral_ai": "mistral"]

@Test(.enabled(if: SharedData.isPresent, "needs ../shared")) func allModelsButTheSelfHostedOneAreInThePriceList() throws {
    let listed = try Set(SharedData.lines("data/prices/llm_prices.csv").map { $0.split(separator: ",").prefix(2).joined(separator: "/") })
    let records = Demo.workday
    let used = Set(zip(records.texts(.provider), records.texts(.model)).map { "\(listNames[$0] ?? $0)/\($1)" }).subtracting(["/"])
    #expect(used.count == 15)
    #expect(used.subtracting(listed) == ["self_hosted/llama-3.3-70b-instruct"])
}
