internal import DurableFiles
internal import GatewayModel

/// The names of everything in a series store's folder.
///
///     LOCK                        who has the folder open
///     MANIFEST, MANIFEST.copy     which blocks and logs count
///     metadata                    type, help and unit of metric families
///     wal/0000000007.wal          write-ahead logs, numbered
///     blocks/0000000012.block     samples of one UTC day
struct SeriesPaths: Sendable {
    let root: String

    init(root: String) { self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root }

    var lock: String { root + "/LOCK" }
    var manifest: ManifestFile<SeriesManifest> { ManifestFile(folder: root) }
    var metadata: String { root + "/metadata" }
    var logs: LogFolder { LogFolder(path: root + "/wal") }
    var blocks: String { root + "/blocks" }

    static let blockSuffix = ".block"

    func block(_ number: UInt64) -> String { blocks + "/" + FilePaths.digits(number) + Self.blockSuffix }

    /// The path as people and errors name it: from the store's folder on.
    func relative(_ path: String) -> String { path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path }

    /// `2026-03-05`.
    static func dayName(_ day: Int32) -> String { String(Timestamp(microseconds: Int64(day) * Timestamp.microsecondsPerDay).iso8601.prefix(10)) }
}
