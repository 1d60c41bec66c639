import GatewayModel
import RequestQuery
import Testing

struct TimeExpressionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let zone: String
        let expected: String
        var testDescription: String { "\(text) in \(zone)" }

        init(_ text: String, _ zone: String, _ expected: String) {
            self.text = text
            self.zone = zone
            self.expected = expected
        }
    }

    static let now = "2026-03-30T10:20:30.500000Z"

    static let good: [Case] = [
        Case("now", "UTC", "2026-03-30T10:20:30.500000Z"),
        Case(" now-15m ", "UTC", "2026-03-30T10:05:30.500000Z"),
        Case("now-90s", "UTC", "2026-03-30T10:19:00.500000Z"),
        Case("now+1h", "UTC", "2026-03-30T11:20:30.500000Z"),
        Case("now/h", "UTC", "2026-03-30T10:00:00.000000Z"),
        Case("now/m", "UTC", "2026-03-30T10:20:00.000000Z"),
        Case("now/d", "UTC", "2026-03-30T00:00:00.000000Z"),
        Case("now/d", "Europe/Berlin", "2026-03-29T22:00:00.000000Z"),
        Case("now-1d/d", "Europe/Berlin", "2026-03-28T23:00:00.000000Z"),
        // Clocks went forward on 29 March: the same wall-clock time a day earlier is 23 hours ago at night, 24 by day.
        Case("now-1d", "Europe/Berlin", "2026-03-29T10:20:30.500000Z"),
        Case("now-2d", "Europe/Berlin", "2026-03-28T11:20:30.500000Z"),
        Case("now/w", "Europe/Berlin", "2026-03-29T22:00:00.000000Z"),
        Case("now-1w/w", "UTC", "2026-03-23T00:00:00.000000Z"),
        Case("now/M", "America/New_York", "2026-03-01T05:00:00.000000Z"),
        Case("now-1M", "UTC", "2026-02-28T10:20:30.500000Z"),
        Case("now-1y/y", "UTC", "2025-01-01T00:00:00.000000Z"),
        Case("now/d+8h", "Asia/Kolkata", "2026-03-30T02:30:00.000000Z"),
        Case("now/h", "Asia/Kolkata", "2026-03-30T09:30:00.000000Z"),
        Case("now/d", "Asia/Kathmandu", "2026-03-29T18:15:00.000000Z"),
        Case("2026-03-05", "UTC", "2026-03-05T00:00:00.000000Z"),
        Case("2026-03-05", "Europe/Berlin", "2026-03-04T23:00:00.000000Z"),
        Case("2026-03-05T16:03", "Asia/Tokyo", "2026-03-05T07:03:00.000000Z"),
        Case("2026-03-05T16:03:20.123456+01:00", "Asia/Tokyo", "2026-03-05T15:03:20.123456Z"),
        Case("2026-03-05T16:03Z", "Asia/Tokyo", "2026-03-05T16:03:00.000000Z"),
        // 02:30 does not exist on 29 March in Berlin: the clock jumps at 01:00 UTC. On 25 October it comes twice: the first counts.
        Case("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00.000000Z"),
        Case("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000000Z"),
        Case("1741186980", "Asia/Tokyo", "2025-03-05T15:03:00.000000Z"),
        Case("1741186980000", "UTC", "2025-03-05T15:03:00.000000Z"),
        Case("1741186980.25", "UTC", "2025-03-05T15:03:00.250000Z"),
        Case("0", "UTC", "1970-01-01T00:00:00.000000Z"),
    ]

    @Test(arguments: good)
    func timesMeanTheirInstant(_ example: Case) throws {
        let now = try #require(Timestamp(iso8601: Self.now))
        let expression = try TimeExpression(example.text, field: "from")
        let zone = try QueryTimeZone(example.zone)
        #expect(try expression.resolve(now: now, zone: zone, field: "from").iso8601 == example.expected)
        #expect(try TimeExpression(expression.text, field: "from") == expression)
    }

    @Test(arguments: ["", "yesterday", "now-", "now-5", "now-5x", "now--5m", "now/", "now/q", "nowish", "now-1.5h", "2026-13-01", "2026-02-30", "12:30", "now-9999999999m",
        "now/d/d/d/d/d/d/d/d/d", "1e300", "2026-03-05T25:00"])
    func otherTextsAreRefused(_ text: String) {
        #expect { try TimeExpression(text, field: "to") } throws: { error in
            guard let error = error as? QueryError else { return false }
            return error.code == .invalidTime && error.field == "to" && error.hint != nil
        }
    }

    @Test(arguments: ["now-9000y", "now+9000y", "now-999999999M", "now+999999999w", "9999999999999999"])
    func timesOutsideTheCalendarAreRefused(_ text: String) throws {
        #expect(throws: QueryError.self) {
            try TimeExpression(text, field: "from").resolve(now: Timestamp(microseconds: 1_774_866_030_500_000), zone: .utc, field: "from")
        }
    }

    @Test func unknownZonesAreRefused() {
        for name in ["Europe/Berln", "", "not a zone", String(repeating: "x", count: 500)] {
            #expect(throws: QueryError.self) { try QueryTimeZone(name) }
        }
    }

    @Test func aRangeMustNotBeEmpty() throws {
        var query = RequestQuery()
        query.from = .now
        #expect { try query.range(now: Timestamp(microseconds: 0)) } throws: { ($0 as? QueryError)?.code == .invalidTime }
    }
}
