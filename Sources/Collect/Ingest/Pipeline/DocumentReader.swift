internal import ByteCoding
internal import GatewayModel

/// Reads documents of any shape into one call. The shape is told by the document itself; the last one of the same door or index is tried first, so
/// that a steady sender costs no detection.
final class DocumentReader {
    private let apisix: APISIXEntryReader
    private let flat: FlatRecordReader
    private let noveum = NoveumDocumentReader()
    private let litellm = LiteLLMPayloadReader()

    /// - Parameter countryHeaders: see ``GeographyRules/headers``.
    init(fields: FlatFieldMap, countryHeaders: [String]) {
        let summary = APISIXSummary()
        flat = FlatRecordReader(map: fields, summary: summary)
        apisix = APISIXEntryReader(summary: summary, extras: flat, countryHeaders: countryHeaders)
    }

    /// Reads the document into `call`, which is reset first.
    ///
    /// - Parameter hint: the shape to try first; set to the one that was found.
    /// - Returns: nil when the document was read, otherwise why not.
    func read(_ document: UnsafeRawBufferPointer, _ call: inout Call, hint: inout RecordShape) -> ItemFailure? {
        do throws(JSONError) {
            if unsafe try read(document, as: hint, &call), !call.facts.evidence.contains(.particular) { return nil }
            guard unsafe try isObject(document) else { return ItemFailure(.notAnObject, reason: "a record must be a JSON object") }
            for shape in Self.order {
                if unsafe try read(document, as: shape, &call) {
                    hint = shape
                    return nil
                }
            }
        } catch {
            return ItemFailure(error)
        }
        return ItemFailure(.unknownShape, reason: Self.unknownShapeReason)
    }

    /// From the most particular to the least: free keys match last.
    private static let order: [RecordShape] = [.apisix, .noveum, .litellm, .gatewatch, .apisixLogFormat]

    private static let unknownShapeReason = """
        no known shape: expected an APISIX entry (request, response, start_time), an APISIX or nginx log format (status, latency, uri, ... or keys of \
        apisix.fields), a Noveum document (timestamp, attributes), a LiteLLM payload (startTime, call_type) or a Gatewatch export
        """

    private func isObject(_ document: UnsafeRawBufferPointer) throws(JSONError) -> Bool {
        var scanner = unsafe JSONScanner(document)
        return try scanner.peek() == .object
    }

    /// Reads the document as one shape. False when it turns out not to have it.
    private func read(_ document: UnsafeRawBufferPointer, as shape: RecordShape, _ call: inout Call) throws(JSONError) -> Bool {
        var scanner = unsafe JSONScanner(document)
        let counts = call.rejectedFields
        call.reset()
        switch shape {
        case .apisix: try apisix.read(&scanner, &call)
        case .apisixLogFormat, .gatewatch: try flat.read(&scanner, &call)
        case .noveum: try noveum.read(&scanner, &call)
        case .litellm: try litellm.read(&scanner, &call)
        }
        try scanner.expectEnd()
        if Self.has(shape, call.facts) { return true }
        // Values that only looked wrong because the shape was wrong are not counted.
        call.rejectedFields = counts
        return false
    }

    private static func has(_ shape: RecordShape, _ facts: CallFacts) -> Bool {
        let evidence = facts.evidence
        switch shape {
        case .apisix: return evidence.contains([.request, .apisix]) && !evidence.contains(.foreign)
        case .noveum: return evidence.contains([.attributes, .noveum])
        case .litellm: return evidence.contains([.times, .litellm])
        case .gatewatch: return facts.isCanonical && facts.substance > 0
        case .apisixLogFormat:
            // One telling key may be chance (`{"status": 1}` is anybody's); with an instant or the gateway's ids beside it, or two, it is a record.
            guard !evidence.contains(.foreign), !facts.isCanonical, facts.substance > 0 else { return false }
            return facts.substance > 1 || evidence.contains(.gatewayIDs) || facts.start != absentInteger || facts.end != absentInteger
        }
    }
}
