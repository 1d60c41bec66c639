/// Evaluations of Prometheus's scripts that are known to fail, by file and line, and why. One that is listed must fail.
enum KnownFailures {
    static let reasons: [String: String] = [:]
}
