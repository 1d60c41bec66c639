internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1
internal import PromQL

/// The answer of `query` and `query_range` as a body: written at once while it is small, otherwise piece by piece while it is sent, so that an answer of a hundred
/// megabytes neither fills the memory nor waits until it is written.
struct QueryAnswerBody: Sendable {
    /// Bytes that a piece has at least, but for the last.
    static let pieceBytesMin = 512 << 10
    /// Answers of more bytes than this, as far as can be told beforehand, are streamed.
    static let wholeBytesMax = 2 << 20
    /// Notes of each severity that are told; the others are counted. As in Prometheus.
    private static let notesMax = 10

    let value: QueryAnswer.Value
    let time: Int64
    let warnings: [String]
    let infos: [String]
    /// nil when they were not asked for.
    let statistics: QueryStatistics?

    /// - Parameters:
    ///   - query: the text, for the places of notes.
    ///   - limit: series or samples to give; nil for all.
    init(_ answer: QueryAnswer, query: String, limit: Int?, hasStatistics: Bool) {
        let (value, isCut) = Self.limited(answer.value, limit)
        self.value = value
        time = answer.time
        statistics = hasStatistics ? answer.statistics : nil
        warnings = Self.texts(answer.notes, .warning, "warning", query) + (isCut ? ["results truncated due to limit"] : [])
        infos = Self.texts(answer.notes, .info, "info", query)
    }

    private static func limited(_ value: QueryAnswer.Value, _ limit: Int?) -> (QueryAnswer.Value, isCut: Bool) {
        guard let limit else { return (value, false) }
        switch value {
        case .vector(let samples) where samples.count > limit: return (.vector(Array(samples.prefix(limit))), true)
        case .matrix(let series) where series.count > limit: return (.matrix(Array(series.prefix(limit))), true)
        case .vector, .matrix, .scalar, .string: return (value, false)
        }
    }

    /// Source: prometheus/prometheus `util/annotations/annotations.go`, `AsStrings`.
    private static func texts(_ notes: QueryNotes, _ severity: QueryNotes.Severity, _ word: String, _ query: String) -> [String] {
        let all = notes.notes.filter { $0.severity == severity }
        let told = all.prefix(notesMax).map { note in
            "\(severity.rawValue): \(note.message)" + (note.place.map { " (\(place(of: $0.start, in: query)))" } ?? "")
        }
        return told + (all.count > notesMax ? ["\(all.count - notesMax) more \(word) annotations omitted"] : [])
    }

    /// Line and column, both from 1, the column in bytes.
    private static func place(of offset: Int, in query: String) -> String {
        let before = query.utf8.prefix(offset)
        let line = before.count { $0 == 0x0a } + 1
        let column = before.reversed().prefix { $0 != 0x0a }.count + 1
        return "\(line):\(column)"
    }

    // MARK: The response

    /// - Parameter acceptsGzip: whether streamed pieces may be compressed; the transport compresses whole bodies itself.
    func response(acceptsGzip: Bool) -> ServerResponse {
        guard estimatedBytes > Self.wholeBytesMax else {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(estimatedBytes)
            var pieces = QueryAnswerPieces(self)
            while let piece = pieces.next(bytesMin: .max) { bytes += piece }
            return ServerResponse(contentType: "application/json", body: .bytes(bytes))
        }
        var response = ServerResponse(
            contentType: "application/json",
            body: .stream { writer in
                var pieces = QueryAnswerPieces(self)
                // A file of several gzip members is one gzip file (RFC 1952, 2.2), so each piece is compressed by itself.
                while let piece = pieces.next(bytesMin: Self.pieceBytesMin) { try await writer.write(acceptsGzip ? Gzip.compress(piece, level: 1) : piece) }
            })
        response.headers.add(name: "Vary", value: "Accept-Encoding")
        if acceptsGzip { response.headers.add(name: "Content-Encoding", value: "gzip") }
        return response
    }

    /// Some 30 bytes for a point and 200 for the labels of a series.
    private var estimatedBytes: Int {
        switch value {
        case .scalar, .string: 256
        case .vector(let samples): 256 + samples.count * 230
        case .matrix(let series): 256 + series.reduce(0) { $0 + 200 + $1.points.count * 30 }
        }
    }
}

/// Writes an answer from its beginning to its end, some series at a time.
struct QueryAnswerPieces {
    private enum Stage { case head, series(Int), done }

    private let body: QueryAnswerBody
    private var stage = Stage.head
    private var times = TimeTexts()

    init(_ body: QueryAnswerBody) { self.body = body }

    /// The next bytes; nil at the end. All that is left when it is less than `bytesMin`.
    mutating func next(bytesMin: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        if bytesMin < .max { bytes.reserveCapacity(bytesMin + bytesMin / 4) }
        while bytes.count < bytesMin {
            switch stage {
            case .head:
                bytes += Array("{\"status\":\"success\",\"data\":{\"resultType\":\"\(resultType)\",\"result\":".utf8)
                stage = .series(0)
            case .series(let index):
                stage = write(index, to: &bytes) ? .series(index + 1) : .done
                if case .done = stage { bytes += tail }
            case .done: return bytes.isEmpty ? nil : bytes
            }
        }
        return bytes
    }

    private var resultType: String {
        switch body.value {
        case .scalar: "scalar"
        case .string: "string"
        case .vector: "vector"
        case .matrix: "matrix"
        }
    }

    /// Writes one element of the result and what stands around it; false when it was the last.
    private mutating func write(_ index: Int, to bytes: inout [UInt8]) -> Bool {
        switch body.value {
        case .scalar(let value):
            bytes += SampleJSON.sample(body.time, value)
            return false
        case .string(let text):
            bytes += SampleJSON.sample(body.time, text)
            return false
        case .vector(let samples):
            bytes.append(index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
            if !samples.isEmpty { SampleJSON.append(samples[index], at: body.time, to: &bytes) }
            if index + 1 < samples.count { return true }
        case .matrix(let series):
            bytes.append(index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
            if !series.isEmpty { SampleJSON.append(series[index], &times, to: &bytes) }
            if index + 1 < series.count { return true }
        }
        bytes.append(UInt8(ascii: "]"))
        return false
    }

    private var tail: [UInt8] {
        var writer = JSONWriter()
        writer.object { tail in
            if let statistics = body.statistics { tail.object("stats") { statistics.write(to: &$0) } }
        }
        // The member goes on an object that is open already.
        let data = writer.bytes.count > 2 ? [UInt8(ascii: ",")] + writer.bytes.dropFirst() : [UInt8(ascii: "}")]
        var notes = JSONWriter()
        notes.object { notes in
            notes.notes("warnings", body.warnings)
            notes.notes("infos", body.infos)
        }
        return data + (notes.bytes.count > 2 ? [UInt8(ascii: ",")] + notes.bytes.dropFirst() : [UInt8(ascii: "}")])
    }
}

extension QueryStatistics {
    /// Source: prometheus/prometheus `util/stats/query_stats.go`. Times that are not told apart here are 0.
    func write(to writer: inout JSONWriter) {
        writer.object("timings") { timings in
            timings.member("evalTotalTime", elapsedSeconds)
            for name in ["resultSortTime", "queryPreparationTime"] { timings.member(name, 0.0) }
            timings.member("innerEvalTime", elapsedSeconds)
            timings.member("execQueueTime", 0.0)
            timings.member("execTotalTime", elapsedSeconds)
        }
        writer.object("samples") { samples in
            samples.member("totalQueryableSamples", self.samples)
            samples.member("peakSamples", samplesPeak)
        }
    }
}
