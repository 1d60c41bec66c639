internal import ByteCoding
internal import GatewayModel

/// Comparing answers with what a script expects: numbers within ``tolerance``, histograms by their populated buckets.
extension TestScript.Evaluation {
    /// Relative error that upstream allows.
    static let tolerance = 1e-6

    var isOrdered: Bool { expectations.contains { $0.kind == .ordered } }

    /// Whether the value depends on the instants of the query, so that over a range it must be another.
    var dependsOnRange: Bool { ["start()", "end()", "range()", "step()"].contains { text.contains($0) } }

    // MARK: Errors and notes

    /// An error is in order when one is expected, with its text.
    func checkFailure(_ error: PromQLError) throws(TestMismatch) {
        let expected = expectations.filter { $0.kind == .fail }
        if expected.isEmpty { throw TestMismatch("got error: \(error.message)") }
        for expectation in expected where !expectation.match.matches(error.message) {
            throw TestMismatch("expected error \(expectation.match.text.goQuoted) but got error: \(error.message)")
        }
    }

    func checkNotes(_ notes: QueryNotes) throws(TestMismatch) {
        try check(notes, .warning, expectations.filter { $0.kind == .warning })
        try check(notes, .info, expectations.filter { $0.kind == .info })
        for (kind, severity) in [(Expectation.Kind.noWarning, QueryNotes.Severity.warning), (.noInfo, .info)] {
            let found = notes.notes.filter { $0.severity == severity }.map(\.text)
            if !found.isEmpty, expectations.contains(where: { $0.kind == kind }) { throw TestMismatch("unexpected annotations: \(found)") }
        }
    }

    private func check(_ notes: QueryNotes, _ severity: QueryNotes.Severity, _ expected: [Expectation]) throws(TestMismatch) {
        guard !expected.isEmpty else { return }
        let found = notes.notes.filter { $0.severity == severity }.map(\.text)
        if found.isEmpty { throw TestMismatch("expected \(expected[0].kind.rawValue) annotations but got none") }
        for expectation in expected where !found.contains(where: expectation.match.matches) {
            throw TestMismatch("expected \(expectation.kind.rawValue) annotation \(expectation.match.text.goQuoted) but got \(found)")
        }
        for text in found where !expected.contains(where: { $0.match.matches(text) }) { throw TestMismatch("unexpected annotation \(text.goQuoted)") }
    }

    // MARK: Values

    func compare(_ value: QueryAnswer.Value) throws(TestMismatch) {
        switch value {
        case .scalar(let number): try compare(scalar: number)
        case .string(let text):
            if text != string ?? "" { throw TestMismatch("expected string \((string ?? "").goQuoted) but got \(text.goQuoted)") }
        case .vector(let samples): try compare(vector: samples)
        case .matrix(let series): try compare(matrix: series)
        }
    }

    private func compare(scalar number: Double) throws(TestMismatch) {
        guard let scalar else { throw TestMismatch("expected vector or matrix result, but got scalar \(PrometheusNumber.of(number, .general))") }
        guard isAlmostEqual(scalar, number, within: Self.tolerance) else {
            throw TestMismatch("expected scalar \(PrometheusNumber.of(scalar, .general)) but got \(PrometheusNumber.of(number, .general))")
        }
    }

    private func compare(vector samples: [AnswerSample]) throws(TestMismatch) {
        if scalar != nil { throw TestMismatch("expected scalar result, but got a vector") }
        let expected = expectedByLabels
        var seen: Set<SeriesLabels> = []
        for (index, sample) in samples.enumerated() {
            let found = NotatedValue(sample)
            guard let series = expected[sample.labels] else { throw TestMismatch("unexpected metric \(sample.labels.text) in result, has value \(found.text)") }
            if isOrdered, series.position != index + 1 {
                throw TestMismatch("expected metric \(sample.labels.text) at position \(series.position) but was at \(index + 1)")
            }
            let value = series.values.first ?? .missing
            guard value.isAlmost(found, within: Self.tolerance) else {
                throw TestMismatch("expected \(value.text) for \(sample.labels.text) but got \(found.text)")
            }
            seen.insert(sample.labels)
        }
        try checkAllSeen(seen)
    }

    private func compare(matrix: [AnswerSeries]) throws(TestMismatch) {
        if isOrdered { throw TestMismatch("expected ordered result, but query returned a matrix") }
        if scalar != nil { throw TestMismatch("expected scalar result, but got a matrix") }
        for (left, right) in zip(matrix, matrix.dropFirst()) where right.labels < left.labels {
            throw TestMismatch("matrix is not sorted: \(right.labels.text) comes after \(left.labels.text)")
        }
        let expected = expectedByLabels
        for series in matrix {
            guard let wanted = expected[series.labels] else {
                throw TestMismatch("unexpected metric \(series.labels.text) in result, has \(series.points.text)")
            }
            try compare(series, with: wanted)
        }
        try checkAllSeen(Set(matrix.map(\.labels)))
    }

    private func compare(_ series: AnswerSeries, with wanted: TestScript.ExpectedSeries) throws(TestMismatch) {
        let grid = rangeVector ?? grid
        if wanted.values.count > grid.count {
            throw TestMismatch("expected \(wanted.values.count) points for \(series.labels.text), but query time range cannot return this many points")
        }
        var index = 0
        for (step, value) in wanted.values.enumerated() where value != .missing {
            let time = grid[step]
            guard index < series.points.count, series.points.times[index] == time,
                value.isAlmost(NotatedValue(series.points, index), within: Self.tolerance)
            else {
                throw TestMismatch("expected \(value.text) at \(time) ms for \(series.labels.text) but got \(series.points.text)")
            }
            index += 1
        }
        if index < series.points.count { throw TestMismatch("expected \(index) points for \(series.labels.text) but got \(series.points.text)") }
    }

    private var expectedByLabels: [SeriesLabels: TestScript.ExpectedSeries] { Dictionary(series.map { ($0.labels, $0) }) { _, last in last } }

    private func checkAllSeen(_ seen: Set<SeriesLabels>) throws(TestMismatch) {
        for series in series where !seen.contains(series.labels) {
            throw TestMismatch("expected metric \(series.labels.text) with \(series.values.map(\.text).joined(separator: " ")) not found")
        }
    }
}

extension QueryAnswer.Value {
    /// One instant's values out of those of a range, as an instant query gives them.
    func column(at time: Int64, like value: QueryAnswer.Value) -> QueryAnswer.Value {
        guard case .matrix(let series) = self else { return self }
        let samples = series.compactMap { series in
            series.points.times.firstIndex(of: time).map { index in
                let histogram = series.points.histograms.isEmpty ? nil : series.points.histograms[index]
                return AnswerSample(labels: series.labels, value: series.points.values[index], histogram: histogram)
            }
        }
        if case .scalar = value { return .scalar(samples.first?.value ?? .nan) }
        return .vector(samples)
    }
}

extension QueryNotes.Note {
    /// As the Prometheus API writes it, with line and column of what it is about; expressions in scripts have one line.
    fileprivate var text: String { "\(severity.rawValue): \(message)" + (place.map { " (1:\($0.start + 1))" } ?? "") }
}
