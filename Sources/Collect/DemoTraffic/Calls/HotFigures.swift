/// The numbers of a traffic source that a call needs, without its strings: copying them costs no reference counting.
struct SourceFigures: BitwiseCopyable {
    let gateway: DemoGateway
    let isPlain: Bool
    let isRunaway: Bool
    let isSwitching: Bool
    let moderated: Bool
    let outputHoldsReasoning: Bool
    let clumping: Double
    let streamShare: Double
    let promptCaching: Double
    /// -1 where the answer cache is off.
    let answerCacheShare: Double
    let toolsOffered: Double
    let toolsCalled: Double
    let firstUser: Int
    let userCount: Int
    let firstNetwork: Int
    let networkCount: Int
    let agents: Int
    let experiments: Int

    init(_ source: TrafficSource, isRunaway: Bool) {
        let networks = DemoNetwork.range(source.addresses)
        gateway = source.gateway
        isPlain = source.models.isEmpty
        self.isRunaway = isRunaway
        isSwitching = source.client == TrafficSource.switchingClient
        moderated = source.moderated
        outputHoldsReasoning = source.outputHoldsReasoning
        clumping = source.clumping
        streamShare = source.streamShare
        promptCaching = source.promptCaching
        answerCacheShare = source.answerCache ?? -1
        toolsOffered = source.toolsOffered
        toolsCalled = source.toolsCalled
        firstUser = source.users?.lowerBound ?? 0
        userCount = source.users?.count ?? 0
        firstNetwork = networks.lowerBound
        networkCount = networks.count
        agents = source.userAgents.count
        experiments = source.experiments.count
    }
}

/// The numbers of a model and its provider that a call needs; times in microseconds.
struct ModelFigures: BitwiseCopyable {
    let provider: Int
    let hosts: Int
    let dialect: DemoProvider.ErrorDialect
    let failureShare: Double
    let firstToken: Double
    let firstTokenSpread: Double
    let prefillPerToken: Double
    let perToken: Double
    let tokenSpread: Double
    let loadSensitivity: Double
    let promptCache: DemoModel.PromptCache
    let isEmbeddings: Bool
    /// 0 for models that do not reason.
    let reasoningEffort: Double
    let showsReasoning: Bool

    init(_ model: DemoModel) {
        let owner = DemoProvider.all[model.provider]
        provider = model.provider
        hosts = owner.hosts.count
        dialect = owner.dialect
        failureShare = owner.failureShare
        firstToken = model.firstTokenMilliseconds * 1_000
        firstTokenSpread = model.firstTokenSpread
        prefillPerToken = model.prefillMilliseconds
        perToken = model.tokenMilliseconds * 1_000
        tokenSpread = model.tokenSpread
        loadSensitivity = model.loadSensitivity
        promptCache = model.promptCache
        isEmbeddings = model.kind == .embeddings
        if case .reasoning(_, let shown, let effort) = model.kind {
            reasoningEffort = effort
            showsReasoning = shown
        } else {
            reasoningEffort = 0
            showsReasoning = false
        }
    }
}
