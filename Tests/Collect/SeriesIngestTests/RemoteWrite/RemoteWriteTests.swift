import ByteCoding
import GatewayModel
import KeepTestSupport
import SeriesIngest
import Testing

struct RemoteWriteTests {
    private let decoder = RemoteWriteDecoder()

    @Test func seriesBecomeColumns() throws {
        let request = writeRequest([
            SentSeries(labels: [("__name__", "up"), ("job", "a")], samples: [(1, 1_000), (0, 2_000), (-0.0, 3_000)]),
            SentSeries(labels: [("__name__", "b")], samples: [(0, 0), (SampleColumns.staleMarker, 5)]),
        ])
        let read = try decoder.decode(message: request)
        #expect(lines(of: read.batch) == ["__name__=up,job=a 1.0 @1000", "__name__=up,job=a 0.0 @2000", "__name__=up,job=a -0.0 @3000", "__name__=b 0.0 @0", "__name__=b stale @5"])
        #expect(read.invalid.series == 0)
    }

    @Test func labelsAreSortedAndEmptyOnesLeftOut() throws {
        let read = try decoder.decode(message: writeRequest([SentSeries(labels: [("z", "1"), ("__name__", "m"), ("e", ""), ("a", "größe")], samples: [(1, 1)])]))
        #expect(lines(of: read.batch) == ["__name__=m,a=größe,z=1 1.0 @1"])
    }

    @Test func emptyRequestsAndMetadataAloneAreNormal() throws {
        #expect(try decoder.decode(message: []).batch.isEmpty)
        let read = try decoder.decode(
            message: writeRequest([]) {
                $0.message(3) {
                    $0.varint(1, 1)
                    $0.string(2, "a_total")
                    $0.string(4, "What a does.")
                    $0.string(5, "bytes")
                    $0.varint(99, 1)
                }
                $0.message(3) { $0.string(2, "b") }
                $0.fixed64(77, 0)
            })
        #expect(read.batch.metadata.map(\.family) == ["a_total", "b"])
        #expect(read.batch.metadata.map(\.metadata) == [MetricMetadata(.counter, help: "What a does.", unit: "bytes"), MetricMetadata(.unknown)])
    }

    @Test func exemplarsBelongToTheirSeries() throws {
        let exemplar = Exemplar(SeriesLabels([SeriesLabel("trace_id", "t")]), value: 0.5, time: 7)
        let read = try decoder.decode(
            message: writeRequest([SentSeries(labels: [("__name__", "a")]), SentSeries(labels: [("__name__", "b")], samples: [(1, 7)], exemplars: [exemplar])]))
        #expect(read.batch.exemplars.map(\.series) == [1])
        #expect(read.batch.exemplars.map(\.exemplar) == [exemplar])
    }

    @Test func nativeHistogramsHaveAbsoluteCounts() throws {
        func spans(_ field: Int, _ writer: inout ProtobufWriter) {
            writer.message(field) {
                $0.zigZag(1, -2)
                $0.varint(2, 2)
            }
            writer.message(field) {
                $0.zigZag(1, 3)
                $0.varint(2, 1)
            }
        }
        let integers: (inout ProtobufWriter) -> Void = {
            $0.varint(1, 11)
            $0.double(3, 2.5)
            $0.zigZag(4, -1)
            $0.double(5, 1e-128)
            $0.varint(6, 1)
            spans(8, &$0)
            $0.bytes(9, [2, 4, 1])
            spans(11, &$0)
            for delta: Int64 in [3, -2, 0] { $0.zigZag(12, delta) }
            $0.varint(14, 3)
            $0.int64(15, 42)
        }
        let custom: (inout ProtobufWriter) -> Void = {
            $0.double(2, 3)
            $0.zigZag(4, -53)
            $0.message(11) { $0.varint(2, 2) }
            $0.bytes(13, [1.0, 2.0].flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
            $0.int64(15, 43)
            $0.double(16, 0.5)
        }
        let unknown: (inout ProtobufWriter) -> Void = { $0.zigZag(4, 77) }
        let read = try decoder.decode(message: writeRequest([SentSeries(labels: [("__name__", "h")], histograms: [integers, custom, unknown])]))
        var first = NativeHistogram()
        (first.count, first.sum, first.schema, first.zeroThreshold, first.zeroCount, first.resetHint) = (11, 2.5, -1, 1e-128, 1, .gauge)
        first.positiveSpans = [.init(offset: -2, length: 2), .init(offset: 3, length: 1)]
        first.negativeSpans = first.positiveSpans
        first.positiveBuckets = [3, 1, 1]
        first.negativeBuckets = [1, 3, 2]
        var second = NativeHistogram()
        (second.count, second.schema, second.positiveSpans, second.positiveBuckets, second.customValues) = (3, -53, [.init(offset: 0, length: 2)], [1, 2], [0.5])
        #expect(read.batch.histograms.map(\.histogram) == [first, second])
        #expect(read.batch.times == [42, 43])
        #expect(read.histogramsDropped == 1)
    }

    @Test(arguments: [
        ([("job", "a")], "{job=\"a\"}: no metric name (label __name__)"), ([], "{}: no metric name (label __name__)"),
        ([("__name__", "a"), ("b", "1"), ("b", "2")], "{__name__=\"a\", b=\"1\", b=\"2\"}: a label stands twice"),
        ([("__name__", "a"), ("", "1")], "{__name__=\"a\", =\"1\"}: a label without a name"),
    ] as [([(String, String)], String)])
    func wrongLabelsCostTheirSeriesOnly(_ labels: [(String, String)], _ message: String) throws {
        let read = try decoder.decode(message: writeRequest([SentSeries(labels: labels, samples: [(1, 1), (2, 2)]), SentSeries(labels: [("__name__", "good")], samples: [(3, 3)])]))
        #expect(lines(of: read.batch) == ["__name__=good 3.0 @3"])
        #expect(read.invalid.first == message && read.invalid.samples == 2)
        let answer = SampleAnswer(SampleReceipt(), invalid: read.invalid)
        #expect(answer.status == 400 && answer.message.contains(message))
    }

    @Test func knownSeriesBringTheirReference() throws {
        let request = writeRequest([SentSeries(labels: [("__name__", "a"), ("b", "c")], samples: [(1, 1)]), SentSeries(labels: [("__name__", "d")], samples: [(1, 1)])])
        let first = try decoder.decode(message: request)
        #expect(first.batch.series.map(\.reference) == [.none, .none])
        var receipt = SampleReceipt()
        receipt.references = [SeriesReference(7), SeriesReference(8)]
        decoder.learn(first, receipt)
        let second = try decoder.decode(message: request)
        #expect(second.batch.series.map(\.reference) == [SeriesReference(7), SeriesReference(8)])
        #expect(lines(of: second.batch) == lines(of: first.batch))
    }

    @Test func labelsBetweenSamplesAreReadAllTheSame() throws {
        var writer = ProtobufWriter()
        writer.message(1) {
            $0.message(1) { $0.string(1, "__name__"); $0.string(2, "a") }
            $0.message(2) { $0.double(1, 5) }
            $0.message(1) { $0.string(1, "b"); $0.string(2, "c") }
        }
        for _ in 0..<2 { #expect(lines(of: try decoder.decode(message: writer.bytes).batch) == ["__name__=a,b=c 5.0 @0"]) }
    }

    @Test func damagedBodiesAreRefusedWithTheirPlace() throws {
        var request = writeRequest([SentSeries(labels: [("__name__", "a")], samples: [(1, 1)])])
        request.removeLast()
        #expect(throws: RemoteWriteError.message("broken protobuf at byte 1: expected a length within the message")) { try decoder.decode(message: request) }
        let packed = Snappy.compress(request)
        #expect(throws: RemoteWriteError.compression("the snappy data end inside an element, at byte \(packed.count - 4)")) {
            try packed.dropLast().withUnsafeBytes { try decoder.decode($0) }
        }
        #expect(throws: RemoteWriteError.compression("the snappy data declare more bytes than are accepted")) {
            try [UInt8]([0xff, 0xff, 0xff, 0xff, 0x0f]).withUnsafeBytes { try decoder.decode($0) }
        }
    }

    @Test func aFloodOfEmptySamplesIsALimitWithAName() {
        let samples = [UInt8](repeating: 0, count: (RemoteWriteRequest.itemsMax + 1) * 2).enumerated().map { $0.offset % 2 == 0 ? UInt8(0x12) : 0 }
        var writer = ProtobufWriter()
        writer.bytes(1, [0x0a, 0x0d, 0x0a, 0x08] + Array("__name__".utf8) + [0x12, 0x01, 0x61] + samples)
        #expect(throws: RemoteWriteError.tooLarge(itemsMax: RemoteWriteRequest.itemsMax)) { try decoder.decode(message: writer.bytes) }
    }

    @Test(arguments: 0..<6) func mutatedRequestsNeverDoHarm(_ seed: Int) {
        var random = SeededGenerator(seed: seed)
        let exemplar = Exemplar(SeriesLabels([SeriesLabel("t", "u")]), value: 1, time: 1)
        let request = writeRequest([
            SentSeries(labels: [("__name__", "a"), ("b", "c")], samples: [(1, 1), (2, 2)], exemplars: [exemplar], histograms: [{ $0.zigZag(4, 1); $0.bytes(12, [2, 4]) }])
        ])
        for _ in 0..<3_000 {
            var mutated = request
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutated[Int.random(in: 0..<mutated.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            mutated.removeLast(Int.random(in: 0...mutated.count, using: &random) / 3)
            guard let read = try? decoder.decode(message: mutated) else { continue }
            for (labels, _) in samples(of: read.batch) { #expect(labels != nil) }
        }
    }

    // MARK: Headers and answers

    @Test(arguments: [
        ("application/x-protobuf", "snappy", nil), ("application/x-protobuf;proto=prometheus.WriteRequest", "snappy", nil),
        ("Application/X-Protobuf", "Snappy", nil),
        ("application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy", 415), ("application/json", "snappy", 415),
        ("application/x-protobuf", "gzip", 415), (nil, nil, 415),
    ] as [(String?, String?, Int?)])
    func headers(_ type: String?, _ encoding: String?, _ status: Int?) {
        #expect(RemoteWriteRequest.refusal(contentType: type, contentEncoding: encoding)?.status == status)
    }

    @Test func answers() {
        #expect(SampleAnswer(nil, invalid: InvalidSeries()) == SampleAnswer(status: 204))
        var receipt = SampleReceipt()
        receipt.stored = 5
        #expect(SampleAnswer(receipt, invalid: InvalidSeries()).status == 204)
        receipt.refused = [.init(.outOfOrder, samples: 3, series: "up{job=\"a\"}", time: 1_500), .init(.seriesLimit, samples: 1, series: "b", time: nil)]
        #expect(
            SampleAnswer(receipt, invalid: InvalidSeries())
                == SampleAnswer(
                    status: 400,
                    message: "3 samples are out of order, first: up{job=\"a\"} at 1.5; 1 samples are of new series beyond the limit of all series, first: b; all others are stored"))
        #expect(SampleAnswer(SeriesWriteError.storage(.full(reason: "the disk is full"))) == SampleAnswer(status: 503, message: "nothing was stored: the disk is full"))
        #expect(SampleAnswer(SeriesWriteError.storage(.closed)).status == 503)
        #expect(SampleAnswer(SeriesWriteError.tooLarge(samplesMax: 10)).status == 413)
        #expect(SampleAnswer(SeriesWriteError.storage(.damaged(file: "f", what: "w", offset: 1))).status == 500)
    }
}
