internal import Dispatch

/// A repeating timer that ends when it is cancelled or its owner goes.
final class RepeatingTimer: @unchecked Sendable {
    // Sendable: the source is only cancelled after the initialiser, and Dispatch lets every thread do that at any time.
    private let source: any DispatchSourceTimer

    init(seconds: Int, queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeTimerSource(queue: queue)
        source.schedule(deadline: .now() + .seconds(seconds), repeating: .seconds(seconds), leeway: .milliseconds(100))
        source.setEventHandler(handler: body)
        source.resume()
    }

    func cancel() { source.cancel() }
}
