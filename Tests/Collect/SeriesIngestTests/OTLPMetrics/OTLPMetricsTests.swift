import ByteCoding
import Foundation
import GatewayModel
import KeepTestSupport
import SeriesIngest
import Testing

struct OTLPMetricsTests {
    private func decode(_ json: String, _ door: OTLPMetricsDoor = OTLPMetricsDoor()) throws -> OTLPBatch {
        try Array(json.utf8).withUnsafeBytes { try door.decode($0, .json) }
    }

    /// A request with one metric: its fields as JSON, and attributes of the resource.
    private func request(_ metric: String, resource: String = "") -> String {
        #"{"resourceMetrics":[{"resource":{"attributes":[\#(resource)]},"scopeMetrics":[{"scope":{},"metrics":[{\#(metric)}]}]}]}"#
    }

    private static let example = SharedData.archives("otel", prefix: "otlp_examples").flatMap { (try? TarArchive.files(of: $0)) ?? [] }
        .first { $0.path.hasSuffix("metrics.json") }?.bytes

    /// The example of open-telemetry/opentelemetry-proto.
    @Test(.enabled(if: SharedData.isPresent)) func publishedExample() throws {
        let bytes = try #require(Self.example)
        let read = try bytes.withUnsafeBytes { try OTLPMetricsDoor().decode($0, .json) }
        let time = "@1544712660300"
        #expect(
            lines(of: read.batch) == [
                "__name__=my_counter_total,job=my.service,my_counter_attr=some value 5.0 \(time)",
                "__name__=my_gauge_ratio,job=my.service,my_gauge_attr=some value 10.0 \(time)",
                "__name__=my_histogram_count,job=my.service,my_histogram_attr=some value 2.0 \(time)",
                "__name__=my_histogram_sum,job=my.service,my_histogram_attr=some value 2.0 \(time)",
                "__name__=my_histogram_bucket,job=my.service,le=1.0,my_histogram_attr=some value 1.0 \(time)",
                "__name__=my_histogram_bucket,job=my.service,le=+Inf,my_histogram_attr=some value 2.0 \(time)",
            ])
        #expect(read.rejected == 1 && read.reason == "my.exponential.histogram: exponential histograms must be cumulative")
    }

    private static let names: [(String, String, String, String)] = [
        ("http.server.duration", "s", "gauge", "http_server_duration_seconds"), ("system.io", "By", "sum", "system_io_bytes_total"),
        ("io_bytes", "By", "sum", "io_bytes_total"),
        ("a.total.b", "", "sum", "a_b_total"), ("ratio.used", "1", "gauge", "used_ratio"), ("speed", "m/s", "gauge", "speed_meters_per_second"),
        ("requests", "{request}", "sum", "requests_total"), ("errors", "{e}/s", "gauge", "errors_per_second"), ("2xx", "", "gauge", "_2xx"),
        ("a--b:c", "%", "gauge", "a_b:c_percent"),
        ("x", "foo", "gauge", "x_foo"),
    ]

    @Test(arguments: names) func metricsAreNamedAsPrometheusNamesThem(_ name: String, _ unit: String, _ kind: String, _ expected: String) throws {
        let metric = #""name":"\#(name)","unit":"\#(unit)","\#(kind)":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"asDouble":1,"timeUnixNano":"1000000"}]}"#
        #expect(lines(of: try decode(request(metric)).batch) == ["__name__=\(expected) 1.0 @1"])
    }

    @Test func resourcesBecomeJobInstanceAndTargetInfo() throws {
        let resource = #"""
            {"key":"service.name","value":{"stringValue":"s"}},{"key":"service.namespace","value":{"stringValue":"n"}},{"key":"service.instance.id","value":{"stringValue":"i"}},\#
            {"key":"deployment.environment","value":{"stringValue":"prod"}},{"key":"n-1","value":{"intValue":"7"}},{"key":"list","value":{"arrayValue":{"values":[{"boolValue":true},{"doubleValue":0.5}]}}}
            """#
        let metric = #""name":"a","gauge":{"dataPoints":[{"asInt":"3","timeUnixNano":2000000,"attributes":[{"key":"x.y","value":{"stringValue":"1"}},{"key":"x_y","value":{"stringValue":"2"}},{"key":"9","value":{"stringValue":"z"}}]}]}"#
        let read = try decode(request(metric, resource: resource), OTLPMetricsDoor(promotedAttributes: ["deployment.environment"]))
        #expect(
            lines(of: read.batch) == [
                "__name__=a,deployment_environment=prod,instance=i,job=n/s,key_9=z,x_y=1;2 3.0 @2",
                "__name__=target_info,deployment_environment=prod,instance=i,job=n/s,list=[true,0.5],n_1=7 1.0 @2",
            ])
    }

    @Test func differencesAreSummedUp() throws {
        let door = OTLPMetricsDoor()
        func send(_ value: Int, _ time: Int) throws -> OTLPBatch {
            try decode(request(#""name":"a","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"asInt":\#(value),"timeUnixNano":"\#(time)000000"}]}"#), door)
        }
        #expect(lines(of: try send(5, 1).batch) == ["__name__=a_total 5.0 @1"])
        #expect(lines(of: try send(2, 3).batch) == ["__name__=a_total 7.0 @3"])
        // Sent again it is not counted again.
        let repeated = try send(2, 3)
        #expect(repeated.batch.times.isEmpty && repeated.rejected == 1)
        #expect(lines(of: try send(1, 4).batch) == ["__name__=a_total 8.0 @4"])
    }

    @Test func summariesAndEndedSeries() throws {
        let summary = #""name":"s","summary":{"dataPoints":[{"count":"4","sum":2.5,"timeUnixNano":"1000000","quantileValues":[{"quantile":0.5,"value":0.25},{"quantile":1,"value":2}]}]}"#
        #expect(lines(of: try decode(request(summary)).batch) == ["__name__=s_sum 2.5 @1", "__name__=s_count 4.0 @1", "__name__=s,quantile=0.5 0.25 @1", "__name__=s,quantile=1.0 2.0 @1"])
        let ended = #""name":"g","gauge":{"dataPoints":[{"flags":1,"timeUnixNano":"1000000"}]}"#
        #expect(lines(of: try decode(request(ended)).batch) == ["__name__=g stale @1"])
    }

    @Test func exponentialHistogramsBecomeNativeOnes() throws {
        func read(_ scale: Int) throws -> NativeHistogram? {
            let metric = #""name":"h","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[{"count":"10","sum":7.5,"scale":\#(scale),"zeroCount":"1","timeUnixNano":"1000000","positive":{"offset":-3,"bucketCounts":["0","2","0","4"]},"negative":{"offset":1,"bucketCounts":["3"]}}]}"#
            return try decode(request(metric)).batch.histograms.first?.histogram
        }
        let plain = try #require(try read(3))
        #expect((plain.schema, plain.count, plain.sum, plain.zeroCount, plain.zeroThreshold) == (3, 10, 7.5, 1, 1e-128))
        #expect(plain.positiveSpans == [.init(offset: -1, length: 3)] && plain.positiveBuckets == [2, 0, 4])
        #expect(plain.negativeSpans == [.init(offset: 2, length: 1)] && plain.negativeBuckets == [3])
        // Two steps finer than a native histogram can be: four buckets become one. -2 and 0 of OpenTelemetry are buckets -1 and 0 of scale 8.
        let coarser = try #require(try read(10))
        #expect(coarser.schema == 8 && coarser.positiveSpans == [.init(offset: 0, length: 2)] && coarser.positiveBuckets == [2, 4])
        #expect(try read(-5) == nil)
    }

    @Test func bothEncodingsMeanTheSame() throws {
        var writer = ProtobufWriter()
        writer.message(1) { resource in
            resource.message(1) { $0.message(1) { $0.string(1, "service.name"); $0.message(2) { $0.string(1, "s") } } }
            resource.message(2) { scope in
                scope.message(2) { metric in
                    metric.string(1, "lat")
                    metric.string(2, "How long")
                    metric.string(3, "s")
                    metric.message(9) { histogram in
                        histogram.varint(2, 2)
                        histogram.message(1) { point in
                            point.fixed64(3, 5_000_000)
                            point.fixed64(4, 3)
                            point.double(5, 1.5)
                            point.bytes(6, [1, 0, 2].flatMap { [UInt8($0), 0, 0, 0, 0, 0, 0, 0] })
                            point.double(7, 0.5)
                            point.double(7, 1)
                            point.message(8) { $0.fixed64(2, 4_000_000); $0.double(3, 0.75); $0.bytes(5, [0xab, 0x01]) }
                            point.message(9) { $0.string(1, "k"); $0.message(2) { $0.varint(3, 9) } }
                        }
                    }
                }
            }
        }
        let binary = try writer.bytes.withUnsafeBytes { try OTLPMetricsDoor().decode($0, .protobuf) }
        let metric = #""name":"lat","description":"How long","unit":"s","histogram":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_CUMULATIVE","dataPoints":[{"timeUnixNano":"5000000","count":3,"sum":1.5,"bucketCounts":["1","0",2],"explicitBounds":[0.5,1],"exemplars":[{"timeUnixNano":"4000000","asDouble":0.75,"traceId":"AB01"}],"attributes":[{"key":"k","value":{"intValue":9}}]}]}"#
        let text = try decode(request(metric, resource: #"{"key":"service.name","value":{"stringValue":"s"}}"#))
        #expect(lines(of: binary.batch) == lines(of: text.batch))
        #expect(lines(of: binary.batch).last == "__name__=lat_seconds_bucket,job=s,k=9,le=+Inf 3.0 @5")
        #expect(binary.batch.exemplars.map(\.exemplar) == [Exemplar(SeriesLabels([SeriesLabel("trace_id", "ab01")]), value: 0.75, time: 4)])
        #expect(binary.batch.exemplars.map(\.series) == text.batch.exemplars.map(\.series) && binary.batch.exemplars.map(\.exemplar) == text.batch.exemplars.map(\.exemplar))
        #expect(binary.batch.metadata.map(\.metadata) == [MetricMetadata(.histogram, help: "How long")])
    }

    @Test func brokenBodiesAreRefused() {
        #expect(throws: OTLPError.message("broken JSON at byte 1: the JSON text ends too early")) { try decode("{") }
        #expect(throws: OTLPError.message("the body must be a JSON object with resourceMetrics")) { try decode("[]") }
        #expect(throws: OTLPError.message("broken protobuf at byte 1: expected a length within the message")) {
            try [UInt8]([0x0a, 0x05]).withUnsafeBytes { try OTLPMetricsDoor().decode($0, .protobuf) }
        }
    }

    @Test func partialSuccessIsTold() throws {
        var receipt = SampleReceipt()
        #expect(OTLPMetricsDoor.answer(OTLPBatch(), receipt, .protobuf).isEmpty && OTLPMetricsDoor.answer(OTLPBatch(), receipt, .json) == Array("{}".utf8))
        receipt.refused = [.init(.outOfOrder, samples: 2, series: "a", time: 1)]
        let answer = String(decoding: OTLPMetricsDoor.answer(OTLPBatch(), receipt, .json), as: UTF8.self)
        #expect(answer.hasPrefix(#"{"partialSuccess":{"rejectedDataPoints":"2","errorMessage":"2 samples are out of order"#))
        #expect(OTLPMetricsDoor.answer(OTLPBatch(), receipt, .protobuf).count > 10)
    }

    @Test(arguments: [("application/json", "json"), ("application/x-protobuf", "protobuf"), ("Application/JSON; charset=utf-8", "json"), ("text/plain", nil), (nil, nil)] as [(String?, String?)])
    func encodings(_ type: String?, _ expected: String?) { #expect(OTLPMetricsDoor.Encoding(contentType: type).map { "\($0)" } == expected) }

    @Test(arguments: 0..<4) func mutatedRequestsNeverDoHarm(_ seed: Int) {
        var random = SeededGenerator(seed: seed)
        var writer = ProtobufWriter()
        writer.message(1) { $0.message(2) { $0.message(2) { metric in
            metric.string(1, "m")
            metric.message(10) { $0.varint(2, 2); $0.message(1) { $0.zigZag(6, 9); $0.message(8) { $0.zigZag(1, -4); $0.bytes(2, [1, 2, 3]) } } }
        } } }
        for _ in 0..<3_000 {
            var mutated = writer.bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutated[Int.random(in: 0..<mutated.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            if let read = try? mutated.withUnsafeBytes({ try OTLPMetricsDoor().decode($0, .protobuf) }) { #expect(read.batch.sampleCount < 100) }
        }
    }
}
