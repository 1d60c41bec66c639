import ConfigurationText
import GatewayModel
import Testing

@testable import AlertRouting

@Suite struct RoutingConfigurationTests {
    private func read(_ yaml: String) throws(ConfigurationFault) -> RoutingConfiguration { try RoutingConfigurationReader.read(yaml, folder: "/etc/am") }

    @Test func defaultsComeFromGlobal() throws {
        let configuration = try read(
            """
            global:
              resolve_timeout: 3m
              slack_api_url_file: slack.url
              smtp_smarthost: mail.example:587
              smtp_from: alerts@example.org
              smtp_auth_username: alerts
              smtp_auth_password: ${SMTP_PASSWORD}
              smtp_require_tls: false
              http_config: {proxy_url: "http://proxy:3128", authorization: {credentials: t0p}}
            route: {receiver: all, group_by: [alertname]}
            receivers:
            - name: all
              slack_configs: [{channel: "#a"}, {channel: "#b", api_url: "https://hooks.example/x", send_resolved: true}]
              email_configs: [{to: a@example.org, require_tls: true, headers: {subject: S}}]
              webhook_configs: [{url: "http://sink/{{ .GroupLabels.x }}", max_alerts: 3, timeout: 1m30s, http_config: {}}]
            """)
        #expect(configuration.resolveTimeout == 180_000)
        let receiver = try #require(configuration.receiver("all"))
        #expect(receiver.integrations.map { "\($0.name)[\($0.index)] \($0.sendsResolved)" } == ["webhook[0] true", "email[0] false", "slack[0] false", "slack[1] true"])
        guard case .slack(let first) = receiver.integrations[2].settings, case .slack(let second) = receiver.integrations[3].settings else { return #expect(Bool(false)) }
        #expect(first.url == .file("/etc/am/slack.url") && first.access.proxyURL == "http://proxy:3128" && !first.usesWebAPI)
        #expect(second.url == .text("https://hooks.example/x"))
        guard case .email(let email) = receiver.integrations[1].settings else { return #expect(Bool(false)) }
        #expect(email.password == .environment("SMTP_PASSWORD") && email.requiresTLS && email.username == "alerts" && email.smartHost == "mail.example:587")
        #expect(email.headers == [EmailSettings.Header(name: "Subject", value: "S")])
        guard case .webhook(let webhook) = receiver.integrations[0].settings else { return #expect(Bool(false)) }
        #expect(webhook.alertsMax == 3 && webhook.timeoutSeconds == 90 && webhook.access == HTTPAccess())
    }

    @Test func additionsOfOursAreRead() throws {
        let configuration = try read(
            """
            route:
              receiver: hooks
              routes:
              - {receiver: hooks, digest: {interval: 30m}}
              - {receiver: hooks, digest: {times: ["17:30", "08:00"], location: Europe/Berlin}}
            receivers:
            - name: hooks
              rate_limit: {messages: 10, interval: 1m}
              standard_webhook_configs: [{url: "https://sink.example/", secret: whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3, previous_secret_file: old}]
            """)
        #expect(configuration.route.routes[0].digest == .every(1_800_000))
        #expect(configuration.route.routes[1].digest == .daily(minutes: [480, 1050], zone: try #require(TimeZoneName("Europe/Berlin"))))
        let receiver = configuration.receivers[0]
        #expect(receiver.rateLimit == ReceiverRateLimit(messages: 10, interval: 60_000))
        guard case .standardWebhook(let webhook) = receiver.integrations[0].settings else { return #expect(Bool(false)) }
        #expect(webhook.secrets == [.text("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"), .file("/etc/am/old")])
    }

    @Test func whatIsShownHoldsNoSecret() throws {
        let configuration = try read(
            """
            global: {smtp_auth_password: s3cret1, slack_api_url: "https://hooks.example/s3cret2", http_config: {basic_auth: {username: u, password: s3cret3}}}
            route: {receiver: r}
            receivers:
            - name: r
              webhook_configs: [{url: "https://sink.example/s3cret4"}]
              pagerduty_configs: [{routing_key: s3cret5, url: "https://events.example/v2"}]
              msteamsv2_configs: [{webhook_url: "https://flow.example/s3cret6"}]
              standard_webhook_configs: [{url: "https://sink.example/s3cret7", secret: whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0}]
            """)
        #expect(!configuration.redactedText.contains("s3cret") && !configuration.redactedText.contains("whsec"))
        #expect(configuration.redactedText.contains("https://events.example/v2") && configuration.redactedText.contains("<secret>"))
        #expect(!"\(configuration.receivers)".contains("s3cret"))
    }

    @Test func pagerDutyDetailsMayBeTrees() throws {
        let configuration = try read(
            """
            route: {receiver: r}
            receivers:
            - name: r
              pagerduty_configs: [{routing_key: k, details: {firing: none, where: {region: "{{ .x }}", count: 3, list: [true, a]}}}]
            """)
        guard case .pagerDuty(let settings) = configuration.receivers[0].integrations[0].settings else { return #expect(Bool(false)) }
        #expect(settings.details.map(\.name) == ["firing", "num_firing", "num_resolved", "resolved", "where"])
        #expect(settings.details[0].value == .text("none"))
        #expect(settings.details[4].value == .map([.init("region", .text("{{ .x }}")), .init("count", .literal("3")), .init("list", .list([.literal("true"), .text("a")]))]))
        #expect(settings.source == settings.client)
    }

    @Test func patternsAreKeptAsGroupKeysShowThem() throws {
        let route = try read("route: {receiver: r, routes: [{match_re: {b: x|y}, match: {c: 2}, matchers: ['a!=\"z\"']}]}\nreceivers: [{name: r}]").route.routes[0]
        #expect(route.matchers.alertmanagerText == #"{a!="z",b=~"^(?:x|y)$",c="2"}"#)
    }

    /// A file that is refused: what is in it beside a route and a receiver, the reason, and the line.
    struct Refusal: CustomTestStringConvertible, Sendable {
        let yaml: String
        let reason: String
        let line: Int
        var testDescription: String { yaml }

        init(_ yaml: String, _ reason: String, line: Int) {
            self.yaml = yaml
            self.reason = reason
            self.line = line
        }
    }

    @Test(arguments: [
        Refusal("", "no route provided in config", line: 0),
        Refusal("receivers: [{name: r}]", "no route provided in config", line: 0),
        Refusal("route: {group_by: [a]}", "root route must specify a default receiver", line: 1),
        Refusal("route: {receiver: r}", "undefined receiver \"r\" used in route", line: 1),
        Refusal("route:\n  receiver: r\n  continue: true\nreceivers: [{name: r}]", "cannot have continue in root route", line: 3),
        Refusal("route: {receiver: r, match: {a: b}}\nreceivers: [{name: r}]", "root route must not have any matchers", line: 1),
        Refusal("route:\n  receiver: r\n  routes:\n  - receiver: x\nreceivers: [{name: r}]", "undefined receiver \"x\" used in route", line: 4),
        Refusal("route: {receiver: r}\nreceivers: [{name: r}, {name: r}]", "notification config name \"r\" is not unique", line: 2),
        Refusal("route: {receiver: r}\nreceivers: [{slack_configs: []}]", "missing name in receiver", line: 2),
        Refusal("route: {receiver: r, group_by: [a, a]}\nreceivers: [{name: r}]", "duplicated label \"a\" in group_by", line: 1),
        Refusal("route: {receiver: r, group_by: ['...', a]}\nreceivers: [{name: r}]", "cannot have wildcard group_by", line: 1),
        Refusal("route: {receiver: r, group_interval: 0s}\nreceivers: [{name: r}]", "group_interval cannot be zero", line: 1),
        Refusal("route: {receiver: r, group_wait: fast}\nreceivers: [{name: r}]", "group_wait must be a duration", line: 1),
        Refusal("route: {receiver: r, grup_by: [a]}\nreceivers: [{name: r}]", "did you mean group_by?", line: 1),
        Refusal("route: {receiver: r, routes: [{mute_time_intervals: [nights]}]}\nreceivers: [{name: r}]", "undefined time interval \"nights\"", line: 1),
        Refusal("route: {receiver: r, mute_time_intervals: [n]}\nreceivers: [{name: r}]\ntime_intervals: [{name: n}]", "root route must not have any mute time", line: 1),
        Refusal("route: {receiver: r, routes: [{matchers: ['a b']}]}\nreceivers: [{name: r}]", "bad matcher format: a b", line: 1),
        Refusal("route: {receiver: r, routes: [{match_re: {a: '('}}]}\nreceivers: [{name: r}]", "missing closing )", line: 1),
        Refusal("route: {receiver: r, routes: [{match: {'a.b': c}}]}\nreceivers: [{name: r}]", "invalid label name \"a.b\"", line: 1),
        Refusal("route: {receiver: r}\nreceivers:\n- name: r\n  webhook_configs:\n  - send_resolved: true", "one of url or url_file must be configured", line: 5),
        Refusal("route: {receiver: r}\nreceivers:\n- name: r\n  webhook_configs:\n  - url: ftp://x/y", "unsupported scheme \"ftp\"", line: 5),
        Refusal("route: {receiver: r}\nreceivers:\n- name: r\n  email_configs:\n  - to: a@b.c", "no global SMTP smarthost set", line: 5),
        Refusal("global: {smtp_smarthost: 'h:25'}\nroute: {receiver: r}\nreceivers: [{name: r, email_configs: [{to: x}]}]", "no global SMTP from set", line: 3),
        Refusal("global: {smtp_smarthost: 'host'}\nroute: {receiver: r}\nreceivers: [{name: r}]", "missing port in address", line: 1),
        Refusal("global: {slack_api_url: 'http://x/', slack_api_url_file: f}\nroute: {receiver: r}\nreceivers: [{name: r}]", "at most one of slack_api_url & slack_api_url_file", line: 1),
        Refusal("route: {receiver: r}\nreceivers: [{name: r, slack_configs: [{channel: c}]}]", "no Slack API URL nor App token set", line: 2),
        Refusal("route: {receiver: r}\nreceivers: [{name: r, pagerduty_configs: [{client: c}]}]", "missing service or routing key", line: 2),
        Refusal("route: {receiver: r}\nreceivers: [{name: r, opsgenie_configs: [{api_key: k}]}]", "not supported: opsgenie_configs; use webhook_configs", line: 2),
        Refusal("route: {receiver: r}\nreceivers: [{name: r, msteamsv2_configs: [{title: t}]}]", "one of webhook_url or webhook_url_file", line: 2),
        Refusal("route: {receiver: r}\nreceivers: [{name: r}]\ninhibit_rules:\n- equal: ['']", "invalid label name \"\" in equal list", line: 4),
        Refusal("route: {receiver: r}\nreceivers: [{name: r}]\ninhibit_rules:\n- {sources: [{matchers: ['a=~\".*\"']}]}", "must not match the empty string", line: 4),
        Refusal("route: {receiver: r, digest: {interval: 1h, times: ['08:00']}}\nreceivers: [{name: r}]", "a digest has either interval or times", line: 1),
        Refusal("route: {receiver: r, digest: {times: ['25:00']}}\nreceivers: [{name: r}]", "is no time of day", line: 1),
        Refusal("route: [receiver, r", "not YAML", line: 2),
        Refusal("route: {receiver: r}\nroute: {receiver: r}\nreceivers: [{name: r}]", "keys are there twice: route", line: 1),
    ])
    func refusesWithThePlace(_ refusal: Refusal) throws {
        let fault = #expect(throws: ConfigurationFault.self) { _ = try read(refusal.yaml) }
        #expect(fault?.message.contains(refusal.reason) ?? false, "\(fault?.reason ?? "")")
        #expect(fault?.line == refusal.line, "\(fault?.reason ?? "")")
    }

    @Test func deepRoutesAreRefused() {
        let yaml = "route: " + String(repeating: "{receiver: r, routes: [", count: 200) + String(repeating: "]}", count: 200)
        #expect(throws: ConfigurationFault.self) { _ = try read(yaml) }
    }
}
