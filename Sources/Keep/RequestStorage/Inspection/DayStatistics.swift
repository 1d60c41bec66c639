internal import ByteCoding
package import DurableFiles
package import GatewayModel

/// What one UTC day takes on disk.
package struct DayStatistics: Sendable {
    /// `2026-03-05`.
    package let day: String
    package internal(set) var records: Int64 = 0
    package internal(set) var parts = 0
    /// Bytes of the parts, and of the files beside them that are made from them.
    package internal(set) var bytes: Int64 = 0
    package internal(set) var rollupBytes: Int64 = 0
    /// Bytes of each column, dictionaries included.
    package internal(set) var columnBytes: [RequestField: Int64] = [:]
    /// Parts that cannot be opened.
    package internal(set) var unreadableParts = 0

    /// Reads the directories of all parts in a store's folder, without its help and while it runs or does not.
    ///
    /// - Returns: the days that have parts, oldest first.
    /// - Throws: when there is no store, or the system refuses.
    package static func all(_ folder: String, files: any FileLayer = SystemFiles()) throws(StorageError) -> [DayStatistics] {
        let paths = StorePaths(root: folder)
        guard let manifest = try paths.manifest.load(files).manifest else {
            throw .damaged(file: paths.manifest.path, what: "it is missing: this is not a data folder", offset: 0)
        }
        var days: [Int32: DayStatistics] = [:]
        for entry in manifest.parts {
            var day = days[entry.day] ?? DayStatistics(day: StorePaths.dayName(entry.day))
            try day.add(entry, paths, files)
            days[entry.day] = day
        }
        return days.sorted { $0.key < $1.key }.map(\.value)
    }

    private mutating func add(_ entry: Manifest.Entry, _ paths: StorePaths, _ files: any FileLayer) throws(StorageError) {
        records += Int64(entry.rows)
        parts += 1
        bytes += Int64(entry.bytes)
        for path in paths.partFiles(day: entry.day, number: entry.number).dropFirst() { rollupBytes += Int64(try files.image(path)?.count ?? 0) }
        do throws(StorageError) {
            for (field, size) in try Part(opening: entry, paths, files).columnBytes { columnBytes[field, default: 0] += Int64(size) }
        } catch {
            unreadableParts += 1
        }
    }
}
