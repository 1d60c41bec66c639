/// When in the day, week and hour a source of traffic is busy. All factors have the mean 1 over a week.
struct Rhythm: Sendable {
    /// By local hour, from 0:00; between the hours' middles the rate changes evenly.
    let hours: [Double]
    /// By local weekday, from Sunday.
    let weekdays: [Double]
    /// Minutes at the start of each hour that carry most of the traffic, and how many times the hour's mean; 0 for an even hour.
    let hourlyRunMinutes: Int
    let hourlyRunFactor: Double

    /// - Parameters:
    ///   - hours: 24 weights.
    ///   - saturday, sunday: use on these days as a share of a workday's.
    init(hours: [Double], saturday: Double, sunday: Double, hourlyRunMinutes: Int = 0, hourlyRunFactor: Double = 1) {
        self.hours = Self.scaledToMeanOne(hours)
        weekdays = Self.scaledToMeanOne([sunday, 1, 1, 1.02, 1, 0.96, saturday])
        self.hourlyRunMinutes = hourlyRunMinutes
        self.hourlyRunFactor = hourlyRunFactor
    }

    private static func scaledToMeanOne(_ weights: [Double]) -> [Double] {
        let mean = weights.reduce(0, +) / Double(weights.count)
        return weights.map { $0 / mean }
    }

    /// The factor of a minute.
    /// - Parameter localMinute: minutes since 1970-01-01 00:00 local time; not negative.
    func factor(localMinute: Int64) -> Double {
        let minuteOfDay = Int(localMinute % 1_440)
        let day = Int(localMinute / 1_440)
        // Between the middle of one hour and the middle of the next; 24 hours of 60 minutes, the middle at minute 30.
        let shifted = (minuteOfDay + 1_410) % 1_440
        let hour = shifted / 60
        let share = Double(shifted % 60) / 60
        let ofHour = hours[hour] * (1 - share) + hours[(hour + 1) % 24] * share
        // 1970-01-01 was a Thursday, the fourth day counted from Sunday as 0.
        return ofHour * weekdays[(day + 4) % 7] * runFactor(minute: minuteOfDay % 60)
    }

    private func runFactor(minute: Int) -> Double {
        guard hourlyRunMinutes > 0 else { return 1 }
        if minute < hourlyRunMinutes { return hourlyRunFactor }
        return (60 - Double(hourlyRunMinutes) * hourlyRunFactor) / Double(60 - hourlyRunMinutes)
    }

    /// People at work.
    static let office = Rhythm(hours: TraceFigures.knowledgeDay, saturday: 0.22, sunday: 0.18)
    /// People who write software: later, and some at weekends.
    static let engineering = Rhythm(hours: TraceFigures.campusDay, saturday: 0.30, sunday: 0.28)
    /// Customers in their free time.
    static let product = Rhythm(hours: TraceFigures.productDay, saturday: 1.08, sunday: 1.02)
    /// Customers with a question for a company: its hours, and its weekends at three quarters (RAGPulse).
    static let service = Rhythm(hours: TraceFigures.campusDay, saturday: 0.75, sunday: 0.70)
    /// A pipeline that runs at every full hour.
    static let hourly = Rhythm(hours: Array(repeating: 1, count: 24), saturday: 0.8, sunday: 0.8, hourlyRunMinutes: 12, hourlyRunFactor: 3.6)
    /// A job from 23:00 to 4:00.
    static let night = Rhythm(
        hours: [1, 1, 1, 1, 0.55] + Array(repeating: 0.004, count: 18) + [0.6], saturday: 0.9, sunday: 0.9)
    /// Test runs, started by people before lunch, in the afternoon and before going home.
    static let evaluation = Rhythm(
        hours: [0.3, 0.2, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.1, 0.4, 1.2, 1.8, 0.6, 0.5, 1.6, 2, 1.1, 1.9, 2.2, 0.9, 0.4, 0.4, 0.5, 0.4], saturday: 0.1,
        sunday: 0.15)
    /// Machines that ask at all times.
    static let steady = Rhythm(hours: Array(repeating: 1, count: 24), saturday: 1, sunday: 1)
}
