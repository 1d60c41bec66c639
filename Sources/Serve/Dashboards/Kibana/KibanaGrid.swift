/// Places panels on Kibana's grid of 48 columns in reading order: a panel that does not fit beside the one before begins a new row, and so does each section.
///
/// All panels of a row are as tall as the tallest, so that the next row begins without a gap.
struct KibanaGrid {
    static let columns = 48
    /// Kibana's columns for one of our twelve.
    static let columnsPerColumn = 4

    struct Place: Equatable {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
    }

    private(set) var nextRow = 0

    /// The places of a section's panels, in their order.
    mutating func place(_ sizes: [(width: Int, height: Int)]) -> [Place] {
        var places: [Place] = []
        var row: [(x: Int, width: Int, height: Int)] = []
        func closed(at y: Int) -> [Place] {
            let height = row.map(\.height).max() ?? 0
            return row.map { Place(x: $0.x, y: y, width: $0.width, height: height) }
        }
        for size in sizes {
            let width = min(max(size.width, 1) * Self.columnsPerColumn, Self.columns)
            let x = row.last.map { $0.x + $0.width } ?? 0
            if x + width > Self.columns {
                places += closed(at: nextRow)
                nextRow += row.map(\.height).max() ?? 0
                row = [(0, width, size.height)]
            } else {
                row.append((x, width, size.height))
            }
        }
        places += closed(at: nextRow)
        nextRow += row.map(\.height).max() ?? 0
        return places
    }
}
