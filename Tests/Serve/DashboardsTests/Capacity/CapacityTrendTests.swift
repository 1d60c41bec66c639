import Foundation
import GatewayModel
import Testing

@testable import Dashboards

struct CapacityTrendTests {
    private static let day: Int64 = 86_400_000_000

    /// Days whose peak is `peak(index)`.
    private static func days(_ count: Int, _ peak: (Int) -> Double) -> [DailyLoad] {
        (0..<count).map { index in
            let start = Timestamp(microseconds: 1_767_225_600_000_000 + Int64(index) * day)
            return DailyLoad(day: start, peak: peak(index), peakTime: start, mean: peak(index) / 3, isComplete: true)
        }
    }

    private static func random(_ seed: UInt64) -> () -> Double {
        var state = seed
        return {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / Double(1 << 31) - 0.5
        }
    }

    @Test func aStraightLineIsFoundExactly() throws {
        let trend = try #require(CapacityTrend(Self.days(56) { 10 + Double($0) * 0.5 }))
        #expect(abs(trend.slopePerWeek - 3.5) < 1e-9)
        #expect(abs(trend.level - (10 + 55 * 0.5)) < 1e-9)
        let reach = trend.reach(50)
        // 10 + 0.5 x = 50 on day 80.
        #expect(reach.expected == Timestamp(microseconds: 1_767_225_600_000_000 + 80 * Self.day))
        #expect(reach.earliest == reach.expected && reach.latest == reach.expected)
    }

    @Test func weekendsDoNotBendTheTrend() throws {
        let trend = try #require(CapacityTrend(Self.days(60) { 20 + Double($0) * 0.1 - ($0 % 7 >= 5 ? 12 : 0) }))
        #expect(abs(trend.slopePerWeek - 0.7) < 1e-9)
        let weekend = try #require(trend.points.first { $0.day.microseconds == 1_767_225_600_000_000 + 61 * Self.day })
        #expect(abs(weekend.value - (20 + 6.1 - 12)) < 1e-6)
    }

    @Test func aFewBadDaysDoNotBendTheTrend() throws {
        let trend = try #require(CapacityTrend(Self.days(56) { [10, 11, 40].contains($0) ? 500 : 10 + Double($0) * 0.2 }))
        #expect(abs(trend.slopePerWeek - 1.4) < 0.15)
    }

    @Test(arguments: 1...20) func theBandHoldsMostDaysThatFollow(seed: Int) throws {
        let noise = Self.random(UInt64(seed))
        let all = Self.days(120) { 30 + Double($0) * 0.15 + noise() * 8 }
        let trend = try #require(CapacityTrend(Array(all.prefix(90))))
        let byDay = Dictionary(uniqueKeysWithValues: trend.points.map { ($0.day, $0) })
        let inside = all.suffix(30).count { load in byDay[load.day].map { $0.low <= load.peak && load.peak <= $0.high } ?? false }
        // 27 are expected of a 90 % band; over many seeds hardly ever fewer than 22.
        #expect(inside >= 22, "\(inside) of 30")
    }

    @Test func shrinkingLoadNeverReachesALimit() throws {
        let trend = try #require(CapacityTrend(Self.days(40) { 50 - Double($0) * 0.5 }))
        #expect(trend.reach(60).expected == nil)
        #expect(trend.points.allSatisfy { $0.value >= 0 && $0.low >= 0 })
    }

    @Test func lessThanTwoWeeksHaveNoTrend() {
        #expect(CapacityTrend(Self.days(13) { Double($0) }) == nil)
        // Days before the first request are not growth.
        #expect(CapacityTrend(Self.days(40) { $0 < 30 ? 0 : 5 }) == nil)
        #expect(CapacityTrend([]) == nil)
    }
}
