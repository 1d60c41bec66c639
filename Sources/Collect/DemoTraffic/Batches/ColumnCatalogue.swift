internal import ByteCoding
internal import GatewayModel

/// The strings of the demo's records, and how calls become batches.
///
/// Strings are looked up in small tables by numbers, column by column, so that a record costs no string.
struct ColumnCatalogue: Sendable {
    private let clients, teams, projects, organizations, environments, gateways, routes, services, operations, paths, agents, experiments: StringCodes
    private let requestModels, models, providers, hosts: StringCodes
    private let versions, errorCodes, messages: StringCodes
    private let errorTypes = StringCodes([CallFailure.allCases.map(\.type)])
    private let nodes = StringCodes([["apisix-0", "apisix-1", "apisix-2"]])
    private let methods = StringCodes([["POST", "GET"]])
    private let statusClasses = StringCodes([["1xx", "2xx", "3xx", "4xx", "5xx"]])
    private let users = StringCodes([DemoUser.names])
    private let networks = StringCodes([DemoNetwork.names])
    private let countries = StringCodes([DemoCountry.names])
    private let finishReasons = StringCodes([FinishReason.names])
    private let answerCaches = StringCodes([AnswerCache.names])
    private let guardrails = StringCodes([Guardrail.names])
    /// For each traffic source.
    private let keepsConversations, traced: [Bool]
    private let gatewayOfSource: [DemoGateway]

    init(sources: [TrafficSource]) {
        func list(_ value: (TrafficSource) -> String) -> StringCodes { StringCodes(sources.map { [value($0)] }) }
        clients = list(\.client)
        teams = list(\.team)
        projects = list(\.project)
        organizations = list { $0.gateway == .apisix ? "" : "acme" }
        environments = list(\.environment)
        gateways = list { $0.gateway.name }
        routes = list(\.route)
        services = list { $0.gateway == .noveum ? "" : $0.models.isEmpty ? "platform" : "llm" }
        operations = list(\.operation)
        // A source's path for model calls comes first, then those of plain requests.
        paths = StringCodes(sources.map { source in [source.path] + PlainRequest.all.map(\.path) })
        agents = StringCodes(sources.map(\.userAgents))
        experiments = StringCodes(sources.map(\.experiments))
        requestModels = StringCodes(sources.map { $0.models.map(\.alias) })
        models = StringCodes([DemoModel.all.map(\.name)])
        providers = StringCodes([DemoModel.all.map { DemoProvider.all[$0.provider].name }])
        hosts = StringCodes(DemoModel.all.map { DemoProvider.all[$0.provider].hosts })
        versions = StringCodes(DemoGateway.allCases.map(\.versions))
        let dialects: [DemoProvider.ErrorDialect] = DemoModel.all.map { DemoProvider.all[$0.provider].dialect }
        errorCodes = StringCodes(dialects.map { dialect in CallFailure.allCases.map { $0.code(dialect) } })
        messages = StringCodes([CallFailure.allCases.map(\.message)])
        keepsConversations = sources.map(\.keepsConversations)
        traced = sources.map(\.traced)
        gatewayOfSource = sources.map(\.gateway)
    }

    /// A batch of calls, row by row in their order.
    func batch(of calls: ArraySlice<DemoCall>) -> RecordBatch {
        var writer = ColumnWriter(calls)
        writeTimes(&writer)
        writeGateway(&writer)
        writeRequest(&writer)
        writeModelCall(&writer)
        writeUsage(&writer)
        writeFailures(&writer)
        writeCallers(&writer)
        writeIdentifiers(&writer)
        return writer.batch
    }

    private func writeTimes(_ writer: inout ColumnWriter) {
        writer.integers(.time) { $0.completion }
        writer.integers(.start) { $0.start }
        writer.integers(.receivedAt) { $0.arrival }
        writer.integers(.duration) { $0.duration }
        writer.integers(.timeToFirstToken) { $0.firstToken }
        writer.integers(.upstreamTimeToFirstByte) { $0.upstreamFirstByte }
        writer.integers(.upstreamDuration) { $0.upstream }
        writer.integers(.gatewayOverhead) { gatewayOfSource[Int($0.source)] == .noveum ? absentInteger : $0.overhead }
    }

    private func writeGateway(_ writer: inout ColumnWriter) {
        writer.codes(.source, StringTable(["demo"])) { _ in 1 }
        writer.codes(.observer, StringTable(["gateway"])) { _ in 1 }
        writer.codes(.gateway, gateways.values) { gateways.code(Int($0.source)) }
        writer.codes(.gatewayNode, nodes.values) { nodes.code(0, Int($0.node)) }
        writer.codes(.gatewayVersion, versions.values) { versions.code(Int(gatewayOfSource[Int($0.source)].rawValue), Int($0.version)) }
        writer.codes(.route, routes.values) { routes.code(Int($0.source)) }
        writer.codes(.service, services.values) { services.code(Int($0.source)) }
        writer.codes(.environment, environments.values) { environments.code(Int($0.source)) }
    }

    private func writeRequest(_ writer: inout ColumnWriter) {
        writer.codes(.method, methods.values) { methods.code(0, $0.plain < 0 ? 0 : 1) }
        writer.codes(.path, paths.values) { paths.code(Int($0.source), Int($0.plain) + 1) }
        writer.counts(.status) { $0.status }
        writer.codes(.statusClass, statusClasses.values) { statusClasses.code(0, Int($0.status) / 100 - 1) }
        writer.counts(.requestSize) { $0.requestBytes }
        writer.counts(.responseSize) { $0.responseBytes }
        writer.codes(.clientAddress, networks.values) { gatewayOfSource[Int($0.source)] == .noveum ? 0 : networks.code(0, Int($0.network)) }
        writer.codes(.country, countries.values) { call in
            gatewayOfSource[Int(call.source)] == .noveum || call.network < 0 ? 0 : countries.code(0, DemoCountry.ofNetwork(Int(call.network)))
        }
        writer.codes(.userAgent, agents.values) { agents.code(Int($0.source), Int($0.agent)) }
        writer.codes(.serverAddress, hosts.values) { hosts.code(Int($0.model), Int($0.host)) }
    }

    private func writeModelCall(_ writer: inout ColumnWriter) {
        writer.codes(.operation, operations.values) { operations.code(Int($0.source)) }
        writer.codes(.provider, providers.values) { providers.code(0, Int($0.model)) }
        writer.codes(.model, models.values) { models.code(0, Int($0.model)) }
        writer.codes(.requestModel, requestModels.values) { requestModels.code(Int($0.source), Int($0.use)) }
        writer.codes(.upstreamModel, models.values) { $0.host < 0 || gatewayOfSource[Int($0.source)] == .noveum ? 0 : models.code(0, Int($0.model)) }
        writer.codes(.responseModel, models.values) { call in
            call.failure == .none && gatewayOfSource[Int(call.source)] != .apisix ? models.code(0, Int(call.model)) : 0
        }
        writer.counts(.stream) { $0.stream }
        writer.codes(.finishReason, finishReasons.values) { finishReasons.code(0, Int($0.finish)) }
        writer.codes(.cacheStatus, answerCaches.values) { answerCaches.code(0, Int($0.answerCache)) }
        writer.counts(.toolCount) { $0.toolCount }
        writer.counts(.toolCalled) { $0.toolCalled }
        writer.codes(.guardrailStatus, guardrails.values) { guardrails.code(0, Int($0.guardrail)) }
    }

    private func writeUsage(_ writer: inout ColumnWriter) {
        writer.counts(.inputTokens) { $0.input }
        writer.counts(.outputTokens) { $0.output }
        writer.counts(.totalTokens) { $0.input < 0 ? -1 : $0.input + max($0.output, 0) }
        writer.counts(.cacheReadTokens) { $0.cacheRead }
        writer.counts(.cacheCreationTokens) { $0.cacheCreation }
        writer.counts(.reasoningTokens) { $0.reasoning }
        writer.codes(.tokensSource, StringTable(["reported"])) { $0.input < 0 ? 0 : 1 }
        writer.integers(.cost) { $0.cost }
        writer.codes(.costSource, StringTable(["computed"])) { $0.cost == absentInteger ? 0 : 1 }
        writer.integers(.costReported) { gatewayOfSource[Int($0.source)] == .litellm ? $0.cost : absentInteger }
    }

    private func writeFailures(_ writer: inout ColumnWriter) {
        writer.codes(.errorType, errorTypes.values) { errorTypes.code(0, Int($0.failure.rawValue)) }
        writer.codes(.errorCode, errorCodes.values) { errorCodes.code(Int($0.model), Int($0.failure.rawValue)) }
        writer.texts(.errorMessage, bytesPerRow: 1) { call, bytes in
            guard call.failure != .none, call.plain < 0 else { return }
            let code = messages.code(0, Int(call.failure.rawValue))
            if code > 0 { bytes.append(contentsOf: messages.values.bytes[messages.values.range(code - 1)]) }
        }
        writer.counts(.attempts) { gatewayOfSource[Int($0.source)] == .apisix ? $0.attempts : -1 }
    }

    private func writeCallers(_ writer: inout ColumnWriter) {
        writer.codes(.client, clients.values) { clients.code(Int($0.source)) }
        writer.codes(.organization, organizations.values) { organizations.code(Int($0.source)) }
        writer.codes(.project, projects.values) { projects.code(Int($0.source)) }
        writer.codes(.team, teams.values) { teams.code(Int($0.source)) }
        writer.codes(.user, users.values) { users.code(0, Int($0.user)) }
        writer.codes(.experiment, experiments.values) { experiments.code(Int($0.source), Int($0.experiment)) }
    }

    /// Microseconds after which a user's next question belongs to a new conversation.
    private static let conversationLength: Int64 = 1_800_000_000

    private func writeIdentifiers(_ writer: inout ColumnWriter) {
        writer.texts(.requestID, bytesPerRow: 32) { call, bytes in
            HexText.append(call.idHigh, digits: 16, to: &bytes)
            HexText.append(call.idLow, digits: 16, to: &bytes)
        }
        writer.texts(.traceID, bytesPerRow: 16) { call, bytes in
            guard traced[Int(call.source)] else { return }
            HexText.append(SplitMix64.mix(call.idHigh &+ 1), digits: 16, to: &bytes)
            HexText.append(SplitMix64.mix(call.idLow &+ 1), digits: 16, to: &bytes)
        }
        writer.texts(.responseID, bytesPerRow: 4) { call, bytes in
            guard call.failure == .none, call.model >= 0, gatewayOfSource[Int(call.source)] != .apisix else { return }
            bytes.append(contentsOf: "chatcmpl-".utf8)
            HexText.append(SplitMix64.mix(call.idHigh &+ 2), digits: 16, to: &bytes)
        }
        writer.texts(.providerRequestID, bytesPerRow: 1) { call, bytes in
            // Gateways keep the provider's id where somebody will ask the provider: of failed calls.
            guard call.failure != .none, call.host >= 0, call.failure != .timeout else { return }
            bytes.append(contentsOf: "req_".utf8)
            HexText.append(SplitMix64.mix(call.idHigh &+ 3), digits: 16, to: &bytes)
        }
        writer.texts(.conversationID, bytesPerRow: 4) { call, bytes in
            guard keepsConversations[Int(call.source)], call.user >= 0 else { return }
            let window = UInt64(bitPattern: call.start / Self.conversationLength)
            HexText.append(SplitMix64.mix(window &<< 16 | UInt64(UInt16(bitPattern: call.user))), digits: 12, to: &bytes)
        }
    }
}
