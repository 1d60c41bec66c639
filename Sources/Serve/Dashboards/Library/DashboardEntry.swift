internal import ByteCoding
package import GatewayModel

/// A dashboard of the library, with where it comes from.
package struct DashboardEntry: Sendable, Equatable {
    package let dashboard: Dashboard
    /// The file's text, as it was written.
    package let text: String
    package let origin: Origin
    /// Counts the changes of one's own file; 0 for a shipped one.
    package let version: Int

    /// Where a dashboard's file lies.
    package enum Origin: String, Sendable {
        /// It came with the program.
        case shipped
        /// It is one's own.
        case own
        /// One's own file stands in place of a shipped one.
        case changed
    }

    init(_ dashboard: Dashboard, text: String, origin: Origin, version: Int) {
        self.dashboard = dashboard
        self.text = text
        self.origin = origin
        self.version = version
    }

    /// Changes when anything of it does.
    package var tag: String {
        let sum = String(Checksum.crc32(Array(text.utf8)), radix: 16)
        return "\(version)-\(origin.rawValue)-\(text.utf8.count)-\(sum)"
    }
}

/// What is wrong with a file of a folder of dashboards.
package struct DashboardFileFault: Sendable, Equatable {
    /// The file's name in its folder.
    package let file: String
    package let fault: DashboardFault
}

/// Why a change of the library was not made. Nothing has changed then.
package enum DashboardChangeError: Error, Sendable, Equatable {
    case refused(DashboardRefusal)
    /// Somebody else was faster: the version there is now.
    case conflict(current: Int)
    /// There is no such dashboard of one's own.
    case notFound
    /// There are as many as there may be.
    case tooMany(Int)
    /// The disk did not take it.
    case storage(StorageError)
}
