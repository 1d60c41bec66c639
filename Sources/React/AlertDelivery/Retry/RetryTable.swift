internal import Foundation
package import GatewayModel

/// When a failed delivery is tried again: one table for all channels.
///
/// | what happened | what is done |
/// |---|---|
/// | no connection, connection lost, no answer in time | again |
/// | 408, 429, 5xx | again, not before what `Retry-After` says (5 minutes at most) |
/// | 410 | the receiver is gone: given up, and nothing more is sent to it |
/// | other statuses but 2xx | given up |
///
/// Channels add rows of their own in front (``DeliveryChannel/judge(_:at:)``): PagerDuty's 403, Slack's errors under status 200.
package enum RetryTable {
    /// The longest wait that a receiver may ask for, in seconds: an alert is not to be put off for longer.
    package static let retryAfterSecondsMax: Double = 300
    /// The longest wait of our own.
    package static let backoffSecondsMax: Double = 60
    /// Characters of a receiver's answer in an error's sentence.
    static let answerCharactersMax = 200

    /// What an answer means.
    ///
    /// - Parameter time: now, for a `Retry-After` that names a date.
    package static func outcome(of answer: DeliveryAnswer, at time: Timestamp) -> DeliveryOutcome {
        switch answer.status {
        case 200..<300: .delivered
        case 408, 429, 500...: .retry(refusal(answer, at: time))
        case 410: .disable(sentence(answer))
        default: .giveUp(sentence(answer))
        }
    }

    /// What it means that there was no answer.
    package static func outcome(of failure: DeliveryFailure) -> DeliveryOutcome {
        guard failure.isRetryable else { return .giveUp(failure.message) }
        return .retry(
            DeliveryOutcome.Refusal(
                failure.message, afterSeconds: failure.retryAfterSeconds.map { min(max(0, $0), retryAfterSecondsMax) }, mayHaveArrived: failure.mayHaveArrived))
    }

    /// An answer after which to try again.
    package static func refusal(_ answer: DeliveryAnswer, at time: Timestamp) -> DeliveryOutcome.Refusal {
        DeliveryOutcome.Refusal(sentence(answer), afterSeconds: answer.retryAfter.flatMap { seconds($0, at: time) })
    }

    /// `the receiver answered 400: invalid_payload`
    package static func sentence(_ answer: DeliveryAnswer) -> String {
        let text = String(decoding: answer.body, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "the receiver answered \(answer.status)" + (text.isEmpty ? "" : ": " + text.truncated(answerCharactersMax))
    }

    /// Seconds to wait by a `Retry-After` header: a number of seconds or an HTTP date, ``retryAfterSecondsMax`` at most; nil when it is neither.
    ///
    /// Source: RFC 9110, 10.2.3 and 5.6.7.
    package static func seconds(_ retryAfter: String, at time: Timestamp) -> Double? {
        let text = retryAfter.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return min(Double(text) ?? retryAfterSecondsMax, retryAfterSecondsMax) }
        for format in ["EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy"] {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(secondsFromGMT: 0)
            formatter.dateFormat = format
            if let date = formatter.date(from: text) { return min(max(0, date.timeIntervalSince1970 - time.seconds), retryAfterSecondsMax) }
        }
        return nil
    }

    /// Seconds before the next attempt: a random part ("full jitter") of 1, 2, 4, ... 60 seconds, so that many receivers do not come back at once.
    ///
    /// - Parameters:
    ///   - failures: attempts that failed so far, from 1.
    ///   - jitter: 0 up to 1.
    package static func backoffSeconds(failures: Int, jitter: Double) -> Double {
        let limit = min(backoffSecondsMax, Double(1 << min(max(failures, 1) - 1, 6)))
        // Not quite from 0: a receiver that fails at once is not asked in a tight loop.
        return max(0.05, limit * jitter)
    }
}
