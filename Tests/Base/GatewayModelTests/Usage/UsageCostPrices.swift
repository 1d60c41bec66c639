import Foundation
import GatewayModel
import Testing

/// The suite's price table, as a book of ours: each of its models is a listed name, found by the table's own rules.
struct UsageCostPrices {
    let book: PriceBook
    private let providers: [String: [String: Any]]
    /// Values finer than the book's picodollar per token: binary fractions that leaked into the table. Rounded.
    private(set) var roundedModels: Set<String> = []

    /// The suite was computed before the table's September changes came into force.
    static let instant = "2026-08-25T12:00:00Z"

    init() throws {
        let json = try JSONSerialization.jsonObject(with: Data(ReferencePrices.unzipped("genai_prices_data.json.gz")))
        let list = try #require(json as? [[String: Any]])
        providers = Dictionary(uniqueKeysWithValues: list.map { ($0["id"] as? String ?? "?", $0) })
        var lines: [String] = []
        var rounded: Set<String> = []
        for provider in list {
            let id = try #require(provider["id"] as? String)
            for model in try #require(provider["models"] as? [[String: Any]]) {
                let name = try #require(model["id"] as? String)
                for (from, prices) in try Self.validities(of: model) {
                    let (columns, values, isRounded) = try Self.columns(prices)
                    if isRounded { rounded.insert("\(id)/\(name)") }
                    lines.append("columns provider model from \(columns.joined(separator: " "))")
                    lines.append("\(id) \(name) \(from ?? "-") \(values.joined(separator: " "))")
                }
            }
        }
        book = try PriceBook(parsing: lines.joined(separator: "\n"))
        roundedModels = rounded
    }

    func hasProvider(_ provider: String) -> Bool { providers[provider] != nil }

    /// The table's model for a name, at the provider or at those that it falls back to.
    func model(_ name: String, provider: String) throws -> (provider: String, model: String)? {
        guard let found = providers[provider] else { return nil }
        for candidate in [provider] + (found["fallback_model_providers"] as? [String] ?? []) {
            for model in try #require(providers[candidate]?["models"] as? [[String: Any]]) {
                let rule = try #require(model["match"] as? [String: Any])
                if try Self.matches(rule, name.lowercased()) {
                    return (candidate, try #require(model["id"] as? String))
                }
            }
        }
        return nil
    }

    private static func matches(_ rule: [String: Any], _ name: String) throws -> Bool {
        if let rules = rule["or"] as? [[String: Any]] { return try rules.contains { try matches($0, name) } }
        if let rules = rule["and"] as? [[String: Any]] { return try rules.allSatisfy { try matches($0, name) } }
        let (kind, value) = try #require(rule.first.map { ($0.key, $0.value as? String) })
        let text = try #require(value)
        switch kind {
        case "equals": return name == text.lowercased()
        case "starts_with": return name.hasPrefix(text.lowercased())
        case "ends_with": return name.hasSuffix(text.lowercased())
        case "contains": return name.contains(text.lowercased())
        case "regex": return name.range(of: text, options: .regularExpression) != nil
        default: throw UnknownRule(kind: kind)
        }
    }

    struct UnknownRule: Error {
        let kind: String
    }

    // MARK: Conversion

    /// The prices of a model with their first days. A price for hours of the day holds at noon, when the suite is run.
    private static func validities(of model: [String: Any]) throws -> [(from: String?, prices: [String: Any])] {
        if let prices = model["prices"] as? [String: Any] { return [(nil, prices)] }
        return try #require(model["prices"] as? [[String: Any]]).map { conditional in
            let constraint = conditional["constraint"] as? [String: String]
            return (constraint?["start_date"], try #require(conditional["prices"] as? [String: Any]))
        }
    }

    /// The table's names for a column and for the same column above the threshold; a kind without a column of its own for long
    /// prompts is raised in the ratio of the input.
    private static let names: [(String, PriceColumn, PriceColumn?)] = [
        ("input_mtok", .input, .tierInput), ("output_mtok", .output, .tierOutput), ("cache_read_mtok", .cachedInput, .tierCachedInput),
        ("cache_write_mtok", .cacheWrite, .tierCacheWrite), ("input_audio_mtok", .inputAudio, nil), ("cache_audio_read_mtok", .cachedAudio, nil),
        ("output_audio_mtok", .outputAudio, nil), ("requests_kcount", .request, nil),
    ]

    private static func columns(_ prices: [String: Any]) throws -> (columns: [String], values: [String], isRounded: Bool) {
        var listed: [PriceColumn: Decimal] = [:]
        for (name, column, tierColumn) in names {
            guard let value = prices[name] else { continue }
            guard let tiers = value as? [String: Any] else {
                listed[column] = try decimal(value)
                continue
            }
            let tier = try #require((tiers["tiers"] as? [[String: Any]])?.first)
            listed[column] = try decimal(tiers["base"])
            listed[.tierAbove] = try decimal(tier["start"])
            listed[try #require(tierColumn)] = try decimal(tier["price"])
        }
        // What the table does not price costs nothing there; what has one price only keeps it above the threshold.
        listed[.input] = listed[.input] ?? 0
        listed[.output] = listed[.output] ?? 0
        if listed[.tierAbove] != nil {
            listed[.tierCachedInput] = listed[.tierCachedInput] ?? listed[.cachedInput]
            listed[.tierCacheWrite] = listed[.tierCacheWrite] ?? listed[.cacheWrite]
        }
        let columns = PriceColumn.allCases.filter { listed[$0] != nil }
        var isRounded = false
        let values = columns.map { column in
            var exact = listed[column] ?? 0
            var rounded = Decimal()
            NSDecimalRound(&rounded, &exact, 6, .plain)
            isRounded = isRounded || rounded != exact
            return "\(rounded)"
        }
        return (columns.map(\.name), values, isRounded)
    }

    private static func decimal(_ value: Any?) throws -> Decimal {
        let number = try #require(value as? NSNumber)
        return try #require(Decimal(string: number.stringValue, locale: Locale(identifier: "en_US_POSIX")))
    }
}
