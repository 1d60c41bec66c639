internal import ByteCoding

/// What an upstream address list says: who answered, after how many tries.
struct UpstreamFacts {
    /// Bytes of the host that answered last, as a range of the list's text; empty when there is none.
    var host: Range<Int> = 0..<0
    /// Addresses tried; 0 when unknown.
    var attempts = 0
    /// The provider behind the host; nil when the host says nothing about it.
    var provider: String?
}

/// Finds the canonical provider (OpenTelemetry's names where it has one) of hosts, gateway instances and spellings.
///
/// Order: the operator's own map, exact hosts and spellings, host patterns, private addresses (``selfHosted``). An unknown public
/// host name is kept in lower case; a public IP address says nothing (a gateway that resolved a name itself logs those).
final class ProviderNames {
    static let selfHosted = "self_hosted"

    private let operatorMap: [String: String]
    private let upstreams = BoundedMemo<UpstreamFacts>()
    private let instances = BoundedMemo<String?>()
    private let spellings = BoundedMemo<String?>()

    /// - Parameter operatorMap: host, `*.suffix` of hosts, or instance name -> provider; keys in any case.
    init(operatorMap: [String: String]) {
        self.operatorMap = Dictionary(operatorMap.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    }

    /// Reads nginx's `$upstream_addr`: addresses by commas, groups of tries by ` : `.
    func upstream(_ text: UnsafeRawBufferPointer) -> UpstreamFacts {
        unsafe upstreams.value(of: text) { unsafe self.readUpstream($0) }
    }

    /// The provider that a gateway's instance name means: by the operator's map, or as APISIX names the one instance of
    /// `ai-proxy` (`ai-proxy-openai`).
    func provider(ofInstance text: UnsafeRawBufferPointer) -> String? {
        unsafe instances.value(of: text) { text in
            let name = unsafe String(decoding: text, as: UTF8.self).lowercased()
            if let own = operatorMap[name] { return own }
            return Self.bySpelling[name.hasPrefix("ai-proxy-") ? String(name.dropFirst(9)) : name]
        }
    }

    /// The provider that a spelling means; unknown ones are kept in lower case, `""` is nil.
    func provider(spelled text: UnsafeRawBufferPointer) -> String? {
        unsafe spellings.value(of: text) { text in
            let name = unsafe String(decoding: text, as: UTF8.self).lowercased()
            if name.isEmpty { return nil }
            return operatorMap[name] ?? Self.bySpelling[name] ?? Self.byHost[name] ?? name
        }
    }

    private func readUpstream(_ text: UnsafeRawBufferPointer) -> UpstreamFacts {
        let last = unsafe LooseText.lastEntry(text)
        if unsafe last.count == 0 || (last.count == 1 && last[0] == UInt8(ascii: "-")) { return UpstreamFacts() }
        var facts = UpstreamFacts()
        facts.attempts = 1
        for index in 0..<text.count {
            let byte = unsafe text[index]
            let isGroup = unsafe byte == UInt8(ascii: ":") && index + 1 < text.count && text[index + 1] == UInt8(ascii: " ")
            if byte == UInt8(ascii: ",") || isGroup { facts.attempts += 1 }
        }
        let host = unsafe Self.hostRange(last)
        let start = unsafe last.baseAddress.map { unsafe $0 - (text.baseAddress ?? $0) } ?? 0
        facts.host = (start + host.lowerBound)..<(start + host.upperBound)
        facts.provider = unsafe provider(ofHost: String(decoding: text[facts.host], as: UTF8.self).lowercased())
        return facts
    }

    /// The host of `host:port`, `[::1]:443`, `unix:/run/x.sock` or a bare host.
    private static func hostRange(_ address: UnsafeRawBufferPointer) -> Range<Int> {
        if unsafe address[0] == UInt8(ascii: "["), let close = unsafe LooseText.firstIndex(of: UInt8(ascii: "]"), in: address) { return 1..<close }
        if unsafe LooseText.hasPrefix(address, "unix:") { return 0..<address.count }
        guard let colon = unsafe LooseText.firstIndex(of: UInt8(ascii: ":"), in: address) else { return 0..<address.count }
        let rest = unsafe UnsafeRawBufferPointer(rebasing: address[(colon + 1)...])
        // A second colon without brackets: a bare IPv6 address.
        return unsafe LooseText.firstIndex(of: UInt8(ascii: ":"), in: rest) == nil ? 0..<colon : 0..<address.count
    }

    private func provider(ofHost host: String) -> String? {
        if let own = operatorMap[host] { return own }
        var suffix = host[...]
        while let dot = suffix.firstIndex(of: ".") {
            suffix = suffix[suffix.index(after: dot)...]
            if let own = operatorMap["*." + suffix] { return own }
        }
        if let exact = Self.byHost[host] { return exact }
        if let pattern = Self.hostPatterns.first(where: { host.hasPrefix($0.prefix) && host.hasSuffix($0.suffix) }) { return pattern.provider }
        if let address = NetworkAddress(host) { return address.isPrivate ? Self.selfHosted : nil }
        let isPrivateName = !host.contains(".") || host.hasPrefix("unix:") || Self.privateSuffixes.contains { host.hasSuffix($0) }
        return isPrivateName ? Self.selfHosted : host
    }

    /// Names that only resolve inside somebody's own network (RFC 6761, RFC 8375, Kubernetes and common use).
    private static let privateSuffixes = [".internal", ".local", ".localhost", ".svc", ".lan", ".home.arpa", ".intranet", ".corp", ".test"]

    private static let hostPatterns: [(prefix: String, suffix: String, provider: String)] = [
        ("", ".openai.azure.com", "azure.ai.openai"), ("", ".cognitiveservices.azure.com", "azure.ai.openai"),
        ("", ".services.ai.azure.com", "azure.ai.inference"), ("", ".models.ai.azure.com", "azure.ai.inference"),
        ("bedrock-runtime", ".amazonaws.com", "aws.bedrock"), ("", "aiplatform.googleapis.com", "gcp.vertex_ai"),
        ("", ".ml.cloud.ibm.com", "ibm.watsonx.ai"), ("", ".api.openai.com", "openai"),
    ]

    private static let byHost: [String: String] = [
        "api.openai.com": "openai", "api.anthropic.com": "anthropic", "generativelanguage.googleapis.com": "gcp.gemini",
        "api.mistral.ai": "mistral_ai", "codestral.mistral.ai": "mistral_ai", "api.x.ai": "x_ai", "api.cohere.com": "cohere", "api.cohere.ai": "cohere",
        "api.moonshot.ai": "moonshot_ai", "api.moonshot.cn": "moonshot_ai", "api.groq.com": "groq", "api.deepseek.com": "deepseek",
        "api.perplexity.ai": "perplexity", "api.fireworks.ai": "fireworks", "api.together.xyz": "together", "api.together.ai": "together",
        "openrouter.ai": "openrouter", "api-inference.huggingface.co": "huggingface", "router.huggingface.co": "huggingface",
    ]

    private static let bySpelling: [String: String] = [
        "openai": "openai", "text-completion-openai": "openai", "openai-compatible": "openai_compatible",
        "azure": "azure.ai.openai", "azure_openai": "azure.ai.openai", "azure-openai": "azure.ai.openai", "az.ai.openai": "azure.ai.openai",
        "azure.ai.openai": "azure.ai.openai", "azure_text": "azure.ai.openai",
        "azure_ai": "azure.ai.inference", "az.ai.inference": "azure.ai.inference", "azure.ai.inference": "azure.ai.inference",
        "anthropic": "anthropic", "bedrock": "aws.bedrock", "bedrock_converse": "aws.bedrock", "aws_bedrock": "aws.bedrock", "aws.bedrock": "aws.bedrock",
        "gemini": "gcp.gemini", "google": "gcp.gemini", "gcp.gemini": "gcp.gemini",
        "vertex_ai": "gcp.vertex_ai", "vertex_ai_beta": "gcp.vertex_ai", "vertex-ai": "gcp.vertex_ai", "gcp.vertex_ai": "gcp.vertex_ai",
        "mistral": "mistral_ai", "mistral_ai": "mistral_ai", "codestral": "mistral_ai", "xai": "x_ai", "x_ai": "x_ai",
        "cohere": "cohere", "cohere_chat": "cohere", "moonshot": "moonshot_ai", "moonshot_ai": "moonshot_ai",
        "groq": "groq", "deepseek": "deepseek", "perplexity": "perplexity", "watsonx": "ibm.watsonx.ai", "ibm.watsonx.ai": "ibm.watsonx.ai",
        "fireworks": "fireworks", "fireworks_ai": "fireworks", "together": "together", "together_ai": "together", "openrouter": "openrouter",
        "ollama": "ollama", "ollama_chat": "ollama", "huggingface": "huggingface",
        "vllm": selfHosted, "hosted_vllm": selfHosted, "tgi": selfHosted, "self_hosted": selfHosted,
    ]
}
