/// Why dashboards do not make a ConfigMap.
package struct GrafanaConfigMapError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
}

/// Dashboards as a Kubernetes ConfigMap, which Grafana's sidecar finds by its label and puts into Grafana.
package enum GrafanaConfigMap {
    /// What Kubernetes takes of a ConfigMap: 1 MiB of data.
    ///
    /// Source: https://kubernetes.io/docs/concepts/configuration/configmap/
    static let bytesMax = 1 << 20

    /// Whether Kubernetes takes it as a name: an RFC 1123 label.
    package static func isName(_ text: String) -> Bool {
        let isInner = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 63, isInner(first), isInner(last) else { return false }
        return text.utf8.allSatisfy { isInner($0) || $0 == UInt8(ascii: "-") }
    }

    /// - Parameters:
    ///   - name: of the ConfigMap, see ``isName(_:)``.
    ///   - namespace: nil for the one in which it is applied.
    /// - Throws: where the files are more than Kubernetes takes.
    package static func yaml(_ files: [GrafanaFile], name: String, namespace: String?) throws(GrafanaConfigMapError) -> String {
        let texts = files.map(\.compactText)
        let size = texts.reduce(0) { $0 + $1.utf8.count }
        guard size <= bytesMax else { throw GrafanaConfigMapError(description: "the dashboards have \(size) bytes and a ConfigMap takes \(bytesMax): export them in several") }
        var lines = ["apiVersion: v1", "kind: ConfigMap", "metadata:", "  name: \(name)"]
        if let namespace { lines.append("  namespace: \(namespace)") }
        lines += ["  labels:", "    grafana_dashboard: \"1\"", "data:"]
        for (file, text) in zip(files, texts) { lines += ["  \(file.name): |", "    " + text] }
        return lines.joined(separator: "\n") + "\n"
    }
}
