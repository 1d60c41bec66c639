/// Returns when the calling task is cancelled, and never before: work that does not end by itself.
func untilCancelled() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
    for await _ in stream {}
    continuation.finish()
}
