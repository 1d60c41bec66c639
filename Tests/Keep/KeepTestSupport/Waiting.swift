/// Waits until the task is cancelled, however long that takes: stands for what never ends by itself.
package func untilCancelled() async {
    let (nothing, end) = AsyncStream<Never>.makeStream()
    await withTaskCancellationHandler { for await _ in nothing {} } onCancel: { end.finish() }
}
