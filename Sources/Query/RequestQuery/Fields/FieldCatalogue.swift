internal import ByteCoding
package import GatewayModel

/// A field with its most frequent values.
package struct FieldSummary: Sendable {
    package let definition: FieldDefinition
    /// Most frequent first, ties by the text. Empty for fields that are not dictionary-coded.
    package let values: [FieldValue]
    /// Distinct values (of the prefix) in all.
    package let valuesTotal: Int
}

/// A value and in how many records it occurs.
package struct FieldValue: Sendable, Equatable {
    package let value: String
    package let count: Int
}

/// What the fields hold, from the segments' dictionaries and value counts alone: no record is read.
///
/// Counts are of whole segments that overlap the snapshot's range: good for ranking, not for accounting.
package enum FieldCatalogue {
    /// - Parameters:
    ///   - range: segments that do not overlap it are left out.
    ///   - top: values per field, at most.
    ///   - field: this field only; nil for all.
    ///   - prefix: values that start so, upper and lower case of ASCII letters alike.
    /// - Returns: in the schema's order; and sentences on parts that could not be read.
    package static func run(
        _ snapshot: StoreSnapshot, range: TimeRange = .all, top: Int = QueryLimits.fieldValuesDefault, prefix: String = "", field: RequestField? = nil
    ) -> (fields: [FieldSummary], unreadable: [String]) {
        var unreadable: [String] = []
        let segments = snapshot.segments.filter { $0.rowCount > 0 && range.overlaps(first: $0.timeBounds.first, last: $0.timeBounds.last) }
        var summaries: [FieldSummary] = []
        for definition in RequestSchema.definitions where field == nil || definition.field == field {
            guard definition.kind == .dictionary else {
                summaries.append(FieldSummary(definition: definition, values: [], valuesTotal: 0))
                continue
            }
            var tally = ValueTally(prefix: Array(prefix.utf8))
            for segment in segments where segment.contains(definition.field) {
                do throws(StorageError) {
                    tally.add(try segment.dictionary(definition.field), try segment.shownValueCounts(definition.field))
                } catch {
                    let note = StorageNote.sentence(error)
                    if !unreadable.contains(note) { unreadable.append(note) }
                }
            }
            let limit = min(max(0, top), QueryLimits.fieldValuesMax)
            summaries.append(FieldSummary(definition: definition, values: tally.top(limit), valuesTotal: tally.total))
        }
        return (summaries, unreadable)
    }
}

extension FieldDefinition {
    /// The type as the API names it: `string`, `integer`, `number`, `boolean` or `time`.
    package var typeName: String {
        switch kind {
        case .dictionary, .text: return "string"
        case .integer:
            switch unit {
            case .instant: return "time"
            case .boolean: return "boolean"
            case .duration, .money: return "number"
            case .none, .bytes, .tokens, .count: return "integer"
            }
        }
    }
}

/// Counts of the values of one field over several segments.
private struct ValueTally {
    private let prefix: [UInt8]
    private var numbers = ValueNumbers()
    private var counts: [Int] = []

    init(prefix: [UInt8]) { self.prefix = prefix.map(Self.lowercase) }

    /// Distinct values that occur.
    var total: Int { counts.count { $0 > 0 } }

    mutating func add(_ dictionary: StringTable, _ valueCounts: [Int]) {
        for index in 0..<min(dictionary.count, valueCounts.count) where valueCounts[index] > 0 && hasPrefix(dictionary, index) {
            let number = Int(numbers.number(of: index, in: dictionary)) - 1
            if number == counts.count { counts.append(0) }
            counts[number] += valueCounts[index]
        }
    }

    func top(_ limit: Int) -> [FieldValue] {
        let values = numbers.strings
        let ranked = counts.indices.sorted { left, right in
            counts[left] != counts[right] ? counts[left] > counts[right] : values[left].utf8.lexicographicallyPrecedes(values[right].utf8)
        }
        return ranked.prefix(limit).map { FieldValue(value: values[$0], count: counts[$0]) }
    }

    private func hasPrefix(_ dictionary: StringTable, _ index: Int) -> Bool {
        if prefix.isEmpty { return true }
        let range = dictionary.range(index)
        guard range.count >= prefix.count else { return false }
        return zip(prefix, dictionary.bytes[range]).allSatisfy { $0 == Self.lowercase($1) }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
