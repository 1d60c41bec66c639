import GatewayModel
import SeriesIngest
import Testing

struct BackfillTests {
    private func batches(_ text: String, isStrict: Bool = false) throws -> [SampleBatch] {
        try Array(text.utf8).withUnsafeBytes { source in
            var reader = BackfillReader(source, isStrict: isStrict)
            var batches: [SampleBatch] = []
            while let batch = try reader.next() { batches.append(batch) }
            return batches
        }
    }

    @Test func samplesOfOneSeriesStandTogether() throws {
        let read = try batches("# TYPE a gauge\n# HELP a What.\na{x=\"1\"} 1 1.5\na{x=\"1\"} 2 2.5\na{x=\"2\"} 3 1.5\n# EOF\n")
        #expect(read.count == 1 && read[0].isImport && read[0].series.count == 2)
        #expect(lines(of: read[0]) == ["__name__=a,x=1 1.0 @1500", "__name__=a,x=1 2.0 @2500", "__name__=a,x=2 3.0 @1500"])
        #expect(read[0].metadata.last?.metadata == MetricMetadata(.gauge, help: "What."))
    }

    @Test func longTextsComeInPieces() throws {
        let count = BackfillReader.samplesPerBatch * 2 + 10
        let read = try batches((0..<count).map { "a \($0) \($0)\n" }.joined() + "# EOF\n")
        #expect(read.map(\.sampleCount) == [BackfillReader.samplesPerBatch, BackfillReader.samplesPerBatch, 10])
        #expect(read.flatMap(\.values) == (0..<count).map(Double.init))
        for batch in read { #expect(lines(of: batch).count == batch.sampleCount) }
    }

    @Test(arguments: [
        ("a 1\n# EOF\n", false, ExpositionError("the sample has no timestamp", line: 1, column: 1)),
        ("a 1 1\na x 2\n# EOF\n", false, ExpositionError("the value is not a number", line: 2, column: 3)),
        ("a 1 1\n", false, ExpositionError("the text ends without # EOF", line: 2, column: 1)),
        ("a 1 1\nb 1 1\na 2 2\n# EOF\n", true, ExpositionError("the name a clashes with another family's", line: 3, column: 1)),
    ])
    func whatCannotBeReadIsNamedWithItsLine(_ text: String, _ isStrict: Bool, _ error: ExpositionError) {
        #expect(throws: error) { try batches(text, isStrict: isStrict) }
    }

    @Test func aDumpThatGoesBackAndForthIsReadWithoutTheRules() throws { #expect(try batches("a 1 1\nb 1 1\na 2 2\n# EOF\n")[0].sampleCount == 3) }
}
