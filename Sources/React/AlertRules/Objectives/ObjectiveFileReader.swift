internal import ConfigurationText
internal import GatewayModel
internal import PromQL
internal import Yams

/// Reads files of objectives, and says everything that is wrong with one.
///
///     objectives:
///     - name: chat-availability
///       sli: availability
///       objective: 99.9
///       window: 30d
///       where: {provider: openai}
///
/// Format: docs/reference/rules.md, "Objectives".
package struct ObjectiveFileReader {
    /// Bytes of one file: the most objectives with long conditions.
    package static let bytesMax = 1 << 20
    /// Each gives some fifteen rules; people keep to a handful of promises.
    package static let objectivesMax = 200
    private static let nameLengthMax = 64
    private static let day: Int64 = 86_400_000
    /// From the longest of the short times of burn rates to a quarter of a year.
    private static let windows = day...(90 * day)

    private var problems = ProblemList()

    package static func read(file path: String) throws(RuleFileRefusal) -> [Objective] {
        let text: String
        do throws(RuleFileProblem) { text = try TextFile.read(path, bytesMax: bytesMax) } catch { throw RuleFileRefusal(path: path, problems: [error]) }
        return try read(text, path: path)
    }

    package static func read(_ text: String, path: String) throws(RuleFileRefusal) -> [Objective] {
        let root: Node?
        do throws(ConfigurationFault) { root = try YAMLDocument.composeFirst(text).root } catch {
            throw RuleFileRefusal(path: path, problems: [RuleFileProblem(error.message, line: error.line, column: error.column)])
        }
        var reader = ObjectiveFileReader()
        let objectives = root.map { reader.objectives($0) } ?? []
        if !reader.problems.problems.isEmpty { throw RuleFileRefusal(path: path, problems: reader.problems.problems) }
        return objectives
    }

    private mutating func objectives(_ root: Node) -> [Objective] {
        if root.isNull { return [] }
        guard var fields = CheckedMapping(root, "the file", &problems) else { return [] }
        let nodes = fields.list("objectives", &problems)
        fields.finish("a file of objectives", &problems)
        if nodes.count > Self.objectivesMax { problems.add("there are \(nodes.count) objectives, more than \(Self.objectivesMax)", at: root) }
        var names: Set<String> = []
        var objectives: [Objective] = []
        for node in nodes.prefix(Self.objectivesMax) {
            guard let objective = objective(node) else { continue }
            if !names.insert(objective.name).inserted { problems.add("the objective \(objective.name) is there twice", at: node) }
            objectives.append(objective)
        }
        return objectives
    }

    private mutating func objective(_ node: Node) -> Objective? {
        guard var fields = CheckedMapping(node, "an objective", &problems) else { return nil }
        let name = fields.text("name", &problems)?.text ?? ""
        if name.isEmpty || name.count > Self.nameLengthMax { problems.add("an objective must have a name of at most \(Self.nameLengthMax) characters", at: node) }
        let indicator = indicator(&fields, node)
        let conditions = conditions(&fields)
        // Which keys belong to an objective depends on what it measures: without that nothing more can be said.
        guard let indicator else { return nil }
        var objective = Objective(name: name, indicator: indicator, target: 0, window: 30 * Self.day, conditions: conditions)
        if case .cost = indicator { costWindow(&fields, node, &objective) } else { promise(&fields, node, &objective) }
        fields.finish("an objective", &problems)
        return objective
    }

    /// The share that must go well, and over which time.
    private mutating func promise(_ fields: inout CheckedMapping, _ node: Node, _ objective: inout Objective) {
        if let (text, place) = fields.text("objective", &problems) {
            let digits = text.hasSuffix("%") ? String(text.dropLast()).trimmingSpaces : text
            if let percent = YAMLNumber.of(digits), percent > 0, percent < 100 { objective.target = (percent * 1e10).rounded() / 1e12 } else {
                problems.add("objective must be a percentage above 0 and below 100, not \(text.goQuoted)", at: place)
            }
        } else {
            problems.add("an objective must say how much must go well: objective: 99.9", at: node)
        }
        guard let (text, place) = fields.text("window", &problems) else { return }
        if let window = try? DurationText.milliseconds(text), Self.windows.contains(window) { objective.window = window } else {
            problems.add("window must be a duration from 1d to 90d, not \(text.goQuoted)", at: place)
        }
    }

    private mutating func costWindow(_ fields: inout CheckedMapping, _ node: Node, _ objective: inout Objective) {
        guard let (text, place) = fields.text("per", &problems) else { return }
        switch text {
        case "day": objective.window = Self.day
        case "month": objective.window = 30 * Self.day
        default: problems.add("per must be day or month, which is 30 days, not \(text.goQuoted)", at: place)
        }
    }

    private mutating func indicator(_ fields: inout CheckedMapping, _ node: Node) -> Objective.Indicator? {
        guard let (kind, place) = fields.text("sli", &problems) else {
            problems.add("an objective must say what is measured: sli: availability, latency, ttft or cost", at: node)
            return nil
        }
        switch kind {
        case "availability": return .availability(errorTypes: errorTypes(&fields))
        case "latency": return threshold(&fields, node, ObjectiveFamily.durationLimits).map { .latency(threshold: $0) }
        case "ttft": return threshold(&fields, node, ObjectiveFamily.ttftLimits).map { .ttft(threshold: $0) }
        case "cost":
            guard let budget = fields.number("budget", &problems), budget > 0, budget.isFinite else {
                problems.add("an objective of cost needs a budget in dollars: budget: 500", at: node)
                return nil
            }
            return .cost(budgetUSD: budget)
        default:
            problems.add("sli must be availability, latency, ttft or cost, not \(kind.goQuoted)", at: place)
            return nil
        }
    }

    private mutating func errorTypes(_ fields: inout CheckedMapping) -> [String] {
        let types = fields.texts("error_types", &problems)
        for type in types where !ObjectiveFamily.errorTypes.contains(type) {
            problems.add("there is no class of errors \(type.goQuoted); there are \(ObjectiveFamily.errorTypes.joined(separator: ", "))", at: fields.node)
        }
        return types
    }

    /// Histograms count only at their limits; anything between would silently be another promise.
    private mutating func threshold(_ fields: inout CheckedMapping, _ node: Node, _ limits: [Double]) -> Int64? {
        guard let (text, place) = fields.text("threshold", &problems) else {
            problems.add("an objective of latency or ttft needs a threshold: threshold: 10s", at: node)
            return nil
        }
        let milliseconds = limits.map { Int64(($0 * 1000).rounded()) }
        if let threshold = try? DurationText.milliseconds(text), milliseconds.contains(threshold) { return threshold }
        let known = milliseconds.map { DurationText.text(milliseconds: $0) }.joined(separator: ", ")
        problems.add("threshold must be a limit of the histogram (\(known)), not \(text.goQuoted)", at: place)
        return nil
    }

    /// A mapping of labels, or conditions as they stand in a selector.
    private mutating func conditions(_ fields: inout CheckedMapping) -> String {
        guard let node = fields.take("where") else { return "" }
        guard case .scalar(let scalar) = node else {
            return fields.pairs("where", &problems).map { "\($0.name)=\($0.value.goQuoted)" }.joined(separator: ", ")
        }
        let text = scalar.string.trimmingSpaces
        do throws(PromQLSyntaxError) { _ = try PromQLParser.selector("{\(text)}") } catch {
            problems.add("where must hold conditions as in a selector: provider=\"openai\": \(error.message)", at: node)
        }
        return text.hasSuffix(",") ? String(text.dropLast()) : text
    }
}

extension String {
    var trimmingSpaces: String { String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
}
