import GatewayModel
import RequestQuery
import Testing

struct TimeBucketsTests {
    private func buckets(_ from: String, _ to: String, _ every: String, _ zone: String = "UTC") throws -> TimeBuckets {
        let range = TimeRange(from: try #require(Timestamp(iso8601: from)), to: try #require(Timestamp(iso8601: to)))
        return try TimeBuckets(range, every: try BucketWidth(every), zone: try QueryTimeZone(zone))
    }

    private func hours(_ buckets: TimeBuckets) -> [Double] {
        zip(buckets.edges, buckets.edges.dropFirst()).map { Double($1.microseconds - $0.microseconds) / 3.6e9 }
    }

    @Test func fixedWidthsAreAlignedToTheEpoch() throws {
        let found = try buckets("2026-03-05T10:07:30Z", "2026-03-05T11:00:00Z", "15m", "Asia/Kathmandu")
        #expect(found.edges.map(\.iso8601) == ["2026-03-05T10:00:00.000000Z", "2026-03-05T10:15:00.000000Z", "2026-03-05T10:30:00.000000Z",
            "2026-03-05T10:45:00.000000Z", "2026-03-05T11:00:00.000000Z"])
        #expect(found.everySeconds == 900)
    }

    @Test func daysFollowTheClockChanges() throws {
        let spring = try buckets("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z", "1d", "Europe/Berlin")
        #expect(hours(spring) == [24, 23, 24])
        #expect(spring.everySeconds == 86_400)
        #expect(hours(try buckets("2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z", "1d", "Europe/Berlin")) == [24, 25, 24])
        // Lord Howe Island changes its clock by half an hour.
        #expect(hours(try buckets("2026-04-03T13:00:00Z", "2026-04-06T13:30:00Z", "1d", "Australia/Lord_Howe")) == [24, 24.5, 24])
    }

    @Test func aDayWithoutMidnightStartsAtTheChange() throws {
        // Beirut's clocks go forward at midnight: 29 March 2026 begins at 01:00 local time, which is 22:00 UTC.
        let found = try buckets("2026-03-28T10:00:00Z", "2026-03-30T10:00:00Z", "1d", "Asia/Beirut")
        #expect(found.edges[1].iso8601 == "2026-03-28T22:00:00.000000Z")
        #expect(hours(found) == [24, 23, 24])
    }

    @Test func aDayThatAZoneSkipsHasNoBucket() throws {
        // Samoa went from 29 to 31 December 2011.
        let found = try buckets("2011-12-29T12:00:00Z", "2012-01-01T12:00:00Z", "1d", "Pacific/Apia")
        #expect(hours(found).allSatisfy { $0 == 24 })
        #expect(found.edges.map(\.iso8601).contains("2011-12-30T10:00:00.000000Z"))
    }

    @Test func weeksStartOnMondayAndMonthsOnTheFirst() throws {
        let weeks = try buckets("2026-03-05T00:00:00Z", "2026-03-20T00:00:00Z", "1w")
        #expect(weeks.edges.map { String($0.iso8601.prefix(10)) } == ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23"])
        #expect(weeks.everySeconds == nil)
        let months = try buckets("2025-12-31T12:00:00Z", "2026-03-01T00:00:00Z", "1M", "America/New_York")
        #expect(months.edges.map(\.iso8601) == ["2025-12-01T05:00:00.000000Z", "2026-01-01T05:00:00.000000Z", "2026-02-01T05:00:00.000000Z", "2026-03-01T05:00:00.000000Z"])
        let quarters = try buckets("2026-02-01T00:00:00Z", "2026-08-01T00:00:00Z", "3M")
        #expect(quarters.edges.map { String($0.iso8601.prefix(7)) } == ["2026-01", "2026-04", "2026-07", "2026-10"])
        #expect(try buckets("2024-02-01T00:00:00Z", "2026-08-01T00:00:00Z", "1y").count == 3)
    }

    private static let ranges: [(Double, String)] = [
        (2, "1s"), (900, "10s"), (3_600, "30s"), (86_400, "10m"), (604_800, "2h"), (2_592_000, "6h"), (7_776_000, "1d"), (31_536_000, "1w"),
    ]

    @Test(arguments: ranges)
    func autoChoosesARoundWidth(_ seconds: Double, _ expected: String) throws {
        let start = try #require(Timestamp(iso8601: "2026-03-05T15:00:00Z"))
        let range = TimeRange(from: start, to: Timestamp(microseconds: start.microseconds + Int64(seconds * 1e6)))
        #expect(try TimeBuckets(range, every: .automatic, zone: .utc) == TimeBuckets(range, every: try BucketWidth(expected), zone: .utc))
    }

    @Test func tooManyBucketsAreRefused() throws {
        #expect { try buckets("2026-03-05T00:00:00Z", "2026-03-05T03:03:21Z", "1s") } throws: { error in
            (error as? QueryError)?.code == .queryLimit && (error as? QueryError)?.message.contains("bucketsMax") == true
        }
        #expect(try buckets("2026-03-05T00:00:00Z", "2026-03-05T03:03:20Z", "1s").count == 11_000)
        #expect(throws: QueryError.self) { try buckets("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "1s") }
        #expect(try buckets("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "auto").count < 160)
    }

    @Test(arguments: ["", "1", "m", "0m", "-1m", "1.5h", "1x", "100001s", "1 m", "automatic", "9999999999999999999m"])
    func otherWidthsAreRefused(_ text: String) {
        #expect { try BucketWidth(text) } throws: { ($0 as? QueryError)?.field == "every" }
    }

    @Test func indexFindsTheBucketOfEveryInstant() throws {
        let found = try buckets("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z", "1d", "Europe/Berlin")
        for bucket in 0..<found.count {
            #expect(found.index(of: found.edges[bucket]) == bucket)
            #expect(found.index(of: Timestamp(microseconds: found.edges[bucket + 1].microseconds - 1)) == bucket)
        }
    }
}
