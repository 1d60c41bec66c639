@testable import AlertDelivery
import AlertRouting
import ByteCoding
import Foundation
import GatewayModel
import Testing

/// A PNG file read back by its specification, as far as ours use it.
struct ReadPNG {
    var width = 0
    var height = 0
    var pixels: [UInt8] = []

    init?(_ file: [UInt8]) {
        guard Array(file.prefix(8)) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] else { return nil }
        var position = 8
        var (data, palette): ([UInt8], [UInt8]) = ([], [])
        func number(_ at: Int) -> Int { file[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
        while position + 12 <= file.count {
            let length = number(position)
            let type = String(decoding: file[(position + 4)..<(position + 8)], as: UTF8.self)
            let content = Array(file[(position + 8)..<(position + 8 + length)])
            guard number(position + 8 + length) == Int(Checksum.crc32(Array(file[(position + 4)..<(position + 8 + length)]))) else { return nil }
            if type == "IHDR" { (width, height) = (number(position + 8), number(position + 12)) }
            if type == "IDAT" { data += content }
            if type == "PLTE" { palette = content }
            position += 12 + length
            if type == "IEND", position != file.count { return nil }
        }
        guard width > 0, let rows = try? Gzip.decompress(data, limit: (width + 1) * height), rows.count == (width + 1) * height else { return nil }
        for row in 0..<height {
            for index in rows[(row * (width + 1) + 1)..<((row + 1) * (width + 1))] {
                guard 3 * Int(index) + 3 <= palette.count else { return nil }
                pixels += palette[(3 * Int(index))..<(3 * Int(index) + 3)]
            }
        }
    }

    func colour(_ x: Double, _ y: Double) -> (red: UInt8, green: UInt8, blue: UInt8) {
        let index = 3 * (Int(y * 2) * width + Int(x * 2))
        return (pixels[index], pixels[index + 1], pixels[index + 2])
    }
}

enum ChartSample {
    /// 2026-03-05T15:30:00Z
    static let start: Int64 = 1_772_724_600_000
    static let grid = StepGrid(start: start, end: start + 3_600_000, step: 30_000)
    static let berlin = TimeZoneName("Europe/Berlin") ?? .utc

    static func chart(_ values: [Double], limit: Double? = 0.05, unit: ValueUnit = ValueUnit(.ratio), severity: AlertSeverity = .critical, firingMinute: Int64? = 42) -> AlertChart {
        AlertChart(
            title: "HighErrorRate", subtitle: "openai, gpt-4o", values: values, grid: grid, threshold: limit.map { AlertThreshold(.greater, $0) },
            firingSince: firingMinute.map { Timestamp(microseconds: (start + $0 * 60_000) * 1_000) }, severity: severity, zone: berlin, unit: unit)
    }

    /// Quiet, then bad from two thirds on, with a seeded tremble.
    static func surge(_ low: Double, _ high: Double) -> [Double] {
        var state: UInt64 = 7
        return (0..<grid.count).map { index in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let noise = Double(state >> 40) / Double(1 << 24)
            let rise = 1 / (1 + exp(-(Double(index) - 84) / 3))
            return low + (high - low) * rise + (low + 0.12 * high * rise) * (noise - 0.5)
        }
    }
}

struct AlertChartTests {
    private static let hostile: [[Double]] = [
        [], [.nan], Array(repeating: .nan, count: 121), Array(repeating: 0, count: 121), Array(repeating: -5, count: 121), [1], Array(repeating: 1e300, count: 121), Array(repeating: -1e-300, count: 121),
        [.infinity, -.infinity] + Array(repeating: 3, count: 119), (0..<121).map { $0 % 2 == 0 ? 1e18 : -1e18 }, Array(repeating: 7, count: 5_000), (0..<121).map { $0 % 2 == 0 ? .nan : 4 },
        Array(repeating: .greatestFiniteMagnitude, count: 60) + Array(repeating: -.greatestFiniteMagnitude, count: 61), Array(repeating: 5e-324, count: 121),
    ]

    @Test(arguments: hostile) func anyValuesMakeAPicture(_ values: [Double]) throws {
        for unit in [ValueUnit(.ratio), ValueUnit(.seconds), ValueUnit(.bytes, isRate: true), ValueUnit(.dollars)] {
            let axis = ValueAxis(values.filter { $0.isFinite }, unit)
            #expect(axis.top > axis.bottom && (2...12).contains(axis.ticks.count))
        }
        var chart = ChartSample.chart(values, limit: [nil, 0.05, -.infinity, .nan, 1e308][values.count % 5])
        if values.count == 1 { chart.grid = StepGrid(start: 0, end: 0, step: 1) }
        let picture = try #require(ReadPNG(chart.png()))
        #expect(picture.width == 1_280 && picture.height == 520)
    }

    @Test func aPictureIsSmallAndShowsLineThresholdAndFiring() throws {
        let file = ChartSample.chart(ChartSample.surge(0.01, 0.13)).png()
        #expect(file.count < 40_000)
        let picture = try #require(ReadPNG(file))
        // White above the quiet part, tinted where it fires, the frame around it all.
        #expect(picture.colour(200, 80) == (255, 255, 255))
        let shaded = picture.colour(600, 222), quiet = picture.colour(300, 80)
        #expect(shaded.blue < 250 && quiet.blue == 255)
        #expect(picture.colour(0, 100) != (255, 255, 255))
        // Red where the value is wrong, blue where it is not: somewhere in the columns of the one and the other.
        func has(_ x: Double, _ test: (UInt8, UInt8, UInt8) -> Bool) -> Bool { (130..<456).contains { row in let c = picture.colour(x, Double(row) / 2); return test(c.red, c.green, c.blue) } }
        #expect(has(605) { $0 > 150 && $1 < 90 && $2 < 90 })
        #expect(has(120) { $0 < 90 && $2 > 180 })
    }

    @Test func everyPrintableCharacterHasADrawing() {
        let printable = (33...126).map { String(UnicodeScalar($0)) }.joined()
        #expect(StrokeFont.standard.missing(printable).isEmpty)
        #expect(StrokeFont.standard.width("", size: 20) == 0)
        #expect(StrokeFont.standard.fitting("gpt-4o at openai", size: 20, width: 60).hasSuffix("..."))
        #expect(StrokeFont.standard.fitting("gpt", size: 20, width: 1) == "...")
    }

    @Test(arguments: [
        ([0, 0.13], ValueUnit(.ratio), ["0 %", "5 %", "10 %", "15 %"]),
        ([0.2, 0.9], ValueUnit(.seconds), ["0 ms", "250 ms", "500 ms", "750 ms", "1000 ms"]),
        ([1, 9], ValueUnit(.seconds), ["0.0 s", "2.5 s", "5.0 s", "7.5 s", "10.0 s"]),
        ([0, 5_400], ValueUnit(.seconds), ["0 min", "25 min", "50 min", "75 min", "100 min"]),
        ([0, 3e9], ValueUnit(.bytes), ["0 GiB", "1 GiB", "2 GiB", "3 GiB"]),
        ([0, 45_000], ValueUnit(.count), ["0k", "20k", "40k", "60k"]),
        ([0, 12], ValueUnit(.dollars, isRate: true), ["$0/s", "$5/s", "$10/s", "$15/s"]),
        ([98, 100], ValueUnit(.percent), ["98.0 %", "98.5 %", "99.0 %", "99.5 %", "100.0 %"]),
        ([-4, 3], ValueUnit(.number), ["-4", "-2", "0", "2", "4"]),
    ])
    func valuesAreLabelledAtRoundNumbers(_ example: (values: [Double], unit: ValueUnit, labels: [String])) {
        #expect(ValueAxis(example.values, example.unit).ticks.map(\.label) == example.labels)
    }

    @Test func timesAreLabelledOnTheZonesClock() {
        let hour = TimeAxis(from: ChartSample.start, through: ChartSample.start + 3_600_000, ChartSample.berlin, ticksMax: 7)
        #expect(hour.ticks.map(\.label) == ["16:30", "16:40", "16:50", "17:00", "17:10", "17:20", "17:30"])
        // Half-hour zones, and midnight.
        let india = TimeAxis(from: 1_772_735_400_000 - 7_200_000, through: 1_772_735_400_000 + 7_200_000, TimeZoneName("Asia/Kolkata") ?? .utc, ticksMax: 5)
        #expect(india.ticks.map(\.label) == ["22:00", "23:00", "Mar 6", "01:00", "02:00"])
        #expect(TimeAxis(from: 0, through: 0, .utc, ticksMax: 5).ticks.count == 1)
    }

    /// Pictures to look at, written where `GATEWATCH_MAIL_SAMPLES` says.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["GATEWATCH_MAIL_SAMPLES"] != nil)) func samples() throws {
        let folder = URL(filePath: ProcessInfo.processInfo.environment["GATEWATCH_MAIL_SAMPLES"] ?? "")
        var seconds = ChartSample.chart(ChartSample.surge(1.8, 14), limit: 10, unit: ValueUnit(.seconds), severity: .warning)
        seconds.title = "SlowFirstToken"
        seconds.subtitle = "anthropic, claude-3-5-sonnet, a very long label value that goes on and on and on until it does not fit any more"
        seconds.values[50] = .nan
        seconds.values[51] = .nan
        var drop = ChartSample.chart(ChartSample.surge(40, 2), limit: 10, unit: ValueUnit(.count, isRate: true), severity: .info, firingMinute: 48)
        drop.threshold = AlertThreshold(.less, 10)
        drop.title = "ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"
        drop.subtitle = "abcdefghijklmnopqrstuvwxyz !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ Müller"
        for (name, chart) in [("ratio", ChartSample.chart(ChartSample.surge(0.01, 0.13))), ("seconds", seconds), ("drop", drop)] { try Data(chart.png()).write(to: folder.appending(path: name + "-chart.png")) }
    }
}

struct ValueUnitTests {
    @Test(arguments: [
        ("sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.05", ValueUnit(.ratio)),
        ("histogram_quantile(0.95, sum by (le) (rate(llm_request_duration_seconds_bucket[5m]))) > 10", ValueUnit(.seconds, isRate: true)),
        ("rate(x_seconds_sum[5m]) / rate(x_seconds_count[5m])", ValueUnit(.seconds)),
        ("100 * sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))", ValueUnit(.ratio)),
        ("sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) * 100", ValueUnit(.percent)),
        ("sum(increase(gatewatch_cost_usd_total[1h])) > 50", ValueUnit(.dollars)),
        ("node_memory_bytes", ValueUnit(.bytes)), ("time() - last_seen_timestamp_seconds > 60", ValueUnit(.seconds)), ("up == 0", ValueUnit(.count)), ("sum(", ValueUnit(.number)),
        ("sum(rate(requests_total[1m])) > 100", ValueUnit(.count, isRate: true)), ("error_ratio:5m > 0.1", ValueUnit(.ratio)), ("count(x_seconds > 5)", ValueUnit(.count)),
    ])
    func theUnitFollowsFromTheNames(_ example: (text: String, unit: ValueUnit)) {
        // A quantile of rates is a value and no rate.
        let expected = example.text.hasPrefix("histogram_quantile") ? ValueUnit(.seconds) : example.text.hasPrefix("100 *") ? ValueUnit(.percent) : example.unit
        #expect(ValueUnit(of: example.text) == expected)
    }

    @Test(arguments: [
        (0.1243, ValueUnit(.ratio), "12.4 %"), (0.0004, ValueUnit(.ratio), "0.04 %"), (0.85, ValueUnit(.seconds), "850 ms"), (2.345, ValueUnit(.seconds), "2.35 s"), (250, ValueUnit(.seconds), "4 min 10 s"),
        (12_000, ValueUnit(.seconds), "3 h 20 min"), (3_600, ValueUnit(.seconds), "1 h"), (0.99999, ValueUnit(.seconds), "1 s"), (1_288_490_189, ValueUnit(.bytes), "1.2 GiB"), (1_240.4, ValueUnit(.dollars), "$1,240"),
        (-0.004, ValueUnit(.dollars), "-$0.004"), (35.26, ValueUnit(.count, isRate: true), "35.3/s"), (12_400, ValueUnit(.count), "12,400"), (3_200_000, ValueUnit(.number), "3.2 M"), (999_999, ValueUnit(.count), "1 M"),
        (0, ValueUnit(.ratio), "0 %"), (.nan, ValueUnit(.ratio), "no number"), (-.infinity, ValueUnit(.bytes), "-infinity"), (1_772_726_600, ValueUnit(.instant), "2026-03-05T16:03:20Z"), (1e300, ValueUnit(.seconds), "1.16e+295 d"),
        (-1e-9, ValueUnit(.number), "-1.00e-09"), (5, ValueUnit(.number), "5"),
    ] as [(Double, ValueUnit, String)])
    func numbersAreReadable(_ example: (value: Double, unit: ValueUnit, text: String)) { #expect(ReadableNumber.text(example.value, example.unit) == example.text) }
}
