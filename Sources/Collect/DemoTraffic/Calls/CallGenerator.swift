/// Generates the calls that start in one minute. Each traffic source of each minute has its own random numbers, so that minutes can be
/// generated in any order and always hold the same calls.
struct CallGenerator: Sendable {
    let model: TrafficModel

    /// The length of a slot in microseconds: long enough that per-slot work vanishes, short enough that little is generated in vain.
    static let slotLength: Int64 = 60_000_000

    /// Appends the calls that start in the minute, in no order.
    func generate(minute: Int64, into calls: inout [DemoCall]) {
        let conditions = MinuteConditions(minute, of: model)
        for source in model.sourceFigures.indices where conditions.expected[source] > 0 {
            generate(source: source, conditions, into: &calls)
        }
    }

    private func generate(source: Int, _ conditions: MinuteConditions, into calls: inout [DemoCall]) {
        var random = SplitMix64(seed: model.seed, stream: UInt64(source), counter: conditions.minute)
        let drawn = ArrivalCount.draw(
            mean: conditions.expected[source], variation: model.variations[source], normal: model.normal, random: &random)
        let maker = CallMaker(model: model, conditions: conditions, source: source)
        var start = conditions.start
        for position in 0..<min(drawn, CallLimits.perMinuteMax) {
            // A call that follows upon the one before comes about a third of a second later.
            if position > 0, random.chance(maker.figures.clumping) {
                start += Int64(random.exponential() * 350_000)
                // The last moments of a minute are followed by its first ones: a call belongs to the minute in which it starts.
                if start >= conditions.start + Self.slotLength { start = conditions.start + (start - conditions.start) % Self.slotLength }
            } else {
                start = conditions.start + Int64(random.unit() * Double(Self.slotLength))
            }
            let call = maker.make(start: start, random: &random)
            if conditions.isSilent(call) { continue }
            calls.append(call)
        }
    }
}
