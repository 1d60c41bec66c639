package import AlertRouting
package import GatewayModel
package import TextTemplates

/// What a mail is made of beside the notification and the receiver's settings.
package struct EmailContext: Sendable {
    /// Expands a template of the settings over the notification's data, as Alertmanager does.
    ///
    /// - Parameter isHTML: whether values are escaped where they are put in.
    package typealias Expansion = @Sendable (_ template: String, _ isHTML: Bool) -> Result<String, TemplateFailure>

    package var links: AlertLinks
    /// In which times are told.
    package var zone: TimeZoneName
    package var now: Timestamp
    /// The part of message identifiers behind the `@`: this host's name.
    package var host: String
    /// What was found out about alerts that fire.
    package var causes: [AlertFingerprint: AlertCause]
    /// Pictures of alerts' values, as PNG.
    package var charts: [AlertFingerprint: [UInt8]]
    package var expand: Expansion

    package init(
        links: AlertLinks, zone: TimeZoneName = .utc, now: Timestamp, host: String, causes: [AlertFingerprint: AlertCause] = [:], charts: [AlertFingerprint: [UInt8]] = [:],
        expand: @escaping Expansion
    ) {
        self.links = links
        self.zone = zone
        self.now = now
        self.host = host
        self.causes = causes
        self.charts = charts
        self.expand = expand
    }
}
