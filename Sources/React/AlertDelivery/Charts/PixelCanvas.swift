internal import Foundation

/// A colour.
struct Ink: Sendable, Equatable {
    var red: UInt8
    var green: UInt8
    var blue: UInt8

    /// - Parameter hex: `0xRRGGBB`.
    init(_ hex: UInt32) { (red, green, blue) = (UInt8(truncatingIfNeeded: hex >> 16), UInt8(truncatingIfNeeded: hex >> 8), UInt8(truncatingIfNeeded: hex)) }
}

/// A place on the canvas in pixels, from the top left.
struct PixelPoint: Sendable, Equatable {
    var x: Double
    var y: Double
}

/// Opaque pixels to draw on. Strokes are smoothed by how much of a pixel they cover, computed from the distance to the line: no table, no second resolution.
///
/// What lies outside is not drawn.
struct PixelCanvas: Sendable {
    let width: Int
    let height: Int
    /// Red, green and blue, row by row from the top.
    private(set) var pixels: [UInt8]
    /// How much of each pixel the stroke that is being drawn covers; 0 between two strokes.
    private var coverage: [UInt8]

    init(width: Int, height: Int, ground: Ink) {
        (self.width, self.height) = (width, height)
        coverage = [UInt8](repeating: 0, count: width * height)
        pixels = [UInt8](repeating: 0, count: 3 * width * height)
        for index in 0..<(width * height) { (pixels[3 * index], pixels[3 * index + 1], pixels[3 * index + 2]) = (ground.red, ground.green, ground.blue) }
    }

    // MARK: Areas

    /// Fills a rectangle; its edges may lie within pixels.
    mutating func fill(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double, _ ink: Ink, alpha: Double = 1) {
        guard let columns = Self.span(left, right, width), let rows = Self.span(top, bottom, height) else { return }
        for y in rows {
            let vertical = max(0, min(Double(y + 1), bottom) - max(Double(y), top))
            for x in columns { blend(x, y, ink, alpha * vertical * max(0, min(Double(x + 1), right) - max(Double(x), left))) }
        }
    }

    /// Fills below a line down to `bottom`, fading from `alpha` at `fadeTop` to a tenth of it at `bottom`.
    ///
    /// - Parameter height: the line's place in a column of pixels; nil where there is none.
    mutating func fillBelow(_ columns: Range<Int>, fadeTop: Double, bottom: Double, alpha: Double, _ ink: (Int) -> Ink, height line: (Double) -> Double?) {
        for x in columns where x >= 0 && x < width {
            guard let top = line(Double(x) + 0.5), let rows = Self.span(top, bottom, height) else { continue }
            for y in rows {
                let part = max(0, min(Double(y + 1), bottom) - max(Double(y), top))
                let depth = min(1, max(0, (Double(y) - fadeTop) / max(1, bottom - fadeTop)))
                blend(x, y, ink(y), alpha * part * (1 - 0.9 * depth))
            }
        }
    }

    // MARK: Lines

    /// Draws lines through the points with round ends and corners, each pixel once: where a line crosses itself it is not darker.
    ///
    /// - Parameter ink: the colour in a row of pixels.
    mutating func stroke(_ lines: [[PixelPoint]], width: Double, alpha: Double = 1, _ ink: (Int) -> Ink) {
        guard let bounds = Self.bounds(lines, inflatedBy: width / 2 + 1), let columns = Self.span(bounds.left, bounds.right, self.width), let rows = Self.span(bounds.top, bounds.bottom, height)
        else { return }
        for line in lines {
            if line.count == 1 { cover(line[0], line[0], width / 2) }
            for (from, to) in zip(line, line.dropFirst()) { cover(from, to, width / 2) }
        }
        for y in rows {
            let colour = ink(y)
            for x in columns where coverage[y * self.width + x] > 0 {
                blend(x, y, colour, alpha * Double(coverage[y * self.width + x]) / 255)
                coverage[y * self.width + x] = 0
            }
        }
    }

    mutating func stroke(_ lines: [[PixelPoint]], width: Double, alpha: Double = 1, _ ink: Ink) { stroke(lines, width: width, alpha: alpha) { _ in ink } }

    /// A line of dashes.
    mutating func dash(from: PixelPoint, to: PixelPoint, width: Double, on: Double, off: Double, _ ink: Ink) {
        let length = hypot(to.x - from.x, to.y - from.y)
        guard length > 0, on > 0 else { return }
        let (dx, dy) = ((to.x - from.x) / length, (to.y - from.y) / length)
        let starts = stride(from: 0, to: length, by: on + off)
        stroke(starts.map { start in [start, min(length, start + on)].map { PixelPoint(x: from.x + dx * $0, y: from.y + dy * $0) } }, width: width, ink)
    }

    private mutating func cover(_ from: PixelPoint, _ to: PixelPoint, _ half: Double) {
        let reach = half + 1
        guard let columns = Self.span(min(from.x, to.x) - reach, max(from.x, to.x) + reach, width), let rows = Self.span(min(from.y, to.y) - reach, max(from.y, to.y) + reach, height) else { return }
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let squared = dx * dx + dy * dy
        for y in rows {
            for x in columns {
                let (px, py) = (Double(x) + 0.5 - from.x, Double(y) + 0.5 - from.y)
                let along = squared > 0 ? max(0, min(1, (px * dx + py * dy) / squared)) : 0
                let (ox, oy) = (px - along * dx, py - along * dy)
                let far = ox * ox + oy * oy
                guard far < (half + 0.5) * (half + 0.5) else { continue }
                let covered = UInt8(min(1, half + 0.5 - far.squareRoot()) * 255)
                if covered > coverage[y * width + x] { coverage[y * width + x] = covered }
            }
        }
    }

    // MARK: Pixels

    private mutating func blend(_ x: Int, _ y: Int, _ ink: Ink, _ alpha: Double) {
        let share = Int(alpha * 256)
        guard share > 0 else { return }
        let index = 3 * (y * width + x)
        pixels[index] = Self.mixed(pixels[index], ink.red, share)
        pixels[index + 1] = Self.mixed(pixels[index + 1], ink.green, share)
        pixels[index + 2] = Self.mixed(pixels[index + 2], ink.blue, share)
    }

    private static func mixed(_ ground: UInt8, _ ink: UInt8, _ share: Int) -> UInt8 { UInt8(truncatingIfNeeded: (Int(ground) * (256 - share) + Int(ink) * share + 128) >> 8) }

    /// The pixels that a stretch touches; nil when there are none.
    private static func span(_ from: Double, _ to: Double, _ count: Int) -> Range<Int>? {
        guard from.isFinite, to.isFinite, to > from, to > 0, from < Double(count) else { return nil }
        return Int(max(0, from.rounded(.down)))..<Int(min(Double(count), to.rounded(.up)))
    }

    private static func bounds(_ lines: [[PixelPoint]], inflatedBy reach: Double) -> (left: Double, top: Double, right: Double, bottom: Double)? {
        var bounds: (left: Double, top: Double, right: Double, bottom: Double)?
        for line in lines {
            for point in line {
                let known = bounds ?? (point.x, point.y, point.x, point.y)
                bounds = (min(known.left, point.x), min(known.top, point.y), max(known.right, point.x), max(known.bottom, point.y))
            }
        }
        return bounds.map { ($0.left - reach, $0.top - reach, $0.right + reach, $0.bottom + reach) }
    }
}
