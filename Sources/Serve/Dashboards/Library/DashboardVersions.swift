internal import AlertRules
internal import ByteCoding
internal import DurableFiles
package import GatewayModel

/// A state of one's own dashboard as it once was.
package struct DashboardVersion: Sendable, Equatable {
    /// From 1.
    package var number: Int
    package var time: Timestamp
    /// What whoever saved it said about it; empty for nothing.
    package var message: String
    /// Whether the dashboard was removed with this version; the text is what was removed.
    package var isDeleted: Bool
    package var text: String
}

/// The versions of one's own dashboards, a file each: `<folder>/ID/N.yaml`, the dashboard's text below a line of comment that says when and why.
struct DashboardVersions: Sendable {
    let folder: String
    let files: any FileLayer

    /// Versions of a dashboard that are kept; older ones are removed. A hundred are months of changes, and some megabytes at most.
    static let keptMax = 100
    /// Characters of a message at most.
    static let messageCharactersMax = 200
    private static let mark = "# gatewatch "

    /// The numbers of the versions that are kept, ascending.
    func numbers(of id: String) -> [Int] {
        let names = (try? files.list(folder + "/" + id)) ?? []
        return names.compactMap { $0.hasSuffix(".yaml") ? Int($0.dropLast(5)) : nil }.filter { $0 > 0 }.sorted()
    }

    /// nil where there is none of this number, or it cannot be read.
    func version(_ number: Int, of id: String) -> DashboardVersion? {
        guard let content = try? TextFile.read(path(number, id), bytesMax: DashboardReader.bytesMax + 4_096), content.hasPrefix(Self.mark), let end = content.firstIndex(of: "\n"),
            let head = try? JSONValue.parse(String(content[..<end].dropFirst(Self.mark.count)))
        else { return nil }
        return DashboardVersion(
            number: number, time: Timestamp(iso8601: head["time"]?.string ?? "") ?? Timestamp(microseconds: 0), message: head["message"]?.string ?? "",
            isDeleted: head["deleted"]?.bool ?? false, text: String(content[content.index(after: end)...]))
    }

    /// Keeps a version; when this returns it is on the disk.
    func keep(_ version: DashboardVersion, of id: String) throws(StorageError) {
        var head = JSONWriter()
        head.object { writer in
            writer.member("time", version.time.iso8601)
            writer.member("message", String(version.message.prefix(Self.messageCharactersMax)))
            writer.member("deleted", version.isDeleted)
        }
        try files.createFolder(folder + "/" + id)
        try files.replace(path(version.number, id), with: Array((Self.mark + head.string + "\n" + version.text).utf8))
        for old in numbers(of: id).dropLast(Self.keptMax) { try? files.remove(path(old, id)) }
    }

    private func path(_ number: Int, _ id: String) -> String { "\(folder)/\(id)/\(number).yaml" }
}
