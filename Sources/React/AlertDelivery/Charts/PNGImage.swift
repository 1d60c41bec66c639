internal import ByteCoding

/// Pixels as a PNG file.
///
/// Source: W3C, Portable Network Graphics (third edition): signature, IHDR, pHYs, PLTE, IDAT, IEND.
enum PNGImage {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// - Parameters:
    ///   - pixels: red, green and blue of each, row by row from the top: `3 * width * height` bytes.
    ///   - pixelsPerMeter: how densely they are meant to be shown.
    static func encode(width: Int, height: Int, pixels: [UInt8], pixelsPerMeter: Int) -> [UInt8] {
        let table = ColourTable(pixels)
        var rows: [UInt8] = []
        rows.reserveCapacity((width + 1) * height)
        for row in 0..<height {
            // Numbers of colours have no differences worth writing: filter 0, as the standard advises for palettes.
            rows.append(0)
            rows += table.indices[(row * width)..<((row + 1) * width)]
        }
        var file = signature
        // 8 bits for the number of a colour; not interlaced.
        append("IHDR", bigEndian(width) + bigEndian(height) + [8, 3, 0, 0, 0], to: &file)
        append("pHYs", bigEndian(pixelsPerMeter) + bigEndian(pixelsPerMeter) + [1], to: &file)
        append("PLTE", table.colours, to: &file)
        append("IDAT", Gzip.compressZlib(rows), to: &file)
        append("IEND", [], to: &file)
        return file
    }

    private static func append(_ type: StaticString, _ content: [UInt8], to file: inout [UInt8]) {
        let chunk = Array("\(type)".utf8) + content
        file += bigEndian(content.count) + chunk + bigEndian(Int(Checksum.crc32(chunk)))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
}
