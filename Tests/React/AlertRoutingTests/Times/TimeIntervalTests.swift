import Foundation
import GatewayModel
import KeepTestSupport
import Testing

@testable import AlertRouting

@Suite struct TimeIntervalTests {
    private func interval(_ yaml: String) throws -> AlertRouting.TimeInterval {
        let text = "route: {receiver: r}\nreceivers: [{name: r}]\ntime_intervals: [{name: t, time_intervals: [{\(yaml)}]}]"
        return try RoutingConfigurationReader.read(text, folder: "/").timeIntervals[0].intervals[0]
    }

    @Test(arguments: [
        ("times: [{start_time: '09:00', end_time: '17:00'}], weekdays: ['monday:friday']", ["2020-07-08T09:00:00Z", "2020-07-08T16:59:59Z"], ["2020-07-08T08:59:59Z", "2020-07-08T17:00:00Z", "2020-07-11T12:00:00Z"]),
        ("days_of_month: ['-3:-1']", ["2020-01-31T00:00:00Z", "2020-02-27T10:00:00Z", "2021-02-26T00:00:00Z"], ["2020-01-28T23:59:59Z", "2021-02-25T23:59:00Z"]),
        ("days_of_month: ['31']", ["2020-01-31T12:00:00Z"], ["2020-02-29T12:00:00Z", "2020-04-30T12:00:00Z"]),
        ("days_of_month: ['28:31'], months: ['february']", ["2021-02-28T00:00:00Z", "2020-02-29T00:00:00Z"], ["2021-03-01T00:00:00Z", "2021-01-30T00:00:00Z"]),
        ("years: ['2020:2021']", ["2020-01-01T00:00:00Z", "2021-12-31T23:59:59Z"], ["2022-01-01T00:00:00Z", "2019-12-31T23:59:59Z"]),
        ("times: [{start_time: '23:00', end_time: '24:00'}]", ["2020-01-01T23:59:59Z"], ["2020-01-02T00:00:00Z"]),
        ("weekdays: [sunday], location: Asia/Tokyo", ["2024-06-08T15:00:00Z"], ["2024-06-09T15:00:00Z"]),
        // Clocks in New York went forward at 07:00 UTC: nine o'clock is 14:00 UTC before and 13:00 UTC after.
        ("times: [{start_time: '09:00', end_time: '10:00'}], location: America/New_York", ["2024-03-09T14:30:00Z", "2024-03-10T13:30:00Z"], ["2024-03-09T13:30:00Z", "2024-03-10T14:30:00Z"]),
        ("", ["1969-12-31T23:00:00Z", "2020-01-01T00:00:00Z"], []),
        ("times: []", [], ["2020-01-01T00:00:00Z"]),
    ])
    func holdsWhenItSays(_ yaml: String, _ within: [String], _ outside: [String]) throws {
        let interval = try interval(yaml)
        for text in within { #expect(interval.contains(try #require(Timestamp(iso8601: text))), "\(text) is within") }
        for text in outside { #expect(!interval.contains(try #require(Timestamp(iso8601: text))), "\(text) is outside") }
    }

    /// Against the system's calendar, at random instants of a century and in zones with and without changes of clocks.
    @Test(arguments: ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"])
    func calendarsAgree(_ name: String) throws {
        let zone = try #require(TimeZoneName(name))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: name))
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let time = Timestamp(microseconds: Int64.random(in: -1_000_000_000_000_000...2_500_000_000_000_000, using: &random))
            let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute], from: Date(timeIntervalSince1970: time.seconds.rounded(.down)))
            let local = LocalTime(time, in: zone)
            let found = [local.year, local.month, local.day, local.weekday, local.minute]
            let expected = [parts.year, parts.month, parts.day, parts.weekday.map { $0 - 1 }, parts.hour.flatMap { hour in parts.minute.map { hour * 60 + $0 } }]
            #expect(found == expected.compactMap { $0 }, "\(time.iso8601)")
        }
    }

    @Test func digestsComeAtTheirTimesOfDay() throws {
        let schedule = DigestSchedule.daily(minutes: [480, 1_050], zone: try #require(TimeZoneName("Europe/Berlin")))
        var time = try #require(Timestamp(iso8601: "2026-03-28T12:00:00Z"))
        // The night from the 28th to the 29th is an hour shorter.
        var found: [String] = []
        for _ in 0..<4 {
            time = schedule.next(after: time)
            found.append(String(time.iso8601.prefix(16)))
        }
        #expect(found == ["2026-03-28T16:30", "2026-03-29T06:00", "2026-03-29T15:30", "2026-03-30T06:00"])
    }

    @Test func everyDigestIsLaterThanTheLast() throws {
        let schedule = DigestSchedule.daily(minutes: [0, 150, 1_439], zone: try #require(TimeZoneName("Europe/Berlin")))
        var random = SeededGenerator(seed: 3)
        for _ in 0..<3_000 {
            let time = Timestamp(microseconds: Int64.random(in: 1_700_000_000_000_000...1_900_000_000_000_000, using: &random))
            let next = schedule.next(after: time)
            #expect(next > time && next <= time.advanced(milliseconds: 25 * 3_600_000))
        }
    }
}
