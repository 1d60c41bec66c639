/// One column of a price list line. Raw values index ``ListedPrice``.
///
/// Every price is exact: picodollars (10^-12 USD) per unit. One picodollar per token is 0.000001 USD per million tokens,
/// the finest price that providers publish.
package enum PriceColumn: UInt8, CaseIterable, Sendable {
    /// A prompt token that is neither read from nor written to a cache. Must be given.
    case input
    /// A generated token. Must be given (0 for embedding models).
    case output
    /// A prompt token read from the provider's cache. Absent: as ``input``.
    case cachedInput
    /// A prompt token written to the provider's cache (for five minutes, where the provider has more than one lifetime).
    /// Absent: as ``input``.
    case cacheWrite
    /// A prompt token written to the cache for one hour. Absent: as ``cacheWrite``.
    case cacheWriteHour
    /// ``input`` in a batch job. Absent: no discount.
    case batchInput
    /// ``output`` in a batch job. Absent: no discount.
    case batchOutput
    /// A generated reasoning token, where it is priced apart from the answer. Absent: as ``output``.
    case reasoning
    /// An audio token of the prompt. Absent: as ``input``.
    case inputAudio
    /// An audio token read from the cache. Absent: as ``cachedInput``, else as ``inputAudio``.
    case cachedAudio
    /// A generated audio token. Absent: as ``output``.
    case outputAudio
    /// A generated image token. Absent: as ``output``.
    case outputImage
    /// The prompt length in tokens above which the `tier...` prices hold for the whole call.
    case tierAbove
    /// ``input`` above the threshold. Absent: as ``input``.
    case tierInput
    /// ``output`` above the threshold. Absent: as ``output``.
    case tierOutput
    /// ``cachedInput`` above the threshold. Absent: raised in the ratio of ``tierInput`` to ``input``.
    case tierCachedInput
    /// ``cacheWrite`` above the threshold. Absent: raised in the ratio of ``tierInput`` to ``input``.
    case tierCacheWrite
    /// One call, whatever its tokens.
    case request
    /// One web search that the provider made for the call.
    case webSearch

    /// What a column's number counts.
    package enum Unit: Sendable {
        /// USD per million tokens.
        case dollarsPerMillionTokens
        /// USD per thousand calls or searches.
        case dollarsPerThousand
        /// A number of tokens.
        case tokens
    }

    /// The column's name in a price list.
    package var name: String {
        switch self {
        case .input: "input"
        case .output: "output"
        case .cachedInput: "cached_input"
        case .cacheWrite: "cache_write"
        case .cacheWriteHour: "cache_write_1h"
        case .batchInput: "batch_input"
        case .batchOutput: "batch_output"
        case .reasoning: "reasoning"
        case .inputAudio: "input_audio"
        case .cachedAudio: "cached_audio"
        case .outputAudio: "output_audio"
        case .outputImage: "output_image"
        case .tierAbove: "tier_above"
        case .tierInput: "tier_input"
        case .tierOutput: "tier_output"
        case .tierCachedInput: "tier_cached_input"
        case .tierCacheWrite: "tier_cache_write"
        case .request: "request"
        case .webSearch: "web_search"
        }
    }

    package var unit: Unit {
        switch self {
        case .tierAbove: .tokens
        case .request, .webSearch: .dollarsPerThousand
        case .input, .output, .cachedInput, .cacheWrite, .cacheWriteHour, .batchInput, .batchOutput, .reasoning, .inputAudio, .cachedAudio,
            .outputAudio, .outputImage, .tierInput, .tierOutput, .tierCachedInput, .tierCacheWrite:
            .dollarsPerMillionTokens
        }
    }

    /// Whether the column means something only together with ``tierAbove``.
    var needsTier: Bool {
        switch self {
        case .tierInput, .tierOutput, .tierCachedInput, .tierCacheWrite: true
        case .input, .output, .cachedInput, .cacheWrite, .cacheWriteHour, .batchInput, .batchOutput, .reasoning, .inputAudio, .cachedAudio,
            .outputAudio, .outputImage, .tierAbove, .request, .webSearch:
            false
        }
    }

    /// The column of that name; nil when there is none.
    package init?(name: String) {
        guard let column = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = column
    }
}

/// The numbers of one price list line, as they are written there.
package struct ListedPrice: Sendable, Hashable {
    /// Indexed by ``PriceColumn``'s raw value; ``absentInteger`` where the line says nothing.
    private var values: [Int64]

    /// A line that says nothing.
    package init() { values = [Int64](repeating: absentInteger, count: PriceColumn.allCases.count) }

    /// Picodollars per token, per call or per search; tokens for ``PriceColumn/tierAbove``; nil when the line says nothing.
    package subscript(column: PriceColumn) -> Int64? {
        get {
            let value = values[Int(column.rawValue)]
            return value == absentInteger ? nil : value
        }
        set { values[Int(column.rawValue)] = newValue ?? absentInteger }
    }

    /// The number as a price list writes it, in the column's unit and exact: `0.0375`; nil when the line says nothing.
    package func text(_ column: PriceColumn) -> String? {
        guard let value = self[column] else { return nil }
        switch column.unit {
        case .tokens: return String(value)
        case .dollarsPerMillionTokens: return Self.decimal(millionths: value)
        case .dollarsPerThousand: return Self.decimal(millionths: value / 1_000)
        }
    }

    private static func decimal(millionths: Int64) -> String {
        let whole = String(millionths / 1_000_000)
        // A leading 1 keeps the zeros behind the point.
        var fraction = String(1_000_000 + millionths % 1_000_000).dropFirst()
        while fraction.hasSuffix("0") { fraction = fraction.dropLast() }
        return fraction.isEmpty ? whole : whole + "." + fraction
    }
}
