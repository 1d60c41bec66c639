import Foundation
import Testing

@testable import DemoTraffic

/// A published distribution and where its numbers stand.
private struct Published: CustomTestStringConvertible, Sendable {
    let file: String
    /// The column of a CSV file, or the key of lines of JSON.
    let field: String
    let figures: TracePercentiles

    var testDescription: String { "\(file) \(field)" }

    func numbers() throws -> [Double] {
        let lines = try SharedData.lines("data/traces/\(file)")
        if file.contains(".jsonl") { return try lines.compactMap { try number($0) } }
        let column = try #require(lines.first?.split(separator: ",").firstIndex { $0 == field })
        return lines.dropFirst().compactMap { Double($0.split(separator: ",")[column]) }
    }

    private func number(_ line: Substring) throws -> Double? {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return object?[field] as? Double
    }
}

private let published: [Published] = [
    Published(file: "azure_llm_2023_conv.csv.gz", field: "ContextTokens", figures: TraceFigures.conversationInput),
    Published(file: "azure_llm_2023_conv.csv.gz", field: "GeneratedTokens", figures: TraceFigures.conversationOutput),
    Published(file: "azure_llm_2023_code.csv.gz", field: "ContextTokens", figures: TraceFigures.codingInput),
    Published(file: "azure_llm_2023_code.csv.gz", field: "GeneratedTokens", figures: TraceFigures.codingOutput),
    Published(file: "mooncake_conversation.jsonl.gz", field: "input_length", figures: TraceFigures.longContextInput),
    Published(file: "mooncake_conversation.jsonl.gz", field: "output_length", figures: TraceFigures.longContextOutput),
    Published(file: "ragpulse_trace.jsonl.gz", field: "input_length", figures: TraceFigures.retrievalInput),
    Published(file: "ragpulse_trace.jsonl.gz", field: "output_length", figures: TraceFigures.retrievalOutput),
]

@Test(.enabled(if: SharedData.isPresent, "needs ../shared"), arguments: published)
private func figuresAreThoseOfTheTrace(_ published: Published) throws {
    let sorted = try published.numbers().sorted()
    try #require(sorted.count > 7_000)
    for (probability, figure) in zip(TracePercentiles.probabilities, published.figures.values) {
        // The smallest number that at least this share of the numbers does not exceed.
        let real = sorted[max(0, Int((probability * Double(sorted.count)).rounded(.up)) - 1)]
        #expect(abs(real - figure) <= 1, "at \(probability)")
    }
}

@Test(.enabled(if: SharedData.isPresent, "needs ../shared")) func campusDayIsThatOfTheTrace() throws {
    let hours = try SharedData.lines("data/traces/burstgpt_1_hour_of_day.csv").dropFirst().compactMap { Double($0.split(separator: ",")[1]) }
    try #require(hours.count == 24)
    let mean = hours.reduce(0, +) / 24
    #expect(zip(hours, TraceFigures.campusDay).allSatisfy { abs($0 / mean - $1) < 0.006 })
}
