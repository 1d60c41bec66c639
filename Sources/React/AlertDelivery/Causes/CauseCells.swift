internal import GatewayModel

/// Requests of one model, provider and client: how much of what an alert is about came from them, before and since.
struct CauseCell: Sendable, Equatable {
    /// By the dimension's position in ``CauseCells/dimensions``; nil where the records do not say.
    var key: [String?]
    /// Scaled to the length of the time since.
    var before: Double
    var since: Double
    /// Requests since.
    var requests: Double
}

/// Finds which part of the requests moved most.
///
/// What changed is added up over every combination of the dimensions: by model, provider and client, by pairs of them, and by each alone. The most precise combination
/// that explains most of the change is named: if every client of a provider suffers, the provider is, and no client. A part that has just the share of the change
/// that it has of all requests is no cause.
struct CauseCells: Sendable {
    static let dimensions: [RequestField] = [.model, .provider, .client]
    /// Of the change; a part that makes less is not what it is about.
    static let shareMin = 0.6
    /// How many times its usual share a part must have of the change, unless it is nearly all there is.
    static let liftMin = 1.15
    static let dominance = 0.85

    struct Finding: Sendable, Equatable {
        /// nil for dimensions that do not matter.
        var key: [String?]
        var amount: Double
        var total: Double
    }

    let cells: [CauseCell]
    let isDrop: Bool

    /// - Parameter amountMin: how much the part must have moved at least.
    func finding(amountMin: Double) -> Finding? {
        let changes = cells.map { isDrop ? $0.before - $0.since : $0.since - $0.before }
        let total = changes.reduce(0) { $0 + max(0, $1) }
        // What became less elsewhere does not explain what became more here; but if all in all it did not become more, nothing did.
        guard total >= amountMin, changes.reduce(0, +) > 0.25 * total else { return nil }
        let usual = cells.map { isDrop ? $0.before : $0.requests }
        let usualTotal = usual.reduce(0, +)
        // From three dimensions to one.
        for mask in [0b111, 0b011, 0b101, 0b110, 0b001, 0b010, 0b100] {
            var parts: [[String?]: (change: Double, usual: Double)] = [:]
            for (index, cell) in cells.enumerated() {
                let key = Self.masked(cell.key, mask)
                // A part must be nameable in all that it is told by.
                guard zip(key, 0...).allSatisfy({ $0 != nil || mask & (1 << $1) == 0 }) else { continue }
                parts[key, default: (0, 0)].change += changes[index]
                parts[key, default: (0, 0)].usual += usual[index]
            }
            guard let best = parts.max(by: { ($0.value.change, Self.order($1.key)) < ($1.value.change, Self.order($0.key)) }) else { continue }
            let (share, usualShare) = (best.value.change / total, usualTotal > 0 ? best.value.usual / usualTotal : 0)
            guard share >= Self.shareMin, best.value.change >= amountMin, share >= Self.liftMin * usualShare || usualShare >= Self.dominance else { continue }
            return Finding(key: best.key, amount: best.value.change, total: max(total, best.value.change))
        }
        return nil
    }

    private static func masked(_ key: [String?], _ mask: Int) -> [String?] { key.indices.map { mask & (1 << $0) != 0 ? key[$0] : nil } }

    /// Equal parts are told in the order of their names.
    private static func order(_ key: [String?]) -> String { key.map { $0 ?? "" }.joined(separator: "\0") }
}
