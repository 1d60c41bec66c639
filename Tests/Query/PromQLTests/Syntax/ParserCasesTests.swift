import Foundation
import Testing

@testable import PromQL

/// Prometheus's own parser cases: what it accepts, what it refuses, and in which words.
struct ParserCasesTests {
    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        let line: Int
        let input: String
        let ok: Bool
        let errors: [String]
        var testDescription: String { "line \(line): \(input)" }
    }

    /// Cases that are known to differ, by their input, and why. A case that is listed here must fail.
    static let exceptions: [String: String] = [:]

    private static let cases = (try? SharedSuites.jsonLines("promql/parser_cases_dev.jsonl", as: Case.self)) ?? []

    @Test(.enabled(if: SharedSuites.areAvailable)) func casesAreFound() { #expect(Self.cases.count > 150) }

    @Test(arguments: cases) func answersAsPrometheus(_ parserCase: Case) {
        let errors = PromQLParser.errors(in: parserCase.input).map(\.message)
        let agrees = parserCase.ok ? errors.isEmpty : errors == parserCase.errors
        let isListed = Self.exceptions[parserCase.input] != nil
        #expect(agrees != isListed, "\(errors) instead of \(parserCase.errors)")
    }
}
