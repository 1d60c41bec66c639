import Foundation
import GatewayModel
import Testing
import TextTemplates

private let firing = MessageAlert(
    labels: SeriesLabels([SeriesLabel("alertname", "Test & <b>"), SeriesLabel("severity", "critical"), SeriesLabel("job", "a'b")]),
    annotations: SeriesLabels([SeriesLabel("summary", "x \"q\"")]), isResolved: false, startsAt: Timestamp(microseconds: 1_700_000_000_000_000), endsAt: nil,
    generatorURL: "http://x/?a=b&c=d")
private let resolved = MessageAlert(
    labels: SeriesLabels([SeriesLabel("alertname", "Test & <b>"), SeriesLabel("severity", "warning")]), annotations: .none, isResolved: true,
    startsAt: Timestamp(microseconds: 1_700_000_000_000_000), endsAt: Timestamp(microseconds: 1_700_000_100_000_000), generatorURL: "")
private let message = MessageData(
    receiver: "team", alerts: [firing, resolved], groupLabels: SeriesLabels([SeriesLabel("alertname", "Test & <b>")]), externalURL: "http://am")
private let context = TemplateContext(now: Timestamp(microseconds: 1_700_000_060_000_000))

private func rendered(_ text: String, html: Bool = false) -> String {
    do {
        let template = try TextTemplate.parse(name: "", text: text, functions: .alertmanager)
        return html ? try template.renderHTML(.object(message), in: context) : try template.render(.object(message), in: context)
    } catch let error as TemplateSyntaxError {
        return error.message
    } catch let failure as TemplateFailure {
        return failure.message
    } catch {
        return "\(error)"
    }
}

@Suite struct MessageTemplateTests {
    @Test(arguments: [
        TemplateCase("{{ .GroupLabels }} {{ .CommonLabels.SortedPairs }} {{ .CommonAnnotations }}|", "alertname=Test & <b> alertname=Test & <b> |"),
        TemplateCase("{{ (index .Alerts 0).Labels.Remove .GroupLabels.Names }} {{ (index .Alerts 1).Fingerprint | len }}", "job=a'b, severity=critical 16"),
        TemplateCase("{{ title \"hello wORLD\" }}|{{ trimSpace \" a \" }}|{{ join \",\" (stringSlice \"a\" \"b\") }}|{{ urlUnescape \"a+b%26\" }}", "Hello World|a|a,b|a b&"),
        TemplateCase("{{ (index .Alerts 0).StartsAt | tz \"Europe/Berlin\" | date \"2006-01-02 15:04:05 MST -0700\" }}", "2023-11-14 23:13:20 CET +0100"),
        TemplateCase("{{ (index .Alerts 0).StartsAt | tz \"America/New_York\" | date \"Mon, 02 Jan 2006 03:04PM MST\" }}", "Tue, 14 Nov 2023 05:13PM EST"),
        TemplateCase("{{ since (index .Alerts 0).StartsAt }} {{ since (index .Alerts 0).StartsAt | humanizeDuration }}", "1m0s 1m 0s"),
        TemplateCase("{{ (toDate \"2006-01-02T15:04:05Z07:00\" \"2024-02-29T12:30:00.25+02:00\").UTC }} {{ (toDate \"2006-01-02\" \"x\").IsZero }}", "2024-02-29 10:30:00.25 +0000 UTC true"),
        TemplateCase("{{ list 1 \"a\" }} {{ append (list 1) 2 3 }} {{ (dict \"a\" 1 \"b\" (list 2)).b }} {{ (dict).x }}", "[1 a] [1 2 3] [2] <no value>"),
        TemplateCase("{{ dict 1 }}", "template: :1:3: executing \"\" at <dict 1>: error calling dict: dict requires an even number of arguments"),
        TemplateCase("{{ toJson (dict \"a\" 1.5 \"b\" (list \"<\" nil true)) }} {{ toJson .GroupLabels }}", "{\"a\":1.5,\"b\":[\"\\u003c\",null,true]} {\"alertname\":\"Test \\u0026 \\u003cb\\u003e\"}"),
        TemplateCase("{{ toJson (index .Alerts 1) }}",
            "{\"status\":\"resolved\",\"labels\":{\"alertname\":\"Test \\u0026 \\u003cb\\u003e\",\"severity\":\"warning\"},\"annotations\":{},\"startsAt\":\"2023-11-14T22:13:20Z\","
                + "\"endsAt\":\"2023-11-14T22:15:00Z\",\"generatorURL\":\"\",\"fingerprint\":\"7dce20087252a143\"}"),
        TemplateCase("{{ base64encode \"a?>b\" }} {{ base64decode \"YT8-Yg==\" }}", "YT8-Yg== a?>b"),
        TemplateCase("{{ .GroupLabels.Remove }}", "template: :1:15: executing \"\" at <.GroupLabels.Remove>: error calling Remove: wrong number of args for Remove: want 1 got 0"),
    ])
    func messagesHaveAlertmanagersFunctionsAndFields(_ item: TemplateCase) { #expect(rendered(item.text) == item.expected) }

    @Test func htmlEscapesAllThatIsNotMarkedSafe() {
        #expect(rendered("<a href=\"{{ (index .Alerts 0).GeneratorURL }}\">{{ .GroupLabels.alertname }}</a> {{ safeHtml \"<i>\" }}{{ \"<\" | html }}", html: true)
            == "<a href=\"http://x/?a=b&amp;c=d\">Test &amp; &lt;b&gt;</a> <i>&lt;")
    }

    @Test func templatesOfSeveralFilesCallEachOther() throws {
        var set = TemplateSet(functions: .alertmanager)
        try set.add(name: "a.tmpl", text: "{{ define \"title\" }}[{{ template \"status\" . }}]{{ end }}{{ define \"status\" }}old{{ end }}")
        try set.add(name: "b.tmpl", text: "{{ define \"status\" }}{{ .Status | toUpper }}{{ end }}{{ define \"title\" }}  {{ end }}")
        #expect(try set.template(name: "", text: "{{ template \"title\" . }}").render(.object(message), in: context) == "[FIRING]")
    }
}

/// The same templates in amtool; its version 0.25 has no methods that write labels, so that these are written by their parts.
@Suite(.enabled(if: PeerProgram.isInstalled("amtool"), "amtool is not installed")) struct AmtoolComparisonTests {
    private static let templates = [
        "{{ .Receiver }} {{ .Status }} {{ .ExternalURL }} {{ len .Alerts }} {{ .Alerts.Firing | len }} {{ len .Alerts.Resolved }}",
        "{{ range .Alerts }}{{ .Status }} {{ .Labels.alertname }} {{ .Annotations.summary }} {{ .StartsAt }} {{ .EndsAt }} {{ .GeneratorURL }}|{{ end }}",
        "{{ range .Alerts }}{{ range .Labels.SortedPairs }}{{ .Name }}={{ .Value }} {{ . }},{{ end }}{{ end }}",
        "{{ range .Alerts.Firing }}{{ .Labels.Names | join \",\" }} {{ .Labels.Values | join \";\" }} {{ .Labels.SortedPairs.Names }}{{ end }}",
        "{{ (index .Alerts 0).StartsAt.Format \"2006-01-02T15:04:05.999Z07:00 06 1 2 3 4 5 PM pm 03 _2 __2 002 January Monday Jan Mon -07 -07:00 Z07 .000 .000000\" }}",
        "{{ (index .Alerts 0).EndsAt.IsZero }} {{ (index .Alerts 1).EndsAt.Sub (index .Alerts 1).StartsAt }} {{ (index .Alerts 0).StartsAt.Add 5 }}",
        "{{ .Alerts.Foo }}", "{{ .Alerts.Firing.Foo }}", "{{ .Status 1 }}", "{{ index .Alerts 5 }}", "{{ nonsense }}", "{{ .GroupLabels.foo }}|{{ .GroupLabels.alertname }}",
        "{{ define \"s\" }}[{{ .Status | toUpper }}{{ if eq .Status \"firing\" }}:{{ .Alerts.Firing | len }}{{ end }}] {{ .GroupLabels.SortedPairs.Values | join \" \" }}{{ end }}{{ template \"s\" . }}",
        "{{ title \"hello wORLD foo-bar a_b o'neil éa x.y x:y 3rd a1b\" }} {{ safeHtml \"<b>&</b>\" }} {{ \"a+b'c\" }} {{ \"<\" | html }}", "{{ join \",\" \"a\" }}",
        "{{ reReplaceAll \"a(x*)b\" \"${1}W\" \"-ab-axxb-\" }} {{ match \"a+\" \"baac\" }} {{ js \"<a>\" }} {{ urlquery \"a b<\" }}",
    ]

    @Test(arguments: templates, [false, true]) func templatesGiveWhatAmtoolGives(_ template: String, html: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "templates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data().write(to: folder.appending(path: "empty.tmpl"))
        try Data(rendered("{{ toJson . }}").utf8).write(to: folder.appending(path: "data.json"))
        let answer = try PeerProgram.run(
            "amtool",
            [
                "template", "render", "--template.glob=\(folder.path)/empty.tmpl", "--template.data=\(folder.path)/data.json", "--template.type=\(html ? "html" : "text")",
                "--template.text=\(template)",
            ])
        let theirs = answer.output.replacing("amtool: error: ", with: "")
        #expect(rendered(template, html: html) == (answer.status == 0 ? theirs : theirs.trimmingCharacters(in: .newlines)))
    }
}
