import ByteCoding
import NIOCore
import NIOHTTP1

/// Content codings of requests and responses: gzip, or none.
enum BodyCoding {
    /// Whether one `Accept-Encoding` value allows gzip (RFC 9110, 12.5.3): `gzip`, `x-gzip` or `*`, with a weight above zero.
    static func acceptsGzip(_ value: String) -> Bool {
        value.utf8.split(separator: UInt8(ascii: ",")).contains { item in
            let parts = item.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            let coding = trimmed(Substring(parts[0]))
            guard equal(coding, "gzip") || equal(coding, "x-gzip") || coding == "*" else { return false }
            return !parts.dropFirst().contains { isZeroWeight(trimmed(Substring($0))) }
        }
    }

    /// `q=0`, `q=0.`, `q=0.000`.
    private static func isZeroWeight(_ parameter: Substring) -> Bool {
        guard parameter.lowercased().hasPrefix("q=0") else { return false }
        return parameter.dropFirst(3).allSatisfy { $0 == "." || $0 == "0" }
    }

    /// Decompresses a request's body. An empty body stays empty: some clients send the header with every request.
    ///
    /// - Parameter limit: the most bytes of output.
    static func decompress(_ body: ByteBuffer, limit: Int) throws(Rejection) -> ByteBuffer {
        guard body.readableBytes > 0 else { return body }
        // Safe: the pointer does not leave the closure.
        let result = unsafe body.withUnsafeReadableBytes { bytes -> Result<[UInt8], CompressionError> in
            do throws(CompressionError) { return unsafe .success(try Gzip.decompress(bytes, limit: limit)) } catch { return .failure(error) }
        }
        switch result {
        case .success(let bytes): return ByteBuffer(bytes: bytes)
        case .failure(.damaged): throw Rejection(.badCoding, "the request's body is not valid gzip")
        case .failure(.truncated): throw Rejection(.badCoding, "the request's body ends inside its gzip data")
        case .failure(.tooLarge): throw Rejection(.bodyTooLarge, "the request's body exceeds the limit of \(limit) bytes after decompression")
        }
    }

    /// Compresses the body of a response in place, where that is worth it and nobody has done it yet.
    ///
    /// - Parameters:
    ///   - bytesMin: smaller bodies are left alone.
    ///   - level: gzip level.
    ///   - isAccepted: whether the client takes gzip. If it does not, only `Vary` is added, for the caches between.
    static func compress(_ response: inout ServerResponse, bytesMin: Int, level: Int32, isAccepted: Bool) {
        guard case .bytes(let body) = response.body, body.readableBytes >= bytesMin, !response.headers.contains(name: "Content-Encoding"),
            let type = response.headers.first(name: "Content-Type"), isCompressible(contentType: type)
        else { return }
        response.headers.add(name: "Vary", value: "Accept-Encoding")
        guard isAccepted else { return }
        // Safe: the pointer does not leave the closure.
        let compressed = unsafe body.withUnsafeReadableBytes { bytes in unsafe Gzip.compress(bytes, level: level) }
        guard !compressed.isEmpty, compressed.count < body.readableBytes else { return }
        response.body = .bytes(ByteBuffer(bytes: compressed))
        response.headers.replaceOrAdd(name: "Content-Encoding", value: "gzip")
        // RFC 9110, 8.8.3: a strong validator names one sequence of bytes, and these are others.
        if let tag = response.headers.first(name: "ETag"), tag.hasPrefix("\"") { response.headers.replaceOrAdd(name: "ETag", value: "W/" + tag) }
    }

    /// Text, JSON, scripts and SVG; not event streams, and nothing that is compressed by its own format.
    static func isCompressible(contentType: String) -> Bool {
        let type = trimmed(contentType.prefix { $0 != ";" }).lowercased()
        if type == eventStreamContentType { return false }
        if type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml") { return true }
        return ["application/json", "application/x-ndjson", "application/javascript"].contains(type) || type.hasSuffix("+x-ndjson")
    }
}
