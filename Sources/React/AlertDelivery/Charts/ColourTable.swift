/// The colours of a picture, few enough for one byte a pixel: a chart has some ten inks, and smooth edges between them that nobody counts.
///
/// Colours are sorted into cells of a cube, 64 to a side; the fullest cells become the table, with their mean colour, and the other cells take the nearest of it.
struct ColourTable: Sendable {
    /// Entries at most. With more the edges gain nothing that is seen, and the file grows by half.
    static let coloursMax = 128
    private static let bits = 6

    /// Red, green and blue of each entry.
    private(set) var colours: [UInt8] = []
    /// For each pixel its entry.
    private(set) var indices: [UInt8]

    /// - Parameter pixels: red, green and blue of each.
    init(_ pixels: [UInt8]) {
        let count = pixels.count / 3
        let (shift, cells) = (8 - Self.bits, 1 << (3 * Self.bits))
        var sizes = [Int32](repeating: 0, count: cells)
        var places = [Int32](repeating: 0, count: count)
        for index in 0..<count {
            let (red, green, blue) = (Int(pixels[3 * index]) >> shift, Int(pixels[3 * index + 1]) >> shift, Int(pixels[3 * index + 2]) >> shift)
            let cell = (red << (2 * Self.bits)) | (green << Self.bits) | blue
            places[index] = Int32(truncatingIfNeeded: cell)
            sizes[cell] &+= 1
        }
        let used = sizes.indices.filter { sizes[$0] > 0 }.sorted { (sizes[$0], $1) > (sizes[$1], $0) }
        let chosen = used.prefix(Self.coloursMax)
        var entries = [UInt8](repeating: 0, count: cells)
        for (entry, cell) in chosen.enumerated() { entries[cell] = UInt8(entry) }
        // The mean of what lies in a chosen cell: areas of one colour stay exactly what they are.
        var sums = [Int](repeating: 0, count: 3 * chosen.count)
        for index in 0..<count where Int(entries[Int(places[index])]) < chosen.count && Int(places[index]) == chosen[Int(entries[Int(places[index])])] {
            let entry = Int(entries[Int(places[index])])
            for part in 0..<3 { sums[3 * entry + part] += Int(pixels[3 * index + part]) }
        }
        for (entry, cell) in chosen.enumerated() {
            let size = Int(sizes[cell])
            for part in 0..<3 { colours.append(UInt8((sums[3 * entry + part] + size / 2) / size)) }
        }
        for cell in used.dropFirst(Self.coloursMax) { entries[cell] = Self.nearest(cell, chosen) }
        indices = places.map { entries[Int($0)] }
    }

    private static func nearest(_ cell: Int, _ chosen: ArraySlice<Int>) -> UInt8 {
        var (best, least) = (0, Int.max)
        let mask = (1 << bits) - 1
        for (entry, other) in chosen.enumerated() {
            let red = (cell >> (2 * bits)) - (other >> (2 * bits)), green = ((cell >> bits) & mask) - ((other >> bits) & mask), blue = (cell & mask) - (other & mask)
            // The eye sees green best.
            let distance = 2 * red * red + 4 * green * green + blue * blue
            if distance < least { (best, least) = (entry, distance) }
        }
        return UInt8(best)
    }
}
