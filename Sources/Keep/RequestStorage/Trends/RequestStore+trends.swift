internal import DurableFiles
internal import GatewayModel
internal import Synchronization

/// What is left of days that are dropped. On the flush queue only.
extension RequestStore {
    /// Days of a month of ``StoreConfiguration/trendMonths``: never fewer than the month has.
    private static let daysPerMonth: Int64 = 31

    /// Writes what is to be left of parts that are about to be dropped; does nothing where no trends are kept. What cannot be made of a damaged part is said and left out.
    ///
    /// - Throws: when the disk does not take it; the parts then stay, and it is tried again.
    func writeTrends(of parts: [Part], cause: DropCause) throws(StorageError) -> [PartTrend] {
        // Who asks for records to be dropped wants nothing left of them.
        guard configuration.trendMonths > 0, cause != .request else { return [] }
        var trends: [PartTrend] = []
        do throws(StorageError) {
            // The tables of a part with hidden rows count records that were deleted: none is better than a wrong one. Merging takes such rows out.
            for part in parts where hiddenSequences(of: [part]).isEmpty {
                // What is dropped for want of space must give space.
                let bytesMax = cause == .diskBudget ? part.bytes / 4 : .max
                do throws(StorageError) {
                    if let trend = try PartTrend.write(part, bytesMax: bytesMax, configuration.rollups, paths, files) { trends.append(trend) }
                } catch {
                    guard case .damaged(let file, let what, let offset) = error else { throw error }
                    configuration.onEvent(.damaged(file: file, what: what, offset: offset))
                }
            }
        } catch {
            for trend in trends { try? files.remove(paths.trend(number: trend.number)) }
            throw error
        }
        return trends
    }

    /// Drops trends that are older than they are to be kept: from the manifest first, then from sight, then from the disk.
    func dropOldTrends(today: Int32) throws(StorageError) {
        let first = Int32(clamping: Int64(today) - Int64(configuration.trendMonths) * Self.daysPerMonth)
        var manifest = manifest.withLock { $0 }
        let old = manifest.trends.filter { $0.day < first }
        guard !old.isEmpty else { return }
        manifest.generation += 1
        manifest.trends.removeAll { $0.day < first }
        try commit(manifest)
        state.withLock { $0.trends.removeAll { $0.day < first } }
        for entry in old { try? files.remove(paths.trend(number: entry.number)) }
    }
}

extension Manifest.Entry {
    init(_ trend: PartTrend) { self.init(day: trend.day, number: trend.number, rows: trend.trend.records, bytes: trend.bytes) }
}
