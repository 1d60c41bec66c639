internal import Foundation

/// A month of days as bars, drawn for paper: an SVG with its axis and its figures as text.
struct ReportChart {
    private static let width = 680.0
    private static let height = 150.0
    private static let left = 52.0
    private static let bottom = 18.0
    private static let top = 8.0

    /// One bar a day: the day of the month and its value; nil draws nothing.
    let bars: [(label: String, value: Double?)]
    let title: String
    let color: String
    let format: (Double?) -> String

    var svg: String {
        let most = bars.compactMap(\.value).max() ?? 0
        let scale = Self.niceMaximum(most)
        var parts = ["<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(HTMLText.escaped(summary))\">"]
        for share in [0, 0.5, 1] {
            let y = Self.y(share)
            parts.append("<line x1=\"\(Self.left)\" x2=\"\(Self.width)\" y1=\"\(Self.text(y))\" y2=\"\(Self.text(y))\" class=\"grid\"/>")
            parts.append("<text x=\"\(Self.left - 6)\" y=\"\(Self.text(y + 3.5))\" text-anchor=\"end\">\(HTMLText.escaped(format(scale * share)))</text>")
        }
        let slot = (Self.width - Self.left) / Double(max(1, bars.count))
        for (index, bar) in bars.enumerated() {
            let x = Self.left + slot * Double(index)
            if let value = bar.value, scale > 0 {
                let y = Self.y(value / scale)
                let height = Self.y(0) - y
                parts.append(
                    "<rect x=\"\(Self.text(x + slot * 0.12))\" y=\"\(Self.text(y))\" width=\"\(Self.text(slot * 0.76))\" height=\"\(Self.text(max(0, height)))\" fill=\"\(color)\"><title>\(HTMLText.escaped("\(bar.label): \(format(value))"))</title></rect>")
            }
            if index == 0 || (index + 1) % 5 == 0 {
                parts.append("<text x=\"\(Self.text(x + slot / 2))\" y=\"\(Self.height - 4)\" text-anchor=\"middle\">\(HTMLText.escaped(bar.label))</text>")
            }
        }
        return parts.joined() + "</svg>"
    }

    private var summary: String {
        let values = bars.compactMap(\.value)
        guard let low = values.min(), let high = values.max() else { return "\(title): no data" }
        return "\(title), a bar a day, from \(format(low)) to \(format(high))"
    }

    private static func y(_ share: Double) -> Double { top + (1 - share) * (height - top - bottom) }

    private static func text(_ value: Double) -> String { String(format: "%.1f", value) }

    /// The next of 1, 2, 5 times a power of ten.
    private static func niceMaximum(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        let power = pow(10, floor(log10(value)))
        return [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= value } ?? value
    }
}
