internal import Foundation
package import GatewayModel

/// A time zone of the system's database by its name: `Europe/Berlin`, `UTC`, `Local`.
package struct TimeZoneName: Sendable, Hashable {
    package let name: String

    package static let utc = TimeZoneName(known: "UTC")

    private init(known name: String) { self.name = name }

    /// - Returns: nil when the system's database has no such zone. The empty name is UTC, `Local` the system's zone, as in Go.
    package init?(_ name: String) {
        switch name {
        case "", "UTC": self = .utc
        case "Local": self.name = name
        default:
            // Names such as "EST5EDT4" or "GMT+2" would be made up on the spot; only what the database has is meant.
            guard TimeZone.knownNames.contains(name) || TimeZone.hasFile(name) else { return nil }
            self.name = name
        }
    }

    private var zone: TimeZone {
        switch name {
        case "UTC": .gmt
        case "Local": .current
        default: TimeZone(identifier: name) ?? .gmt
        }
    }

    /// Seconds that the zone's clocks are ahead of UTC at an instant.
    package func offset(at time: Timestamp) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: time.seconds)) }
}

extension TimeZone {
    fileprivate static let knownNames = Set(knownTimeZoneIdentifiers)

    /// Whether the system's database has a file for the name, as Go looks for it.
    fileprivate static func hasFile(_ name: String) -> Bool {
        guard !name.hasPrefix("/"), !name.split(separator: "/").contains(".."), TimeZone(identifier: name) != nil else { return false }
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/" + name, isDirectory: &isFolder) && !isFolder.boolValue
    }
}
