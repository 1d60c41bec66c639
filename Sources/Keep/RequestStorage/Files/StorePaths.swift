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

    static let temporarySuffix = ".tmp"

    init(root: String) {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    var lock: String { root + "/LOCK" }
    var manifest: String { root + "/MANIFEST" }
    var manifestCopy: String { root + "/MANIFEST.copy" }
    var key: String { root + "/id.key" }
    var logs: String { root + "/wal" }
    var parts: String { root + "/parts" }
    var hidden: String { root + "/hidden" }

    func log(_ number: UInt64) -> String { logs + "/" + Self.digits(number) + ".wal" }

    func hidden(_ number: UInt64) -> String { hidden + "/" + Self.digits(number) + ".hidden" }

    func day(_ day: Int32) -> String { parts + "/" + Self.dayName(day) }

    func part(day: Int32, number: UInt64) -> String { self.day(day) + "/" + Self.digits(number) + ".part" }

    /// What may stand in a day's folder for one part: the part itself, and files beside it that are made from it.
    static let partSuffixes = [".part", ".rollup"]

    /// Further folders whose files never change once they have their name.
    static let unchangingFolders = ["hidden", "trends"]

    /// The part and the files beside it, whether they are there or not.
    func partFiles(day: Int32, number: UInt64) -> [String] { Self.partSuffixes.map { self.day(day) + "/" + Self.digits(number) + $0 } }

    /// The tables of a part.
    func rollup(day: Int32, number: UInt64) -> String { self.day(day) + "/" + Self.digits(number) + ".rollup" }

    var trends: String { root + "/trends" }

    /// The tables that are left of a dropped part.
    func trend(number: UInt64) -> String { trends + "/" + Self.digits(number) + ".trend" }

    /// The path as people and errors name it: from the store's folder on.
    func relative(_ path: String) -> String { path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The number in a file's name; nil when it is not of the form `0000000007` + suffix.
    static func number(_ name: String, suffix: String) -> UInt64? {
        guard name.hasSuffix(suffix), name.utf8.count == 10 + suffix.utf8.count else { return nil }
        return UInt64(name.dropLast(suffix.count))
    }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 10 - text.count)) + text
    }

    /// `2026-03-05`.
    static func dayName(_ day: Int32) -> String {
        String(Timestamp(microseconds: Int64(day) * Timestamp.microsecondsPerDay).iso8601.prefix(10))
    }
}
