/// The doors by which documents come in: the values of the field `source` and of the label of that name.
package enum IngestDoor: UInt8, CaseIterable, Sendable {
    case elasticsearch, apisix, noveum, litellm, file
    /// No door: records that `gatewatch demo` made up.
    case demo

    /// The value as it is stored.
    package var name: StaticString {
        switch self {
        case .elasticsearch: "elasticsearch"
        case .apisix: "apisix"
        case .noveum: "noveum"
        case .litellm: "litellm"
        case .file: "import"
        case .demo: "demo"
        }
    }

    /// The door of that name; nil when there is none.
    package init?(named name: String) {
        guard let found = Self.allCases.first(where: { "\($0.name)" == name }) else { return nil }
        self = found
    }

    /// The shape that a door's documents have when they do not show one themselves.
    var usualShape: RecordShape {
        switch self {
        case .noveum: .noveum
        case .litellm: .litellm
        case .elasticsearch, .apisix, .file, .demo: .apisix
        }
    }
}

/// The shapes of documents that are read.
package enum RecordShape: UInt8, CaseIterable, Sendable {
    /// The default entry of APISIX's loggers.
    case apisix
    /// An entry by a custom `log_format`, or of nginx: flat, free keys.
    case apisixLogFormat
    case noveum
    case litellm
    /// A record that Gatewatch exported.
    case gatewatch

    /// The name in messages and in `--format`.
    package var name: String {
        switch self {
        case .apisix: "apisix"
        case .apisixLogFormat: "apisix-log-format"
        case .noveum: "noveum"
        case .litellm: "litellm"
        case .gatewatch: "gatewatch"
        }
    }

    /// The shape of that name; nil when there is none.
    package init?(named name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}
