import Foundation
import GatewayModel
import SeriesIngest
import Testing

struct RelabelTests {
    /// Rules as they stand in a configuration, applied to labels `a=1,b=2`; nil when the bearer is dropped.
    private func relabel(_ rules: String, _ labels: [String: String]) throws -> [String: String]? {
        let indented = rules.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        let configuration = try ScrapeConfigurationReader.read("scrape_configs:\n- job_name: j\n  relabel_configs:\n\(indented)\n", folder: "/")
        var changed = RelabelLabels(labels.sorted { $0.key < $1.key }.map { SeriesLabel($0.key, $0.value) })
        guard changed.apply(configuration.jobs[0].relabelRules) else { return nil }
        return Dictionary(uniqueKeysWithValues: changed.series.labels.map { ($0.name, $0.value) })
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let rules: String, before: [String: String], after: [String: String]?
        var testDescription: String { rules }

        init(_ rules: String, _ before: [String: String], _ after: [String: String]?) { (self.rules, self.before, self.after) = (rules, before, after) }
    }

    private static let cases: [Case] = [
        Case("- {source_labels: [a], regex: 'f(.*)', target_label: d, separator: ';', replacement: 'ch${1}-ch${1}'}", ["a": "foo", "b": "bar"],
            ["a": "foo", "b": "bar", "d": "choo-choo"]),
        Case("- {source_labels: [a, b], regex: 'f(.*);(.*)r', target_label: a, replacement: 'b${1}${2}m'}\n- {source_labels: [c, a], regex: '(b).*b(.*)ba(.*)', target_label: d, replacement: '$1$2$2$3'}",
            ["a": "foo", "b": "bar", "c": "baz"], ["a": "boobam", "b": "bar", "c": "baz", "d": "boooom"]),
        Case("- {source_labels: [a], regex: '.*o.*', action: drop}", ["a": "foo"], nil),
        Case("- {source_labels: [a], regex: 'f', action: drop}", ["a": "foo"], ["a": "foo"]),
        Case("- {source_labels: [a], regex: 'no-match', action: keep}", ["a": "foo"], nil),
        Case("- {source_labels: [a], regex: 'f.*', action: keep}", ["a": "foo"], ["a": "foo"]),
        Case("- {source_labels: [a], regex: 'no-match', target_label: d, replacement: x}", ["a": "foo"], ["a": "foo"]),
        Case("- {source_labels: [a], regex: '(f).*', target_label: d, replacement: ''}", ["a": "foo", "d": "gone"], ["a": "foo"]),
        Case("- {target_label: new, replacement: value}", ["a": "foo"], ["a": "foo", "new": "value"]),
        Case("- {source_labels: [a], regex: 'some-([^-]+)-([^,]+)', target_label: '${1}', replacement: '${2}'}", ["a": "some-name-value"], ["a": "some-name-value", "name": "value"]),
        Case("- {source_labels: [c], target_label: d, action: hashmod, modulus: 1000}", ["c": "baz"], ["c": "baz", "d": "976"]),
        Case("- {source_labels: [c], target_label: d, action: hashmod, modulus: 1000}", ["c": "foo\nbar"], ["c": "foo\nbar", "d": "734"]),
        Case("- {regex: '(b.*)', replacement: 'bar_${1}', action: labelmap}", ["a": "foo", "b1": "bar", "b2": "baz"],
            ["a": "foo", "b1": "bar", "b2": "baz", "bar_b1": "bar", "bar_b2": "baz"]),
        Case("- {regex: '__meta_(my.*)', action: labelmap}", ["__meta_my_bar": "aaa", "__meta_other": "x"], ["__meta_my_bar": "aaa", "__meta_other": "x", "my_bar": "aaa"]),
        Case("- {regex: '(b.*)', action: labeldrop}", ["a": "foo", "b1": "bar"], ["a": "foo"]),
        Case("- {regex: '(b.*)', action: labelkeep}", ["a": "foo", "b1": "bar"], ["b1": "bar"]),
        Case("- {source_labels: [a], target_label: up, action: uppercase}\n- {source_labels: [a], target_label: low, action: lowercase}", ["a": "FoO"], ["a": "FoO", "up": "FOO", "low": "foo"]),
        Case("- {source_labels: [a], target_label: b, action: keepequal}", ["a": "x", "b": "x"], ["a": "x", "b": "x"]),
        Case("- {source_labels: [a], target_label: b, action: keepequal}", ["a": "x", "b": "y"], nil),
        Case("- {source_labels: [a], target_label: b, action: dropequal}", ["a": "x", "b": "x"], nil),
        Case("- {source_labels: [a], target_label: b, action: dropequal}", ["a": "x", "b": "y"], ["a": "x", "b": "y"]),
        Case("- {source_labels: [a, b], separator: '', target_label: c}", ["a": "x", "b": "y"], ["a": "x", "b": "y", "c": "xy"]),
    ]

    /// After the cases of prometheus/prometheus `model/relabel/relabel_test.go`.
    @Test(arguments: cases) private func rules(_ one: Case) throws { #expect(try relabel(one.rules, one.before) == one.after) }

    /// RFC 1321, A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a"),
    ])
    func digests(_ text: String, _ expected: String) {
        #expect(MD5.digest(Array(text.utf8)).map { String(format: "%02x", $0) }.joined() == expected)
    }
}
