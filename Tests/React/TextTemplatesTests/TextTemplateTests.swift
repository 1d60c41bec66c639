import GatewayModel
import Testing
import TextTemplates

private let data = TemplateValue.dictionary([
    "Labels": .labels(SeriesLabels([SeriesLabel("job", "api"), SeriesLabel("instance", "web-1.example.com:9090")])),
    "Value": .float(0.0725), "Big": .float(1_234_567), "Count": .int(3), "Name": .string("gpt-4o"), "Yes": .bool(true),
    "List": .list([.string("a"), .string("b"), .string("c")]), "None": .none, "Empty": .list([]), "HTML": .string("<b a='x'>\"&\"</b>"),
])

private let context = TemplateContext(now: Timestamp(microseconds: 1_750_000_000_123_456), externalURL: "https://gatewatch.example/path") { text throws(TemplateFailure) in
    if text == "bad" { throw TemplateFailure("bad query") }
    return text == "none" ? [] : [
        TemplateSample(labels: SeriesLabels([SeriesLabel("__name__", "up"), SeriesLabel("job", "b")]), value: 1),
        TemplateSample(labels: SeriesLabels([SeriesLabel("__name__", "up"), SeriesLabel("job", "a")]), value: 0),
    ]
}

/// A template, and what it gives or why it fails.
struct TemplateCase: CustomTestStringConvertible, Sendable {
    let text: String
    let expected: String
    var testDescription: String { text }

    init(_ text: String, _ expected: String) { (self.text, self.expected) = (text, expected) }
}

/// What a template gives; the message of its failure when it has one.
private func rendered(_ text: String, functions: TemplateFunctions = .prometheus) -> String {
    do {
        return try TextTemplate.parse(name: "t", text: text, functions: functions).render(data, in: context)
    } catch let error as TemplateSyntaxError {
        return error.message
    } catch let failure as TemplateFailure {
        return failure.message
    } catch {
        return "\(error)"
    }
}

@Suite struct TextTemplateTests {
    @Test(arguments: [
        TemplateCase("plain {text}", "plain {text}"),
        TemplateCase("a {{ .Name }} b", "a gpt-4o b"),
        TemplateCase("a {{- .Name -}} b", "agpt-4ob"),
        TemplateCase("a {{/* comment */}} b {{- /* another */ -}} c", "a  bc"),
        TemplateCase("{{ .Labels.job }}{{ .Labels.missing }}|{{ .Missing }}", "api|<no value>"),
        TemplateCase("{{ $x := 1 }}{{ $x }}{{ $x = 2 }}{{ $x }}", "12"),
        TemplateCase("{{ if .Yes }}a{{ else }}b{{ end }}{{ if .Empty }}c{{ else if .Count }}d{{ else }}e{{ end }}", "ad"),
        TemplateCase("{{ with .Empty }}a{{ else with .Name }}{{ . }}{{ else }}c{{ end }}", "gpt-4o"),
        TemplateCase("{{ range $i, $e := .List }}{{ if $i }},{{ end }}{{ $i }}{{ $e }}{{ end }}", "0a,1b,2c"),
        TemplateCase("{{ range $k, $v := .Labels }}{{ $k }}={{ $v }};{{ end }}", "instance=web-1.example.com:9090;job=api;"),
        TemplateCase("{{ range .Empty }}a{{ else }}none{{ end }}", "none"),
        TemplateCase("{{ range 3 }}{{ . }}{{ end }}{{ range $i := .Count }}{{ $i }}{{ end }}", "012012"),
        TemplateCase("{{ range .List }}{{ if eq . \"b\" }}{{ continue }}{{ end }}{{ . }}{{ end }}", "ac"),
        TemplateCase("{{ range .List }}{{ if eq . \"b\" }}{{ break }}{{ end }}{{ . }}{{ end }}", "a"),
        TemplateCase("{{ $last := \"\" }}{{ range $last = .List }}{{ end }}{{ $last }}", "c"),
        TemplateCase("{{ define \"t2\" }}[{{ . }}]{{ end }}{{ template \"t2\" .Name }}{{ block \"t3\" .Count }}<{{ . }}>{{ end }}", "[gpt-4o]<3>"),
    ])
    func writesWhatGoWrites(_ item: TemplateCase) { #expect(rendered(item.text) == item.expected) }

    @Test(arguments: [
        TemplateCase("{{ and .Yes .Name }} {{ and .Empty (index .List 9) }} {{ or .Empty .Count }} {{ or .Yes (index .List 9) }} {{ not .Yes }}", "gpt-4o [] 3 true false"),
        TemplateCase("{{ len .List }} {{ len .Name }} {{ index .List 1 }} {{ index .Labels \"job\" }} {{ slice .Name 1 3 }} {{ index .Name 0 }}", "3 6 b api pt 103"),
        TemplateCase("{{ print 1 2 \"a\" \"b\" 3 }} {{ println 1 \"a\" }}{{ html .HTML }}", "1 2ab3 1 a\n&lt;b a=&#39;x&#39;&gt;&#34;&amp;&#34;&lt;/b&gt;"),
        TemplateCase("{{ js \"a'<\\n\" }} {{ urlquery \"a b&c\" }}", "a\\'\\u003C\\u000A a+b%26c"),
        TemplateCase("{{ eq 1 2 1 }} {{ ne \"a\" \"b\" }} {{ lt 1 2 }} {{ le 2 2 }} {{ gt 1.5 1.0 }} {{ ge \"b\" \"a\" }}", "true true true true true true"),
        TemplateCase("{{ .Big }} {{ .Value }} {{ 1e3 }} {{ 0x1F }} {{ 1_000 }} {{ 'a' }} {{ 1.0 }} {{ `raw\\n` }}", "1.234567e+06 0.0725 1000 31 1000 97 1 raw\\n"),
        TemplateCase("{{ printf \"%5.2f|%-6s|%06d|%x|%q|%e|%g|%t|%v|%T\" 3.14159 \"ab\" 42 \"hi\" \"q\\\"\" 12345.678 0.1 true .List 1.5 }}",
            " 3.14|ab    |000042|6869|\"q\\\"\"|1.234568e+04|0.1|true|[a b c]|float64"),
        TemplateCase("{{ printf \"%d %s\" \"x\" 1 }} {{ printf \"%d\" }} {{ printf \"a\" 1 }}", "%!d(string=x) %!s(int=1) %!d(MISSING) a%!(EXTRA int=1)"),
        TemplateCase("{{ .Labels }} {{ .None }} {{ printf \"%v\" .None }}", "map[instance:web-1.example.com:9090 job:api] <no value> <nil>"),
    ])
    func hasGosFunctions(_ item: TemplateCase) { #expect(rendered(item.text) == item.expected) }

    @Test(arguments: [
        TemplateCase("{{ humanize .Big }} {{ humanize 0.0123 }} {{ humanize1024 1048576 }} {{ humanize \"12345\" }}", "1.235M 12.3m 1Mi 12.35k"),
        TemplateCase("{{ humanizeDuration 899.99 }} {{ humanizeDuration 0.05 }} {{ humanizeDuration 90061 }} {{ humanizeDuration 12.345678 }}", "14m 59s 50ms 1d 1h 1m 1s 12.35s"),
        TemplateCase("{{ .Value | humanizePercentage }} {{ 1435065584.128 | humanizeTimestamp }}", "7.25% 2015-06-23 13:19:44.128 +0000 UTC"),
        TemplateCase("{{ title \"aa bb CC\" }} {{ toUpper \"aB\" }} {{ toLower \"aB\" }}", "Aa Bb CC AB ab"),
        TemplateCase("{{ reReplaceAll \"(.*):(.*)\" \"$2-${1}\" .Labels.instance }} {{ match \"b+\" \"abc\" }} {{ match \"^b\" \"abc\" }}", "9090-web-1.example.com true false"),
        TemplateCase("{{ stripPort .Labels.instance }} {{ stripDomain .Labels.instance }} {{ stripDomain \"10.1.2.3:80\" }}", "web-1.example.com web-1:9090 10.1.2.3:80"),
        TemplateCase("{{ parseDuration \"1h30m\" }} {{ urlQueryEscape \"a b\" }} {{ graphLink \"up == 1\" }} {{ tableLink \"up\" }}",
            "5400 a+b /graph?g0.expr=up+%3D%3D+1&g0.tab=0 /graph?g0.expr=up&g0.tab=1"),
        TemplateCase("{{ externalURL }} {{ pathPrefix }} {{ now | printf \"%.3f\" }} {{ (toTime 0).Year }} {{ toDuration 90 }}", "https://gatewatch.example/path /path 1750000000.123 1970 1m30s"),
        TemplateCase("{{ query \"up\" | first | value }} {{ range query \"up\" | sortByLabel \"job\" }}{{ .Labels.job }}{{ .Value }} {{ end }}{{ query \"up\" | first | label \"job\" }}", "1 a0 b1 b"),
        TemplateCase("{{ with args 1 \"b\" }}{{ .arg0 }}{{ .arg1 }}{{ end }}", "1b"),
    ])
    func hasPrometheussFunctions(_ item: TemplateCase) { #expect(rendered(item.text) == item.expected) }

    @Test(arguments: [
        TemplateCase("{{ nonsense }}", "template: t:1: function \"nonsense\" not defined"),
        TemplateCase("a\n{{ if }}", "template: t:2: missing value for if"),
        TemplateCase("{{ if .X }}", "template: t:1: unexpected EOF"),
        TemplateCase("{{ end }}", "template: t:1: unexpected {{end}}"),
        TemplateCase("{{ .X", "template: t:1: unclosed action"),
        TemplateCase("{{ $x }}", "template: t:1: undefined variable \"$x\""),
        TemplateCase("{{ break }}", "template: t:1: {{break}} outside {{range}}"),
        TemplateCase("{{ \"a }}", "template: t:1: unterminated quoted string"),
        TemplateCase("{{ (1 }}", "template: t:1: unclosed left paren"),
        TemplateCase("{{ 1 | 2 }}", "template: t:1: non executable command in pipeline stage 2"),
        TemplateCase("{{ .Name.x }}", "template: t:1:8: executing \"t\" at <.Name.x>: can't evaluate field x in type string"),
        TemplateCase("{{ humanize }}", "template: t:1:3: executing \"t\" at <humanize>: wrong number of args for humanize: want 1 got 0"),
        TemplateCase("{{ toUpper 3 }}", "template: t:1:11: executing \"t\" at <3>: expected string; found 3"),
        TemplateCase("{{ humanize \"x\" }}", "template: t:1:3: executing \"t\" at <humanize \"x\">: error calling humanize: strconv.ParseFloat: parsing \"x\": invalid syntax"),
        TemplateCase("{{ template \"nope\" }}", "template: t:1:12: executing \"t\" at <{{template \"nope\"}}>: template \"nope\" not defined"),
        TemplateCase("{{ query \"none\" | first }}", "template: t:1:18: executing \"t\" at <first>: error calling first: first() called on vector with no elements"),
    ])
    func saysWhatIsWrongInGosWords(_ item: TemplateCase) { #expect(rendered(item.text) == item.expected) }

    @Test func aTemplateThatCallsItselfEndsWithAnError() {
        #expect(rendered("{{ define \"r\" }}{{ template \"r\" . }}{{ end }}{{ template \"r\" . }}").contains("exceeded maximum template depth"))
    }

    @Test func aLoopOverAHugeNumberEndsWithAnError() {
        #expect(rendered("{{ range 1000000000000 }}{{ end }}").contains("more than 1000000 steps"))
        #expect(rendered("{{ range 1000000 }}aaaaaaaaaaaaa{{ end }}").contains("more than 10"))
    }
}
