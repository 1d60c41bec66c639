import GatewayModel
import SeriesIngest

/// A sample with all that belongs to it, as values.
struct ReadSample: Equatable {
    var labels: SeriesLabels
    var value: Double
    var time: Int64?
    var exemplar: Exemplar?
}

/// What a text holds.
struct ReadExposition {
    var samples: [ReadSample] = []
    /// TYPE, HELP and UNIT lines, as `TYPE name counter`.
    var metadata: [String] = []
}

/// Reads a whole text, with the rules of OpenMetrics's families where they are asked for.
func readExposition(_ bytes: [UInt8], _ format: ExpositionFormat, isStrict: Bool = false) throws -> ReadExposition {
    try bytes.withUnsafeBytes { source in
        var parser = ExpositionParser(source, format)
        var rules = OpenMetricsRules()
        var read = ReadExposition()
        while let entry = try parser.next() {
            if isStrict { try rules.check(entry, parser) }
            switch entry {
            case .type(let family, let kind): read.metadata.append("TYPE \(parser.string(family)) \(kind.rawValue)")
            case .help(let family, let text): read.metadata.append("HELP \(parser.string(family)) \(parser.string(text))")
            case .unit(let family, let unit): read.metadata.append("UNIT \(parser.string(family)) \(parser.string(unit))")
            case .sample(let sample):
                read.samples.append(
                    ReadSample(
                        labels: SeriesLabels(parser.seriesLabels(sample)), value: sample.value, time: sample.time,
                        exemplar: sample.exemplar.map { parser.exemplar($0, at: sample.time ?? 0) }))
            }
        }
        if isStrict { try rules.finish(parser) }
        return read
    }
}

func readExposition(_ text: String, _ format: ExpositionFormat, isStrict: Bool = false) throws -> ReadExposition {
    try readExposition(Array(text.utf8), format, isStrict: isStrict)
}
