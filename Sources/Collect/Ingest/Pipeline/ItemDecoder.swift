internal import ByteCoding
internal import GatewayModel

/// What reading documents needs and what is kept from body to body: buffers, maps, memories. One body at a time uses it.
///
/// `@unchecked Sendable` holds because ``WorkspacePool`` hands each workspace to one user at a time and takes it back before the next; the pool's mutex
/// orders what they do.
final class Workspace: @unchecked Sendable {
    let draft = RequestDraft()
    let builder: RecordBatchBuilder
    let maps: ValueMaps
    let reader: DocumentReader
    let normaliser: Normaliser
    /// Which price book it prices with.
    let priceGeneration: Int

    init(settings: IngestSettings, known: KnownValues, fields: FlatFieldMap, prices: PriceBook?, generation: Int) {
        builder = RecordBatchBuilder(distinctValuesMax: settings.distinctValuesMax, known: known)
        maps = ValueMaps(providers: ProviderNames(operatorMap: settings.providers))
        reader = DocumentReader(fields: fields, countryHeaders: settings.geography.headers)
        normaliser = Normaliser(countries: CountryFinder(settings.geography), privacy: PrivacyFilter(settings.privacy), prices: prices.map { PriceLookup($0) })
        priceGeneration = generation
    }
}

/// Turns the documents of one body into rows of a batch and refusals, keeping count.
struct ItemDecoder {
    /// Where a document stands.
    struct Place {
        /// In the buffer that is handed over with it.
        let range: Range<Int>
        /// Of the document's first byte, from 1.
        let line: Int
        let column: Int
    }

    /// Where a sender of the Elasticsearch door wants its document.
    struct Destination {
        let index: Int
        let id: String?
    }

    /// What came of a document.
    enum Decoded {
        case row(Int)
        case refused(RejectedItem)
    }

    private let workspace: Workspace
    private let context: IngestContext
    private let documentBytesMax: Int
    private var call: Call
    private var counters = IngestCounters()
    private var rejected: [RejectedItem] = []
    private var itemOfRow: [Int] = []
    /// Bytes and items that preceded the buffer at hand, for positions in a body that is read in pieces.
    var bytesBefore = 0
    var itemsBefore = 0

    init(_ workspace: Workspace, _ context: IngestContext, documentBytesMax: Int) {
        self.workspace = workspace
        self.context = context
        self.documentBytesMax = documentBytesMax
        call = Call(draft: workspace.draft, maps: workspace.maps)
    }

    /// Rows waiting in the batch.
    var rowCount: Int { itemOfRow.count }

    /// Reads one document.
    ///
    /// - Parameter hint: the shape to try first, and then the shape that was found.
    /// - Returns: the row, or why there is none.
    mutating func decode(
        _ body: UnsafeRawBufferPointer, _ place: Place, hint: inout RecordShape, _ destination: Destination? = nil, names: StringInterner? = nil
    ) -> Decoded {
        guard place.range.count <= documentBytesMax else {
            let failure = ItemFailure(.tooLarge, reason: "the document has \(place.range.count) bytes, more than \(documentBytesMax)")
            return .refused(refuse(place, failure, offset: 0))
        }
        let document = unsafe UnsafeRawBufferPointer(rebasing: body[place.range])
        if let invalid = unsafe UTF8Text.firstInvalid(document) {
            let failure = ItemFailure(.invalidUTF8, at: invalid, reason: JSONError(.invalidUTF8, at: invalid).reason)
            return .refused(unsafe refuse(place, failure, in: document))
        }
        if let failure = unsafe workspace.reader.read(document, &call, hint: &hint) { return .refused(unsafe refuse(place, failure, in: document)) }
        if let code = workspace.normaliser.finish(&call, hint, context) {
            return .refused(unsafe refuse(place, ItemFailure(code, field: "time", reason: Self.reason(code, context)), in: document))
        }
        if let destination, let names { setDestination(destination, names) }
        counters.received += 1
        if let time = call.draft[integer: .time], time > counters.newest?.microseconds ?? .min { counters.newest = Timestamp(microseconds: time) }
        workspace.builder.append(call.draft)
        itemOfRow.append(itemsBefore + counters.received - 1)
        return .row(itemOfRow.count - 1)
    }

    private func setDestination(_ destination: Destination, _ names: StringInterner) {
        unsafe names.table.withBytes(destination.index) { unsafe call.draft.setText(.index, $0) }
        if let id = destination.id { call.draft.setText(.documentID, id) } else { call.draft.removeText(.documentID) }
    }

    /// The batch and what was refused; the decoder is empty afterwards, its item numbers go on.
    mutating func finish() -> IngestResult {
        counters.cappedValues = workspace.builder.cappedValues
        counters.rejectedFields = call.rejectedFields
        return IngestResult(batch: workspace.builder.seal(), itemOfRow: itemOfRow, rejected: rejected, counters: counters)
    }

    /// Counts and lists a refusal whose place inside the document is found by counting lines.
    private mutating func refuse(_ place: Place, _ failure: ItemFailure, in document: UnsafeRawBufferPointer) -> RejectedItem {
        var line = place.line
        var column = place.column
        for index in 0..<min(failure.offset, document.count) {
            if unsafe document[index] == 0x0a {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return refuse(Place(range: place.range, line: line, column: column), failure, offset: failure.offset)
    }

    /// Counts and lists a refusal.
    @discardableResult
    mutating func refuse(_ place: Place, _ failure: ItemFailure, offset: Int) -> RejectedItem {
        let range = (place.range.lowerBound + bytesBefore)..<(place.range.upperBound + bytesBefore)
        let item = RejectedItem(
            item: itemsBefore + counters.received, line: place.line, column: place.column, field: failure.field, code: failure.code, reason: failure.reason, byteRange: range)
        counters.received += 1
        counters.rejected[Int(failure.code.rawValue)] += 1
        if rejected.count < IngestResult.rejectedListedMax { rejected.append(item) }
        return item
    }

    private static func reason(_ code: RejectionCode, _ context: IngestContext) -> String {
        switch code {
        case .tooNew: "the call completed after \(context.acceptable.upperBound.iso8601), the latest time that is kept"
        default: "the call completed before \(context.acceptable.lowerBound.iso8601), the earliest time that is kept"
        }
    }
}
