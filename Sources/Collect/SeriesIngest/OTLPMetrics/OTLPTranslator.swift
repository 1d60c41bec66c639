internal import ByteCoding
internal import GatewayModel

/// Turns the metrics of a request into series as Prometheus would keep them.
///
/// A resource's `service.name`, `service.namespace` and `service.instance.id` become `job` and `instance`; its other attributes become the labels of one
/// series `target_info`, and those that are promoted also labels of every series.
struct OTLPTranslator {
    /// Of the reasons for refused points the first is told.
    private(set) var rejected = 0
    private(set) var firstReason = ""
    private(set) var batch = SampleBatch()
    private let promoted: Set<String>

    /// - Parameter promoted: resource attributes that become labels of every series.
    init(promoted: Set<String>) { self.promoted = promoted }

    mutating func add(_ resources: [OTLPResource], _ totals: inout OTLPTotals) {
        for resource in resources { add(resource, &totals) }
    }

    private mutating func reject(_ points: Int, _ reason: String) {
        guard points > 0 else { return }
        rejected += points
        if firstReason.isEmpty { firstReason = reason }
    }

    private mutating func add(_ resource: OTLPResource, _ totals: inout OTLPTotals) {
        var common: [SeriesLabel] = []
        func attribute(_ key: String) -> String { resource.attributes.last { $0.key == key }?.value ?? "" }
        let (namespace, service, instance) = (attribute("service.namespace"), attribute("service.name"), attribute("service.instance.id"))
        if !service.isEmpty { common.append(SeriesLabel("job", namespace.isEmpty ? service : namespace + "/" + service)) }
        if !instance.isEmpty { common.append(SeriesLabel("instance", instance)) }
        let identity = common
        common += resource.attributes.filter { promoted.contains($0.key) }.map { SeriesLabel(OTLPNames.label($0.key), $0.value) }
        var newest: Int64?
        for metric in resource.metrics {
            add(metric, common, &totals)
            if let time = metric.points.map(\.milliseconds).max() { newest = max(newest ?? time, time) }
        }
        let others = resource.attributes.filter { !["service.name", "service.namespace", "service.instance.id"].contains($0.key) }
        guard let newest, !identity.isEmpty, !others.isEmpty else { return }
        append("target_info", Self.labels(others) + identity, newest, 1)
        batch.append(family: "target_info", MetricMetadata(.info, help: "Attributes of the resource"))
    }

    private mutating func add(_ metric: OTLPMetric, _ common: [SeriesLabel], _ totals: inout OTLPTotals) {
        guard let kind = metric.kind else { return reject(metric.points.count, "\(metric.name): not a kind of metric that is known") }
        let name = OTLPNames.metric(metric)
        guard !name.isEmpty else { return reject(metric.points.count, "a metric without a name") }
        guard kind != .sum && kind != .histogram && kind != .exponentialHistogram || metric.temporality == 1 || metric.temporality == 2 else {
            return reject(metric.points.count, "\(metric.name): the aggregation temporality is neither delta nor cumulative")
        }
        batch.append(family: name, MetricMetadata(Self.kind(metric), help: metric.description))
        for point in metric.points {
            let labels = Self.labels(point.attributes) + common
            switch kind {
            case .gauge: append(name, labels, point.milliseconds, point.hasNoValue ? SampleColumns.staleMarker : point.value, point.exemplars)
            case .sum: addSum(name, labels, metric, point, &totals)
            case .histogram: addHistogram(name, labels, metric, point, &totals)
            case .exponentialHistogram: addExponential(name, labels, metric, point)
            case .summary: addSummary(name, labels, point)
            }
        }
    }

    private static func kind(_ metric: OTLPMetric) -> MetricMetadata.Kind {
        switch metric.kind {
        case .gauge: .gauge
        case .sum: metric.isMonotonic ? .counter : .gauge
        case .histogram, .exponentialHistogram: .histogram
        case .summary: .summary
        case nil: .unknown
        }
    }

    /// Attributes as labels; values of attributes whose names become the same are joined.
    private static func labels(_ attributes: [OTLPAttribute]) -> [SeriesLabel] {
        var values: [String: String] = [:]
        for attribute in attributes.sorted(by: { $0.key < $1.key }) where !attribute.key.isEmpty {
            let name = OTLPNames.label(attribute.key)
            values[name] = values[name].map { $0 + ";" + attribute.value } ?? attribute.value
        }
        return values.map { SeriesLabel($0.key, $0.value) }
    }

    // MARK: Kinds of points

    private mutating func addSum(_ name: String, _ labels: [SeriesLabel], _ metric: OTLPMetric, _ point: OTLPPoint, _ totals: inout OTLPTotals) {
        if point.hasNoValue { return append(name, labels, point.milliseconds, SampleColumns.staleMarker) }
        guard metric.isDelta else { return append(name, labels, point.milliseconds, point.value, point.exemplars) }
        let series = Self.series(name, labels)
        guard let sums = totals.add([point.value], to: SeriesKey.bytes(of: series), at: point.milliseconds) else {
            return reject(1, "\(metric.name): a difference that is not newer than the one before, or of more series than are summed up")
        }
        append(series, point.milliseconds, sums[0], point.exemplars)
    }

    private mutating func addHistogram(_ name: String, _ labels: [SeriesLabel], _ metric: OTLPMetric, _ point: OTLPPoint, _ totals: inout OTLPTotals) {
        guard point.bucketCounts.isEmpty || point.bucketCounts.count == point.bounds.count + 1 else {
            return reject(1, "\(metric.name): \(point.bucketCounts.count) bucket counts for \(point.bounds.count) bounds")
        }
        var figures = [Double(point.count), point.sum ?? 0] + point.bucketCounts.map { Double($0) }
        if metric.isDelta, !point.hasNoValue {
            guard let sums = totals.add(figures, to: SeriesKey.bytes(of: Self.series(name, labels)), at: point.milliseconds) else {
                return reject(1, "\(metric.name): a difference that is not newer than the one before, or of more series than are summed up")
            }
            figures = sums
        }
        let time = point.milliseconds
        func value(_ value: Double) -> Double { point.hasNoValue ? SampleColumns.staleMarker : value }
        append(name + "_count", labels, time, value(figures[0]))
        if point.sum != nil || point.hasNoValue { append(name + "_sum", labels, time, value(figures[1])) }
        var cumulative = 0.0
        var lower = -Double.infinity
        for (index, bound) in point.bounds.enumerated() {
            if index + 2 < figures.count { cumulative += figures[index + 2] }
            let exemplars = point.exemplars.filter { $0.value > lower && $0.value <= bound }
            append(name + "_bucket", labels + [SeriesLabel("le", FloatText.canonical(bound))], time, value(cumulative), exemplars)
            lower = bound
        }
        append(name + "_bucket", labels + [SeriesLabel("le", "+Inf")], time, value(figures[0]), point.exemplars.filter { $0.value > lower })
    }

    private mutating func addExponential(_ name: String, _ labels: [SeriesLabel], _ metric: OTLPMetric, _ point: OTLPPoint) {
        if point.hasNoValue { return append(name, labels, point.milliseconds, SampleColumns.staleMarker) }
        guard !metric.isDelta else { return reject(1, "\(metric.name): exponential histograms must be cumulative") }
        guard let histogram = OTLPExponentialHistogram.native(point) else {
            return reject(1, "\(metric.name): the scale \(point.scale) or the buckets cannot be kept")
        }
        batch.beginSeries()
        SeriesKey.append(Self.series(name, labels), to: &batch.keys)
        batch.append(point.milliseconds, histogram)
        for exemplar in point.exemplars { batch.append(exemplar) }
        batch.endSeries()
    }

    private mutating func addSummary(_ name: String, _ labels: [SeriesLabel], _ point: OTLPPoint) {
        let time = point.milliseconds
        func value(_ value: Double) -> Double { point.hasNoValue ? SampleColumns.staleMarker : value }
        append(name + "_sum", labels, time, value(point.sum ?? 0))
        append(name + "_count", labels, time, value(Double(point.count)))
        for (quantile, measured) in point.quantiles {
            append(name, labels + [SeriesLabel("quantile", FloatText.canonical(quantile))], time, value(measured))
        }
    }

    // MARK: Series

    private static func series(_ name: String, _ labels: [SeriesLabel]) -> SeriesLabels { SeriesLabels(labels + [SeriesLabel(SeriesLabels.metricName, name)]) }

    private mutating func append(_ name: String, _ labels: [SeriesLabel], _ time: Int64, _ value: Double, _ exemplars: [Exemplar] = []) {
        append(Self.series(name, labels), time, value, exemplars)
    }

    private mutating func append(_ series: SeriesLabels, _ time: Int64, _ value: Double, _ exemplars: [Exemplar]) {
        batch.beginSeries()
        SeriesKey.append(series, to: &batch.keys)
        batch.append(time, value)
        for exemplar in exemplars { batch.append(exemplar) }
        batch.endSeries()
    }
}

/// Exponential histograms as native ones: bucket i of OpenTelemetry is bucket i + 1 of Prometheus, whose buckets include their upper limit.
enum OTLPExponentialHistogram {
    /// Resolutions that native histograms have.
    private static let scales: ClosedRange<Int32> = -4...8
    /// Of a histogram without a threshold of its own; as Prometheus's.
    private static let zeroThreshold = 1e-128
    private static let bucketsMax = 10_000

    /// nil when the scale is too coarse, or there are too many buckets.
    static func native(_ point: OTLPPoint) -> NativeHistogram? {
        guard point.scale >= scales.lowerBound, point.positive.counts.count <= bucketsMax, point.negative.counts.count <= bucketsMax else { return nil }
        let coarser = max(0, point.scale - scales.upperBound)
        guard coarser < 31 else { return nil }
        var histogram = NativeHistogram()
        histogram.schema = min(point.scale, scales.upperBound)
        histogram.zeroThreshold = point.zeroThreshold > 0 ? point.zeroThreshold : zeroThreshold
        histogram.zeroCount = Double(point.zeroCount)
        histogram.count = Double(point.count)
        histogram.sum = point.sum ?? 0
        (histogram.positiveSpans, histogram.positiveBuckets) = buckets(point.positive, coarser)
        (histogram.negativeSpans, histogram.negativeBuckets) = buckets(point.negative, coarser)
        return histogram
    }

    private static func buckets(_ buckets: OTLPPoint.Buckets, _ coarser: Int32) -> ([NativeHistogram.Span], [Double]) {
        guard let last = buckets.counts.lastIndex(where: { $0 > 0 }), let first = buckets.counts.firstIndex(where: { $0 > 0 }) else { return ([], []) }
        func place(_ index: Int) -> Int64 { (Int64(buckets.offset) + Int64(index)) >> Int64(coarser) + 1 }
        let start = place(first)
        var counts = [Double](repeating: 0, count: Int(place(last) - start) + 1)
        for index in first...last { counts[Int(place(index) - start)] += Double(buckets.counts[index]) }
        return ([NativeHistogram.Span(offset: Int32(clamping: start), length: UInt32(counts.count))], counts)
    }
}
