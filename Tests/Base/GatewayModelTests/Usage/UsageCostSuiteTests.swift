import GatewayModel
import Testing

/// Why a case of the suite cannot hold with the suite's own price table, which is older than its cases.
enum UsageCostGap: String, CustomStringConvertible {
    case providerNotInTable = "the price table does not have the provider"
    case modelNotInTable = "the price table does not have the model"
    case imageTokensNotInTable = "the price table has no price of generated image tokens"
    case searchesNotInTable = "the price table has no price of web searches"
    case cacheHourNotInTable = "the price table has no price of one-hour cache writes"
    case tooFine = "the price table's value is finer than a picodollar per token: a binary fraction that leaked into it"

    var description: String { rawValue }
}

/// The cases of the development half that cannot hold, by provider and model.
private let knownGaps: [String: UsageCostGap] = [
    "anthropic claude-sonnet-4-20250514": .searchesNotInTable,
    "anthropic claude-sonnet-4-5-20250929": .searchesNotInTable,
    "aws openai.gpt-5.6-luna": .modelNotInTable,
    "google gemini-2.5-flash-image": .imageTokensNotInTable,
    "google gemini-3-pro-image-preview": .imageTokensNotInTable,
    "zai glm-5.2": .providerNotInTable,
]

@Suite(.enabled(if: !ReferencePrices.suiteFiles.isEmpty, "needs ../shared"))
struct UsageCostSuiteTests {
    private static let developmentHalf = "genai_usages_dev.json.gz"

    @Test(arguments: ReferencePrices.suiteFiles)
    func everyReaderFindsTheUsage(file: String) throws {
        var wrong: [String] = []
        let cases = try UsageCostSuite.cases(file)
        #expect(cases.count > 1_000)
        for item in cases {
            guard let (provider, format) = UsageCostSuite.dialect(item.provider, item.flavor) else {
                wrong.append("\(item.label): unknown flavour")
                continue
            }
            let found = (try? UsageExtraction.usage(in: item.body, provider: provider, format: format)).map { UsageCostSuite.named($0.usage) }
            if found != item.usage { wrong.append("\(item.label): \(found?.description ?? "nothing") instead of \(item.usage)") }
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(cases.count): \(wrong.prefix(5).joined(separator: "\n"))")
    }

    @Test(arguments: ReferencePrices.suiteFiles)
    func everyPriceIsEqualToTheDecimal(file: String) throws {
        let prices = try UsageCostPrices()
        var priced = 0
        var wrong: [String] = []
        var gaps: [String: UsageCostGap] = [:]
        for item in try UsageCostSuite.cases(file) {
            guard let expected = try Expectation(item, prices) else { continue }
            priced += 1
            if expected.isMet { continue }
            if let gap = expected.gap { gaps["\(item.provider) \(item.model ?? "-")"] = gap } else { wrong.append(expected.complaint) }
        }
        #expect(priced > 1_000)
        #expect(wrong.isEmpty, "\(wrong.count) of \(priced): \(wrong.prefix(5).joined(separator: "\n"))")
        // A gap that closes must leave the list, and a new one must not slip in.
        if file == Self.developmentHalf { #expect(gaps == knownGaps) }
    }

    @Test(arguments: ReferencePrices.suiteFiles)
    func aReaderThatDoesNotFitFindsNothing(file: String) throws {
        let cases = try UsageCostSuite.cases(file)
        let readers = Set(cases.map { [$0.provider, $0.flavor] })
        var wrong: [String] = []
        for (_, ofBody) in Dictionary(grouping: cases, by: \.entry) {
            guard let first = ofBody.first else { continue }
            for reader in readers.subtracting(ofBody.map { [$0.provider, $0.flavor] }) {
                guard let (provider, format) = UsageCostSuite.dialect(reader[0], reader[1]) else { continue }
                if let found = try? UsageExtraction.usage(in: first.body, provider: provider, format: format) {
                    wrong.append("\(reader) in \(first.file): \(UsageCostSuite.named(found.usage))")
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(5).joined(separator: "\n"))")
    }

    /// One priced case against the book.
    private struct Expectation {
        let item: UsageCostCase
        let cost: CostBreakdown?
        let gap: UsageCostGap?

        /// - Returns: nil when the suite has no price for the case.
        init?(_ item: UsageCostCase, _ prices: UsageCostPrices) throws {
            guard item.inputPrice != nil, let model = item.model else { return nil }
            self.item = item
            let (provider, format) = try #require(UsageCostSuite.dialect(item.provider, item.flavor))
            let usage = try UsageExtraction.usage(in: item.body, provider: provider, format: format).usage
            let listed = try prices.model(model, provider: item.provider)
            let at = try instant(UsageCostPrices.instant)
            cost = listed.flatMap { prices.book.price(provider: $0.provider, model: $0.model, at: at) }?.cost(of: usage)
            gap = Self.gap(item, prices, listed.map { "\($0.provider)/\($0.model)" })
        }

        private static func gap(_ item: UsageCostCase, _ prices: UsageCostPrices, _ listed: String?) -> UsageCostGap? {
            if !prices.hasProvider(item.provider) { return .providerNotInTable }
            guard let listed else { return .modelNotInTable }
            if item.usage["output_image_tokens"] != nil { return .imageTokensNotInTable }
            if item.totalPrice != nil, item.usage["web_searches"] != nil { return .searchesNotInTable }
            if item.usage["cache_write_1h_tokens"] != nil { return .cacheHourNotInTable }
            return prices.roundedModels.contains(listed) ? .tooFine : nil
        }

        var isMet: Bool {
            guard let cost, let input = item.inputPrice.flatMap(picodollars), let output = item.outputPrice.flatMap(picodollars) else { return false }
            let foundInput = cost.inputPicodollars + cost.cacheReadPicodollars + cost.cacheWritePicodollars
            guard foundInput == input, cost.outputPicodollars == output else { return false }
            return item.totalPrice.map { picodollars($0) == cost.totalPicodollars } ?? (cost.totalPicodollars == input + output)
        }

        var complaint: String {
            let found = cost.map { "\($0.inputPicodollars + $0.cacheReadPicodollars + $0.cacheWritePicodollars) + \($0.outputPicodollars)" } ?? "no price"
            return "\(item.label): \(found) picodollars instead of \(item.inputPrice ?? "-") + \(item.outputPrice ?? "-") dollars"
        }
    }
}
