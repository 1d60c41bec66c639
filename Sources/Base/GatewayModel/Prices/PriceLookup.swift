/// Prices for a stream of records: remembers what it found for a pair of provider and model, so that a record costs one hash
/// look-up instead of a search.
///
/// Names are compared as bytes here, so differing spellings of a model are searched for once each. What was not found is remembered
/// too. Prices change at instants; between two instants at which any line of the book begins to hold no answer changes, so an answer
/// is remembered for that span (an epoch). One owner at a time uses a lookup; it is not Sendable.
@safe package final class PriceLookup {
    /// How many answers are remembered before all are forgotten and found again.
    package static let answersMax = PriceMemo.answersMax

    /// What the lookup looks in.
    package let book: PriceBook

    @exclusivity(unchecked) private var memo = PriceMemo()
    /// The book's prices, held so that reading one counts no reference.
    private let prices: UnsafeMutablePointer<ModelPrice>
    private let priceCount: Int
    private let changes: [Int64]
    @exclusivity(unchecked) private var epoch: UInt32 = 0
    /// The epoch's first instant and the first one behind it, in microseconds.
    @exclusivity(unchecked) private var epochStart: Int64 = .max
    @exclusivity(unchecked) private var epochEnd: Int64 = .min

    /// A lookup that has not found anything yet.
    package init(_ book: PriceBook) {
        self.book = book
        priceCount = book.prices.count
        unsafe prices = .allocate(capacity: priceCount)
        for (position, price) in book.prices.enumerated() { unsafe (prices + position).initialize(to: price) }
        changes = book.index.changes
    }

    deinit {
        unsafe prices.deinitialize(count: priceCount)
        unsafe prices.deallocate()
    }

    /// What a model cost at an instant; nil when the book does not know it. As ``PriceBook/price(provider:model:at:)``.
    ///
    /// - Parameters:
    ///   - provider: the canonical name, in UTF-8.
    ///   - model: the name as reported, in UTF-8.
    package func price(provider: UnsafeRawBufferPointer, model: UnsafeRawBufferPointer, at instant: Timestamp) -> ModelPrice? {
        let position = unsafe entry(provider: provider, model: model, at: instant)
        return position < 0 ? nil : unsafe prices[position]
    }

    /// What a call cost, rounded once; nil when the book does not know the model or the usage names neither input nor output.
    package func cost(
        provider: UnsafeRawBufferPointer, model: UnsafeRawBufferPointer, at instant: Timestamp, of usage: TokenUsage, isBatch: Bool = false
    ) -> NanoUSD? {
        guard usage.isPriceable else { return nil }
        let position = unsafe entry(provider: provider, model: model, at: instant)
        return position < 0 ? nil : unsafe (prices + position).pointee.cost(of: usage, isBatch: isBatch).total
    }

    /// The position in the book's entries; -1 when the book does not know the model.
    package func entry(provider: UnsafeRawBufferPointer, model: UnsafeRawBufferPointer, at instant: Timestamp) -> Int {
        if unsafe instant.microseconds < epochStart || instant.microseconds >= epochEnd { enterEpoch(of: instant) }
        let key = unsafe PriceMemo.Key(epoch: epoch, provider: provider, model: model)
        if let known = unsafe memo.answer(key) { return Int(known) }
        let name = unsafe String(decoding: model, as: UTF8.self)
        let match = unsafe book.index.find(provider: String(decoding: provider, as: UTF8.self).lowercased(), model: name, at: instant)
        let position = match?.entry ?? -1
        // Books have some ten thousand lines (``PriceBook/entriesMax`` a list), far fewer than 2^31.
        unsafe memo.remember(key, Int32(truncatingIfNeeded: position))
        return position
    }

    private func enterEpoch(of instant: Timestamp) {
        let next = changes.firstIndex { $0 > instant.microseconds } ?? changes.count
        unsafe epoch = UInt32(truncatingIfNeeded: next)
        unsafe epochStart = next == 0 ? .min : changes[next - 1]
        unsafe epochEnd = next == changes.count ? .max : changes[next]
    }
}
