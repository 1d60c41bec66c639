internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// The tables of a part outlive its records: a file of the rollup format under `trends/`, named by the manifest.
struct PartTrend: Sendable {
    let day: Int32
    let number: UInt64
    /// Bytes on disk.
    let bytes: Int
    let trend: Trend

    /// Rows of a table per record at most, for parts so small that they had no tables: a quiet day costs little, and must leave something.
    private static let smallPartSettings: RollupSettings = {
        var settings = RollupSettings()
        settings.recordsMin = 1
        settings.recordsPerRowMin = 2
        return settings
    }()

    /// Writes what is to be left of a part. It does not count before a manifest names it.
    ///
    /// - Parameter bytesMax: a larger file is not written.
    /// - Returns: nil when nothing is left: the file would be too large, or records of the part are hidden, and its tables do not know of that.
    static func write(
        _ part: Part, bytesMax: Int, _ settings: RollupSettings, _ paths: StorePaths, _ files: any FileLayer
    ) throws(StorageError) -> PartTrend? {
        let path = paths.trend(number: part.directory.number)
        let own = part.rowCount >= settings.recordsMin ? settings : smallPartSettings
        guard let bytes = try RollupBuilder.file(of: part, number: part.directory.number, own, withMinutes: false), bytes.count <= bytesMax
        else { return nil }
        try files.createFolder(paths.trends)
        try files.replace(path, with: bytes)
        return try open(Manifest.Entry(day: part.directory.day, number: part.directory.number, rows: part.rowCount, bytes: bytes.count), paths, files)
    }

    /// Opens what the manifest names.
    ///
    /// - Throws: ``StorageError/damaged(file:what:offset:)`` when the file is missing, damaged or another's.
    static func open(_ entry: Manifest.Entry, _ paths: StorePaths, _ files: any FileLayer) throws(StorageError) -> PartTrend {
        let path = paths.trend(number: entry.number)
        let name = paths.relative(path)
        guard let image = try files.image(path) else { throw .damaged(file: name, what: "it is missing", offset: 0) }
        let file = try RollupFile(image, name: name)
        let directory = file.directory
        guard directory.part == entry.number, directory.records == entry.rows, image.count == entry.bytes else {
            throw .damaged(file: name, what: "it belongs to another part", offset: 0)
        }
        let times = directory.times
        let bounds = (first: Timestamp(microseconds: times.lowerBound), last: Timestamp(microseconds: times.upperBound))
        return PartTrend(
            day: entry.day, number: entry.number, bytes: entry.bytes, trend: Trend(timeBounds: bounds, records: entry.rows, tables: file.tables()))
    }
}
