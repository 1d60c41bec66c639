package import GatewayModel
package import RequestQuery
internal import Yams

/// Why a file of families is refused, with the place.
package struct FamilyFileError: Error, Sendable, Equatable, CustomStringConvertible {
    package let message: String
    /// Both from 1.
    package let line: Int
    package let column: Int

    package var description: String { "\(line):\(column): \(message)" }
}

/// Families that an operator defines. They exist for the whole kept past from the moment at which they are defined.
///
///     families:
///       - name: batch_requests_total
///         help: Requests of nightly jobs.
///         where: "client: batch-*"
///         labels: {model: model, tier: {field: team, absent: none}}
///       - name: batch_duration_seconds
///         histogram: duration
///         buckets: [0.5, 1, 5, 30]
package enum FamilyFile {
    /// Families of a file at most: each is told on every page.
    package static let familiesMax = 200
    /// Labels of a family at most.
    static let labelsMax = ColumnQuery.fieldsMax
    /// Bytes of a file at most.
    package static let bytesMax = 1 << 20

    /// - Parameter taken: names that families have already.
    package static func parse(_ text: String, taken: Set<String> = []) throws(FamilyFileError) -> [MetricFamily] {
        guard text.utf8.count <= bytesMax else { throw FamilyFileError(message: "a file of families has at most \(bytesMax) bytes", line: 1, column: 1) }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw unreadable(error) }
        guard let root, !(root.scalar?.string.isEmpty ?? false) else { return [] }
        let top = try mapping(root, ["families"], "a file of families")
        guard let list = top["families"] else { return [] }
        guard let nodes = list.sequence else { throw fault(list, "'families' is a list") }
        guard nodes.count <= familiesMax else { throw fault(list, "a file has at most \(familiesMax) families") }
        var names = taken
        var families: [MetricFamily] = []
        for node in nodes { families.append(try FamilyReader(node, &names).family()) }
        return families
    }

    private static func unreadable(_ error: any Error) -> FamilyFileError {
        if case .scanner(_, let problem, let mark, _)? = error as? YamlError { return FamilyFileError(message: problem, line: mark.line, column: mark.column) }
        if case .parser(_, let problem, let mark, _)? = error as? YamlError { return FamilyFileError(message: problem, line: mark.line, column: mark.column) }
        if case .composer(_, let problem, let mark, _)? = error as? YamlError { return FamilyFileError(message: problem, line: mark.line, column: mark.column) }
        return FamilyFileError(message: "the file is not YAML", line: 1, column: 1)
    }

    static func fault(_ node: Node, _ message: String) -> FamilyFileError {
        FamilyFileError(message: message, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    /// A mapping with none but known keys.
    static func mapping(_ node: Node, _ keys: [String], _ what: String) throws(FamilyFileError) -> [String: Node] {
        guard let mapping = node.mapping else { throw fault(node, "\(what) is a mapping of keys") }
        var result: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, keys.contains(name) else {
                throw fault(key, "\(what) has no '\(key.scalar?.string ?? "...")'; it has \(keys.joined(separator: ", "))")
            }
            guard result.updateValue(value, forKey: name) == nil else { throw fault(key, "'\(name)' stands there twice") }
        }
        return result
    }

    static func text(_ node: Node, _ key: String) throws(FamilyFileError) -> String {
        guard let text = node.scalar?.string else { throw fault(node, "'\(key)' is a text") }
        return text
    }
}

/// Reads one family.
private struct FamilyReader {
    private let node: Node
    private let keys: [String: Node]
    private let name: String

    init(_ node: Node, _ names: inout Set<String>) throws(FamilyFileError) {
        self.node = node
        keys = try FamilyFile.mapping(node, ["name", "help", "unit", "where", "labels", "sum", "histogram", "buckets"], "a family")
        guard let nameNode = keys["name"] else { throw FamilyFile.fault(node, "a family needs a name") }
        name = try FamilyFile.text(nameNode, "name")
        guard Self.isName(name, colons: true) else { throw FamilyFile.fault(nameNode, "'\(name)' is no metric name: letters, digits, _ and :, no digit first") }
        guard names.insert(name).inserted else { throw FamilyFile.fault(nameNode, "there is a family '\(name)' already") }
    }

    func family() throws(FamilyFileError) -> MetricFamily {
        let measure = try measure()
        let kind: MetricMetadata.Kind = if case .histogram = measure { .histogram } else { .counter }
        if kind == .counter, !name.hasSuffix("_total") { throw FamilyFile.fault(keys["name"] ?? node, "a counter's name ends in _total: \(name)_total") }
        var filter = QueryFilter.all
        if let node = keys["where"] {
            let text = try FamilyFile.text(node, "where")
            do throws(QueryError) { filter = try QueryFilter(text) } catch {
                throw FamilyFile.fault(node, "\(error.message)\(error.position.map { " (at character \($0.column) of the filter)" } ?? "")")
            }
        }
        return MetricFamily(name, kind, try optional("help"), unit: try optional("unit"), labels: try labels(), measure, where: filter)
    }

    private func optional(_ key: String) throws(FamilyFileError) -> String { if let node = keys[key] { try FamilyFile.text(node, key) } else { "" } }

    private func measure() throws(FamilyFileError) -> FamilyMeasure {
        if let sum = keys["sum"], keys["histogram"] != nil { throw FamilyFile.fault(sum, "a family has 'sum' or 'histogram', not both") }
        if let buckets = keys["buckets"], keys["histogram"] == nil { throw FamilyFile.fault(buckets, "'buckets' belong to a 'histogram'") }
        if let node = keys["sum"] { return .sum(try number(node, "sum")) }
        guard let node = keys["histogram"] else { return .count }
        let field = try number(node, "histogram")
        guard let list = keys["buckets"] else {
            guard let limits = Self.usualLimits(field) else { throw FamilyFile.fault(node, "a histogram of '\(field.name)' needs 'buckets'") }
            return .histogram(field, limits)
        }
        return .histogram(field, try limits(list, field))
    }

    private static func usualLimits(_ field: RequestField) -> ValueLimits? {
        switch field.unit {
        case .duration: field == .timeToFirstToken ? .firstToken : .callDuration
        case .tokens: .openTelemetryTokens
        default: nil
        }
    }

    private func number(_ node: Node, _ key: String) throws(FamilyFileError) -> RequestField {
        let text = try FamilyFile.text(node, key)
        guard let field = RequestField(named: text), field.kind == .integer, field.role == .measure else {
            throw FamilyFile.fault(node, "'\(text)' is no field with numbers to add up")
        }
        return field
    }

    private func limits(_ node: Node, _ field: RequestField) throws(FamilyFileError) -> ValueLimits {
        var limits: [Int64] = []
        for item in node.sequence.map(Array.init) ?? [] {
            guard let value = item.float, value >= 0, let limit = Int64(exactly: (value * field.unit.divisor).rounded()) else {
                throw FamilyFile.fault(item, "a bucket's limit is a number that is not negative")
            }
            limits.append(limit)
        }
        guard let result = ValueLimits(limits) else { throw FamilyFile.fault(node, "'buckets' is a list of 1 to \(ValueLimits.countMax) ascending numbers") }
        return result
    }

    private func labels() throws(FamilyFileError) -> [FamilyLabel] {
        guard let node = keys["labels"] else { return [] }
        guard let mapping = node.mapping else { throw FamilyFile.fault(node, "'labels' is a mapping of labels to fields") }
        guard mapping.count <= FamilyFile.labelsMax else { throw FamilyFile.fault(node, "a family has at most \(FamilyFile.labelsMax) labels") }
        var labels: [FamilyLabel] = []
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            guard Self.isName(name, colons: false), !name.hasPrefix("__"), name != "le", !labels.contains(where: { $0.name == name }) else {
                throw FamilyFile.fault(key, "'\(name)' is no name for a label here, or stands there twice")
            }
            labels.append(try label(name, value))
        }
        return labels
    }

    private func label(_ name: String, _ node: Node) throws(FamilyFileError) -> FamilyLabel {
        if node.scalar != nil { return FamilyLabel(name, try dimension(node)) }
        let keys = try FamilyFile.mapping(node, ["field", "absent", "present", "known"], "a label")
        guard let field = keys["field"] else { throw FamilyFile.fault(node, "a label needs a 'field'") }
        var known: [String] = []
        for item in keys["known"]?.sequence.map(Array.init) ?? [] { known.append(try FamilyFile.text(item, "known")) }
        return FamilyLabel(
            name, try dimension(field), absent: try keys["absent"].map { node throws(FamilyFileError) in try FamilyFile.text(node, "absent") } ?? "",
            present: try keys["present"].map { node throws(FamilyFileError) in try FamilyFile.text(node, "present") }, known: known)
    }

    private func dimension(_ node: Node) throws(FamilyFileError) -> RequestField {
        let text = try FamilyFile.text(node, "field")
        guard let field = RequestField(named: text), RequestQuery.canGroup(by: field) else { throw FamilyFile.fault(node, "'\(text)' is no field to tell apart by") }
        return field
    }

    private static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return text.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || colons && $0 == ":") }
    }
}
