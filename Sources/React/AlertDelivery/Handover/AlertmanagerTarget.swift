package import ConfigurationText
internal import Foundation

/// An Alertmanager that is handed all alerts.
package struct AlertmanagerTarget: Sendable, Equatable {
    /// Scheme, host, port and path in front, without a slash at the end: `http://am-1:9093/prefix`.
    package var address: String
    package var access: HTTPAccess
    /// Seconds for one request.
    package var timeoutSeconds: Double

    package init(address: String, access: HTTPAccess = HTTPAccess(), timeoutSeconds: Double = 10) {
        self.address = address
        self.access = access
        self.timeoutSeconds = timeoutSeconds
    }

    /// Where alerts are posted.
    package var url: String { address + "/api/v2/alerts" }

    /// Alertmanagers at most: each gets everything, and a cluster has a handful.
    package static let targetsMax = 32

    /// Reads addresses as settings have them: `http://am-1:9093`, `https://user:password@am.example/prefix`, `am-1:9093`.
    ///
    /// - Throws: a sentence that names what is wrong, without a password.
    package static func read(_ text: String) throws(ConfigurationFault) -> AlertmanagerTarget {
        guard var url = URLComponents(string: text.contains("://") ? text : "http://" + text), let scheme = url.scheme, ["http", "https"].contains(scheme), let host = url.host,
            !host.isEmpty, url.query == nil, url.fragment == nil
        else { throw ConfigurationFault("an Alertmanager's address must be of the form http://host:9093/prefix") }
        var access = HTTPAccess()
        if let user = url.user { access.authorization = .basic(username: user, password: .text(url.password ?? "")) }
        (url.user, url.password) = (nil, nil)
        while url.path.hasSuffix("/") { url.path.removeLast() }
        return AlertmanagerTarget(address: url.string ?? text, access: access)
    }

    /// Reads the section `alerting` of a `prometheus.yml`; its other sections are left to Prometheus.
    ///
    /// - Parameter folder: what relative paths in the file start from.
    /// Source: Prometheus's documentation, "Configuration", `alertmanager_config`.
    package static func read(prometheus yaml: String, folder: String) throws(ConfigurationFault) -> [AlertmanagerTarget] {
        guard let root = try YAMLDocument.compose(yaml) else { return [] }
        var top = try YAMLFields(root, path: "")
        guard var alerting = try top.fields("alerting") else { return [] }
        try alerting.refuse(["alert_relabel_configs"], "labels of alerts are handed over as the rules make them")
        var targets: [AlertmanagerTarget] = []
        for var fields in try alerting.fieldsList("alertmanagers") { targets += try read(&fields, folder) }
        try alerting.finish()
        guard targets.count <= targetsMax else { throw alerting.failure("more than \(targetsMax) Alertmanagers", at: "alertmanagers") }
        return targets
    }

    private static func read(_ fields: inout YAMLFields, _ folder: String) throws(ConfigurationFault) -> [AlertmanagerTarget] {
        let access = try HTTPAccessReader(folder: folder).read(&fields)
        let scheme = try fields.text("scheme", default: "http")
        guard ["http", "https"].contains(scheme) else { throw fields.failure("scheme must be http or https", at: "scheme") }
        let version = try fields.text("api_version", default: "v2")
        guard version == "v2" else { throw fields.failure("api_version must be v2; no Alertmanager since 0.27 has another", at: "api_version") }
        var prefix = try fields.text("path_prefix", default: "/")
        while prefix.hasSuffix("/") { prefix.removeLast() }
        if !prefix.isEmpty, !prefix.hasPrefix("/") { prefix = "/" + prefix }
        let timeout = try fields.duration("timeout") ?? 10_000
        guard timeout > 0 else { throw fields.failure("timeout must be above 0", at: "timeout") }
        var targets: [AlertmanagerTarget] = []
        for var group in try fields.fieldsList("static_configs") {
            for host in try group.texts("targets") {
                guard !host.isEmpty, !host.contains("/") else { throw group.failure("\(host) is not a host and port", at: "targets") }
                targets.append(AlertmanagerTarget(address: "\(scheme)://\(host)\(prefix)", access: access, timeoutSeconds: Double(timeout) / 1_000))
            }
            _ = try group.pairs("labels")
            try group.finish()
        }
        fields.ignore(["follow_redirects", "enable_http2"])
        try fields.refuse(["relabel_configs", "sigv4", "google_iam", "proxy_url", "proxy_from_environment", "oauth2"], "name the Alertmanagers in static_configs")
        for key in discoveries where fields.has(key) { throw fields.failure("not supported: \(key); name the Alertmanagers in static_configs", at: key) }
        try fields.finish()
        return targets
    }

    private static let discoveries = [
        "azure_sd_configs", "consul_sd_configs", "digitalocean_sd_configs", "dns_sd_configs", "docker_sd_configs", "dockerswarm_sd_configs", "ec2_sd_configs", "eureka_sd_configs",
        "file_sd_configs", "gce_sd_configs", "hetzner_sd_configs", "http_sd_configs", "ionos_sd_configs", "kubernetes_sd_configs", "kuma_sd_configs", "lightsail_sd_configs",
        "linode_sd_configs", "marathon_sd_configs", "nerve_sd_configs", "nomad_sd_configs", "openstack_sd_configs", "ovhcloud_sd_configs", "puppetdb_sd_configs",
        "scaleway_sd_configs", "serverset_sd_configs", "stackit_sd_configs", "triton_sd_configs", "uyuni_sd_configs", "vultr_sd_configs",
    ]
}
