package import GatewayModel

/// What one day carried.
package struct DailyLoad: Sendable, Equatable {
    /// The day's start in the asked time zone.
    package let day: Timestamp
    /// The busiest quarter of an hour, in the measure's unit.
    package let peak: Double
    /// When it began.
    package let peakTime: Timestamp
    package let mean: Double
    /// Whether the whole day is over and kept: days cut by the range's ends say nothing about growth.
    package let isComplete: Bool

    package init(day: Timestamp, peak: Double, peakTime: Timestamp, mean: Double, isComplete: Bool) {
        self.day = day
        self.peak = peak
        self.peakTime = peakTime
        self.mean = mean
        self.isComplete = isComplete
    }
}
