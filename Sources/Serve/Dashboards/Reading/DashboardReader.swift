/// Reads a dashboard's file, YAML or JSON.
package enum DashboardReader {
    /// Bytes of a file at most.
    package static let bytesMax = DashboardTables.bytesMax

    /// Words that stand where an id stands in addresses of the API.
    package static let reservedIDs: Set<String> = ["check", "schema"]

    /// Keys that the API adds to a dashboard; a dashboard that comes back from somebody may still have them.
    private static let addedKeys: Set<String> = ["origin", "version"]

    /// - Parameters:
    ///   - id: the id that the file must have, by its name or its address; nil for any.
    ///   - takesAddedKeys: whether `origin` and `version` are passed over instead of refused.
    /// - Throws: everything that is wrong, in the order of the file.
    package static func read(_ text: String, id: String? = nil, takesAddedKeys: Bool = false) throws(DashboardRefusal) -> Dashboard {
        guard text.utf8.count <= bytesMax else {
            throw DashboardRefusal([DashboardFault("a dashboard's file has at most \(bytesMax >> 10) KiB; this one has \(text.utf8.count >> 10)")])
        }
        var root: DocumentValue
        do throws(DashboardFault) { root = try DocumentValue.read(text) } catch { throw DashboardRefusal([error]) }
        if takesAddedKeys, case .object(let members) = root.content { root = DocumentValue(.object(members.filter { !addedKeys.contains($0.name) }), at: root.place) }
        var context = ReadingContext()
        let dashboard = DashboardTables.dashboard.read(root, &context)
        if let id, dashboard.id != id, context.faultCount == 0 {
            context.fault("id must be \(id), as the file is named", at: root["id"]?.place ?? .unknown)
        }
        guard context.faultCount == 0 else { throw DashboardRefusal(context.faults.sortedByPlace) }
        return dashboard
    }
}

extension [DashboardFault] {
    /// In the order of the file; what has no place first.
    fileprivate var sortedByPlace: [DashboardFault] {
        enumerated().sorted { left, right in
            (left.element.place.line, left.element.place.column, left.offset) < (right.element.place.line, right.element.place.column, right.offset)
        }.map(\.element)
    }
}
