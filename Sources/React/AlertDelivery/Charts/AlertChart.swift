internal import Foundation
package import AlertRouting
package import GatewayModel

/// A picture of an alert's values around the time it fired: the line, the threshold, and since when it fires.
///
/// Drawn at twice the size it is shown at, on white: it stands in mails and chats, light and dark.
package struct AlertChart: Sendable {
    package var title: String
    /// Below the title: where, shortened to fit.
    package var subtitle: String
    /// One for each instant of the grid; not a number where there is none.
    package var values: [Double]
    package var grid: StepGrid
    package var threshold: AlertThreshold?
    /// When the alert began to fire; nil when it does not.
    package var firingSince: Timestamp?
    /// When it ended; nil while it fires.
    package var firingUntil: Timestamp?
    package var severity: AlertSeverity
    package var zone: TimeZoneName
    package var unit: ValueUnit

    /// As shown, in pixels of a page.
    package static let width = 640
    package static let height = 260
    /// Pixels of the picture for one of the page.
    static let scale = 2.0

    /// - Parameter values: one for each instant of the grid.
    package init(
        title: String, subtitle: String = "", values: [Double], grid: StepGrid, threshold: AlertThreshold?, firingSince: Timestamp?, firingUntil: Timestamp? = nil,
        severity: AlertSeverity = .warning, zone: TimeZoneName, unit: ValueUnit
    ) {
        self.title = title
        self.subtitle = subtitle
        self.values = values
        self.grid = grid
        self.threshold = threshold
        self.firingSince = firingSince
        self.firingUntil = firingUntil
        self.severity = severity
        self.zone = zone
        self.unit = unit
    }

    /// The picture as a PNG file, some 10 to 30 kB.
    package func png() -> [UInt8] {
        var drawing = ChartDrawing(self)
        drawing.draw()
        // 144 dots per inch: twice the density of a page.
        return PNGImage.encode(width: drawing.canvas.width, height: drawing.canvas.height, pixels: drawing.canvas.pixels, pixelsPerMeter: 5_669)
    }
}
