import AlertRules
import Foundation
import Testing

struct ObjectiveFileReaderTests {
    private func problems(_ text: String) -> [String] {
        do throws(RuleFileRefusal) {
            _ = try ObjectiveFileReader.read(text, path: "objectives.yaml")
            return []
        } catch { return error.problems.map(\.description) }
    }

    @Test func fiveLinesMakeAnObjective() throws {
        let read = try ObjectiveFileReader.read(
            """
            objectives:
            - name: chat-availability
              sli: availability
              objective: 99.9
              window: 30d
              where: {provider: openai, model: gpt-4o}
            - name: fast
              sli: latency
              threshold: 2s500ms
              objective: 95 %
              where: provider=~"openai|azure",
            - {name: first-token, sli: ttft, threshold: 1s, objective: 99, window: 7d}
            - {name: spend, sli: cost, budget: 500, per: day}
            - {name: provider-faults, sli: availability, objective: 99.5, error_types: [timeout, provider]}
            """, path: "objectives.yaml")
        let day: Int64 = 86_400_000
        #expect(
            read == [
                Objective(name: "chat-availability", indicator: .availability(errorTypes: []), target: 0.999, window: 30 * day, conditions: #"provider="openai", model="gpt-4o""#),
                Objective(name: "fast", indicator: .latency(threshold: 2500), target: 0.95, window: 30 * day, conditions: #"provider=~"openai|azure""#),
                Objective(name: "first-token", indicator: .ttft(threshold: 1000), target: 0.99, window: 7 * day, conditions: ""),
                Objective(name: "spend", indicator: .cost(budgetUSD: 500), target: 0, window: day, conditions: ""),
                Objective(name: "provider-faults", indicator: .availability(errorTypes: ["timeout", "provider"]), target: 0.995, window: 30 * day, conditions: ""),
            ])
        #expect(read.map(\.errorBudget) == [0.001, 0.05, 0.01, 1, 0.005])
    }

    @Test(arguments: [
        ("{sli: availability, objective: 99}", ["2:3: an objective must have a name of at most 64 characters"]),
        ("{name: a, objective: 99}", ["2:3: an objective must say what is measured: sli: availability, latency, ttft or cost"]),
        ("{name: a, sli: uptime, objective: 99}", ["2:18: sli must be availability, latency, ttft or cost, not \"uptime\""]),
        ("{name: a, sli: availability}", ["2:3: an objective must say how much must go well: objective: 99.9"]),
        ("{name: a, sli: availability, objective: 100}", ["2:43: objective must be a percentage above 0 and below 100, not \"100\""]),
        ("{name: a, sli: availability, objective: 99, window: 2h}", ["2:55: window must be a duration from 1d to 90d, not \"2h\""]),
        ("{name: a, sli: latency, objective: 99}", ["2:3: an objective of latency or ttft needs a threshold: threshold: 10s"]),
        ("{name: a, sli: cost}", ["2:3: an objective of cost needs a budget in dollars: budget: 500"]),
        ("{name: a, sli: cost, budget: 5, per: week}", ["2:40: per must be day or month, which is 30 days, not \"week\""]),
        ("{name: a, sli: cost, budget: 5, objective: 99}", ["2:35: field objective not found in an objective"]),
        ("{name: a, sli: availability, objective: 99, error_types: [oops]}", ["2:3: there is no class of errors \"oops\"; there are invalid_request, authentication, permission, rate_limit, quota, timeout, overloaded, provider, content_filter, client_closed, stream_interrupted"]),
        ("{name: a, sli: availability, objective: 99, threshold: 5s}", ["2:47: field threshold not found in an objective"]),
    ])
    func saysWhatIsWrong(objective: String, expected: [String]) { #expect(problems("objectives:\n- \(objective)") == expected) }

    @Test func thresholdsAreLimitsOfTheHistogram() {
        let found = problems("objectives:\n- {name: a, sli: latency, threshold: 3s, objective: 99}")
        #expect(found.count == 1 && found[0].contains("limit of the histogram (50ms, 100ms,") && found[0].hasSuffix("not \"3s\""))
    }

    @Test func conditionsAreThoseOfSelectors() {
        let found = problems("objectives:\n- {name: a, sli: availability, objective: 99, where: 'provider openai'}")
        #expect(found.count == 1 && found[0].hasPrefix("2:54: where must hold conditions as in a selector"))
    }

    @Test func namesAreThereOnceAndFilesAreBounded() {
        #expect(problems("objectives:\n- &a {name: a, sli: cost, budget: 1}\n- *a") == ["2:3: the objective a is there twice"])
        let many = (0...ObjectiveFileReader.objectivesMax).map { "- {name: o\($0), sli: cost, budget: 1}" }.joined(separator: "\n")
        #expect(problems("objectives:\n\(many)") == ["1:1: there are 201 objectives, more than 200"])
        #expect(problems("objective: []") == ["1:1: field objective not found in a file of objectives; did you mean objectives?"])
        #expect(problems("") == [])
    }

    /// The limits that objectives know are those of the families that the program has, as the reference page lists them.
    @Test(arguments: [("llm_gateway_llm_gateway_request_duration_seconds", "latency"), ("llm_gateway_llm_gateway_ttft_seconds", "ttft")])
    func limitsAreThoseOfTheFamilies(family: String, sli: String) throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        let page = try String(contentsOf: root.appending(path: "docs/reference/metrics.md"), encoding: .utf8)
        let line = try #require(page.split(separator: "\n").first { $0.contains("`\(family)`") })
        let limits = try #require(line.split(separator: "Limits: ").last?.prefix { $0 != "|" }).split(separator: " ").compactMap { Double($0.trimmingSuffix(".")) }
        #expect(limits.count > 10)
        for limit in limits {
            let text = "objectives:\n- {name: a, sli: \(sli), objective: 99, threshold: \(Int(limit * 1000))ms}"
            #expect(problems(text) == [], "\(limit)")
        }
        #expect(problems("objectives:\n- {name: a, sli: \(sli), objective: 99, threshold: 999ms}").first?.split(separator: ", ").count == limits.count + 1)
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ suffix: Character) -> Substring { last == suffix ? dropLast() : self }
}
