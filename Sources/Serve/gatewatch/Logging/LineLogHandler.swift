import Foundation
import GatewayModel
import Logging
import Synchronization

/// Writes log lines to standard error, as text for people or as JSON for collectors: one line an event, time in UTC, metadata as members.
struct LineLogHandler: LogHandler {
    let label: String
    let isJSON: Bool
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    /// Lines of several threads must not mix.
    private static let output = Mutex(FileHandle.standardError)

    init(label: String, level: Logger.Level, isJSON: Bool) {
        self.label = label
        self.logLevel = level
        self.isJSON = isJSON
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let line = isJSON ? json(event, merged) : text(event, merged)
        Self.output.withLock { $0.write(Data(line.utf8)) }
    }

    private func text(_ event: LogEvent, _ merged: [(key: String, value: Logger.Metadata.Value)]) -> String {
        let details = merged.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }.joined()
        return "\(Timestamp.now().iso8601) \(event.level.rawValue.uppercased()) \(label): \(Self.singleLine("\(event.message)"))\(details)\n"
    }

    private func json(_ event: LogEvent, _ merged: [(key: String, value: Logger.Metadata.Value)]) -> String {
        var writer = JSONLine()
        writer.add("time", Timestamp.now().iso8601)
        writer.add("level", event.level.rawValue)
        writer.add("logger", label)
        writer.add("message", "\(event.message)")
        for (key, value) in merged { writer.add(key, "\(value)") }
        return writer.line
    }

    private static func quoted(_ text: String) -> String {
        text.contains { $0 == " " || $0 == "\"" || $0.isNewline } ? "\"" + singleLine(text).replacing("\"", with: "\\\"") + "\"" : text
    }

    /// A client's text must not be able to forge a log line.
    private static func singleLine(_ text: String) -> String {
        String(text.map { $0.isNewline || $0.asciiValue.map { $0 < 0x20 } == true ? " " : $0 })
    }
}
