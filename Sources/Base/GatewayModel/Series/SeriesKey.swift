internal import ByteCoding

/// The bytes that stand for a series' labels where comparing strings would cost too much: equal labels have equal bytes.
///
/// Of each label, sorted by the bytes of the names: length of the name (LEB128), name, length of the value, value. A name comes once, no value is
/// empty, all is UTF-8. The write-ahead log and the blocks keep labels in this form.
package enum SeriesKey {
    /// Appends a series' labels.
    package static func append(_ labels: SeriesLabels, to key: inout [UInt8]) {
        for label in labels.labels {
            append(label.name, to: &key)
            append(label.value, to: &key)
        }
    }

    /// The bytes of a series' labels.
    package static func bytes(of labels: SeriesLabels) -> [UInt8] {
        var key: [UInt8] = []
        append(labels, to: &key)
        return key
    }

    /// Appends a length or a name or value as the key has it: names and values alternate.
    package static func append(_ text: String, to key: inout [UInt8]) {
        var text = text
        text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0), to: &key) }
    }

    package static func append(_ text: UnsafeRawBufferPointer, to key: inout [UInt8]) {
        var rest = text.count
        while rest >= 0x80 {
            key.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        key.append(UInt8(rest))
        unsafe key.append(contentsOf: text)
    }

    /// The labels that a key stands for; nil when it breaks a rule of the form: unsorted or repeated names, an empty name or value, bytes that are not UTF-8.
    package static func labels(of key: UnsafeRawBufferPointer) -> SeriesLabels? {
        var reader = unsafe ByteReader(key)
        var labels: [SeriesLabel] = []
        while reader.remaining > 0 {
            guard let name = text(&reader), let value = text(&reader), !name.isEmpty, !value.isEmpty else { return nil }
            if let last = labels.last, !last.name.utf8.lexicographicallyPrecedes(name.utf8) { return nil }
            labels.append(SeriesLabel(name, value))
        }
        return SeriesLabels(sorted: labels)
    }

    package static func labels(of key: [UInt8]) -> SeriesLabels? { unsafe key.withUnsafeBytes { unsafe labels(of: $0) } }

    private static func text(_ reader: inout ByteReader) -> String? {
        guard let count = try? reader.readVarint(), let length = Int(exactly: count), let bytes = unsafe try? reader.readBytes(length) else { return nil }
        return unsafe String(validating: bytes, as: UTF8.self)
    }
}
