import GatewayModel
import Testing

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("2025-03-05T16:03:20.123456789+00:00", 1_741_190_600_123_456),
        ("2025-03-05T16:03:20.123Z", 1_741_190_600_123_000),
        ("2025-03-05T18:03:20+02:00", 1_741_190_600_000_000),
        ("2025-03-05T21:48:20+05:45", 1_741_190_600_000_000),
        ("2025-03-05 16:03Z", 1_741_190_580_000_000),
        ("2025-03-05", 1_741_132_800_000_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
        ("1969-12-31T23:59:59.5Z", -500_000),
        ("2016-12-31T23:59:60Z", 1_483_228_799_000_000),
    ])
    func iso8601IsRead(text: String, micros: Int64) throws {
        #expect(try #require(Timestamp(iso8601: text)).microseconds == micros)
    }

    @Test(arguments: [
        "", "2025", "2025-13-01", "2025-02-29", "2025-03-05T24:00:00Z", "2025-03-05T16:60:00Z", "2025-03-05T16:03:20.Z", "2025-03-05T16:03:20+25:00",
        "2025-03-05T16:03:20Zjunk", "now", "2025-3-5", "２０２５-03-05",
    ])
    func impossibleTimesAreRefused(text: String) { #expect(Timestamp(iso8601: text) == nil) }

    @Test func writingAndReadingGiveTheSameInstant() throws {
        var micros: Int64 = -62_135_596_800_000_000
        while micros < 253_402_300_799_000_000 {
            let time = Timestamp(microseconds: micros)
            #expect(try #require(Timestamp(iso8601: time.iso8601)) == time)
            micros += 9_876_543_210_123_457
        }
    }

    @Test(arguments: [(0, 0), (-1, -1), (86_399_999_999, 0), (86_400_000_000, 1), (-86_400_000_000, -1), (-86_400_000_001, -2)] as [(Int64, Int32)])
    func utcDayRoundsDown(micros: Int64, day: Int32) { #expect(Timestamp(microseconds: micros).utcDay == day) }
}
