/// What models cost, and since when: the lines of one or more price lists, frozen for fast lookup. A value without I/O.
///
/// The text form is described in docs/reference/prices.md. ``builtin`` is the list that the program brings along; an operator's own
/// list is laid over it with ``merging(_:)``. Nothing is guessed across providers: where the models of one provider cost what
/// another lists, the list says so with an `alias` line. A model that is not found has no price, which is not a price of 0.
package struct PriceBook: Sendable {
    /// The longest list read, in bytes: a hundred times the built-in one.
    package static let bytesMax = 8 << 20
    /// The longest line read, in bytes: the longest built-in one has some 150.
    package static let lineBytesMax = 4_096
    /// The most lines with prices, and the most aliases, in one list: ten times the models that all known providers list together.
    package static let entriesMax = 20_000
    /// The highest price, in USD per million tokens or per thousand calls. A slip of the keyboard is likelier than more.
    package static let dollarsMax: Int64 = 1_000_000
    /// The longest chain of aliases that is followed, so that aliases that point at each other end.
    package static let aliasHopsMax = 4

    /// All lines, in the order of the lists; a line that was replaced is gone.
    package let entries: [PriceEntry]
    /// All aliases, likewise.
    package let aliases: [PriceAlias]
    /// The day as of which the newest list says it is right; nil when none says so.
    package let asOf: Timestamp?

    let index: PriceIndex

    /// What each of ``entries`` costs, in the same order.
    package var prices: [ModelPrice] { index.prices }

    /// A book of the given lines; of two that say different things of the same provider, model and day the later one holds.
    package init(entries: [PriceEntry], aliases: [PriceAlias] = [], asOf: Timestamp? = nil) {
        self.entries = Self.withoutReplaced(entries, key: { EntryKey($0) })
        self.aliases = Self.withoutReplaced(aliases, key: { EntryKey($0) })
        self.asOf = asOf
        index = PriceIndex(entries: self.entries, aliases: self.aliases)
    }

    /// Reads a list and refuses it as a whole when a line is wrong.
    ///
    /// - Throws: the first line's error.
    package init(parsing text: String) throws(PriceBookError) {
        let (book, errors) = Self.parse(text)
        if let first = errors.first { throw first }
        self = book
    }

    /// Reads a list; a wrong line costs only itself.
    ///
    /// - Returns: the book of the good lines, and an error for each of the others, in their order.
    package static func parse(_ text: String) -> (book: PriceBook, errors: [PriceBookError]) {
        let parser = PriceBookParser(text)
        return (PriceBook(entries: parser.entries, aliases: parser.aliases, asOf: parser.asOf), parser.errors)
    }

    /// This book with another laid over it: where both have a line for the same provider, model and day, or an alias for the same
    /// name, the other's holds.
    package func merging(_ other: PriceBook) -> PriceBook {
        let newest = if let asOf, let others = other.asOf { max(asOf, others) } else { asOf ?? other.asOf }
        return PriceBook(entries: entries + other.entries, aliases: aliases + other.aliases, asOf: newest)
    }

    /// What a model cost at an instant.
    ///
    /// Tried in this order, and only among lines that hold at that instant:
    /// 1. the model's name as it is, in any case of letters, and without what only routes the call (`models/`, `us.`, `azure/`);
    /// 2. without the mark of a snapshot (`-2024-08-06`, `-20241022`, `@20241022`, `-latest`, Bedrock's `-v1:0`, Google's `-001`):
    ///    the line of that name, else the newest snapshot of that name that the book lists;
    /// 3. the longest `prefix*` line;
    /// 4. the same three at the provider that an alias names.
    ///
    /// - Parameter provider: the canonical name, such as `openai` or `aws.bedrock`.
    /// - Returns: nil when the book does not know the model.
    package func price(provider: String, model: String, at instant: Timestamp) -> ModelPrice? {
        match(provider: provider, model: model, at: instant)?.price
    }

    /// As ``price(provider:model:at:)``, with the line that was found and how.
    package func match(provider: String, model: String, at instant: Timestamp) -> PriceMatch? {
        guard let (found, rule) = index.find(provider: provider.lowercased(), model: model, at: instant) else { return nil }
        return PriceMatch(entry: entries[found], price: index.prices[found], rule: rule)
    }

    // MARK: Replacement

    private struct EntryKey: Hashable {
        let provider: String
        let model: String
        let from: Timestamp?

        init(_ entry: PriceEntry) {
            provider = entry.provider
            model = entry.model.lowercased()
            from = entry.from
        }

        init(_ alias: PriceAlias) {
            provider = alias.provider
            model = alias.model.lowercased()
            from = nil
        }
    }

    private static func withoutReplaced<Line>(_ lines: [Line], key: (Line) -> EntryKey) -> [Line] {
        var last: [EntryKey: Int] = [:]
        for index in lines.indices { last[key(lines[index])] = index }
        return lines.indices.filter { last[key(lines[$0])] == $0 }.map { lines[$0] }
    }
}

/// A price and where it was found.
package struct PriceMatch: Sendable, Hashable {
    /// How a line came to hold for a model.
    package enum Rule: String, Sendable {
        /// The model's own name.
        case name
        /// The name without the mark of a snapshot.
        case snapshot
        /// A line for all names that begin so.
        case prefix
        /// A line of the provider that an alias names.
        case alias
    }

    /// The line.
    package let entry: PriceEntry
    package let price: ModelPrice
    package let rule: Rule
}
