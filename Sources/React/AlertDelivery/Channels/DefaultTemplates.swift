/// The templates that configurations refer to without defining them, under Alertmanager's names; what they say is ours.
enum DefaultTemplates {
    static let name = "gatewatch.default"

    static let text = #"""
        {{ define "__alertmanager" }}Gatewatch{{ end }}
        {{ define "__alertmanagerURL" }}{{ .ExternalURL }}/?page=alerts{{ end }}
        {{ define "__subject" -}}
        [{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}] {{ .GroupLabels.SortedPairs.Values | join " " }}
        {{- $more := .CommonLabels.Remove .GroupLabels.Names }}{{ if $more.Values }} ({{ $more.Values | join " " }}){{ end }}
        {{- end }}
        {{ define "__description" }}{{ end }}
        {{ define "__text_alert_list" }}{{ range . }}{{ .Labels.alertname }}{{ range (.Labels.Remove (stringSlice "alertname")).SortedPairs }}
          {{ .Name }}: {{ .Value }}{{ end }}{{ range .Annotations.SortedPairs }}
          {{ .Name }}: {{ .Value }}{{ end }}
          since {{ .StartsAt }}{{ if .GeneratorURL }}
          {{ .GeneratorURL }}{{ end }}
        {{ end }}{{ end }}
        {{ define "__text_alert_list_markdown" }}{{ range . }}**{{ .Labels.alertname }}**{{ range (.Labels.Remove (stringSlice "alertname")).SortedPairs }}
        - {{ .Name }}: {{ .Value }}{{ end }}{{ range .Annotations.SortedPairs }}
        - {{ .Name }}: {{ .Value }}{{ end }}

        {{ end }}{{ end }}

        {{ define "slack.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "slack.default.username" }}{{ template "__alertmanager" . }}{{ end }}
        {{ define "slack.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "slack.default.fallback" }}{{ template "__subject" . }}: {{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "slack.default.callbackid" }}{{ end }}
        {{ define "slack.default.pretext" }}{{ end }}
        {{ define "slack.default.iconemoji" }}{{ end }}
        {{ define "slack.default.iconurl" }}{{ end }}
        {{ define "slack.default.text" }}{{ end }}
        {{ define "slack.default.footer" }}{{ end }}

        {{ define "pagerduty.default.description" }}{{ template "__subject" . }}{{ end }}
        {{ define "pagerduty.default.client" }}{{ template "__alertmanager" . }}{{ end }}
        {{ define "pagerduty.default.clientURL" }}{{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "pagerduty.default.instances" }}{{ template "__text_alert_list" . }}{{ end }}

        {{ define "msteams.default.summary" }}{{ template "__subject" . }}{{ end }}
        {{ define "msteams.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "msteams.default.text" }}{{ if .Alerts.Firing }}{{ template "__text_alert_list_markdown" .Alerts.Firing }}{{ end }}
        {{- if .Alerts.Resolved }}Resolved:

        {{ template "__text_alert_list_markdown" .Alerts.Resolved }}{{ end }}{{ end }}
        {{ define "msteamsv2.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "msteamsv2.default.text" }}{{ template "msteams.default.text" . }}{{ end }}

        {{ define "email.default.subject" }}{{ template "__subject" . }}{{ end }}
        {{ define "email.default.html" }}<html><body><h1>{{ template "__subject" . }}</h1>
        {{ range .Alerts }}<h2>{{ .Labels.alertname }} {{ .Status }}</h2>
        <table>{{ range .Labels.SortedPairs }}<tr><td>{{ .Name }}</td><td>{{ .Value }}</td></tr>{{ end }}
        {{ range .Annotations.SortedPairs }}<tr><td>{{ .Name }}</td><td>{{ .Value }}</td></tr>{{ end }}</table>
        {{ end }}<p><a href="{{ template "__alertmanagerURL" . }}">{{ template "__alertmanager" . }}</a></p></body></html>{{ end }}
        """#
}
