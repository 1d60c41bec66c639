internal import AlertRouting
internal import Foundation
internal import GatewayModel

/// The values of a chart from bottom to top, at round numbers.
struct ValueAxis: Sendable, Equatable {
    /// In the values' own unit.
    let bottom: Double
    let top: Double
    let ticks: [(value: Double, label: String)]

    /// Lines across the chart. More are noise at its height.
    private static let ticksMax = 5

    /// - Parameter values: finite ones; empty makes an axis from 0 to 1.
    init(_ values: [Double], _ unit: ValueUnit) {
        var (low, high) = (Self.moderate(values.min() ?? 0), Self.moderate(values.max() ?? 1))
        // Amounts are told from nothing on; a narrow band far from it would look like a flat line then.
        if low >= 0, low < 0.6 * high { low = 0 }
        if high <= 0, high > 0.6 * low { high = 0 }
        if low == high { (low, high) = low == 0 ? (0, 1) : (min(0, low * 2), max(0, low * 2)) }
        let scale = AxisScale(unit, largest: max(abs(low), abs(high)))
        let step = Self.step((high - low) / scale.divisor) * scale.divisor
        bottom = (low / step + 1e-9).rounded(.down) * step
        let above = (high / step - 1e-9).rounded(.up) * step
        // Room above the highest value, so that the line does not touch the top.
        top = above - high < 0.04 * (above - bottom) ? above + step / 2 : above
        let count = Int(((top - bottom) / step + 1e-9).rounded(.down))
        let decimals = Self.decimals(step / scale.divisor)
        var ticks: [(value: Double, label: String)] = []
        for index in 0...max(0, min(count, 2 * Self.ticksMax)) {
            let value = bottom + Double(index) * step
            ticks.append((value, scale.label(value, decimals: decimals)))
        }
        self.ticks = ticks
    }

    /// Values at the ends of what a number can be would leave it when they are added up.
    private static func moderate(_ value: Double) -> Double { abs(value) < 1e-100 ? 0 : max(-1e100, min(1e100, value)) }

    static func == (lhs: ValueAxis, rhs: ValueAxis) -> Bool { lhs.bottom == rhs.bottom && lhs.top == rhs.top && lhs.ticks.map(\.label) == rhs.ticks.map(\.label) }

    /// Where a value stands: 0 at the bottom, 1 at the top; not beyond by more than the chart's height.
    func share(_ value: Double) -> Double { max(-1, min(2, (value - bottom) / (top - bottom))) }

    /// Digits behind the point that tell multiples of a step apart: one for 0.5 and 2.5.
    private static func decimals(_ step: Double) -> Int { (0...9).first { abs((step * pow(10, Double($0))).rounded() / pow(10, Double($0)) - step) < 1e-6 * step } ?? 9 }

    /// A round step that gives some five lines: 1, 2, 2.5 or 5 times a power of ten.
    private static func step(_ span: Double) -> Double {
        guard span > 0, span.isFinite else { return 1 }
        let raw = span / Double(ticksMax - 1)
        let power = pow(10, log10(raw).rounded(.down))
        let factor = [1, 2, 2.5, 5, 10].first { $0 * power >= raw * 0.999 } ?? 10
        return factor * power
    }
}

/// What the numbers of an axis are told in: one unit for all of them.
struct AxisScale: Sendable {
    let divisor: Double
    let suffix: String
    let prefix: String

    init(_ unit: ValueUnit, largest: Double) {
        let rate = unit.isRate ? "/s" : ""
        func choose(_ steps: [(Double, String)]) -> (Double, String) { steps.last { largest >= $0.0 } ?? steps[0] }
        var (divisor, suffix, prefix) = (1.0, rate, "")
        switch unit.base {
        case .ratio: (divisor, suffix) = (0.01, " %" + rate)
        case .percent: suffix = " %" + rate
        case .seconds where !unit.isRate: (divisor, suffix) = choose([(1e-6, " us"), (1e-3, " ms"), (1, " s"), (300, " min"), (7_200, " h"), (172_800, " d")])
            if divisor == 300 { divisor = 60 } else if divisor == 7_200 { divisor = 3_600 } else if divisor == 172_800 { divisor = 86_400 }
        case .bytes:
            (divisor, suffix) = choose([(1, " B"), (1_024, " KiB"), (1_048_576, " MiB"), (1_073_741_824, " GiB"), (1_099_511_627_776, " TiB")])
            suffix += rate
        case .dollars: prefix = "$"
            fallthrough
        case .number, .count, .seconds, .instant:
            (divisor, suffix) = choose([(1, ""), (10_000, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"), (1e15, "P")])
            if divisor == 10_000 { divisor = 1_000 }
            if largest >= 1e18 || (largest < 1e-6 && largest > 0) { (divisor, suffix) = (pow(10, log10(largest).rounded(.down)), String(format: "e%.0f", log10(largest).rounded(.down))) }
            suffix += rate
        }
        (self.divisor, self.suffix, self.prefix) = (divisor, suffix, prefix)
    }

    func label(_ value: Double, decimals: Int) -> String {
        let shown = value / divisor
        let text = ReadableNumber.fixed(abs(shown), decimals)
        return (shown < 0 && Double(text) != 0 ? "-" : "") + prefix + text + suffix
    }
}

/// The times of a chart from left to right, at round times of the zone's clock.
struct TimeAxis: Sendable {
    /// Milliseconds since 1970, and how they are labelled.
    let ticks: [(time: Int64, label: String)]

    private static let minute: Int64 = 60_000
    private static let steps: [Int64] = [1_000, 5_000, 15_000, 30_000].map { $0 } + [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 43_200].map { $0 * minute }
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    init(from: Int64, through: Int64, _ zone: TimeZoneName, ticksMax: Int) {
        let span = max(1, through - from)
        let step = Self.steps.first { span / $0 <= Int64(ticksMax) } ?? span
        // Round on the clock of the zone, as it stands in the middle.
        let offset = Int64(zone.offset(at: Timestamp(microseconds: (from + span / 2) * 1_000))) * 1_000
        let first = Self.roundedUp(from + offset, step) - offset
        var ticks: [(time: Int64, label: String)] = []
        var day: Int32?
        for time in stride(from: first, through: through, by: Int64.Stride(step)) {
            let wall = Timestamp(microseconds: (time + offset) * 1_000)
            let date = Timestamp.civil(fromDays: Int64(wall.utcDay))
            let isNewDay = day != nil && day != wall.utcDay
            day = wall.utcDay
            let clock = wall.iso8601.dropFirst(11)
            let label = step >= 1_440 * Self.minute || isNewDay ? "\(Self.months[Int(date.month) - 1]) \(date.day)" : String(clock.prefix(step < Self.minute ? 8 : 5))
            ticks.append((time, label))
        }
        self.ticks = ticks
    }

    private static func roundedUp(_ value: Int64, _ step: Int64) -> Int64 {
        let rest = ((value % step) + step) % step
        return rest == 0 ? value : value - rest + step
    }
}
