import Foundation
import Yams

/// Why a configuration is refused, with the place.
struct ConfigurationError: Error, CustomStringConvertible {
    /// The file with its line, the environment variable, or the option.
    let place: String
    let message: String

    var description: String { "\(place): \(message)" }
}

/// Values of configuration keys, each with where it was set: later sources win.
struct ConfigurationValues {
    struct Value {
        let text: String
        let place: String
    }

    private(set) var values: [String: Value] = [:]

    /// Defaults, then the file, then `.env`, then the environment.
    static func load(file: String?, environment: [String: String], dotEnv: String?) throws -> ConfigurationValues {
        var values = ConfigurationValues()
        if let file { try values.read(yaml: file) }
        if let dotEnv { try values.read(dotEnv: dotEnv) }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) { try values.set(variable: name, value, place: "environment variable \(name)") }
        return values
    }

    mutating func set(_ key: String, _ text: String, place: String) { values[key] = Value(text: text, place: place) }

    /// The value as set, or the default; nil when neither exists.
    func text(_ key: String) -> String? {
        if let value = values[key] { return value.text.isEmpty ? nil : value.text }
        let fallback = ConfigurationKey.all.first { $0.name == key }?.defaultValue ?? ""
        return fallback.isEmpty ? nil : fallback
    }

    func place(_ key: String) -> String { values[key]?.place ?? "default of \(key)" }

    /// The names below a map key, with their values.
    func map(_ key: String) -> [String: String] {
        var map: [String: String] = [:]
        for (name, value) in values where name.hasPrefix(key + ".") { map[String(name.dropFirst(key.count + 1))] = value.text }
        return map
    }

    // MARK: Sources

    private mutating func read(yaml file: String) throws {
        let text: String
        do { text = try String(contentsOfFile: file, encoding: .utf8) } catch {
            throw ConfigurationError(place: file, message: "cannot be read: \(error.localizedDescription)")
        }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw ConfigurationError(place: file, message: "not YAML: \(error)") }
        guard let root, root != Node("") else { return }
        guard case .mapping = root else { throw ConfigurationError(place: file, message: "the file must hold a mapping of keys") }
        try read(node: root, prefix: "", file: file)
    }

    private mutating func read(node: Node, prefix: String, file: String) throws {
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard let name = key.string else { throw ConfigurationError(place: Self.place(file, key), message: "a key must be text") }
                try read(node: value, prefix: prefix.isEmpty ? name : prefix + "." + name, file: file)
            }
        case .sequence(let sequence):
            let texts = sequence.compactMap(\.string)
            guard texts.count == sequence.count else { throw ConfigurationError(place: Self.place(file, node), message: "'\(prefix)' must be a list of plain values") }
            try set(name: prefix, texts.joined(separator: ","), place: Self.place(file, node))
        case .scalar(let scalar):
            try set(name: prefix, scalar.tag == .init(.null) || scalar.string == "null" || scalar.string == "~" ? "" : scalar.string, place: Self.place(file, node))
        case .alias:
            throw ConfigurationError(place: Self.place(file, node), message: "aliases are not supported")
        }
    }

    private static func place(_ file: String, _ node: Node) -> String {
        node.mark.map { "\(file), line \($0.line), column \($0.column)" } ?? file
    }

    private mutating func read(dotEnv file: String) throws {
        let text: String
        do { text = try String(contentsOfFile: file, encoding: .utf8) } catch {
            throw ConfigurationError(place: file, message: "cannot be read: \(error.localizedDescription)")
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            guard !trimmed.isEmpty, !trimmed.hasPrefix("#") else { continue }
            let assignment = trimmed.hasPrefix("export ") ? String(trimmed.dropFirst(7)) : trimmed
            guard let equals = assignment.firstIndex(of: "=") else {
                throw ConfigurationError(place: "\(file), line \(index + 1)", message: "expected NAME=value")
            }
            var value = assignment[assignment.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            if value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote { value = String(value.dropFirst().dropLast()) }
            try set(variable: assignment[..<equals].trimmingCharacters(in: .whitespaces), value, place: "\(file), line \(index + 1)")
        }
    }

    private mutating func set(variable: String, _ value: String, place: String) throws {
        guard variable.hasPrefix("GATEWATCH_") else { return }
        // Used by the tests and scripts, not by the program.
        if variable == "GATEWATCH_SHARED" || variable == "GATEWATCH_UPDATE" { return }
        guard let key = ConfigurationKey.all.first(where: { $0.environment == variable }) else {
            throw ConfigurationError(place: place, message: "there is no such setting; `gatewatch config` lists them all")
        }
        set(key.name, value, place: place)
    }

    private mutating func set(name: String, _ value: String, place: String) throws {
        guard ConfigurationKey.find(name) != nil else {
            throw ConfigurationError(place: place, message: "there is no setting '\(name)'; `gatewatch config` lists them all")
        }
        set(name, value, place: place)
    }
}
