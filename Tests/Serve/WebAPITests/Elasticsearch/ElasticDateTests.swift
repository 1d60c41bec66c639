import GatewayModel
import RequestQuery
import Testing

@testable import WebAPI

struct ElasticDateTests {
    /// Text, and the first and the last instant that it means.
    static let spans: [NamedCase<(String, String)>] = [
        NamedCase("2026-03-05", ("2026-03-05T00:00:00.000000Z", "2026-03-05T23:59:59.999999Z")),
        NamedCase("2026-03-05T16:03", ("2026-03-05T16:03:00.000000Z", "2026-03-05T16:03:59.999999Z")),
        NamedCase("2026-03-05T16:03:20", ("2026-03-05T16:03:20.000000Z", "2026-03-05T16:03:20.999999Z")),
        NamedCase("2026-03-05T16:03:20Z", ("2026-03-05T16:03:20.000000Z", "2026-03-05T16:03:20.999999Z")),
        NamedCase("2026-03-05T16:03:20.5Z", ("2026-03-05T16:03:20.500000Z", "2026-03-05T16:03:20.500999Z")),
        NamedCase("2026-03-05T16:03:20.123-05:00", ("2026-03-05T21:03:20.123000Z", "2026-03-05T21:03:20.123999Z")),
        NamedCase("2026-03-05T16:03:20.123456Z", ("2026-03-05T16:03:20.123456Z", "2026-03-05T16:03:20.123456Z")),
        NamedCase("now", ("2026-03-05T12:34:56.789000Z", "2026-03-05T12:34:56.789000Z")),
        NamedCase("now-1h", ("2026-03-05T11:34:56.789000Z", "2026-03-05T11:34:56.789000Z")),
        NamedCase("now-2H", ("2026-03-05T10:34:56.789000Z", "2026-03-05T10:34:56.789000Z")),
        NamedCase("now/H", ("2026-03-05T12:00:00.000000Z", "2026-03-05T12:59:59.999999Z")),
        NamedCase("now/w", ("2026-03-02T00:00:00.000000Z", "2026-03-08T23:59:59.999999Z")),
        NamedCase("now-1M/M", ("2026-02-01T00:00:00.000000Z", "2026-02-28T23:59:59.999999Z")),
        NamedCase("now/y", ("2026-01-01T00:00:00.000000Z", "2026-12-31T23:59:59.999999Z")),
        NamedCase("now/d+8h", ("2026-03-05T08:00:00.000000Z", "2026-03-05T08:00:00.000000Z")),
        NamedCase("2025-01-31||+1M", ("2025-02-28T00:00:00.000000Z", "2025-02-28T00:00:00.000000Z")),
        NamedCase("2025-01-31||/M", ("2025-01-01T00:00:00.000000Z", "2025-01-31T23:59:59.999999Z")),
        NamedCase("2025-01-31||", ("2025-01-31T00:00:00.000000Z", "2025-01-31T23:59:59.999999Z")),
    ]

    private static let now = Timestamp(microseconds: 1_772_714_096_789_000)

    @Test(arguments: spans) func textMeansASpan(_ expected: NamedCase<(String, String)>) throws {
        let span = try #require(ElasticDate.span(of: expected.name, now: Self.now, zone: .utc))
        #expect(Timestamp(microseconds: span.lowerBound).iso8601 == expected.value.0)
        #expect(Timestamp(microseconds: span.upperBound).iso8601 == expected.value.1)
    }

    @Test func daysFollowTheZoneThroughTheChangeOfClocks() throws {
        let span = try #require(ElasticDate.span(of: "2026-03-29", now: Self.now, zone: try QueryTimeZone("Europe/Berlin")))
        #expect(span.upperBound - span.lowerBound + 1 == 23 * 3_600 * Timestamp.microsecondsPerSecond)
    }

    static let noDates = [
        "", "yesterday", "now-", "now-1", "now/x", "now-1d/", "2026-13-01", "2026-02-30", "||", "||+1d", "2026-03-05||+1", "now||+1d", "2026-03-05T25:00", "12", "1e3",
        "now+999999999999y", "now-999999999y", "now+1d+1d+1d+1d+1d+1d+1d+1d+1d",
    ]

    @Test(arguments: noDates) func otherTextsAreNoDates(_ text: String) {
        #expect(ElasticDate.span(of: text, now: Self.now, zone: .utc) == nil)
    }
}
