internal import GatewayModel

/// Thresholds worth trying: from what the values were, and from around the one that is there.
struct ThresholdCandidates {
    /// From the one that fires most to the one that fires least.
    let limits: [Double]

    /// Shares of the values that stay below (or above) a candidate. Alerts are about what is rare, so that they crowd at the end.
    private static let shares = [0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0]
    /// Multiples of the threshold at hand.
    private static let factors = [0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2, 4]
    /// Values from which shares are taken; more would not move them.
    private static let sampleMax = 200_000

    init(_ tracks: [AlertTrack], _ threshold: AlertThreshold) {
        let sample = Self.sample(tracks).sorted()
        var limits = Self.factors.map { Self.rounded(threshold.limit * $0) }
        // The one at hand is tried as it is.
        limits.append(threshold.limit)
        if !sample.isEmpty {
            for share in Self.shares {
                let place = Int((Double(sample.count - 1) * share).rounded())
                limits.append(Self.rounded(sample[threshold.isUpward ? place : sample.count - 1 - place]))
            }
        }
        let unique = Set(limits.filter(\.isFinite)).sorted()
        self.limits = threshold.isUpward ? unique : unique.reversed()
    }

    /// Values at equal distances, of all series together.
    private static func sample(_ tracks: [AlertTrack]) -> [Double] {
        let count = tracks.reduce(0) { $0 + $1.values.count }
        let stride = max(1, count / sampleMax)
        var sample: [Double] = []
        sample.reserveCapacity(min(count, sampleMax + tracks.count))
        var position = 0
        var extremes = (lowest: Double.infinity, highest: -Double.infinity)
        for track in tracks {
            for value in track.values where value.isFinite {
                extremes = (min(extremes.lowest, value), max(extremes.highest, value))
                if position % stride == 0 { sample.append(value) }
                position += 1
            }
        }
        if !sample.isEmpty { sample += [extremes.lowest, extremes.highest] }
        return sample
    }

    /// Three digits: thresholds are for people.
    static func rounded(_ value: Double) -> Double {
        guard value.isFinite, value != 0 else { return value }
        var scale = 1.0
        var magnitude = value.magnitude
        while magnitude >= 1_000, scale > 1e-300 {
            magnitude /= 10
            scale /= 10
        }
        while magnitude < 100, scale < 1e300 {
            magnitude *= 10
            scale *= 10
        }
        // Divided by a power of ten and not multiplied by its inverse, which is no exact number.
        return scale >= 1 ? (value * scale).rounded() / scale : (value * scale).rounded() * (1 / scale)
    }
}
