internal import DurableFiles
internal import GatewayModel

/// The names of everything in a store's folder.
///
///     LOCK                        who has the folder open
///     MANIFEST, MANIFEST.copy     which parts and logs count
///     id.key                      16 random bytes
///     wal/0000000007.wal          write-ahead logs, numbered
///     parts/2026-03-05/0000000012.part
///     parts/2026-03-05/0000000012.rollup   tables made from the part
///     trends/0000000012.trend              tables of a part whose records were dropped
///     hidden/0000000013.hidden    numbers of deleted and replaced records
struct StorePaths: Sendable {
    let root: String

    init(root: String) {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    var lock: String { root + "/LOCK" }
    var manifest: ManifestFile<Manifest> { ManifestFile(folder: root) }
    var key: String { root + "/id.key" }
    var logs: String { root + "/wal" }
    var logFolder: LogFolder { LogFolder(path: logs) }
    var parts: String { root + "/parts" }
    var hidden: String { root + "/hidden" }

    func log(_ number: UInt64) -> String { logFolder.path(number) }

    func hidden(_ number: UInt64) -> String { hidden + "/" + FilePaths.digits(number) + ".hidden" }

    func day(_ day: Int32) -> String { parts + "/" + Self.dayName(day) }

    func part(day: Int32, number: UInt64) -> String { self.day(day) + "/" + FilePaths.digits(number) + ".part" }

    /// What may stand in a day's folder for one part: the part itself, and files beside it that are made from it.
    static let partSuffixes = [".part", ".rollup"]

    /// Further folders whose files never change once they have their name.
    static let unchangingFolders = ["hidden", "trends"]

    /// The part and the files beside it, whether they are there or not.
    func partFiles(day: Int32, number: UInt64) -> [String] { Self.partSuffixes.map { self.day(day) + "/" + FilePaths.digits(number) + $0 } }

    /// The tables of a part.
    func rollup(day: Int32, number: UInt64) -> String { self.day(day) + "/" + FilePaths.digits(number) + ".rollup" }

    var trends: String { root + "/trends" }

    /// The tables that are left of a dropped part.
    func trend(number: UInt64) -> String { trends + "/" + FilePaths.digits(number) + ".trend" }

    /// The path as people and errors name it: from the store's folder on.
    func relative(_ path: String) -> String { path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path }

    /// `2026-03-05`.
    static func dayName(_ day: Int32) -> String {
        String(Timestamp(microseconds: Int64(day) * Timestamp.microsecondsPerDay).iso8601.prefix(10))
    }
}
