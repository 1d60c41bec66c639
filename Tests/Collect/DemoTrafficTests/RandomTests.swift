import Testing

@testable import DemoTraffic

private func moments(_ numbers: [Double]) -> (mean: Double, variance: Double) {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    return (mean, numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(numbers.count - 1))
}

private let normal = NormalTable()

/// The published output of splitmix64 for the seed 1234567 (rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64).
@Test func mixingAgreesWithThePublishedGenerator() {
    var state: UInt64 = 1_234_567
    let drawn = (0..<5).map { _ in
        state &+= 0x9E37_79B9_7F4A_7C15
        return SplitMix64.mix(state)
    }
    #expect(drawn == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431, 16_408_922_859_458_223_821])
}

@Test func countersGiveUnrelatedNumbers() {
    let first = (0..<4_000).map { counter in
        var random = SplitMix64(seed: 1, stream: 2, counter: Int64(counter))
        return random.unit()
    }
    let (mean, variance) = moments(first)
    #expect(abs(mean - 0.5) < 0.02)
    #expect(abs(variance - 1.0 / 12) < 0.006)
    let neighbours = zip(first, first.dropFirst()).map { ($0 - 0.5) * ($1 - 0.5) }.reduce(0, +) / 4_000 * 12
    #expect(abs(neighbours) < 0.05)
}

/// Quantiles of the normal distribution from any table.
@Test(arguments: [(0.5, 0.0), (0.975, 1.959964), (0.025, -1.959964), (0.8413447, 1.0), (0.999, 3.090232)])
func normalDeviatesAreTheQuantiles(probability: Double, quantile: Double) {
    #expect(abs(normal(probability) - quantile) < 0.003)
}

@Test(arguments: [(0.4, 1.0), (5.0, 1.0), (80.0, 1.0), (5.0, 2.0), (60.0, 3.0)])
func countsHaveTheMeanAndTheDispersionAskedFor(mean: Double, variation: Double) {
    var random = SplitMix64(seed: 3, stream: 1, counter: 0)
    let drawn = (0..<8_000).map { _ in Double(ArrivalCount.draw(mean: mean, variation: variation, normal: normal, random: &random)) }
    let (found, variance) = moments(drawn)
    #expect(abs(found / mean - 1) < 0.07)
    #expect(abs(variance / mean / (variation * variation) - 1) < 0.15)
}

@Test func nothingExpectedIsNothingDrawn() {
    var random = SplitMix64(seed: 3, stream: 1, counter: 0)
    #expect(ArrivalCount.draw(mean: 0, variation: 5, normal: normal, random: &random) == 0)
}

@Test func quantileTablesGiveBackTheirPercentiles() {
    let table = QuantileTable(TraceFigures.longContextInput)
    for (probability, value) in zip(TracePercentiles.probabilities, TraceFigures.longContextInput.values) where probability < 1 {
        #expect(abs(table(probability) / value - 1) < 0.03, "at \(probability)")
    }
    #expect(table(0.999_999) <= 126_195)
}

@Test func percentilesOfTheTracesAscend() {
    let all = [
        TraceFigures.conversationInput, TraceFigures.conversationOutput, TraceFigures.codingInput, TraceFigures.codingOutput, TraceFigures.longContextInput,
        TraceFigures.longContextOutput, TraceFigures.prefixReuse, TraceFigures.retrievalInput, TraceFigures.retrievalOutput, TraceFigures.reasoningInput,
        TraceFigures.reasoningOutput, TraceFigures.extractionInput, TraceFigures.extractionOutput, TraceFigures.classificationInput,
        TraceFigures.classificationOutput, TraceFigures.pageInput, TraceFigures.pageOutput, TraceFigures.reasoningShare,
    ]
    #expect(all.allSatisfy { zip($0.values, $0.values.dropFirst()).allSatisfy { $0 <= $1 } })
}

@Test func zipfRanksFallAsThePowerSays() {
    let table = ZipfTable(count: 500, exponent: 1)
    var random = SplitMix64(seed: 5, stream: 1, counter: 0)
    var counts = [Int](repeating: 0, count: 500)
    for _ in 0..<60_000 { counts[table(&random)] += 1 }
    #expect((1.8...2.2).contains(Double(counts[0]) / Double(counts[1])))
    #expect((8.5...11.5).contains(Double(counts[0]) / Double(counts[9])))
}

@Test func failureSharesAddUpToOne() {
    #expect(abs(CallFailure.allCases.map(\.share).reduce(0, +) - 1) < 1e-9)
    #expect(CallFailure.draw(0) == .rateLimit)
    #expect(CallFailure.draw(0.999_999) == .streamInterrupted)
}

@Test func sharesOfTheSourcesAddUpToOne() {
    #expect(abs(TrafficSource.all.map(\.share).reduce(0, +) - 1) < 1e-9)
    #expect(TrafficSource.all.filter { !$0.models.isEmpty }.allSatisfy { abs($0.models.map(\.weight).reduce(0, +) - 1) < 1e-9 })
}

@Test(arguments: [Rhythm.office, .engineering, .product, .service, .hourly, .night, .evaluation, .steady])
func rhythmsHaveTheMeanOneOverAWeek(rhythm: Rhythm) {
    let factors = (0..<10_080).map { rhythm.factor(localMinute: Int64($0)) }
    #expect(abs(factors.reduce(0, +) / 10_080 - 1) < 0.01)
    #expect(factors.allSatisfy { $0 >= 0 })
}
