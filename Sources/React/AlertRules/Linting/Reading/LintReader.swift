internal import ConfigurationText
internal import GatewayModel
internal import PromQL
internal import Yams

/// Reads for the linter whatever holds rules: files of Prometheus, manifests of the Prometheus operator, provisioned alerting of Grafana.
///
/// Other than ``RuleFileReader`` it goes on where something is wrong: what can be read is examined, and the rest told. Files of Prometheus are read by both, so that
/// what Prometheus would refuse is said in the same words.
package struct LintReader {
    private let path: String
    private let source: SourceText
    private var findings: [RuleFinding] = []
    private var groups: [RuleGroup] = []
    private var places: [[Int]: ExpressionPlaces] = [:]

    /// Documents of one file; a manifest of everything has some dozens.
    private static let documentsMax = 1_000
    /// Rules of one file.
    private static let rulesMax = RuleFileReader.rulesMaxStandard

    private init(_ text: String, path: String) {
        self.path = path
        source = SourceText(text)
    }

    /// Reads a file.
    package static func read(file path: String) -> LintSource {
        do throws(RuleFileProblem) { return read(try TextFile.read(path, bytesMax: RuleFileReader.bytesMax), path: path) } catch {
            return LintSource(file: RuleFile(path: path, groups: []), findings: [RuleFinding(.syntax, .error, error.message, file: path)], places: [:])
        }
    }

    /// Reads a text.
    package static func read(_ text: String, path: String) -> LintSource {
        var reader = LintReader(text, path: path)
        reader.read(text)
        return LintSource(file: RuleFile(path: path, groups: reader.groups), findings: reader.findings, places: reader.places)
    }

    private mutating func read(_ text: String) {
        let roots: [Node]
        do throws(ConfigurationFault) { roots = try YAMLDocument.composeAll(text, documentsMax: Self.documentsMax) } catch {
            return findings.append(RuleFinding(.syntax, .error, error.message, file: path, line: error.line, column: error.column))
        }
        if roots.isEmpty { return tell(.skipped, .info, "there are no rules in the file", nil) }
        var isPlain = true
        for root in roots {
            guard case .mapping(let mapping) = root else {
                if !root.isNull { tell(.syntax, .error, "a file of rules is a mapping with the key groups", root) }
                continue
            }
            if mapping["tests"] != nil {
                isPlain = false
                tell(.skipped, .info, "a file of unit tests holds no rules", root)
            } else if let items = mapping["items"]?.sequence, mapping["kind"]?.string?.hasSuffix("List") == true {
                isPlain = false
                for item in items { manifest(item) }
            } else if mapping["kind"] != nil || mapping["spec"] != nil {
                isPlain = false
                manifest(root)
            } else if mapping["apiVersion"] != nil {
                isPlain = false
                grafana(root)
            } else {
                readGroups(root["groups"])
            }
        }
        if isPlain { tellRefusal(text) }
    }

    /// What Prometheus would say of the file.
    private mutating func tellRefusal(_ text: String) {
        do throws(RuleFileRefusal) { _ = try RuleFileReader().read(text, path: path) } catch {
            // Told in Prometheus's words and with its places instead.
            findings.removeAll { $0.code == .syntax }
            for problem in error.problems {
                let place = problem.expressionPlace ?? TextPlace(line: problem.line, column: problem.column)
                findings.append(
                    RuleFinding(
                        .syntax, .error, problem.message, file: path, group: problem.group ?? "", rule: problem.ruleName ?? "", line: place.line,
                        column: place.column))
            }
        }
    }

    // MARK: Prometheus and Kubernetes

    private mutating func manifest(_ node: Node) {
        guard let groups = node["spec"]?["groups"] else {
            return tell(.skipped, .info, "a manifest of kind \(node["kind"]?.string ?? "?") without spec.groups holds no rules", node)
        }
        readGroups(groups)
    }

    private mutating func readGroups(_ list: Node?) {
        guard let list else { return }
        guard let nodes = list.sequence else { return tell(.syntax, .error, "groups must be a list", list) }
        for node in nodes {
            let name = node["name"]?.string ?? ""
            if let type = node["type"]?.string, type != "prometheus" {
                tell(.skipped, .info, "group \(name) holds rules of type \(type), which are not PromQL", node)
                continue
            }
            var group = RuleGroup(name: name, interval: duration(node["interval"]), queryOffset: duration(node["query_offset"]), rules: [])
            for rule in node["rules"]?.sequence ?? [] {
                guard let rule = self.rule(rule, in: group, groupLabels: labels(node["labels"])) else { continue }
                group.rules.append(rule)
            }
            groups.append(group)
        }
    }

    private mutating func rule(_ node: Node, in group: RuleGroup, groupLabels: [SeriesLabel]) -> Rule? {
        let name = node["alert"]?.string ?? node["record"]?.string ?? ""
        guard groups.reduce(group.rules.count, { $0 + $1.rules.count }) < Self.rulesMax else { return nil }
        guard let written = node["expr"], case .scalar(let scalar) = written else {
            tell(.syntax, .error, "the rule has no expr", node, group.name, name)
            return nil
        }
        guard let expression = expression(scalar, group.name, name) else { return nil }
        let kind: Rule.Kind = node["alert"] == nil ? .recording(name) : .alerting(specification(node, name))
        let start = place(0, scalar)
        places[[groups.count, group.rules.count]] = places(of: scalar)
        return Rule(
            kind: kind, expression: expression, text: scalar.string, labels: groupLabels.overlaid(by: labels(node["labels"])), line: node.mark?.line ?? 0,
            expressionLine: start.line, expressionColumn: start.column)
    }

    private func specification(_ node: Node, _ name: String) -> AlertSpecification {
        AlertSpecification(
            name: name, holdDuration: duration(node["for"]) ?? 0, keepFiringFor: duration(node["keep_firing_for"]) ?? duration(node["keepFiringFor"]) ?? 0,
            annotations: labels(node["annotations"]))
    }

    private mutating func expression(_ scalar: Node.Scalar, _ group: String, _ name: String) -> Expression? {
        do throws(PromQLSyntaxError) { return try PromQLParser.parse(scalar.string) } catch {
            let place = place(error.range.start, scalar)
            findings.append(
                RuleFinding(
                    .syntax, .error, "the expression cannot be read: \(error.message)", file: path, group: group, rule: name, line: place.line,
                    column: place.column))
            return nil
        }
    }

    // MARK: Grafana

    private mutating func grafana(_ root: Node) {
        guard let nodes = root["groups"]?.sequence else { return tell(.skipped, .info, "the provisioning file holds no groups of rules", root) }
        for node in nodes {
            var group = RuleGroup(name: node["name"]?.string ?? "", interval: duration(node["interval"]), rules: [])
            for rule in node["rules"]?.sequence ?? [] {
                let name = rule["title"]?.string ?? ""
                switch GrafanaRule.read(rule) {
                case .failure(let reason): tell(.skipped, .info, reason.message, rule, group.name, name)
                case .success(let found):
                    guard expression(found.scalar, group.name, name) != nil, let expression = try? PromQLParser.parse(found.text) else { continue }
                    let kind: Rule.Kind = found.hasCondition ? .alerting(specification(rule, name)) : .recording(name)
                    let inner = places(of: found.scalar)
                    places[[groups.count, group.rules.count]] = ExpressionPlaces { inner[max(0, $0 - found.offset)] }
                    group.rules.append(
                        Rule(
                            kind: kind, expression: expression, text: found.text, labels: labels(rule["labels"]), line: rule.mark?.line ?? 0, expressionLine: 0,
                            expressionColumn: 0))
                }
            }
            groups.append(group)
        }
    }

    // MARK: Parts

    private func labels(_ node: Node?) -> [SeriesLabel] {
        (node?.mapping ?? [:]).compactMap { name, value in name.string.flatMap { name in value.scalar.map { SeriesLabel(name, $0.string) } } }.sortedByName
    }

    private func duration(_ node: Node?) -> Int64? { node?.scalar.flatMap { try? DurationText.milliseconds($0.string) } }

    private func place(_ offset: Int, _ scalar: Node.Scalar) -> (line: Int, column: Int) {
        let place = source.place(of: offset, in: scalar)
        return (place?.line ?? scalar.mark?.line ?? 0, place?.column ?? scalar.mark?.column ?? 0)
    }

    private func places(of scalar: Node.Scalar) -> ExpressionPlaces {
        let source = source
        return ExpressionPlaces { offset in
            let place = source.place(of: offset, in: scalar)
            return (place?.line ?? scalar.mark?.line ?? 0, place?.column ?? scalar.mark?.column ?? 0)
        }
    }

    private mutating func tell(
        _ code: RuleFindingCode, _ severity: RuleFinding.Severity, _ message: String, _ node: Node?, _ group: String = "", _ rule: String = ""
    ) {
        findings.append(
            RuleFinding(code, severity, message, file: path, group: group, rule: rule, line: node?.mark?.line ?? 0, column: node?.mark?.column ?? 0))
    }
}
