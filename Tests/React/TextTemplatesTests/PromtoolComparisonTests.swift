import Foundation
import GatewayModel
import Testing
import TextTemplates

/// Random templates, carried out by Prometheus's promtool and by us: the same text, and the same errors at the same places.
@Suite(.enabled(if: PeerProgram.isInstalled("promtool"), "promtool is not installed")) struct PromtoolComparisonTests {
    private static let series = SeriesLabels([SeriesLabel("__name__", "m"), SeriesLabel("instance", "web-1.example.com:9090"), SeriesLabel("job", "api")])
    private static let value = 1_234_567.5

    @Test(arguments: [UInt64(1), 2, 3]) func randomTemplatesGiveWhatPromtoolGives(seed: UInt64) throws {
        var writer = TemplateWriter(seed: seed)
        try compare((0..<120).map { _ in writer.template() }, seed)
    }

    @Test func templatesOfKnownTrapsGiveWhatPromtoolGives() throws {
        try compare(
            [
                "{{ $value }} {{ .Value | printf \"%d\" }} {{ $labels }} {{ . | len }}", "{{ $labels.job.x }}", "{{ ($labels.job | toUpper).x }}", "{{ .Labels 2 }}", "{{ len nil }}",
                "{{ 1e6 }} {{ 1e20 }} {{ 1e21 }} {{ 123456789.0 }} {{ 0.00001 }} {{ -0.0 }} {{ 0x1p4 }} {{ 1_000 }} {{ '\\n' }}",
                "{{ reReplaceAll \"\" \"-\" \"abc\" }} {{ reReplaceAll \"a*\" \"x\" \"baaac\" }} {{ reReplaceAll \"b|bc\" \"X\" \"abcbc\" }} {{ reReplaceAll \"^|$\" \"!\" \"ab\" }}",
                "{{ reReplaceAll \"(\" \"x\" \"a\" }}", "{{ match \"(\" \"a\" }}", "{{ reReplaceAll \".\" \"x\" \"a\\nb\" }} {{ reReplaceAll \"(?P<h>\\\\w+)\" \"<${h}>\" \"ab cd é\" }}",
                "{{ stripPort \"[::1]:80\" }} {{ stripPort \"a:b:c\" }} {{ stripDomain \"[fe80::1.2]:80\" }} {{ stripDomain \"::1\" }} {{ stripDomain \"1.2.3:5\" }}",
                "{{ humanizeTimestamp 1435065584.128 }} {{ humanizeTimestamp -1.5 }} {{ humanizeTimestamp 1e18 }}", "{{ humanize \"0x10\" }}", "{{ humanize true }}",
                "{{ humanizeDuration 59.9999 }} {{ humanizeDuration -100.0 }} {{ humanizeDuration 1e-12 }} {{ humanizeDuration 1e10 }}", "{{ humanize \"NaN\" }} {{ humanize \"-Inf\" }}",
                "{{ title \"hello wORLD foo-bar a_b o'neil\" }} {{ toUpper \"straße\" }} {{ toLower \"ÀÉİ\" }}", "{{ query \"m\" | first | value | humanize }}",
                "{{ range query \"m\" }}{{ .Labels.instance }} {{ .Value }}{{ end }}", "{{ with query \"none\" }}x{{ else }}y{{ end }}", "{{ query \"none\" | first }}",
                "{{ define \"r\" }}[{{ . }}]{{ end }}{{ template \"r\" $value }}{{ template \"r\" }}", "{{ template \"zz\" . }}", "{{ tmpl \"x\" . }}", "{{ 1i | len }}{{",
                "{{ printf \"%[2]d %[1]d %*d %.*f\" 1 2 5 42 2 3.14159 }}", "{{ printf \"%!\" 1 }}{{ printf \"%\" }}{{ printf \"%[5]d\" 1 }}", "{{ printf \"%#v %#v %#v\" \"a\" 1 $labels }}",
            ], 0)
    }

    /// Ours is written into a unit test of rules as what is expected; promtool says what does not agree.
    private func compare(_ templates: [String], _ seed: UInt64) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "templates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var accepted: [(template: String, ours: String)] = []
        for template in templates {
            let (ours, isAccepted) = Self.written(template)
            if isAccepted {
                accepted.append((template, ours))
            } else {
                let answer = try PeerProgram.run("promtool", ["check", "rules", try write(rules(with: [template]), "r.yml", folder)])
                #expect(answer.output.contains(ours), "seed \(seed): \(template)")
            }
        }
        let answer = try test(accepted, folder)
        if answer.status == 0 { return }
        for pair in accepted {
            let answer = try test([pair], folder)
            #expect(answer.status == 0, "seed \(seed): \(pair.template)\nours: \(pair.ours)\n\(answer.output)")
        }
    }

    private static func written(_ template: String) -> (text: String, isAccepted: Bool) {
        do throws(TemplateSyntaxError) {
            let text = try AlertFieldTemplate(template, alert: "A").text(for: AlertFieldSample(labels: series, value: value), in: context).text
            // The type is of Prometheus 3, promtool's version 2.42.
            return (text.replacing("Value interface {} }", with: "Value float64 }"), true)
        } catch { return (error.message, false) }
    }

    private static let context = TemplateContext(now: Timestamp(microseconds: 60_000_000)) { query throws(TemplateFailure) in
        query == "m" ? [TemplateSample(labels: series, value: value)] : []
    }

    private func rules(with templates: [String]) -> [String: Any] {
        let rules = templates.enumerated().map { ["alert": "A", "expr": "m > 0", "labels": ["n": "\($0.offset)"], "annotations": ["a": $0.element]] as [String: Any] }
        return ["groups": [["name": "g", "rules": rules] as [String: Any]]]
    }

    private func test(_ pairs: [(template: String, ours: String)], _ folder: URL) throws -> (status: Int32, output: String) {
        _ = try write(rules(with: pairs.map(\.template)), "r.yml", folder)
        let expected = pairs.enumerated().map { index, pair in
            ["exp_labels": ["n": "\(index)", "job": "api", "instance": "web-1.example.com:9090"], "exp_annotations": ["a": pair.ours]]
        }
        let series = [["series": "m{job=\"api\",instance=\"web-1.example.com:9090\"}", "values": "\(Self.value)x3"]]
        let test: [String: Any] = [
            "interval": "1m", "input_series": series, "alert_rule_test": [["eval_time": "1m", "alertname": "A", "exp_alerts": expected] as [String: Any]],
        ]
        let file: [String: Any] = ["rule_files": ["r.yml"], "evaluation_interval": "1m", "tests": [test]]
        return try PeerProgram.run("promtool", ["test", "rules", try write(file, "t.yml", folder)])
    }

    /// JSON is YAML, but for escaped slashes.
    private func write(_ value: [String: Any], _ name: String, _ folder: URL) throws -> String {
        let file = folder.appending(path: name)
        try JSONSerialization.data(withJSONObject: value, options: .withoutEscapingSlashes).write(to: file)
        return file.path
    }
}

/// Writes templates at random: most of them are right, some are not.
struct TemplateWriter {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0xd134_2543_de82_ef95 }

    /// SplitMix64.
    private mutating func next(_ count: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((bits ^ (bits >> 31)) % UInt64(count))
    }

    private mutating func pick(_ texts: [String]) -> String { texts[next(texts.count)] }

    mutating func template() -> String { "{{ $x := 7 }}" + body(2) }

    private mutating func body(_ depth: Int) -> String { (0...next(2)).map { _ in node(depth) }.joined() }

    private mutating func node(_ depth: Int) -> String {
        let (open, close) = (pick(["{{", "{{ ", "{{- "]), pick(["}}", " }}", " -}}"]))
        switch depth <= 0 ? 0 : next(10) {
        case 0...4: return pick(["", " ", "\n", "  x "]) + open + expression(2) + (next(2) == 0 ? "" : " | " + pick(Self.unary)) + close
        case 5: return open + "if " + expression(1) + close + body(depth - 1) + "{{ else }}" + body(depth - 1) + open + "end" + close
        case 6: return open + "with " + expression(1) + close + body(depth - 1) + open + "end" + close
        case 7: return open + "range " + pick(["$k, $v := $labels", "$labels", "nil"]) + close + body(depth - 1) + pick(["", "{{ break }}", "{{ continue }}"]) + "{{ end }}"
        case 8: return open + "$x " + pick([":=", "="]) + " " + expression(2) + close
        default: return pick(["{{/* c */}}", "{{ if }}", "{{ end }}", "{{ .", "{{ $y }}", "{{ nope }}", "}}", "{{ 1 2 }}", "{{ \"a }}", "{{ 1 | 2 }}"])
        }
    }

    private mutating func expression(_ depth: Int) -> String {
        switch depth <= 0 ? 0 : next(10) {
        case 0...3: return atom()
        case 4, 5: return "(\(pick(Self.unary)) \(expression(depth - 1)))"
        case 6, 7: return "(\(pick(Self.binary)) \(expression(depth - 1)) \(expression(depth - 1)))"
        case 8: return "(printf \(format()) \(expression(depth - 1)) \(expression(depth - 1)))"
        default: return "(\(expression(depth - 1)) | \(pick(Self.unary)))"
        }
    }

    private mutating func format() -> String {
        "\"" + (0...next(2)).map { _ in "%" + pick(["", "", "-", "0", "+"]) + pick(["", "", "5", "10"]) + pick(["", ".2"]) + pick(["d", "s", "q", "t", "e", "f", "g", "c"]) }.joined(separator: "|") + "\""
    }

    private mutating func atom() -> String {
        pick([
            "\"a\"", "\"hello wORLD\"", "\"é ü\"", "\"\"", "`r\"w\\`", "\"a.b.c:9\"", "\"1.5\"", "\"<b>&'\"", "\"3h\"", "0", "1", "-3", "42", "1.5", "1e6", "0.001", "3.0", "0x1f", "017", "'a'",
            "1e21", "999999.5", "true", "false", "$value", "$labels.job", "$labels.nope", "$labels", "nil", "$x", "$labels.instance", "(index $labels \"job\")",
        ])
    }

    private static let unary = [
        "humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "title", "toUpper", "toLower", "len", "not", "html", "js", "urlquery", "print", "println", "stripPort", "stripDomain",
        "graphLink", "parseDuration", "safeHtml", "humanizeTimestamp",
    ]
    private static let binary = ["eq", "ne", "lt", "le", "gt", "ge", "and", "or", "index", "match", "slice", "print"]
}
