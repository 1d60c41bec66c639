package import ByteCoding

/// Why no usage was read from a response body.
package enum UsageExtractionError: Error, Equatable, Sendable {
    /// The body is not JSON; with the place.
    case json(JSONError)
    /// The body is JSON, but no object.
    case notAnObject
    /// The body's usage is larger than any that is known.
    case tooManyValues
    /// The body reports no usage in the format asked for, or in none that is known.
    case noUsage
    /// The usage lacks a member that its format requires, or its value is no count.
    case missing(String)
}

/// The usage that a response body reports.
package struct ReportedUsage: Sendable, Hashable {
    package var usage: TokenUsage
    /// The model's name in the body; nil when it has none.
    package var model: String?
    /// What is contradictory in the usage, and whether a count had to be refused.
    package var issues: UsageIssues
    /// The format it was read in.
    package var format: UsageFormat

    package init(usage: TokenUsage, model: String?, issues: UsageIssues, format: UsageFormat) {
        self.usage = usage
        self.model = model
        self.issues = issues
        self.format = format
    }
}

/// Reads usage out of whole response bodies. Not for streams, and not for hot paths: it builds a small tree.
package enum UsageExtraction {
    /// Reads the usage that a provider reports.
    ///
    /// - Parameters:
    ///   - body: the response body, JSON.
    ///   - provider: the provider's canonical name in lower case; it decides which details are read (``UsageDialect``).
    ///   - format: nil: by the body's shape.
    package static func usage(
        in body: UnsafeRawBufferPointer, provider: String, format: UsageFormat? = nil
    ) throws(UsageExtractionError) -> ReportedUsage {
        let tree = unsafe try ResponseTree(body: body)
        guard let format = format ?? UsageFormat(shape: tree) else { throw .noUsage }
        return try read(tree, UsageDialect(provider: provider, format: format), format)
    }

    /// As the function above, from an array of bytes.
    package static func usage(in body: [UInt8], provider: String, format: UsageFormat? = nil) throws(UsageExtractionError) -> ReportedUsage {
        let result = unsafe body.withUnsafeBytes { bytes -> Result<ReportedUsage, UsageExtractionError> in
            do throws(UsageExtractionError) { return unsafe .success(try usage(in: bytes, provider: provider, format: format)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func read(_ body: ResponseTree, _ dialect: UsageDialect, _ format: UsageFormat) throws(UsageExtractionError) -> ReportedUsage {
        guard let root = root(of: body, dialect) else { throw .noUsage }
        var tally = Tally()
        for rule in dialect.rules {
            guard let value = rule.paths.lazy.compactMap({ member(of: root, $0[...]) }).first else {
                if rule.isRequired { throw .missing(name(of: rule)) }
                continue
            }
            switch value {
            case .counted(let count): tally.add(count, to: rule.counts)
            case .rejected:
                if rule.isRequired { throw .missing(name(of: rule)) }
                tally.issues.insert(.countRejected)
            }
        }
        guard !tally.isEmpty else { throw .noUsage }
        let usage = tally.usage
        let model = dialect.modelKeys.lazy.compactMap { body[$0]?.text }.first
        return ReportedUsage(usage: usage, model: model, issues: tally.issues.union(usage.issues), format: format)
    }

    private static func root(of body: ResponseTree, _ dialect: UsageDialect) -> ResponseTree? {
        for path in dialect.roots {
            var node: ResponseTree? = body
            for key in path { node = node?[key] }
            if let node, node.isObject { return node }
        }
        return nil
    }

    private static func name(of rule: UsageDialect.Rule) -> String {
        let keys = (rule.paths.first ?? []).compactMap { step -> String? in
            guard case .key(let key) = step else { return nil }
            return key
        }
        return keys.joined(separator: ".")
    }

    private enum Member {
        case counted(Int64)
        /// The member is there, but is no count.
        case rejected
    }

    /// The member at `path`; nil when it is absent or null.
    private static func member(of node: ResponseTree, _ path: ArraySlice<UsageDialect.Step>) -> Member? {
        guard let step = path.first else { return node.count.map { .counted($0) } ?? .rejected }
        switch step {
        case .key(let key): return node[key].flatMap { member(of: $0, path.dropFirst()) }
        case .modality(let modality): return sum(of: modality, in: node)
        }
    }

    /// The sum of the counts of one modality; nil when none is there.
    private static func sum(of modality: String, in node: ResponseTree) -> Member? {
        guard case .array(let elements) = node else { return nil }
        var sum: Int64?
        for element in elements where element["modality"]?.text == modality {
            guard let value = element["tokenCount"] else { continue }
            guard let count = value.count else { return .rejected }
            sum = (sum ?? 0) &+ count
        }
        return sum.map { .counted($0) }
    }
}

/// The counts of one usage while they are being added up.
private struct Tally {
    private var counts = [Int64?](repeating: nil, count: UsageDialect.Count.allCases.count)
    var issues: UsageIssues = []

    var isEmpty: Bool { counts.allSatisfy { $0 == nil } }

    mutating func add(_ value: Int64, to targets: [UsageDialect.Count]) {
        // At most ResponseTree.valuesMax times TokenUsage.countMax: far from overflow.
        for target in targets { counts[Int(target.rawValue)] = (self[target] ?? 0) &+ value }
    }

    private subscript(count: UsageDialect.Count) -> Int64? { counts[Int(count.rawValue)] }

    var usage: TokenUsage {
        var usage = TokenUsage(
            inputTokens: self[.input], outputTokens: self[.output], cacheReadTokens: self[.cacheRead], cacheCreationTokens: self[.cacheCreation],
            reasoningTokens: self[.reasoning], totalTokens: self[.total])
        usage.cacheCreation5mTokens = self[.cacheCreation5m]
        usage.cacheCreation1hTokens = self[.cacheCreation1h]
        usage.toolInputTokens = self[.toolInput]
        usage.webSearches = self[.webSearches]
        usage.inputMedia = media(.inputText, .inputAudio, .inputImage, .inputVideo)
        usage.cacheReadMedia = media(.cacheReadText, .cacheReadAudio, .cacheReadImage, .cacheReadVideo)
        usage.outputMedia = media(.outputText, .outputAudio, .outputImage, .outputVideo)
        usage.toolInputMedia = media(.toolInputText, .toolInputAudio, .toolInputImage, .toolInputVideo)
        return usage
    }

    private func media(_ text: UsageDialect.Count, _ audio: UsageDialect.Count, _ image: UsageDialect.Count, _ video: UsageDialect.Count) -> MediaTokens {
        var media = MediaTokens()
        media.text = self[text] ?? 0
        media.audio = self[audio] ?? 0
        media.image = self[image] ?? 0
        media.video = self[video] ?? 0
        return media
    }
}
