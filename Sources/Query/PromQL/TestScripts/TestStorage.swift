package import GatewayModel

/// Where a test script loads its series and reads them again.
package protocol TestStorage: Sendable {
    /// Of everything that is loaded.
    var reader: any SeriesReader { get }
    /// Adds samples of one series, ascending in time; they can be read when it returns.
    func load(_ labels: SeriesLabels, _ samples: SampleColumns) async throws
    /// Forgets everything.
    func clear() async throws
}

/// The storage of scripts that test the language itself.
package struct MemoryTestStorage: TestStorage {
    private let store = SampleStore()

    package init() {}

    package var reader: any SeriesReader { store }
    package func load(_ labels: SeriesLabels, _ samples: SampleColumns) { store.append(labels, samples) }
    package func clear() { store.removeAll() }
}
