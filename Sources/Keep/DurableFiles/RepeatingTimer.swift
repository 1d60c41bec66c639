package import Dispatch

/// A repeating timer that ends when it is cancelled or its owner goes.
///
/// `@unchecked Sendable` holds because the source is only cancelled after `init`, which Dispatch lets every thread do at any time.
package final class RepeatingTimer: @unchecked Sendable {
    private let source: any DispatchSourceTimer

    package init(seconds: Int, queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeTimerSource(queue: queue)
        source.schedule(deadline: .now() + .seconds(seconds), repeating: .seconds(seconds), leeway: .milliseconds(100))
        source.setEventHandler(handler: body)
        source.resume()
    }

    package func cancel() { source.cancel() }
}
