internal import AlertRouting
internal import Foundation
internal import GatewayModel

/// Puts an ``AlertChart`` on a canvas, part by part. Places are in pixels of the page; the canvas has twice as many.
struct ChartDrawing {
    private enum Colour {
        static let ground = Ink(0xffffff), frame = Ink(0xdde2e8), grid = Ink(0xedf0f3), text = Ink(0x18222e), muted = Ink(0x566373), line = Ink(0x2f6fd0)
        static let critical = Ink(0xb3261e), warning = Ink(0xb87400), info = Ink(0x2b5fc7)
    }

    private static let left = 62.0, right = 624.0, top = 76.0, bottom = 228.0
    private static let labelSize = 11.0

    private let chart: AlertChart
    private let font = StrokeFont.standard
    private let axis: ValueAxis
    /// Milliseconds since 1970 at the two sides.
    private let from: Int64
    private let through: Int64
    private(set) var canvas: PixelCanvas

    init(_ chart: AlertChart) {
        self.chart = chart
        axis = ValueAxis((chart.values + [chart.threshold?.limit ?? .nan]).filter { $0.isFinite }, chart.unit)
        from = chart.grid.start
        through = max(chart.grid.start + 1, chart.grid[max(0, chart.grid.count - 1)])
        canvas = PixelCanvas(width: Int(Double(AlertChart.width) * AlertChart.scale), height: Int(Double(AlertChart.height) * AlertChart.scale), ground: Colour.ground)
    }

    mutating func draw() {
        heading()
        let firing = firingSpan
        if let firing { shade(firing) }
        axes()
        values()
        threshold()
        if let firing { firingMark(firing) }
        lastValue()
        frame()
    }

    // MARK: Places

    private func x(_ time: Int64) -> Double { Self.left + (Self.right - Self.left) * Double(time - from) / Double(through - from) }
    private func y(_ value: Double) -> Double { Self.bottom - (Self.bottom - Self.top) * axis.share(value) }
    private func point(_ x: Double, _ y: Double) -> PixelPoint { PixelPoint(x: x * AlertChart.scale, y: y * AlertChart.scale) }

    private var tone: Ink {
        switch chart.severity {
        case .critical: Colour.critical
        case .warning: Colour.warning
        case .info: Colour.info
        }
    }

    /// The colour of the line in a row of pixels: the alert's where the value is wrong.
    private func lineInk() -> (Int) -> Ink {
        guard let threshold = chart.threshold, threshold.limit.isFinite else { return { _ in Colour.line } }
        let (edge, tone) = (y(threshold.limit) * AlertChart.scale, tone)
        switch threshold.comparison {
        case .greater, .greaterOrEqual: return { Double($0) < edge ? tone : Colour.line }
        case .less, .lessOrEqual: return { Double($0) > edge ? tone : Colour.line }
        case .equal, .notEqual: return { _ in Colour.line }
        }
    }

    // MARK: Parts

    private mutating func heading() {
        let last = chart.values.last { $0.isFinite }
        var room = Self.right - 20
        if let last {
            let text = ReadableNumber.text(last, chart.unit)
            put(text, Self.right, 30, size: 18, weight: .bold, anchor: .end, isWrong(last) ? tone : Colour.text)
            room = Self.right - 20 - font.width(text, size: 18) - 16
        }
        put(font.fitting(chart.title, size: 15, width: room), 20, 28, size: 15, weight: .bold, Colour.text)
        let limit = chart.threshold.map { "wrong when " + $0.words(chart.unit) } ?? ""
        put(limit, Self.right, 48, size: Self.labelSize, anchor: .end, Colour.muted)
        put(font.fitting(chart.subtitle, size: Self.labelSize, width: Self.right - 36 - font.width(limit, size: Self.labelSize)), 20, 48, size: Self.labelSize, Colour.muted)
    }

    private func isWrong(_ value: Double) -> Bool {
        guard let threshold = chart.threshold else { return false }
        return switch threshold.comparison {
        case .greater: value > threshold.limit
        case .greaterOrEqual: value >= threshold.limit
        case .less: value < threshold.limit
        case .lessOrEqual: value <= threshold.limit
        case .equal: value == threshold.limit
        case .notEqual: value != threshold.limit
        }
    }

    private mutating func axes() {
        for tick in axis.ticks where tick.value <= axis.top {
            let height = y(tick.value)
            fill(Self.left, height - 0.5, Self.right, height + 0.5, Colour.grid)
            put(tick.label, Self.left - 8, height + 4, size: Self.labelSize, anchor: .end, Colour.muted)
        }
        for tick in TimeAxis(from: from, through: through, chart.zone, ticksMax: 7).ticks {
            let place = x(tick.time)
            fill(place - 0.5, Self.bottom, place + 0.5, Self.bottom + 4, Colour.frame)
            let half = font.width(tick.label, size: Self.labelSize) / 2
            put(tick.label, min(max(place, Self.left + half - 12), Self.right - half), Self.bottom + 18, size: Self.labelSize, anchor: .middle, Colour.muted)
        }
        fill(Self.left, Self.bottom - 0.5, Self.right, Self.bottom + 0.5, Colour.frame)
    }

    /// The values' stretches without gaps.
    private var stretches: [[PixelPoint]] {
        var stretches: [[PixelPoint]] = [[]]
        for index in 0..<min(chart.grid.count, chart.values.count) {
            let value = chart.values[index]
            if value.isFinite { stretches[stretches.count - 1].append(point(x(chart.grid[index]), y(value))) } else if stretches.last?.isEmpty == false { stretches.append([]) }
        }
        return stretches.filter { !$0.isEmpty }
    }

    private mutating func values() {
        let (stretches, ink) = (stretches, lineInk())
        let (base, ceiling) = (y(max(axis.bottom, min(0, axis.top))) * AlertChart.scale, Self.top * AlertChart.scale)
        for stretch in stretches where stretch.count > 1 {
            var index = 0
            canvas.fillBelow(Int(stretch[0].x)..<Int(stretch[stretch.count - 1].x), fadeTop: ceiling, bottom: base, alpha: 0.2, { _ in Colour.line }) { x in
                while index + 2 < stretch.count, stretch[index + 1].x < x { index += 1 }
                let (a, b) = (stretch[index], stretch[index + 1])
                return a.y + (b.y - a.y) * max(0, min(1, (x - a.x) / max(1e-9, b.x - a.x)))
            }
        }
        canvas.stroke(stretches, width: 1.9 * AlertChart.scale, ink)
        for stretch in stretches where stretch.count == 1 { canvas.stroke([stretch], width: 4 * AlertChart.scale, ink) }
        if stretches.isEmpty {
            put("no values in this time", (Self.left + Self.right) / 2, (Self.top + Self.bottom) / 2, size: 13, anchor: .middle, Colour.muted)
        }
    }

    private mutating func threshold() {
        guard let threshold = chart.threshold, threshold.limit.isFinite else { return }
        let height = y(threshold.limit)
        canvas.dash(from: point(Self.left, height), to: point(Self.right, height), width: 1.2 * AlertChart.scale, on: 5 * AlertChart.scale, off: 5 * AlertChart.scale, tone)
    }

    private mutating func lastValue() {
        guard let last = chart.values.lastIndex(where: { $0.isFinite }), last < chart.grid.count else { return }
        let place = point(x(chart.grid[last]), y(chart.values[last]))
        canvas.stroke([[place]], width: 10 * AlertChart.scale, Colour.ground)
        canvas.stroke([[place]], width: 7 * AlertChart.scale, lineInk())
    }

    // MARK: Firing

    /// Where it fires, within the chart.
    private var firingSpan: (left: Double, right: Double)? {
        guard let since = chart.firingSince else { return nil }
        let end = chart.firingUntil.map { $0.microseconds / 1_000 } ?? through
        let (left, right) = (x(max(from, since.microseconds / 1_000)), x(min(through, end)))
        return right > left ? (left, right) : nil
    }

    private mutating func shade(_ span: (left: Double, right: Double)) { fill(span.left, Self.top, span.right, Self.bottom, tone, alpha: 0.09) }

    private mutating func firingMark(_ span: (left: Double, right: Double)) {
        guard let since = chart.firingSince, since.microseconds / 1_000 >= from else { return }
        fill(span.left - 0.6, Self.top - 3, span.left + 0.6, Self.bottom, tone, alpha: 0.55)
        let text = "firing since " + ReadableTime.clock(since, chart.zone).dropFirst(11).prefix(5)
        let width = font.width(text, size: Self.labelSize)
        // Above the chart, where no line passes.
        put(text, min(max(span.left, Self.left), Self.right - width), Self.top - 6, size: Self.labelSize, tone)
    }

    private mutating func frame() {
        let (width, height) = (Double(AlertChart.width), Double(AlertChart.height))
        fill(0, 0, width, 1, Colour.frame)
        fill(0, height - 1, width, height, Colour.frame)
        fill(0, 1, 1, height - 1, Colour.frame)
        fill(width - 1, 1, width, height - 1, Colour.frame)
    }

    // MARK: Canvas

    private mutating func fill(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double, _ ink: Ink, alpha: Double = 1) {
        canvas.fill(left * AlertChart.scale, top * AlertChart.scale, right * AlertChart.scale, bottom * AlertChart.scale, ink, alpha: alpha)
    }

    private mutating func put(_ text: String, _ x: Double, _ y: Double, size: Double, weight: StrokeFont.Weight = .regular, anchor: StrokeFont.Anchor = .start, _ ink: Ink) {
        font.draw(text, at: point(x, y), size: size * AlertChart.scale, weight: weight, anchor: anchor, ink, on: &canvas)
    }
}
