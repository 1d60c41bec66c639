internal import ByteCoding
internal import GatewayModel

/// Where the labels of a series stand in its message.
enum LabelRun {
    /// The bytes of all `Label` messages with their keys, by which a series is known again; nil when something stands between them, which is legal and
    /// which nobody does.
    static func contiguous(_ series: ProtobufReader) throws(ProtobufError) -> Range<Int>? {
        var reader = series
        var run: Range<Int>?
        while true {
            let start = reader.offset
            guard let key = try reader.nextKey() else { return run }
            try reader.skip(key.wireType)
            guard key.field == 1 else { continue }
            if let known = run, known.upperBound != start { return nil }
            run = (run?.lowerBound ?? start)..<reader.offset
        }
    }

    /// The `Label` messages, in the order of the wire.
    static func ranges(_ series: ProtobufReader) throws(ProtobufError) -> [Range<Int>] {
        var reader = series
        var ranges: [Range<Int>] = []
        while let key = try reader.nextKey() {
            if key.field == 1, key.wireType == .bytes { ranges.append(try reader.readRange()) } else { try reader.skip(key.wireType) }
        }
        return ranges
    }
}

/// Makes the key of a series from `Label` messages.
enum SeriesKeyBuilder {
    private struct Label {
        var name = 0..<0
        var value = 0..<0
    }

    /// Labels of a series that a message names at most.
    private static let labelsDescribedMax = 20

    /// Appends the key's bytes.
    ///
    /// - Returns: what is wrong with the labels; nil when they are right. Labels with an empty value are left out, others are sorted.
    static func build(_ ranges: [Range<Int>], _ series: ProtobufReader, into key: inout [UInt8]) throws(ProtobufError) -> String? {
        var labels: [Label] = []
        labels.reserveCapacity(ranges.count)
        for range in ranges {
            let label = try read(range, series)
            if unsafe UTF8Text.firstInvalid(series.bytes(label.name)) != nil || UTF8Text.firstInvalid(series.bytes(label.value)) != nil {
                return "a label that is not UTF-8"
            }
            if label.name.isEmpty { return "a label without a name" }
            if !label.value.isEmpty { labels.append(label) }
        }
        labels.sort { left, right in unsafe series.bytes(left.name).lexicographicallyPrecedes(series.bytes(right.name)) }
        var hasName = false
        for (index, label) in labels.enumerated() {
            let name = unsafe series.bytes(label.name)
            if index > 0, unsafe ByteComparison.areEqual(name, series.bytes(labels[index - 1].name)) { return "a label stands twice" }
            if unsafe ExpositionParser.areEqual(name, "__name__") { hasName = true }
            unsafe SeriesKey.append(name, to: &key)
            unsafe SeriesKey.append(series.bytes(label.value), to: &key)
        }
        return hasName ? nil : "no metric name (label __name__)"
    }

    /// The labels as they came, for messages.
    static func describe(_ ranges: [Range<Int>], _ series: ProtobufReader) throws(ProtobufError) -> String {
        var texts: [String] = []
        for range in ranges.prefix(labelsDescribedMax) {
            let label = try read(range, series)
            let name = unsafe String(decoding: series.bytes(label.name).prefix(200), as: UTF8.self)
            let value = unsafe String(decoding: series.bytes(label.value).prefix(200), as: UTF8.self)
            texts.append("\(name)=\"\(value)\"")
        }
        return "{" + texts.joined(separator: ", ") + "}"
    }

    private static func read(_ range: Range<Int>, _ series: ProtobufReader) throws(ProtobufError) -> Label {
        var reader = series.message(range)
        var label = Label()
        while let key = try reader.nextKey() {
            switch (key.field, key.wireType) {
            case (1, .bytes): label.name = try reader.readRange()
            case (2, .bytes): label.value = try reader.readRange()
            default: try reader.skip(key.wireType)
            }
        }
        return label
    }
}
