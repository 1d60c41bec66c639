/// The lines of a price book, arranged for lookup by name and instant. Positions are those of the book's entries.
struct PriceIndex: Sendable {
    private struct Key: Hashable {
        let provider: String
        let name: String
    }

    private struct Prefix {
        let text: String
        let lines: [Int]
    }

    private struct Redirection {
        /// The name it is for, in lower case, without the star.
        let text: String
        let isPrefix: Bool
        let alias: PriceAlias
    }

    /// What each entry costs.
    let prices: [ModelPrice]
    /// The instants at which any line begins to hold, ascending. Between two of them no answer changes.
    let changes: [Int64]

    /// First instant of each entry, in microseconds; `Int64.min`: since ever.
    private let starts: [Int64]
    /// The lines of a listed name, the earliest first.
    private var names: [Key: [Int]] = [:]
    /// The lines of the newest snapshot of a name that is not listed itself.
    private var snapshots: [Key: [Int]] = [:]
    /// The `prefix*` lines of a provider, the longest prefix first.
    private var prefixes: [String: [Prefix]] = [:]
    /// The aliases of a provider: full names first, then the longest prefix first.
    private var redirections: [String: [Redirection]] = [:]

    init(entries: [PriceEntry], aliases: [PriceAlias]) {
        prices = entries.map { ModelPrice($0.listed) }
        starts = entries.map { $0.from?.microseconds ?? .min }
        changes = Set(starts).subtracting([.min]).sorted()
        indexNames(entries)
        indexAliases(aliases)
    }

    private mutating func indexNames(_ entries: [PriceEntry]) {
        var listed: [Key: [Int]] = [:]
        for (position, entry) in entries.enumerated() {
            listed[Key(provider: entry.provider, name: entry.model.lowercased()), default: []].append(position)
        }
        var newest: [Key: String] = [:]
        for (key, positions) in listed {
            let lines = positions.sorted { starts[$0] < starts[$1] }
            if key.name.hasSuffix("*") {
                prefixes[key.provider, default: []].append(Prefix(text: String(key.name.dropLast()), lines: lines))
                continue
            }
            names[key] = lines
            let base = Key(provider: key.provider, name: ModelNames.base(key.name, provider: key.provider))
            // Dates in names sort as text.
            if base != key, newest[base].map({ $0 < key.name }) ?? true {
                newest[base] = key.name
                snapshots[base] = lines
            }
        }
        for provider in prefixes.keys { prefixes[provider]?.sort { $0.text.utf8.count > $1.text.utf8.count } }
    }

    private mutating func indexAliases(_ aliases: [PriceAlias]) {
        for alias in aliases {
            let name = alias.model.lowercased()
            let isPrefix = name.hasSuffix("*")
            let redirection = Redirection(text: isPrefix ? String(name.dropLast()) : name, isPrefix: isPrefix, alias: alias)
            redirections[alias.provider, default: []].append(redirection)
        }
        for provider in redirections.keys {
            redirections[provider]?.sort { ($0.isPrefix ? 0 : 1, $0.text.utf8.count) > ($1.isPrefix ? 0 : 1, $1.text.utf8.count) }
        }
    }

    /// The entry that holds for a model at an instant, by the rules of ``PriceBook/price(provider:model:at:)``.
    ///
    /// - Parameter provider: in lower case.
    func find(provider: String, model: String, at instant: Timestamp) -> (entry: Int, rule: PriceMatch.Rule)? {
        var provider = provider
        var model = model
        for hop in 0...PriceBook.aliasHopsMax {
            let candidates = ModelNames.candidates(model, provider: provider)
            if let (entry, rule) = findListed(provider: provider, candidates: candidates, at: instant) {
                return (entry, hop == 0 ? rule : .alias)
            }
            guard let alias = redirection(provider: provider, candidates: candidates), let plain = candidates.last else { return nil }
            provider = alias.targetProvider
            model = alias.targetModel ?? plain
        }
        return nil
    }

    private func findListed(provider: String, candidates: [String], at instant: Timestamp) -> (entry: Int, rule: PriceMatch.Rule)? {
        for name in candidates {
            if let entry = valid(names[Key(provider: provider, name: name)], at: instant) { return (entry, .name) }
        }
        for name in candidates {
            let base = Key(provider: provider, name: ModelNames.base(name, provider: provider))
            if let entry = valid(names[base], at: instant) ?? valid(snapshots[base], at: instant) { return (entry, .snapshot) }
        }
        for prefix in prefixes[provider] ?? [] where candidates.contains(where: { $0.hasPrefix(prefix.text) }) {
            if let entry = valid(prefix.lines, at: instant) { return (entry, .prefix) }
        }
        return nil
    }

    private func redirection(provider: String, candidates: [String]) -> PriceAlias? {
        let found = redirections[provider]?.first { redirection in
            candidates.contains { redirection.isPrefix ? $0.hasPrefix(redirection.text) : $0 == redirection.text }
        }
        return found?.alias
    }

    /// The last of `lines` that has begun at `instant`.
    private func valid(_ lines: [Int]?, at instant: Timestamp) -> Int? {
        lines?.last { starts[$0] <= instant.microseconds }
    }
}
