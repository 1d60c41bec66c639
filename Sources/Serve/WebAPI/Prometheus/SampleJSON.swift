internal import ByteCoding
internal import GatewayModel
internal import PromQL

/// Writes samples as the Prometheus API gives them: `[1435781451.781,"1"]`.
///
/// A range query's answer is mostly this (2,000 series of 1,000 points are 60 MB), so bytes are appended without strings between, and the text of an instant, which
/// all series of the answer share, is made once.
/// Source: prometheus/prometheus `web/api/v1/json_codec.go`, `util/jsonutil/marshal.go`.
enum SampleJSON {
    /// Appends a time: seconds, with three decimals unless they are zero.
    static func append(milliseconds: Int64, to bytes: inout [UInt8]) {
        if milliseconds < 0 { bytes.append(UInt8(ascii: "-")) }
        let (seconds, fraction) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1_000)
        PrometheusNumber.append(Int64(seconds), to: &bytes)
        guard fraction != 0 else { return }
        bytes.append(UInt8(ascii: "."))
        for divisor: UInt64 in [100, 10, 1] { bytes.append(UInt8(ascii: "0") + UInt8(fraction / divisor % 10)) }
    }

    /// Appends a value: a string, since JSON's numbers know neither NaN nor infinity.
    static func append(value: Double, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        PrometheusNumber.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A pair of a time and a value.
    static func sample(_ milliseconds: Int64, _ value: Double) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        append(milliseconds: milliseconds, to: &bytes)
        bytes.append(UInt8(ascii: ","))
        append(value: value, to: &bytes)
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }

    /// A pair of a time and a string.
    static func sample(_ milliseconds: Int64, _ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.array { pair in
            pair.raw(time(milliseconds))
            pair.value(text)
        }
        return writer.bytes
    }

    /// A pair of a time and a histogram.
    static func sample(_ milliseconds: Int64, _ histogram: NativeHistogram) -> [UInt8] {
        var writer = JSONWriter()
        writer.array { pair in
            pair.raw(time(milliseconds))
            histogram.writeJSON(to: &pair)
        }
        return writer.bytes
    }

    static func time(_ milliseconds: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        append(milliseconds: milliseconds, to: &bytes)
        return bytes
    }

    static func write(_ labels: SeriesLabels, to writer: inout JSONWriter) {
        writer.object { object in
            for label in labels.labels { object.member(label.name, label.value) }
        }
    }

    private static func appendMetric(_ labels: SeriesLabels, to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        write(labels, to: &writer)
        bytes += Array("{\"metric\":".utf8)
        bytes += writer.bytes
    }

    /// Appends an element of a vector.
    static func append(_ element: AnswerSample, at time: Int64, to bytes: inout [UInt8]) {
        appendMetric(element.labels, to: &bytes)
        if let histogram = element.histogram {
            bytes += Array(",\"histogram\":".utf8)
            bytes += sample(time, histogram)
        } else {
            bytes += Array(",\"value\":".utf8)
            bytes += sample(time, element.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Appends an element of a matrix: numbers under `values`, histograms under `histograms`.
    static func append(_ series: AnswerSeries, _ times: inout TimeTexts, to bytes: inout [UInt8]) {
        appendMetric(series.labels, to: &bytes)
        let points = series.points
        if points.histograms.isEmpty {
            bytes += Array(",\"values\":[".utf8)
            times.appendPoints(points.times, points.values, to: &bytes)
            bytes.append(UInt8(ascii: "]"))
        } else {
            appendMixed(points, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func appendMixed(_ points: SampleColumns, to bytes: inout [UInt8]) {
        var writer = JSONWriter()
        writer.object { object in
            let numbers = points.times.indices.filter { points.histograms[$0] == nil }
            if !numbers.isEmpty { object.array("values") { for index in numbers { $0.raw(sample(points.times[index], points.values[index])) } } }
            object.array("histograms") { array in
                for (time, histogram) in zip(points.times, points.histograms) { if let histogram { array.raw(sample(time, histogram)) } }
            }
        }
        bytes.append(UInt8(ascii: ","))
        bytes += writer.bytes.dropFirst().dropLast()
    }
}

/// The texts of an answer's instants, made once for all series that have the same.
struct TimeTexts {
    private var times: [Int64] = []
    /// `[1435781451.781,` for each time, end to end.
    private var texts: [UInt8] = []
    private var ends: [Int] = []

    /// Appends pairs of times and values with commas between.
    mutating func appendPoints(_ times: [Int64], _ values: [Double], to bytes: inout [UInt8]) {
        if times != self.times { learn(times) }
        bytes.reserveCapacity(bytes.count + texts.count + values.count * 20)
        var start = 0
        for index in values.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += texts[start..<ends[index]]
            start = ends[index]
            SampleJSON.append(value: values[index], to: &bytes)
            bytes.append(UInt8(ascii: "]"))
        }
    }

    private mutating func learn(_ times: [Int64]) {
        self.times = times
        var texts: [UInt8] = []
        var ends: [Int] = []
        for time in times {
            texts.append(UInt8(ascii: "["))
            SampleJSON.append(milliseconds: time, to: &texts)
            texts.append(UInt8(ascii: ","))
            ends.append(texts.count)
        }
        (self.texts, self.ends) = (texts, ends)
    }
}
