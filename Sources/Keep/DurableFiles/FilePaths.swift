/// What the names of durable files have in common.
package enum FilePaths {
    /// Behind the name of a file that is being written; a leftover with it counts for nothing.
    package static let temporarySuffix = ".tmp"

    /// The folder that a path lies in.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The number in a file's name; nil when it is not of the form `0000000007` + suffix.
    package static func number(_ name: String, suffix: String) -> UInt64? {
        guard name.hasSuffix(suffix), name.utf8.count == 10 + suffix.utf8.count else { return nil }
        return UInt64(name.dropLast(suffix.count))
    }

    /// Ten digits, so that names sort as numbers do.
    package static func digits(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 10 - text.count)) + text
    }
}

/// Where numbered write-ahead logs lie.
package struct LogFolder: Sendable {
    package let path: String

    package static let suffix = ".wal"

    package init(path: String) { self.path = path }

    /// `wal/0000000007.wal`
    package func path(_ number: UInt64) -> String { path + "/" + FilePaths.digits(number) + Self.suffix }
}
