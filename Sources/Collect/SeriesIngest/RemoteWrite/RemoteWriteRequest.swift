/// What the headers of a remote write request must say, and what its body may hold.
///
/// Source: Prometheus Remote-Write 1.0 specification.
package enum RemoteWriteRequest {
    /// Bytes of a body after decompression: senders send some 2,000 samples, less than 1 MB.
    package static let bodyBytesMax = 32 << 20
    /// Samples and series of one request together; an empty one takes two bytes on the wire and some fifty in memory.
    package static let itemsMax = 1_000_000

    /// Why a request is refused for its headers alone; nil when they are right. Remote write 2.0 is refused so that senders fall back to 1.0.
    package static func refusal(contentType: String?, contentEncoding: String?) -> SampleAnswer? {
        let parts = (contentType ?? "").split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
        guard parts.first == "application/x-protobuf" else {
            return SampleAnswer(status: 415, message: "the content type must be application/x-protobuf, not '\(contentType ?? "")'")
        }
        if let message = parts.dropFirst().first(where: { $0.hasPrefix("proto=") }), message != "proto=prometheus.writerequest" {
            return SampleAnswer(status: 415, message: "only remote write 1.0 is understood (proto=prometheus.WriteRequest), not \(message)")
        }
        guard (contentEncoding ?? "").lowercased() == "snappy" else {
            return SampleAnswer(status: 415, message: "the content encoding must be snappy, not '\(contentEncoding ?? "")'")
        }
        return nil
    }
}

/// A body that is no remote write request: nothing of it is stored.
package enum RemoteWriteError: Error, Sendable, Equatable {
    /// The compressed bytes are damaged or too large, in a sentence.
    case compression(String)
    /// Not a `WriteRequest`: what was expected, and at which byte of the decompressed body.
    case message(String)
    case tooLarge(itemsMax: Int)

    package var answer: SampleAnswer {
        switch self {
        case .compression(let reason), .message(let reason): SampleAnswer(status: 400, message: reason)
        case .tooLarge(let itemsMax): SampleAnswer(status: 413, message: "more than \(itemsMax) series and samples in one request")
        }
    }
}
