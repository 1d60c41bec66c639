/// How an attempt to deliver a message ended.
package enum DeliveryOutcome: Sendable, Equatable {
    case delivered
    /// It arrived, though not everywhere; another attempt would repeat it to those that have it.
    case deliveredExcept(String)
    /// Another attempt may end better.
    case retry(Refusal)
    /// No attempt will end better.
    case giveUp(String)
    /// The receiver is gone: nothing more is sent to it until the configuration is read again.
    case disable(String)

    /// Why an attempt failed that may be repeated.
    package struct Refusal: Sendable, Equatable {
        /// A sentence without secrets.
        package var message: String
        /// Seconds that the receiver asked to wait.
        package var afterSeconds: Double?
        /// Whether the message may have arrived although nobody said so.
        package var mayHaveArrived: Bool

        package init(_ message: String, afterSeconds: Double? = nil, mayHaveArrived: Bool = false) {
            self.message = message
            self.afterSeconds = afterSeconds
            self.mayHaveArrived = mayHaveArrived
        }
    }
}
