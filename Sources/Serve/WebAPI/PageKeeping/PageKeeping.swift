package import Dashboards

/// What people keep beside dashboards: each part is nil where there is no data folder for it.
package struct PageKeeping: Sendable {
    package var annotations: AnnotationBook?
    package var links: LinkBook?
    package var snapshots: SnapshotShelf?

    package init() {}
}

extension APIError {
    /// What is not kept here.
    static func notKept(_ what: String) -> APIError { APIError(.notFound, "\(what) are not kept here") }

    /// The disk refused.
    init(notKept what: String, _ reason: some Error) { self.init(.storageFull, "\(what) is not on the disk: \(reason)", hint: "make room, and send it again") }
}
