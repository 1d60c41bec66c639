import DemoTraffic
import Foundation
import GatewayModel
import Testing

private let records = Demo.workday

@Test func recordsAreInTheOrderOfTheirCompletion() {
    let times = records.integers(.time)
    #expect(times.count > 20_000)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
}

@Test func timesAndDurationsAgree() {
    let (time, start, duration) = (records.integers(.time), records.integers(.start), records.integers(.duration))
    let (first, upstream, overhead) = (records.integers(.timeToFirstToken), records.integers(.upstreamDuration), records.integers(.gatewayOverhead))
    let (stream, received) = (records.integers(.stream), records.integers(.receivedAt))
    for row in time.indices {
        let isConsistent =
            time[row] - start[row] == duration[row] && duration[row] > 0 && duration[row] <= 302_000_000
            && (first[row] == absentInteger || (stream[row] == 1 && first[row] > 0 && first[row] <= duration[row]))
            && (upstream[row] == absentInteger || overhead[row] == absentInteger || upstream[row] + overhead[row] == duration[row])
            && received[row] > time[row] && received[row] - time[row] < 7_000_000
        #expect(isConsistent, "row \(row)")
    }
}

@Test func tokensAddUp() {
    let (input, output, total) = (records.integers(.inputTokens), records.integers(.outputTokens), records.integers(.totalTokens))
    let (read, written, reasoning) = (records.integers(.cacheReadTokens), records.integers(.cacheCreationTokens), records.integers(.reasoningTokens))
    let sources = records.texts(.tokensSource)
    for row in input.indices {
        if input[row] == absentInteger {
            #expect([output[row], total[row], read[row], written[row], reasoning[row]].allSatisfy { $0 == absentInteger } && sources[row].isEmpty)
        } else {
            let isConsistent =
                input[row] > 0 && total[row] == input[row] + max(output[row], 0) && max(read[row], 0) + max(written[row], 0) <= input[row]
                && max(reasoning[row], 0) <= max(output[row], 0) && sources[row] == "reported"
            #expect(isConsistent, "row \(row)")
        }
    }
}

@Test func statusClassAndErrorAgree() {
    let (status, classes, errors) = (records.integers(.status), records.texts(.statusClass), records.texts(.errorType))
    for row in status.indices {
        #expect(classes[row] == "\(status[row] / 100)xx")
        #expect(status[row] < 400 || !errors[row].isEmpty, "a status of 400 or more is an error")
        #expect(errors[row].isEmpty || status[row] >= 400 || errors[row] == "stream_interrupted")
    }
}

@Test func failedCallsHaveNeitherTokensNorCost() {
    let failed = records.texts(.errorType).map { !$0.isEmpty }
    #expect(failed.contains(true))
    #expect(records.values(.inputTokens, where: failed).isEmpty)
    #expect(records.values(.cost, where: failed).isEmpty)
}

@Test func everyModelButOneIsPriced() {
    let (models, tokens, cost) = (records.texts(.model), records.integers(.inputTokens), records.integers(.cost))
    var priced: [String: Bool] = [:]
    for row in models.indices where tokens[row] != absentInteger {
        let hasCost = cost[row] != absentInteger && cost[row] > 0
        #expect(priced[models[row], default: hasCost] == hasCost, "\(models[row]) is priced always or never")
        priced[models[row]] = hasCost
    }
    #expect(priced.count == 15)
    #expect(priced.filter { !$0.value }.keys.sorted() == ["llama-3.3-70b-instruct"])
}

@Test func costIsWhatThePricingSays() {
    let (provider, model, cost, source) = (records.texts(.provider), records.texts(.model), records.integers(.cost), records.texts(.costSource))
    let (input, output) = (records.integers(.inputTokens), records.integers(.outputTokens))
    let (read, written) = (records.integers(.cacheReadTokens), records.integers(.cacheCreationTokens))
    for row in cost.indices where cost[row] != absentInteger {
        let expected = Demo.stubPrice(
            provider: provider[row], model: model[row], time: Demo.now, input: input[row], cacheRead: max(read[row], 0),
            cacheCreation: max(written[row], 0), output: max(output[row], 0))
        #expect(cost[row] == expected && source[row] == "computed")
    }
}

/// The values that each field may have.
private let closedSets: [(RequestField, Set<String>)] = [
    (.errorType, [
        "invalid_request", "authentication", "permission", "rate_limit", "quota", "timeout", "overloaded", "provider", "content_filter", "client_closed",
        "stream_interrupted",
    ]),
    (.statusClass, ["2xx", "4xx", "5xx"]),
    (.operation, ["chat", "text_completion", "embeddings"]),
    (.provider, ["openai", "anthropic", "azure.ai.openai", "gcp.gemini", "mistral_ai", "deepseek", "aws.bedrock", "self_hosted"]),
    (.gateway, ["apisix", "noveum", "litellm"]),
    (.gatewayNode, ["apisix-0", "apisix-1", "apisix-2"]),
    (.observer, ["gateway"]),
    (.source, ["demo"]),
    (.tokensSource, ["reported"]),
    (.costSource, ["computed"]),
    (.finishReason, ["stop", "length", "tool_calls", "content_filter"]),
    (.cacheStatus, ["hit", "miss"]),
    (.method, ["GET", "POST"]),
    (.environment, ["production", "staging"]),
]

@Test(arguments: closedSets.indices) func closedFieldsHoldOnlyTheirWords(index: Int) {
    let (field, words) = closedSets[index]
    let found = Set(records.texts(field)).subtracting([""])
    #expect(found.isSubset(of: words), "\(field.name)")
    #expect(!found.isEmpty)
}

@Test func usersAndNetworksAreNobodys() {
    #expect(Set(records.texts(.user)).subtracting([""]).allSatisfy { $0.wholeMatch(of: /u-[0-9a-f]{12}/) != nil })
    let networks = Set(records.texts(.clientAddress)).subtracting([""])
    #expect(networks.allSatisfy { name in
        ["10.", "192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"].contains { name.hasPrefix($0) } && (name.hasSuffix("/24") || name.hasSuffix("::/48"))
    })
}

@Test func countriesFollowTheNetworkAndTheClient() {
    let (countries, networks, clients) = (records.texts(.country), records.texts(.clientAddress), records.texts(.client))
    for (country, network) in zip(countries, networks) {
        #expect(network.isEmpty == country.isEmpty)
        #expect((country == "private") == network.hasPrefix("10."))
        #expect(country.isEmpty || country == "private" || country.wholeMatch(of: /[A-Z]{2}/) != nil)
    }
    func share(_ client: String, _ country: String) -> Double {
        let rows = zip(clients, countries).filter { $0.0 == client }
        return Double(rows.filter { $0.1 == country }.count) / Double(max(rows.count, 1))
    }
    #expect(share("support-chat", "DE") > 0.3 && share("mobile-app", "DE") < 0.15 && share("ticket-triage", "private") == 1)
    #expect(Set(countries).count > 15)
}

@Test func identifiersAreUnique() {
    let ids = records.texts(.requestID)
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { $0.utf8.count == 32 })
}

@Test func dictionariesHoldOnlyValuesInUse() {
    for batch in records.batches {
        for field in batch.fields {
            guard case .codes(let codes, let values) = batch[field] else { continue }
            #expect(Set(codes).subtracting([0]).count == values.count, "\(field.name)")
            #expect(Set(values.strings).count == values.count)
        }
    }
}

@Test func fieldsAreAbsentWhereTheGatewayCannotKnowThem() {
    let noveum = records.rows(.gateway, "noveum")
    #expect(records.values(.timeToFirstToken, where: noveum).isEmpty)
    #expect(records.values(.gatewayOverhead, where: noveum).isEmpty)
    #expect(Set(zip(records.texts(.clientAddress), noveum).filter(\.1).map(\.0)) == [""])
    let apisix = records.rows(.gateway, "apisix")
    #expect(Set(zip(records.texts(.responseModel), apisix).filter(\.1).map(\.0)) == [""])
    #expect(Set(zip(records.texts(.gatewayNode), apisix).filter(\.1).map(\.0)).count == 3)
}

@Test func plainRequestsAreNotModelCalls() {
    let plain = records.rows(.operation, "")
    #expect(plain.contains(true))
    #expect(Set(zip(records.texts(.path), plain).filter(\.1).map(\.0)) == ["/health", "/v1/models", "/favicon.ico"])
    #expect(Set(zip(records.texts(.model), plain).filter(\.1).map(\.0)) == [""])
    #expect(records.values(.inputTokens, where: plain).isEmpty)
}

@Test func cachedAnswersCostNothing() {
    let hits = records.rows(.cacheStatus, "hit")
    #expect(hits.contains(true))
    #expect(records.values(.cost, where: hits).isEmpty)
    #expect(percentile(records.values(.duration, where: hits), 0.99) < 100_000)
}

@Test func ordinaryFailuresAreRare() {
    let failed = records.texts(.errorType).map { !$0.isEmpty }
    let all = failed.map { _ in true }
    #expect((0.003...0.008).contains(share(of: failed, among: all)))
}
