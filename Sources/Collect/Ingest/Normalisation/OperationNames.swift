internal import ByteCoding

/// What kind of model call a request is: the values of the field `operation` (OpenTelemetry's names where it has one).
enum Operation: UInt8 {
    case chat = 1, textCompletion, embeddings, generateContent, imageGeneration, transcription, speech, rerank, moderation, batch, other

    var name: StaticString {
        switch self {
        case .chat: "chat"
        case .textCompletion: "text_completion"
        case .embeddings: "embeddings"
        case .generateContent: "generate_content"
        case .imageGeneration: "image_generation"
        case .transcription: "transcription"
        case .speech: "speech"
        case .rerank: "rerank"
        case .moderation: "moderation"
        case .batch: "batch"
        case .other: "other"
        }
    }

    private static let callTypes: [(StaticString, Operation)] = [
        ("completion", .chat), ("responses", .chat), ("anthropic_messages", .chat), ("messages", .chat), ("chat", .chat), ("chat_completion", .chat),
        ("text_completion", .textCompletion), ("embedding", .embeddings), ("embeddings", .embeddings), ("generate_content", .generateContent),
        ("generate_content_stream", .generateContent), ("image_generation", .imageGeneration), ("image_edit", .imageGeneration),
        ("transcription", .transcription), ("speech", .speech), ("rerank", .rerank), ("moderation", .moderation), ("create_batch", .batch),
        ("retrieve_batch", .batch), ("batch", .batch), ("other", .other),
    ]

    /// The operation of a LiteLLM `call_type` (`acompletion`: a leading `a` marks the asynchronous variant) or of a canonical name.
    init?(callType text: UnsafeRawBufferPointer) {
        let names = Self.callTypes
        if let found = names.first(where: { unsafe LooseText.equals(text, $0.0) }) {
            self = found.1
            return
        }
        guard text.count > 1, unsafe text[0] == UInt8(ascii: "a") else { return nil }
        let bare = unsafe UnsafeRawBufferPointer(rebasing: text[1...])
        guard let found = names.first(where: { unsafe LooseText.equals(bare, $0.0) }) else { return nil }
        self = found.1
    }
}

/// What a path says about the call behind it.
struct PathFacts {
    /// The operation that the path's end stands for; nil when it is no known one.
    var operation: Operation?
    /// The path alone is enough to call the request a model call; a bare `/messages` may be anybody's.
    var isCertain = false
    /// The protocol counts cached tokens beside the input (Anthropic Messages, Bedrock).
    var cacheStandsBesideInput = false
    /// The path of an API that only streams.
    var isStream = false

    private static let ends: [(StaticString, Operation)] = [
        ("/chat/completions", .chat), ("/completions", .textCompletion), ("/responses", .chat), ("/messages", .chat), ("/embeddings", .embeddings),
        ("/converse", .chat), ("/converse-stream", .chat), ("/invoke", .chat), ("/invoke-with-response-stream", .chat),
        (":generateContent", .generateContent), (":streamGenerateContent", .generateContent), (":rawPredict", .chat), (":streamRawPredict", .chat),
        (":embedContent", .embeddings), (":batchEmbedContents", .embeddings),
        ("/images/generations", .imageGeneration), ("/images/edits", .imageGeneration), ("/images/variations", .imageGeneration),
        ("/audio/transcriptions", .transcription), ("/audio/translations", .transcription), ("/audio/speech", .speech),
        ("/rerank", .rerank), ("/moderations", .moderation), ("/batches", .batch),
        ("/v1/chat", .chat), ("/v2/chat", .chat), ("/v1/embed", .embeddings), ("/v2/embed", .embeddings),
        ("/api/chat", .chat), ("/api/generate", .textCompletion), ("/api/embed", .embeddings),
    ]
    /// Parts of a path in whose company even a short end is certain.
    private static let marks: [StaticString] = ["/v1/", "/v2/", "/v1beta/", "/v1alpha/", "/openai/", "/anthropic/", "/deployments/", "/model/"]

    init() {}

    init(path: UnsafeRawBufferPointer) {
        var end = path.count
        while end > 1, unsafe path[end - 1] == UInt8(ascii: "/") { end -= 1 }
        let trimmed = unsafe UnsafeRawBufferPointer(rebasing: path[..<end])
        guard let found = Self.ends.first(where: { unsafe LooseText.hasSuffix(trimmed, $0.0) }) else { return }
        operation = found.1
        isCertain = unsafe Self.isCertain(trimmed)
        cacheStandsBesideInput = unsafe LooseText.hasSuffix(trimmed, "/messages") || LooseText.find("/model/", in: trimmed) != nil
            || LooseText.hasSuffix(trimmed, "awPredict")
        isStream = unsafe LooseText.hasSuffix(trimmed, "-stream") || LooseText.find(":stream", in: trimmed) != nil
    }
    private static func isCertain(_ path: UnsafeRawBufferPointer) -> Bool {
        if unsafe LooseText.hasSuffix(path, "/chat/completions") || LooseText.find(":", in: path) != nil { return true }
        // `/v1/threads/{id}/messages` stores a message; only the Messages API itself calls a model.
        if unsafe LooseText.hasSuffix(path, "/messages") {
            return unsafe LooseText.hasSuffix(path, "/v1/messages") || LooseText.find("/anthropic/", in: path) != nil
        }
        // Ollama's `/api/chat` and the like are too common to be certain.
        if unsafe LooseText.hasPrefix(path, "/api/") { return false }
        return marks.contains { unsafe LooseText.find($0, in: path) != nil }
    }
}
