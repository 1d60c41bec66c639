internal import ByteCoding
package import GatewayModel
internal import Synchronization

/// Turns bodies into records: decode, privacy, normalise, price, columns. Nothing is stored or counted here; that is the caller's, once the
/// batch is on disk.
///
/// Safe to call from any thread: what a call needs is taken from a pool and put back. A call works on the caller's thread, about a microsecond for each
/// APISIX entry.
package final class IngestPipeline: Sendable {
    package let settings: IngestSettings
    /// The values of dimensions that are kept as they are, over all bodies.
    package let knownValues: KnownValues
    private let fields: FlatFieldMap
    private let pool: Mutex<WorkspacePool>

    /// - Parameter prices: the price book; nil leaves all costs absent.
    /// - Throws: when `settings.fields` cannot be used.
    package init(settings: IngestSettings, prices: PriceBook?) throws(FieldMapError) {
        self.settings = settings
        knownValues = KnownValues(valuesMax: settings.distinctValuesMax, days: settings.distinctValuesDays)
        fields = try FlatFieldMap(operatorMap: settings.geography.variables.merging(settings.fields) { $1 })
        pool = Mutex(WorkspacePool(book: prices))
    }

    /// Uses another price book from the next body on.
    package func replacePrices(_ book: PriceBook?) {
        pool.withLock { $0.replace(book) }
    }

    /// Reads the body of a `_bulk` request.
    ///
    /// - Parameters:
    ///   - body: the body, decompressed.
    ///   - defaultIndex: the index in the path; nil for `/_bulk`.
    /// - Throws: when the body as a whole is refused; then nothing of it is kept.
    package func readBulk(_ body: UnsafeRawBufferPointer, defaultIndex: String?, _ context: IngestContext) throws(BulkRequestError) -> BulkResult {
        let workspace = takeWorkspace()
        defer { putBack(workspace) }
        var decoder = ItemDecoder(workspace, context, documentBytesMax: settings.documentBytesMax)
        var reader = ElasticBulkReader(defaultIndex: defaultIndex)
        do throws(BulkRequestError) { return unsafe try reader.read(body, with: &decoder) } catch {
            _ = decoder.finish()
            throw error
        }
    }

    package func readBulk(_ body: [UInt8], defaultIndex: String?, _ context: IngestContext) throws(BulkRequestError) -> BulkResult {
        let result = unsafe body.withUnsafeBytes { bytes -> Result<BulkResult, BulkRequestError> in
            do throws(BulkRequestError) { return unsafe .success(try readBulk(bytes, defaultIndex: defaultIndex, context)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Reads one document that a client stores under an index and perhaps an id: `/{index}/_doc`.
    ///
    /// - Parameter replaces: whether it takes the place of a document with its id.
    /// - Returns: one row or one rejected item.
    package func readDocument(_ body: UnsafeRawBufferPointer, index: String, id: String?, replaces: Bool = false, _ context: IngestContext) -> IngestResult {
        let workspace = takeWorkspace()
        defer { putBack(workspace) }
        var decoder = ItemDecoder(workspace, context, documentBytesMax: settings.documentBytesMax)
        let names = StringInterner()
        let number = Int(names.intern(index))
        var hint = context.door.usualShape
        let place = ItemDecoder.Place(range: 0..<body.count, line: 1, column: 1)
        _ = unsafe decoder.decode(body, place, hint: &hint, ItemDecoder.Destination(index: number, id: id), names: names)
        var result = decoder.finish()
        if replaces { result.identity.replaces = [Bool](repeating: true, count: result.batch.count) }
        return result
    }

    package func readDocument(_ body: [UInt8], index: String, id: String?, _ context: IngestContext) -> IngestResult {
        unsafe body.withUnsafeBytes { unsafe readDocument($0, index: index, id: id, context) }
    }

    /// Reads a JSON array, an object, objects one after another, or one object a line.
    package func readItems(_ body: UnsafeRawBufferPointer, _ context: IngestContext) -> IngestResult {
        var splitter = ItemSplitter()
        var progress = PieceProgress(hint: context.door.usualShape)
        let piece = unsafe readPiece(body, &splitter, &progress, isFinal: true, rowsMax: .max, context)
        return piece
    }

    package func readItems(_ body: [UInt8], _ context: IngestContext) -> IngestResult {
        unsafe body.withUnsafeBytes { unsafe readItems($0, context) }
    }

    /// What goes on from piece to piece of one input.
    struct PieceProgress {
        /// The shape of the last document.
        var hint: RecordShape
        /// Items before the piece.
        var items = 0
        /// Bytes before the buffer.
        var bytes = 0
        /// Bytes at the front of the buffer that are done with.
        var consumed = 0
        var isAtEnd = false
    }

    /// Reads documents from a buffer until it needs more input, has `rowsMax` rows, or is at the end.
    func readPiece(
        _ buffer: UnsafeRawBufferPointer, _ splitter: inout ItemSplitter, _ progress: inout PieceProgress, isFinal: Bool, rowsMax: Int, _ context: IngestContext
    ) -> IngestResult {
        let workspace = takeWorkspace()
        defer { putBack(workspace) }
        var decoder = ItemDecoder(workspace, context, documentBytesMax: settings.documentBytesMax)
        decoder.itemsBefore = progress.items
        decoder.bytesBefore = progress.bytes
        progress.consumed = 0
        steps: while decoder.rowCount < rowsMax {
            switch unsafe splitter.next(in: buffer, isFinal: isFinal) {
            case .item(let range, let line, let column):
                _ = unsafe decoder.decode(buffer, ItemDecoder.Place(range: range, line: line, column: column), hint: &progress.hint)
            case .unreadable(let range, let line, let column):
                let failure = ItemFailure(.unreadableRest, reason: "the rest of the input cannot be told apart into documents")
                decoder.refuse(ItemDecoder.Place(range: range, line: line, column: column), failure, offset: 0)
            case .needsMore:
                guard buffer.count - splitter.position > settings.documentBytesMax else { break steps }
                let failure = ItemFailure(.tooLarge, reason: "a document has more than \(settings.documentBytesMax) bytes")
                decoder.refuse(ItemDecoder.Place(range: splitter.position..<buffer.count, line: splitter.line, column: splitter.column), failure, offset: 0)
                if !splitter.discard() {
                    progress.isAtEnd = true
                    break steps
                }
            case .end:
                progress.isAtEnd = true
                break steps
            }
        }
        progress.consumed = splitter.position
        let result = decoder.finish()
        progress.items += result.counters.received
        return result
    }

    // MARK: Pool

    private func takeWorkspace() -> Workspace {
        let (known, book, generation) = pool.withLock { $0.take() }
        return known ?? Workspace(settings: settings, known: knownValues, fields: fields, prices: book, generation: generation)
    }

    private func putBack(_ workspace: Workspace) {
        pool.withLock { $0.put(workspace) }
    }
}

/// The workspaces that nobody uses at the moment.
struct WorkspacePool {
    /// More than this many bodies are never read at once: there is one thread a core.
    private static let idleMax = 16

    private var idle: [Workspace] = []
    private var book: PriceBook?
    private var generation = 0

    init(book: PriceBook?) { self.book = book }

    mutating func replace(_ book: PriceBook?) {
        self.book = book
        generation += 1
        idle.removeAll()
    }

    /// A workspace, or what is needed to make one.
    mutating func take() -> (Workspace?, PriceBook?, Int) { (idle.popLast(), book, generation) }

    /// Keeps a workspace for the next user, unless the prices have changed meanwhile.
    mutating func put(_ workspace: Workspace) {
        if workspace.priceGeneration == generation, idle.count < Self.idleMax { idle.append(workspace) }
    }
}
