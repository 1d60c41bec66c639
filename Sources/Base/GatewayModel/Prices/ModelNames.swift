/// The names under which a model that a gateway reports may stand in a price list.
///
/// A gateway reports what the client or the provider wrote: `models/gemini-2.5-pro`, `claude-3-5-sonnet@20241022`,
/// `us.anthropic.claude-3-5-sonnet-20241022-v2:0`. Two steps lead to a listed name: taking off what only routes the call, which
/// cannot change the price, and, when that finds nothing, taking off the mark of a snapshot, which mostly does not.
/// Marks that are not surely a date are kept (`gpt-4-0613`, `mistral-large-2411`, `command-r-03-2024`): such snapshots have had
/// prices of their own, and no price is better than a wrong one. All names here are in lower case.
enum ModelNames {
    /// The name in lower case and, where they differ, without what only routes the call; the most literal first.
    static func candidates(_ model: String, provider: String) -> [String] {
        let literal = model.lowercased()
        let plain = withoutRouting(literal, provider: provider)
        return plain == literal ? [literal] : [literal, plain]
    }

    /// The name without snapshot marks; the name itself when it has none.
    static func base(_ name: String, provider: String) -> String {
        var rest = name[...]
        if isBedrock(provider) { rest = withoutBedrockVersion(rest) }
        if rest.hasSuffix("-latest") { rest = rest.dropLast("-latest".count) }
        if let dated = withoutDate(rest) { rest = dated }
        if isGoogle(provider), let version = rest.lastIndex(of: "-"), isDigits(rest[version...].dropFirst(), count: 3) {
            // Google's numbered stable versions: gemini-2.0-flash-001.
            rest = rest[..<version]
        }
        return rest.isEmpty ? name : String(rest)
    }

    // MARK: Routing

    private static func withoutRouting(_ name: String, provider: String) -> String {
        var rest = name[...]
        if isBedrock(provider) { rest = withoutBedrockRegion(rest) }
        rest = withoutResourcePath(rest)
        if let slash = rest.firstIndex(of: "/"), names(rest[..<slash], provider) { rest = rest[slash...].dropFirst() }
        // Vertex AI writes a snapshot as name@date; @default is the newest.
        if let at = rest.lastIndex(of: "@") {
            let version = rest[at...].dropFirst()
            return version == "default" ? String(rest[..<at]) : rest[..<at] + "-" + version
        }
        return String(rest)
    }

    /// `us.anthropic.claude-...`, `arn:aws:bedrock:...:inference-profile/us.anthropic.claude-...`
    private static func withoutBedrockRegion(_ name: Substring) -> Substring {
        var rest = name
        if rest.hasPrefix("arn:"), let slash = rest.lastIndex(of: "/") { rest = rest[slash...].dropFirst() }
        for region in ["us-gov.", "us.", "eu.", "apac.", "jp.", "au.", "ca.", "global."] where rest.hasPrefix(region) {
            return rest.dropFirst(region.count)
        }
        return rest
    }

    /// Google's resource names: `models/x`, `publishers/google/models/x`, `projects/p/locations/l/publishers/google/models/x`.
    private static func withoutResourcePath(_ name: Substring) -> Substring {
        guard name.hasPrefix("models/") || name.hasPrefix("publishers/") || name.hasPrefix("projects/"), let slash = name.lastIndex(of: "/")
        else { return name }
        return name[slash...].dropFirst()
    }

    /// Whether the part of a name before its first slash only repeats the provider, as in `azure/gpt-4o` or `vertex_ai/gemini-2.5-pro`.
    private static func names(_ prefix: Substring, _ provider: String) -> Bool {
        if prefix == provider[...] || provider.hasPrefix(prefix + "_") { return true }
        return provider.split(separator: ".").contains(prefix)
    }

    // MARK: Snapshots

    /// Without `:0` and then `-v1`: `amazon.nova-lite-v1:0`, `anthropic.claude-opus-4-6-v1`.
    private static func withoutBedrockVersion(_ name: Substring) -> Substring {
        var rest = name
        if let colon = rest.lastIndex(of: ":"), isDigits(rest[colon...].dropFirst(), count: nil) { rest = rest[..<colon] }
        if let dash = rest.lastIndex(of: "-") {
            let version = rest[dash...].dropFirst()
            if version.first == "v", isDigits(version.dropFirst(), count: nil) { rest = rest[..<dash] }
        }
        return rest
    }

    /// Without `-20241022`, `-2024-08-06`; nil when the name does not end in a date.
    private static func withoutDate(_ name: Substring) -> Substring? {
        guard let dash = name.lastIndex(of: "-") else { return nil }
        let last = name[dash...].dropFirst()
        if isDigits(last, count: 8) { return last.hasPrefix("20") ? name[..<dash] : nil }
        guard isDigits(last, count: 2), name.utf8.count > 11 else { return nil }
        let date = name.suffix(11)
        let parts = date.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
        guard date.first == "-", parts.count == 3, parts[0].hasPrefix("20"), isDigits(parts[0], count: 4), isDigits(parts[1], count: 2) else { return nil }
        return name.dropLast(11)
    }

    /// - Parameter count: how many there must be; nil: at least one.
    private static func isDigits(_ text: Substring, count: Int?) -> Bool {
        let bytes = text.utf8
        guard count.map({ $0 == bytes.count }) ?? !bytes.isEmpty else { return false }
        return bytes.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    private static func isBedrock(_ provider: String) -> Bool { provider == "aws.bedrock" }
    private static func isGoogle(_ provider: String) -> Bool { provider.hasPrefix("gcp.") }
}
