internal import ByteCoding
internal import GatewayModel

/// Reads an `ExportMetricsServiceRequest` in protobuf.
struct OTLPProtobufReader {
    private(set) var resources: [OTLPResource] = []
    private var limit = OTLPItemLimit()
    /// Nesting of attributes' values that is followed.
    private static let depthMax = 16

    mutating func read(_ source: UnsafeRawBufferPointer) throws(OTLPError) {
        do throws(ProtobufError) {
            try unsafe ProtobufReader(source).forEachMessage(1) { message throws(ProtobufError) in resources.append(try readResource(message)) }
        } catch { throw limit.isExceeded ? .tooLarge(itemsMax: OTLPItemLimit.itemsMax) : .message(error.reason) }
    }

    private mutating func count(_ reader: ProtobufReader) throws(ProtobufError) {
        guard limit.take() else { throw ProtobufError(offset: reader.offset, expected: "fewer points") }
    }

    private mutating func readResource(_ message: ProtobufReader) throws(ProtobufError) -> OTLPResource {
        var resource = OTLPResource()
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (1, .bytes):
                try reader.readMessage().forEachMessage(1) { message throws(ProtobufError) in resource.attributes.append(try readAttribute(message)) }
            case (2, .bytes):
                try reader.readMessage().forEachMessage(2) { message throws(ProtobufError) in resource.metrics.append(try readMetric(message)) }
            default: return false
            }
            return true
        }
        return resource
    }

    private mutating func readMetric(_ message: ProtobufReader) throws(ProtobufError) -> OTLPMetric {
        try count(message)
        var metric = OTLPMetric()
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (1, .bytes): metric.name = try reader.readString()
            case (2, .bytes): metric.description = try reader.readString()
            case (3, .bytes): metric.unit = try reader.readString()
            case (5, .bytes): try readPoints(.gauge, try reader.readMessage(), &metric)
            case (7, .bytes): try readPoints(.sum, try reader.readMessage(), &metric)
            case (9, .bytes): try readPoints(.histogram, try reader.readMessage(), &metric)
            case (10, .bytes): try readPoints(.exponentialHistogram, try reader.readMessage(), &metric)
            case (11, .bytes): try readPoints(.summary, try reader.readMessage(), &metric)
            default: return false
            }
            return true
        }
        return metric
    }

    private mutating func readPoints(_ kind: OTLPMetric.Kind, _ message: ProtobufReader, _ metric: inout OTLPMetric) throws(ProtobufError) {
        metric.kind = kind
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (1, .bytes):
                try count(reader)
                let point = try reader.readMessage()
                let read: OTLPPoint =
                    switch kind {
                    case .gauge, .sum: try readNumber(point)
                    case .histogram: try readHistogram(point)
                    case .exponentialHistogram: try readExponential(point)
                    case .summary: try readSummary(point)
                    }
                metric.points.append(read)
            case (2, .varint): metric.temporality = Int(clamping: try reader.readVarint())
            case (3, .varint): metric.isMonotonic = try reader.readVarint() != 0
            default: return false
            }
            return true
        }
    }

    // MARK: Points

    private mutating func readNumber(_ message: ProtobufReader) throws(ProtobufError) -> OTLPPoint {
        var point = OTLPPoint()
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (3, .fixed64): point.time = try reader.readFixed64()
            case (4, .fixed64): point.value = try reader.readDouble()
            case (5, .bytes): point.exemplars.append(try readExemplar(try reader.readMessage()))
            case (6, .fixed64): point.value = Double(Int64(bitPattern: try reader.readFixed64()))
            case (7, .bytes): point.attributes.append(try readAttribute(try reader.readMessage()))
            case (8, .varint): point.flags = try reader.readVarint()
            default: return false
            }
            return true
        }
        return point
    }

    /// Time, count and sum, which stand in the same fields of all points that are distributions; false for another field.
    private static func readTotals(_ reader: inout ProtobufReader, _ key: ProtobufKey, _ point: inout OTLPPoint) throws(ProtobufError) -> Bool {
        switch (key.field, key.wireType) {
        case (3, .fixed64): point.time = try reader.readFixed64()
        case (4, .fixed64): point.count = try reader.readFixed64()
        case (5, .fixed64): point.sum = try reader.readDouble()
        default: return false
        }
        return true
    }

    private mutating func readHistogram(_ message: ProtobufReader) throws(ProtobufError) -> OTLPPoint {
        var point = OTLPPoint()
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (6, _): try Self.readWords(&reader, key) { point.bucketCounts.append($0) }
            case (7, _): try Self.readWords(&reader, key) { point.bounds.append(Double(bitPattern: $0)) }
            case (8, .bytes): point.exemplars.append(try readExemplar(try reader.readMessage()))
            case (9, .bytes): point.attributes.append(try readAttribute(try reader.readMessage()))
            case (10, .varint): point.flags = try reader.readVarint()
            default: return try Self.readTotals(&reader, key, &point)
            }
            return true
        }
        return point
    }

    private mutating func readExponential(_ message: ProtobufReader) throws(ProtobufError) -> OTLPPoint {
        var point = OTLPPoint()
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (1, .bytes): point.attributes.append(try readAttribute(try reader.readMessage()))
            case (6, .varint): point.scale = Int32(clamping: try reader.readZigZag())
            case (7, .fixed64): point.zeroCount = try reader.readFixed64()
            case (8, .bytes): point.positive = try readBuckets(try reader.readMessage())
            case (9, .bytes): point.negative = try readBuckets(try reader.readMessage())
            case (10, .varint): point.flags = try reader.readVarint()
            case (11, .bytes): point.exemplars.append(try readExemplar(try reader.readMessage()))
            case (14, .fixed64): point.zeroThreshold = try reader.readDouble()
            default: return try Self.readTotals(&reader, key, &point)
            }
            return true
        }
        return point
    }

    private mutating func readBuckets(_ message: ProtobufReader) throws(ProtobufError) -> OTLPPoint.Buckets {
        var buckets = OTLPPoint.Buckets()
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (1, .varint): buckets.offset = Int32(clamping: try reader.readZigZag())
            case (2, .varint): buckets.counts.append(try reader.readVarint())
            case (2, .bytes):
                var packed = try reader.readMessage()
                while packed.offset < packed.end {
                    try count(packed)
                    buckets.counts.append(try packed.readVarint())
                }
            default: return false
            }
            return true
        }
        return buckets
    }

    private mutating func readSummary(_ message: ProtobufReader) throws(ProtobufError) -> OTLPPoint {
        var point = OTLPPoint()
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (6, .bytes):
                let quantile = try Self.readQuantile(try reader.readMessage())
                try count(reader)
                point.quantiles.append(quantile)
            case (7, .bytes): point.attributes.append(try readAttribute(try reader.readMessage()))
            case (8, .varint): point.flags = try reader.readVarint()
            default: return try Self.readTotals(&reader, key, &point)
            }
            return true
        }
        return point
    }

    private static func readQuantile(_ message: ProtobufReader) throws(ProtobufError) -> (quantile: Double, value: Double) {
        var pair = (quantile: 0.0, value: 0.0)
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (1, .fixed64): pair.quantile = try reader.readDouble()
            case (2, .fixed64): pair.value = try reader.readDouble()
            default: return false
            }
            return true
        }
        return pair
    }

    private mutating func readExemplar(_ message: ProtobufReader) throws(ProtobufError) -> Exemplar {
        try count(message)
        var exemplar = OTLPExemplar()
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (2, .fixed64): exemplar.time = try reader.readFixed64()
            case (3, .fixed64): exemplar.value = try reader.readDouble()
            case (4, .bytes): exemplar.spanID = unsafe Array(reader.bytes(try reader.readRange()))
            case (5, .bytes): exemplar.traceID = unsafe Array(reader.bytes(try reader.readRange()))
            case (6, .fixed64): exemplar.value = Double(Int64(bitPattern: try reader.readFixed64()))
            case (7, .bytes): exemplar.attributes.append(try readAttribute(try reader.readMessage()))
            default: return false
            }
            return true
        }
        return exemplar.exemplar
    }

    /// 64-bit words, packed or one by one.
    private static func readWords(_ reader: inout ProtobufReader, _ key: ProtobufKey, _ take: (UInt64) -> Void) throws(ProtobufError) {
        guard key.wireType == .bytes else {
            try reader.expect(.fixed64, key)
            return take(try reader.readFixed64())
        }
        var packed = try reader.readMessage()
        while packed.offset < packed.end { take(try packed.readFixed64()) }
    }

    // MARK: Attributes

    private mutating func readAttribute(_ message: ProtobufReader) throws(ProtobufError) -> OTLPAttribute {
        try count(message)
        var attribute = OTLPAttribute(key: "", value: "")
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (1, .bytes): attribute.key = try reader.readString()
            case (2, .bytes): attribute.value = OTLPValueText.text(try readValue(try reader.readMessage(), depth: 0))
            default: return false
            }
            return true
        }
        return attribute
    }

    private func readValue(_ message: ProtobufReader, depth: Int) throws(ProtobufError) -> JSONValue {
        guard depth < Self.depthMax else { throw ProtobufError(offset: message.offset, expected: "values nested at most \(Self.depthMax) deep") }
        var value = JSONValue.null
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (1, .bytes): value = .string(try reader.readString())
            case (2, .varint): value = .bool(try reader.readVarint() != 0)
            case (3, .varint):
                let integer = try reader.readInt64()
                value = .number(JSONScanner.Number(double: Double(integer), integer: integer))
            case (4, .fixed64): value = .number(JSONScanner.Number(double: try reader.readDouble(), integer: nil))
            case (5, .bytes):
                var elements: [JSONValue] = []
                try reader.readMessage().forEachMessage(1) { message throws(ProtobufError) in elements.append(try readValue(message, depth: depth + 1)) }
                value = .array(elements)
            case (6, .bytes): value = .object(try readMembers(try reader.readMessage(), depth: depth + 1))
            case (7, .bytes): value = .string(OTLPValueText.base64(unsafe Array(reader.bytes(try reader.readRange()))))
            default: return false
            }
            return true
        }
        return value
    }

    private func readMembers(_ message: ProtobufReader, depth: Int) throws(ProtobufError) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        try message.forEachMessage(1) { message throws(ProtobufError) in members.append(try readMember(message, depth: depth)) }
        return members
    }

    private func readMember(_ message: ProtobufReader, depth: Int) throws(ProtobufError) -> JSONValue.Member {
        var name = "", value = JSONValue.null
        try message.forEachField { reader, key throws(ProtobufError) in
            switch (key.field, key.wireType) {
            case (1, .bytes): name = try reader.readString()
            case (2, .bytes): value = try readValue(try reader.readMessage(), depth: depth)
            default: return false
            }
            return true
        }
        return JSONValue.Member(name: name, value: value)
    }
}

extension ProtobufReader {
    /// Hands on each field of the message until its end; fields that `read` does not know, and says so by false, are skipped.
    @inline(__always)
    fileprivate func forEachField(_ read: (inout ProtobufReader, ProtobufKey) throws(ProtobufError) -> Bool) throws(ProtobufError) {
        var reader = self
        while let key = try reader.nextKey() {
            if try !read(&reader, key) { try reader.skip(key.wireType) }
        }
    }

    /// Hands on each inner message with this field number and skips everything else.
    @inline(__always)
    fileprivate func forEachMessage(_ field: Int, _ read: (ProtobufReader) throws(ProtobufError) -> Void) throws(ProtobufError) {
        try forEachField { reader, key throws(ProtobufError) in
            guard key.field == field, key.wireType == .bytes else { return false }
            try read(try reader.readMessage())
            return true
        }
    }
}
