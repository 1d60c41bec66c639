internal import ByteCoding
internal import GatewayModel

/// Why an operator's field map cannot be used.
package struct FieldMapError: Error, Equatable, Sendable {
    /// The key of the map's entry at fault.
    package let key: String
    /// What is wrong, as a sentence.
    package let message: String
}

/// Finds what a flat key means. Keys of nested objects are joined by dots.
final class FlatFieldMap: Sendable {
    private let names: NameIndex
    private let fields: [FlatField]
    /// By raw value: whether the field says something about a call.
    let isSubstance: [Bool]

    /// - Parameter operatorMap: key of the operator's own format -> field name, optionally with a unit behind a colon
    ///   (`"took": "duration:ms"`; units `us`, `ms`, `s`); it wins over the built-in names.
    init(operatorMap: [String: String]) throws(FieldMapError) {
        var known: [String: FlatField] = [:]
        for (name, field) in FlatFieldNames.all() { known[name] = field }
        for (key, value) in operatorMap { known[key] = try Self.parse(key, value) }
        let sorted = known.sorted { $0.key < $1.key }
        fields = sorted.map(\.value)
        names = NameIndex(sorted.map(\.key))
        isSubstance = (0..<RequestField.tableSize).map { raw in RequestField(rawValue: UInt8(raw)).map(FlatFieldNames.substance.contains) ?? false }
    }

    /// What the joined key means; nil when it is not known.
    func field(_ name: UnsafeRawBufferPointer) -> FlatField? {
        guard let number = unsafe names.number(of: name) else { return nil }
        return fields[number]
    }

    private static func parse(_ key: String, _ value: String) throws(FieldMapError) -> FlatField {
        let parts = value.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first, let field = RequestField(named: name) else {
            throw FieldMapError(key: key, message: "\(value) is not the name of a field")
        }
        guard let builtIn = FlatFieldNames.all().first(where: { $0.0 == field.name })?.1 else {
            throw FieldMapError(key: key, message: "\(name) cannot be filled from a log")
        }
        guard builtIn.rule != .ignored, builtIn.rule != .canonical else { throw FieldMapError(key: key, message: "\(name) is set by Gatewatch itself") }
        guard parts.count == 2 else { return builtIn }
        guard field.unit == .duration else { throw FieldMapError(key: key, message: "\(name) is no duration and takes no unit") }
        switch parts[1] {
        case "us": return FlatField(field: field, rule: .microseconds)
        case "ms": return FlatField(field: field, rule: .milliseconds)
        case "s": return FlatField(field: field, rule: .seconds)
        default: throw FieldMapError(key: key, message: "unit \(parts[1]) is none of us, ms, s")
        }
    }
}
