import ConfigurationText
import GatewayModel
import SeriesIngest
import Testing

struct ScrapeConfigurationTests {
    private func read(_ text: String) throws -> ScrapeConfiguration { try ScrapeConfigurationReader.read(text, folder: "/etc/prometheus") }

    @Test func aPrometheusFileIsReadAsItIs() throws {
        let configuration = try read(
            """
            global:
              scrape_interval: 30s
              evaluation_interval: 1m30s
              external_labels: {region: eu, replica: a}
              sample_limit: 5000
            rule_files: ["rules/*.yml"]
            alerting:
              alertmanagers: [{static_configs: [{targets: ["am:9093"]}]}]
            scrape_configs:
              - job_name: gateway
                scrape_interval: 15s
                scrape_timeout: 5s
                metrics_path: /apisix/prometheus/metrics
                scheme: https
                honor_labels: true
                honor_timestamps: false
                track_timestamps_staleness: true
                follow_redirects: false
                params: {"match[]": ['{job="x"}', y], module: [http]}
                basic_auth: {username: u, password_file: secrets/p}
                tls_config: {ca_file: /ca.pem, server_name: gw, insecure_skip_verify: true}
                static_configs:
                  - targets: ["a:1", "b:2"]
                    labels: {team: sre}
                file_sd_configs:
                  - files: [targets/*.json]
                    refresh_interval: 30s
                body_size_limit: 10MB
                label_limit: 40
                fallback_scrape_protocol: PrometheusText0.0.4
                scrape_protocols: [OpenMetricsText1.0.0]
              - job_name: plain
                authorization: {credentials: s3cret}
            """)
        #expect(configuration.ignoredSections == ["rule_files", "alerting"])
        #expect(configuration.evaluationInterval == 90_000)
        #expect(configuration.externalLabels == [SeriesLabel("region", "eu"), SeriesLabel("replica", "a")])
        let job = configuration.jobs[0]
        #expect((job.interval, job.timeout, job.metricsPath, job.scheme) == (15_000, 5_000, "/apisix/prometheus/metrics", "https"))
        #expect(job.honorsLabels && !job.honorsTimestamps && job.tracksTimestampStaleness && !job.followsRedirects)
        #expect(job.parameters.map(\.name) == ["match[]", "module"] && job.parameters[0].values == ["{job=\"x\"}", "y"])
        #expect(job.access.authorization == .basic(username: "u", password: .file("/etc/prometheus/secrets/p")))
        #expect(job.access.tls.caFile == "/ca.pem" && job.access.tls.serverName == "gw" && job.access.tls.skipsVerification)
        #expect(job.staticGroups == [TargetGroup(addresses: ["a:1", "b:2"], labels: [SeriesLabel("team", "sre")])])
        #expect(job.fileDiscovery == [FileDiscovery(files: ["/etc/prometheus/targets/*.json"], refreshInterval: 30_000)])
        #expect((job.limits.bodyBytes, job.limits.labels, job.limits.samples, job.fallbackFormat) == (10 << 20, 40, 5_000, .text))
        let plain = configuration.jobs[1]
        #expect((plain.interval, plain.timeout, plain.metricsPath, plain.scheme) == (30_000, 10_000, "/metrics", "http"))
        #expect(plain.access.authorization == .credentials(type: "Bearer", .text("s3cret")))
        #expect(plain.limits.bodyBytes == ScrapeLimits.bodyBytesMax)
    }

    @Test func timeoutsAreNoLongerThanIntervals() throws {
        #expect(try read("scrape_configs: [{job_name: a, scrape_interval: 3s}]").jobs[0].timeout == 3_000)
        #expect(try read("global: {scrape_interval: 5s}\nscrape_configs: [{job_name: a}]").jobs[0].timeout == 5_000)
    }

    @Test func anEmptyFileHasNoJobs() throws { #expect(try read("").jobs.isEmpty && read("# nothing\n").jobs.isEmpty && read("scrape_configs:\n").jobs.isEmpty) }

    private static let refused: [(String, Int, Int, String)] = [
        ("scrape_configs: [", 2, 1, "not YAML"),
        ("- a", 1, 1, "the file must be a mapping of keys"),
        ("scrape_config:\n- job_name: a", 1, 1, "there is no key scrape_config; did you mean scrape_configs?"),
        ("global:\n  scrape_intervall: 5s", 2, 3, "there is no key scrape_intervall in global; did you mean scrape_interval?"),
        ("global:\n  scrape_interval: 5", 2, 20, "scrape_interval must be a duration such as 15s or 1m30s"),
        ("scrape_configs:\n- metrics_path: /m", 2, 3, "a job needs a job_name"),
        ("scrape_configs:\n- job_name: a\n- job_name: a", 3, 13, "a second job called a"),
        ("scrape_configs:\n- job_name: a\n  metric_path: /m", 3, 3, "there is no key metric_path in scrape_configs[0]; did you mean metrics_path?"),
        ("scrape_configs:\n- job_name: a\n  kubernetes_sd_configs: []", 3, 3, "not supported: kubernetes_sd_configs; targets come from static_configs and file_sd_configs; let a tool write their files"),
        ("scrape_configs:\n- job_name: a\n  proxy_url: x", 3, 3, "not supported: proxy_url; targets are asked directly"),
        ("scrape_configs:\n- job_name: a\n  scheme: ftp", 3, 11, "scheme must be http or https"),
        ("scrape_configs:\n- job_name: a\n  scrape_timeout: 2m", 3, 19, "scrape_timeout must be more than 0 and no longer than scrape_interval (1m)"),
        ("scrape_configs:\n- job_name: a\n  honor_labels: maybe", 3, 17, "honor_labels must be true or false"),
        ("scrape_configs:\n- job_name: a\n  sample_limit: -1", 3, 17, "sample_limit must be a whole number"),
        ("scrape_configs:\n- job_name: a\n  body_size_limit: 10XB", 3, 20, "body_size_limit must be a size such as 10MB"),
        ("scrape_configs:\n- job_name: a\n  static_configs:\n  - target: [b]", 4, 5, "there is no key target in scrape_configs[0].static_configs[0]; did you mean targets?"),
        ("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - regex: '('", 4, 12, "regex: error parsing regexp: missing closing ): `(`"),
        ("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: zap", 4, 13, "action must be one of"),
        ("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [b]", 4, 5, "the action replace needs a target_label"),
        ("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - {action: hashmod, target_label: b}", 4, 5, "the action hashmod needs a modulus greater than 0"),
        ("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - {action: labeldrop, source_labels: [b]}", 4, 40, "the action labeldrop does not use source_labels"),
        ("scrape_configs:\n- job_name: a\n  basic_auth: {username: b}", 3, 15, "basic_auth needs password or password_file"),
        ("scrape_configs:\n- job_name: a\n  basic_auth: {password: b, password_file: c}", 3, 44, "only one of password and password_file can be used"),
        ("scrape_configs:\n- job_name: a\n  bearer_token: b\n  basic_auth: {password: c}", 3, 17, "only one of basic_auth and bearer_token can be used"),
        ("scrape_configs:\n- job_name: a\n  tls_config: {cert_file: b}", 3, 15, "cert_file and key_file belong together"),
        ("scrape_configs:\n- job_name: a\n  file_sd_configs: [{files: [x.txt]}]", 3, 29, "a file of targets must end with"),
        ("scrape_configs:\n- job_name: a\n  fallback_scrape_protocol: Proto", 3, 29, "there is no scrape protocol Proto"),
    ]

    @Test(arguments: refused) func whatIsWrongIsNamedWithItsPlace(_ text: String, _ line: Int, _ column: Int, _ message: String) {
        #expect { try read(text) } throws: { error in
            guard let error = error as? ConfigurationFault else { return false }
            #expect(error.line == line && error.column == column && error.message.hasPrefix(message), "\(error.reason)")
            return true
        }
    }

    @Test(arguments: [("0", 0), ("15s", 15_000), ("1h30m", 5_400_000), ("500ms", 500), ("1d", 86_400_000), ("1w2d", 777_600_000), ("1y", 31_536_000_000)])
    func durations(_ text: String, _ milliseconds: Int64) { #expect((try? DurationText.milliseconds(text)) == milliseconds) }

    @Test(arguments: ["", "5", "s", "1s1m", "1m1m", "1.5s", "-1s", "1 s", "99999999999y"]) func noDurations(_ text: String) { #expect((try? DurationText.milliseconds(text)) == nil) }

    @Test(arguments: [(0, "0s"), (15_000, "15s"), (90_000, "1m30s"), (86_400_000, "1d"), (604_800_000, "1w"), (777_600_000, "9d"), (1_500, "1s500ms")])
    func durationsAsText(_ milliseconds: Int64, _ text: String) { #expect(DurationText.text(milliseconds: milliseconds) == text) }
}
