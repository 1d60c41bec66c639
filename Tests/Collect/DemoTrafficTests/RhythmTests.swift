import DemoTraffic
import GatewayModel
import Testing

/// Records of each hour of a span of whole days, from 0:00 UTC.
private func hourly(_ traffic: DemoTraffic, from day: String, days: Int) -> [Int] {
    let from = Demo.time(day)
    var counts = [Int](repeating: 0, count: days * 24)
    for time in Demo.records(traffic, from, minutes: days * 1_440).integers(.time) {
        counts[Int((time - from.microseconds) / 3_600_000_000)] += 1
    }
    return counts
}

@Test func recordsPerDayAreKeptOverFourWeeks() {
    let counts = hourly(Demo.traffic(perDay: 2_000), from: "2026-02-20", days: 28)
    let perDay = Double(counts.reduce(0, +)) / 28
    #expect((1_850...2_150).contains(perDay))
}

@Test func daysAreBusierThanNights() {
    let counts = hourly(Demo.traffic(perDay: 12_000), from: "2026-03-18", days: 1)
    let night = Double(counts[3..<6].reduce(0, +))
    let day = Double(counts[10..<13].reduce(0, +))
    #expect((2...5).contains(day / night))
}

@Test func weekendsAreQuieterThanWorkdays() {
    // Thursday 12 to Wednesday 18 March; the third and fourth days are Saturday and Sunday.
    let counts = hourly(Demo.traffic(perDay: 3_000), from: "2026-03-12", days: 7)
    let days = (0..<7).map { counts[($0 * 24)..<($0 * 24 + 24)].reduce(0, +) }
    let weekend = Double(days[2] + days[3]) / 2
    let workday = Double(days[0] + days[1] + days[4] + days[5] + days[6]) / 5
    #expect((0.45...0.8).contains(weekend / workday))
}

@Test func nightlyJobRunsAtNight() {
    let records = Demo.records(Demo.traffic(perDay: 6_000), Demo.time("2026-03-18"), minutes: 1_440)
    let nightly = records.rows(.client, "nightly-summaries")
    let times = records.values(.time, where: nightly)
    #expect(times.count > 50)
    let atNight = times.count { (time: Int64) in
        let hour = time % 86_400_000_000 / 3_600_000_000
        return hour >= 22 || hour < 6
    }
    #expect(Double(atNight) / Double(times.count) > 0.95)
}

@Test func pipelineRunsAtTheFullHour() {
    let records = Demo.workday
    let times = records.values(.start, where: records.rows(.client, "search-indexer"))
    let early = times.count { $0 % 3_600_000_000 < 720_000_000 }
    #expect((0.55...0.9).contains(Double(early) / Double(times.count)))
}

/// Variance of the counts per minute over their mean: 1 for a Poisson process.
private func dispersion(_ client: String) -> Double {
    let records = Demo.workday
    let times = records.values(.start, where: records.rows(.client, client))
    guard let first = times.min(), let last = times.max() else { return 0 }
    var counts = [Double](repeating: 0, count: Int((last - first) / 60_000_000) + 1)
    for time in times { counts[Int((time - first) / 60_000_000)] += 1 }
    let mean = counts.reduce(0, +) / Double(counts.count)
    return counts.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(counts.count) / mean
}

@Test func burstyClientsComeInBursts() {
    #expect(dispersion("eval-harness") > 4)
    #expect(dispersion("support-chat") < 4)
}

@Test func fewUsersAskMostQuestions() {
    let counts = Dictionary(grouping: Demo.workday.texts(.user).filter { !$0.isEmpty }, by: \.self).mapValues(\.count).values.sorted(by: >)
    #expect((1_200...2_000).contains(counts.count))
    let tenth = counts.prefix(counts.count / 10).reduce(0, +)
    #expect((0.3...0.6).contains(Double(tenth) / Double(counts.reduce(0, +))))
}
