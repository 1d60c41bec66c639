import Testing

@testable import PromQL

/// Every evaluation of Prometheus's own test scripts, over series in memory.
struct PrometheusScriptsTests {
    @Test(.enabled(if: SharedSuites.areAvailable)) func scriptsAreFound() { #expect(PrometheusScripts.files.count >= 15) }

    @Test(arguments: PrometheusScripts.files) func everyEvaluationIsAsPrometheusHasIt(_ file: PrometheusScripts.File) async throws {
        let script = try TestScript(file.text)
        let outcomes = try await TestScriptRunner(storage: MemoryTestStorage()).run(script)
        #expect(!outcomes.isEmpty)
        for outcome in outcomes {
            let place = "\(file.name):\(outcome.line)"
            if let failure = outcome.failure {
                #expect(KnownFailures.reasons[place] != nil, "\(place): \(outcome.text): \(failure)")
            } else {
                #expect(KnownFailures.reasons[place] == nil, "\(place) is listed as failing but passes")
            }
        }
    }
}
