/// Runs `body`, and gives it up, cancelled, when it takes too long: a client's own deadline does not end an answer that trickles for ever.
///
/// - Throws: what `body` throws, or `late`.
func withTimeLimit<T: Sendable>(milliseconds: Int64, late: any Error, _ body: @escaping @Sendable () async throws -> T) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: .milliseconds(milliseconds))
            throw late
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw late }
        return result
    }
}
