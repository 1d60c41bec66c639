import Testing

@testable import PromQL

/// Every evaluation of Prometheus's own test scripts, over series in memory and over the store.
struct PrometheusScriptsTests {
    @Test(.enabled(if: SharedSuites.areAvailable)) func scriptsAreFound() { #expect(PrometheusScripts.files.count >= 15) }

    @Test(arguments: PrometheusScripts.files) func everyEvaluationIsAsPrometheusHasIt(_ file: PrometheusScripts.File) async throws {
        try await check(file, over: MemoryTestStorage())
    }

    @Test(arguments: PrometheusScripts.files, [false, true])
    func everyEvaluationIsTheSameOverTheStore(_ file: PrometheusScripts.File, _ readsBlocks: Bool) async throws {
        let storage = try KeptTestStorage(flushes: readsBlocks)
        try await check(file, over: storage)
        await storage.close()
    }

    private func check(_ file: PrometheusScripts.File, over storage: some TestStorage) async throws {
        let outcomes = try await TestScriptRunner(storage: storage).run(TestScript(file.text))
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
