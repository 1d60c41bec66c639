/// Evaluations of Prometheus's scripts that are known to fail, by file and line, and why. One that is listed must fail.
enum KnownFailures {
    static let reasons: [String: String] = [
        "aggregators.dev.test:306": "text that is not UTF-8 is not kept byte by byte, so that the message shows U+FFFD",
    ]
}
