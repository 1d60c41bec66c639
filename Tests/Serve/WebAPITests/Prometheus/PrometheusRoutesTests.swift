import ByteCoding
import GatewayModel
import HTTPTransport
import Testing

@testable import WebAPI

/// Two models' counters with five samples each, fifteen seconds apart, from 2026-03-05T12:00:00Z.
private func filledSeries() -> SeriesDouble {
    var series = SeriesDouble()
    for (model, step) in [("gpt-4o", 1.0), ("o3", 3.0)] {
        var samples = SampleColumns()
        for index in 0..<5 { samples.append(1_772_712_000_000 + Int64(index) * 15_000, Double(index) * step) }
        series.add(["__name__": "requests_total", "model": model, "job": "gateway"], samples)
    }
    series.add(["__name__": "up", "job": "gateway", "http.code": "a"], [1_772_712_000_000: 1])
    series.known = [
        "requests_total": [MetricMetadata(.counter, help: "Requests \"served\"."), MetricMetadata(.counter, help: "Others.")],
        "up": [MetricMetadata(.gauge, help: "Up.", unit: "")],
    ]
    return series
}

extension Answer {
    /// `status`, `errorType` and `error` of an error of the Prometheus API.
    fileprivate func prometheusError() throws -> String {
        let body = try json()
        guard body.at("status")?.string == "error", let type = body.at("errorType")?.string, let text = body.at("error")?.string, body.at("data") == nil else {
            throw Unexpected(self.text)
        }
        return "\(status) \(type): \(text)"
    }

    /// The member `data` of a success.
    fileprivate func prometheusData() throws -> JSONValue {
        let body = try json()
        guard status == 200, body.at("status")?.string == "success", header("Content-Type") == "application/json", let data = body.at("data") else { throw Unexpected(text) }
        return data
    }
}

private let form = [("Content-Type", "application/x-www-form-urlencoded")]

struct PrometheusRoutesTests {
    // MARK: Faults, in Prometheus's words

    static let faults: [NamedCase<(uri: String, told: String)>] = [
        NamedCase("no query", ("query", "400 bad_data: invalid parameter \"query\": unknown position: parse error: no expression found in input")),
        NamedCase("bad time", ("query?query=1&time=yesterday", "400 bad_data: invalid parameter \"time\": Invalid time value for 'time': cannot parse \"yesterday\" to a valid timestamp")),
        NamedCase("bad timeout", ("query?query=1&timeout=x", "400 bad_data: invalid parameter \"timeout\": cannot parse \"x\" to a valid duration")),
        NamedCase("bad limit", ("query?query=1&limit=x", "400 bad_data: invalid parameter \"limit\": strconv.Atoi: parsing \"x\": invalid syntax")),
        NamedCase("huge limit", ("query?query=1&limit=99999999999999999999", "400 bad_data: invalid parameter \"limit\": strconv.Atoi: parsing \"99999999999999999999\": value out of range")),
        NamedCase("negative limit", ("query?query=1&limit=-1", "400 bad_data: invalid parameter \"limit\": limit must be non-negative")),
        NamedCase("no start", ("query_range?query=1&end=1&step=1", "400 bad_data: invalid parameter \"start\": cannot parse \"\" to a valid timestamp")),
        NamedCase("end before start", ("query_range?query=1&start=2&end=1&step=1", "400 bad_data: invalid parameter \"end\": end timestamp must not be before start time")),
        NamedCase(
            "zero step",
            ("query_range?query=1&start=1&end=2&step=0", "400 bad_data: invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer")),
        NamedCase("step overflows", ("query_range?query=1&start=1&end=2&step=1e300", "400 bad_data: invalid parameter \"step\": cannot parse \"1e300\" to a valid duration. It overflows int64")),
        NamedCase(
            "too many points",
            ("query_range?query=1&start=0&end=11001&step=1", "400 bad_data: exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")),
        NamedCase(
            "a thousand million points",
            ("query_range?query=1&start=0&end=1e9&step=1", "400 bad_data: exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")),
        NamedCase(
            "range of a range vector",
            (
                "query_range?query=up%5B5m%5D&start=1&end=2&step=1",
                "400 bad_data: invalid parameter \"query\": invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"
            )),
        NamedCase("no selector", ("series", "400 bad_data: no match[] parameter provided")),
        NamedCase("empty selector", ("series?match%5B%5D=%7B%7D", "400 bad_data: invalid parameter \"match[]\": match[] must contain at least one non-empty matcher")),
        NamedCase("exemplars backwards", ("query_exemplars?query=up&start=2&end=1", "400 bad_data: end timestamp must not be before start timestamp")),
        NamedCase("limit of metadata", ("metadata?limit=x", "400 bad_data: limit must be a number")),
        NamedCase("type of rules", ("rules?type=both", "400 bad_data: invalid parameter \"type\": not supported value \"both\"")),
    ]

    @Test(arguments: faults)
    func aFaultIsToldAsPrometheusTellsIt(_ fault: NamedCase<(uri: String, told: String)>) async throws {
        let server = try TestServer(series: filledSeries())
        #expect(try await server.get("/api/v1/" + fault.value.uri).prometheusError() == fault.value.told)
    }

    @Test func elevenThousandStepsAreAllowed() async throws {
        let server = try TestServer(series: filledSeries())
        #expect(try await server.get("/api/v1/query_range?query=1&start=0&end=11000.9&step=1").status == 200)
    }

    @Test func adminRequestsSayThatTheyAreOff() async throws {
        let server = try TestServer()
        #expect(try await server.send("POST", "/api/v1/admin/tsdb/delete_series").prometheusError() == "500 unavailable: admin APIs disabled")
    }

    // MARK: Parameters

    @Test func aFormCountsBeforeTheURLAndBothAreRead() async throws {
        let server = try TestServer(series: filledSeries())
        let answer = try await server.send("POST", "/api/v1/labels?match%5B%5D=up&limit=1", "limit=2&match%5B%5D=requests_total", headers: form)
        #expect(try answer.prometheusData() == .parsed(#"["__name__","http.code"]"#))
        #expect(try answer.json().at("warnings") == .parsed(#"["results truncated due to limit"]"#))
    }

    @Test(arguments: ["query=%zz", "query=%ff", "a=%00"])
    func aFormThatCannotBeReadIsAFault(_ body: String) async throws {
        let server = try TestServer()
        #expect(try await server.send("POST", "/api/v1/query", body, headers: form).prometheusError().hasPrefix("400 bad_data: error parsing form values"))
    }

    // MARK: Series

    @Test func listsOfSeriesLabelsAndValues() async throws {
        let server = try TestServer(series: filledSeries())
        #expect(
            try await server.get("/api/v1/series?match%5B%5D=up&match%5B%5D=requests_total%7Bmodel%3D%22o3%22%7D").prometheusData()
                == .parsed(#"[{"__name__":"requests_total","job":"gateway","model":"o3"},{"__name__":"up","http.code":"a","job":"gateway"}]"#))
        #expect(try await server.get("/api/v1/labels").prometheusData() == .parsed(#"["__name__","http.code","job","model"]"#))
        #expect(try await server.get("/api/v1/label/__name__/values").prometheusData() == .parsed(#"["requests_total","up"]"#))
        #expect(try await server.get("/api/v1/label/U__http_2e_code/values").prometheusData() == .parsed(#"["a"]"#))
        #expect(try await server.get("/api/v1/label/model/values?match%5B%5D=up").prometheusData() == .parsed("[]"))
        #expect(try await server.get("/api/v1/labels?start=1&end=2").prometheusData() == .parsed("[]"))
    }

    @Test func metadataHasItsLimits() async throws {
        let server = try TestServer(series: filledSeries())
        #expect(
            try await server.get("/api/v1/metadata?metric=requests_total").prometheusData()
                == .parsed(#"{"requests_total":[{"type":"counter","help":"Requests \"served\".","unit":""},{"type":"counter","help":"Others.","unit":""}]}"#))
        #expect(try await server.get("/api/v1/metadata?limit=1").prometheusData().names == ["requests_total"])
        #expect(try await server.get("/api/v1/metadata?limit=0").prometheusData().names == [])
        #expect(try await server.get("/api/v1/metadata?limit_per_metric=1").prometheusData().at("requests_total")?.elements?.count == 1)
    }

    @Test func exemplarsHaveTheirSeriesAndTimes() async throws {
        var series = filledSeries()
        series.exemplars = [
            SeriesExemplars(SeriesLabels([SeriesLabel("__name__", "b")]), [Exemplar(SeriesLabels([SeriesLabel("trace_id", "x")]), value: 6, time: 1_600_096_945_479)]),
            SeriesExemplars(.none, []),
        ]
        let server = try TestServer(series: series)
        #expect(
            try await server.get("/api/v1/query_exemplars?query=up&start=0&end=1").prometheusData()
                == .parsed(#"[{"seriesLabels":{"__name__":"b"},"exemplars":[{"labels":{"trace_id":"x"},"value":"6","timestamp":1600096945.479}]}]"#))
        #expect(try await server.get("/api/v1/query_exemplars?query=1").prometheusData() == .parsed("[]"))
    }

    @Test func federationGivesTheNewestSamplesWithTheirTimes() async throws {
        var series = SeriesDouble()
        let now = Timestamp.now().microseconds / 1_000
        series.add(["__name__": "b", "instance": "i", "z": "q\"\n\\"], [now - 20_000: 1, now - 10_000: 2.5])
        series.add(["__name__": "a"], [now - 10_000: 7])
        series.add(["__name__": "gone"], [now - 20_000: 1, now - 10_000: SampleColumns.staleMarker])
        series.add(["__name__": "old"], [now - 400_000: 1])
        let server = try TestServer(series: series)
        let answer = try await server.get("/federate?match%5B%5D=a&match%5B%5D=%7B__name__%3D~%22b%7Cgone%7Cold%22%7D")
        #expect(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            answer.text == """
                # TYPE a untyped
                a{instance=""} 7 \(now - 10_000)
                # TYPE b untyped
                b{instance="i",z="q\\"\\n\\\\"} 2.5 \(now - 10_000)

                """)
    }

    // MARK: Status

    @Test func statusRoutesHaveTheirKeys() async throws {
        var status = SeriesStoreStatus()
        (status.series, status.labelPairs, status.chunks, status.from, status.through) = (3, 6, 9, 5, 7)
        status.seriesByMetric = [("requests_total", 1), ("up", 1)]
        let server = try TestServer(series: filledSeries(), seriesStatus: status)
        #expect(try await server.get("/api/v1/status/buildinfo").prometheusData().names == ["version", "revision", "branch", "buildUser", "buildDate", "goVersion"])
        #expect(
            try await server.get("/api/v1/status/runtimeinfo").prometheusData().names == [
                "startTime", "CWD", "hostname", "serverTime", "reloadConfigSuccess", "lastConfigTime", "corruptionCount", "goroutineCount", "GOMAXPROCS", "GOMEMLIMIT", "GOGC", "GODEBUG",
                "storageRetention",
            ])
        #expect(try await server.get("/api/v1/status/config").prometheusData() == .parsed(#"{"yaml":"listen: x"}"#))
        #expect(try await server.get("/api/v1/status/flags").prometheusData() == .parsed(#"{"query.timeout":"2m"}"#))
        let tsdb = try await server.get("/api/v1/status/tsdb?limit=1").prometheusData()
        #expect(try tsdb.at("headStats") == .parsed(#"{"numSeries":3,"numLabelPairs":6,"chunkCount":9,"minTime":5,"maxTime":7}"#))
        #expect(try tsdb.at("seriesCountByMetricName") == .parsed(#"[{"name":"requests_total","value":1}]"#))
        #expect(tsdb.names == ["headStats", "seriesCountByMetricName", "labelValueCountByLabelName", "memoryInBytesByLabelName", "seriesCountByLabelValuePair"])
    }

    @Test func anEmptyStoreHasPrometheussBounds() async throws {
        let head = try await TestServer().get("/api/v1/status/tsdb").prometheusData().at("headStats")
        #expect(head?.at("minTime")?.integer == .max)
        #expect(head?.at("maxTime")?.integer == .min)
    }

    @Test func healthAndReadinessNeedNoCredentials() async throws {
        let server = try TestServer(credentials: RequestGuard.Credentials(passwords: ["u": "p"]))
        #expect(try await server.get("/-/healthy").status == 200)
        #expect(try await server.get("/-/ready").status == 200)
        #expect(try await server.get("/api/v1/query?query=1").prometheusError() == "401 unauthorized: missing or wrong credentials")
        #expect(try await TestServer(unwritable: "disk full").get("/-/ready").status == 503)
    }

    @Test func rulesAndAlertsAreEmptyButWellFormed() async throws {
        let server = try TestServer()
        #expect(try await server.get("/api/v1/rules").prometheusData() == .parsed(#"{"groups":[]}"#))
        #expect(try await server.get("/api/v1/alerts").prometheusData() == .parsed(#"{"alerts":[]}"#))
        #expect(try await server.get("/api/v1/alertmanagers").prometheusData() == .parsed(#"{"activeAlertmanagers":[],"droppedAlertmanagers":[]}"#))
    }

    // MARK: Pages of other origins

    @Test func pagesOfConfiguredOriginsMayReadAndNoOthers() async throws {
        let server = try TestServer(series: filledSeries(), origins: ["https://grafana.example.com"])
        let friend = [("Origin", "https://grafana.example.com"), ("Host", "localhost")] + form
        let stranger = [("Origin", "https://evil.example.com"), ("Host", "localhost")] + form
        let asked = try await server.send("OPTIONS", "/api/v1/query", headers: friend)
        #expect(asked.status == 204)
        #expect(asked.header("Access-Control-Allow-Origin") == "https://grafana.example.com")
        #expect(asked.header("Access-Control-Allow-Methods") == "GET, POST, OPTIONS")
        let answer = try await server.send("POST", "/api/v1/query", "query=1", headers: friend)
        #expect(answer.status == 200)
        #expect(answer.header("Access-Control-Allow-Origin") == "https://grafana.example.com")
        #expect(try await server.send("OPTIONS", "/api/v1/query", headers: stranger).header("Access-Control-Allow-Origin") == nil)
        #expect(try await server.send("POST", "/api/v1/query", "query=1", headers: stranger).status == 403)
        #expect(try await server.get("/api/v1/query?query=1", headers: stranger).header("Access-Control-Allow-Origin") == nil)
        #expect(try await server.send("POST", "/_bulk", "{}", headers: friend).status == 403)
    }

    @Test func snappyBodiesAreRefusedWhereNobodyReadsThem() async throws {
        let server = try TestServer()
        #expect(try await server.send("POST", "/_bulk", "x", headers: [("Content-Encoding", "snappy")]).status == 415)
        #expect(try await server.send("POST", "/api/v1/requests/query", "{}", headers: [("Content-Encoding", "snappy")]).apiError() == "415 unsupported_media_type")
    }
}
