internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1

/// Which request bodies are taken for JSON: by their `Content-Type`, whose parameters (`charset`, `compatible-with`) do not matter.
enum RequestMediaType {
    /// Types of YAML, for the routes that read it.
    static let yaml: Set<String> = ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"]

    /// nil when the body's type is one that loggers, clients and curl send JSON under, or one of `others`; otherwise the type.
    static func unsupported(_ request: ServerRequest, others: Set<String> = []) -> String? {
        guard request.body.readableBytes > 0, let header = request.headers.first(name: "Content-Type") else { return nil }
        let type = header.prefix { $0 != ";" }.trimmingSpaces().lowercased()
        return accepted.contains(type) || others.contains(type) ? nil : type
    }

    /// curl sends `application/x-www-form-urlencoded` unless told otherwise, and people paste curl commands.
    private static let accepted: Set<String> = [
        "", "application/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/vnd.elasticsearch+json",
        "application/vnd.elasticsearch+x-ndjson", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "application/gzip",
    ]
}
