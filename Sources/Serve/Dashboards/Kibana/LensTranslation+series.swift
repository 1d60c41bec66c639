internal import GatewayModel
internal import RequestQuery

/// Charts over axes: time, groups, sizes.
extension LensTranslation {
    /// Lines, areas or bars over time.
    mutating func time(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        let question = try LensQuestion(panel, source: source)
        var layer = LensLayer("l1")
        var ids: [String] = []
        for measure in question.measures { ids.append(try layer.add(measure)) }
        var accessors = ids
        if panel.isCompared, question.by.isEmpty, question.measures.count == 1 {
            var before = question.measures[0]
            before = LensMeasure(measure: before.measure, label: "\(before.label) before", unit: before.unit, source: source, shift: "previous")
            accessors.append(try layer.add(before))
        }
        let split = try question.terms(columns: ids).map { layer.add(bucket: $0) }
        let x = layer.add(bucket: LensBucket(source: source).time(every: question.every))
        let right = panel.options.secondAxis.map { axis in zip(question.measures, ids).filter { axis.series.contains($0.0.label) || axis.series.contains($0.0.measure.name) }.map(\.1) } ?? []
        return LensChart(
            type: "lnsXY", visualization: xy(panel, series: series(panel), layer: layer, x: x, accessors: accessors, split: split, right: right),
            layers: [layer] + limitLayers(panel), kql: question.kql)
    }

    private func series(_ panel: Panel) -> String {
        let draw = panel.options.draw ?? (panel.chart == .bars ? .bars : .line)
        switch (draw, panel.options.isStacked, panel.options.isShare) {
        case (.line, false, false): return "line"
        case (.bars, false, false): return "bar"
        case (.area, false, false): return "area"
        case (.bars, _, true): return "bar_percentage_stacked"
        case (.line, _, true), (.area, _, true): return "area_percentage_stacked"
        case (.bars, true, false): return "bar_stacked"
        case (.line, true, false), (.area, true, false): return "area_stacked"
        }
    }

    /// One measure per bucket of the calendar, or per group.
    mutating func bars(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        if panel.query?.every != nil { return try time(panel) }
        var question = try LensQuestion(panel, source: source)
        guard let first = question.by.first else { throw KibanaOmission("it has neither time nor groups") }
        var layer = LensLayer("l1")
        var ids: [String] = []
        for measure in question.measures { ids.append(try layer.add(measure)) }
        question.by = [first]
        guard let groups = try question.terms(columns: ids) else { throw KibanaOmission("it groups by nothing") }
        let x = layer.add(bucket: groups)
        let chart = xy(panel, series: panel.options.isStacked ? "bar_stacked" : "bar", layer: layer, x: x, accessors: ids, split: nil)
        return LensChart(type: "lnsXY", visualization: chart, layers: [layer] + limitLayers(panel), kql: question.kql)
    }

    /// Values of a field as bars; one panel for each field that people may choose.
    mutating func ranking(_ panel: Panel) throws(KibanaOmission) -> [LensPanel] {
        if panel.chart == .map { notes.append("a list of countries in place of the map") }
        let shown = panel.options.measures.first { $0.measure != nil }
        if panel.options.measures.count > 1 { notes.append("only the first of its measures") }
        let named = try LensQuestion(panel, source: source, measures: shown?.measure.map { [$0] })
        let choices = panel.options.choices.isEmpty ? named.by.prefix(1).map { PanelOptions.Choice(field: $0.name, label: LensQuestion.label(of: $0)) } : panel.options.choices
        guard !choices.isEmpty else { throw KibanaOmission("it names no field") }
        let source = source
        return try each(choices, panel) { choice throws(KibanaOmission) in
            var question = named
            question.by = [try LensQuestion.field(choice.field)]
            var layer = LensLayer("l1")
            let value = try layer.add(question.measures[0])
            guard let groups = try question.terms(columns: [value]) else { throw KibanaOmission("it groups by nothing") }
            let x = layer.add(bucket: groups)
            let chart = Self.xy(panel, source, series: "bar_horizontal", layer: layer, x: x, accessors: [value])
            return LensChart(type: "lnsXY", visualization: chart, layers: [layer], kql: question.kql)
        }
    }

    /// A value against its limit, per group.
    mutating func bullet(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        guard let limit = panel.options.limit.flatMap(Double.init) else { throw KibanaOmission("its limit is asked of series (PromQL), which are not in Elasticsearch") }
        let question = try LensQuestion(panel, source: source)
        var layer = LensLayer("l1")
        let value = try layer.add(question.measures[0])
        guard let groups = try question.terms(columns: [value]) else { throw KibanaOmission("it groups by nothing") }
        let x = layer.add(bucket: groups)
        var lines = LensLayer("l2")
        let id = lines.add(constant: limit, label: "Limit")
        let reference = Self.reference(lines, [(id, LensFormat.critical)])
        let chart = Self.xy(panel, source, series: "bar_horizontal", layer: layer, x: x, accessors: [value], references: [reference])
        return LensChart(type: "lnsXY", visualization: chart, layers: [layer, lines], kql: question.kql)
    }

    /// How often each size occurs.
    func histogram(_ panel: Panel, _ field: RequestField) throws(KibanaOmission) -> LensChart {
        var layer = LensLayer("l1")
        let value = try layer.add(try LensQuestion.measure("count", panel: panel, source: source))
        let bounds = panel.options.bounds.isEmpty ? Self.bounds(field) : panel.options.bounds
        let x = layer.add(bucket: try LensBucket(source: source).ranges(field, bounds: bounds, label: LensQuestion.label(of: field)))
        let kql = try KibanaFilter(source).kql(panel.query?.where)
        return LensChart(type: "lnsXY", visualization: xy(panel, series: "bar", layer: layer, x: x, accessors: [value], split: nil), layers: [layer], kql: kql)
    }

    /// Steps on a log scale, in the unit of the schema: one, two, five of each power of ten that occurs with language models.
    static func bounds(_ field: RequestField) -> [Double] {
        let powers: ClosedRange<Int> = switch field.unit {
        case .duration: -2...1
        case .money: -4...0
        case .bytes: 2...6
        case .tokens, .count, .none, .instant, .boolean: 0...5
        }
        return powers.flatMap { power in [1, 2, 5].map { Double($0) * Self.powerOfTen(power) } }
    }

    private static func powerOfTen(_ exponent: Int) -> Double {
        var value = 1.0
        for _ in 0..<abs(exponent) { value *= 10 }
        return exponent < 0 ? 1 / value : value
    }

    // MARK: The chart around

    private func xy(
        _ panel: Panel, series: String, layer: LensLayer, x: String, accessors: [String], split: String?, right: [String] = []
    ) -> KibanaJSON {
        let references = limitLines(panel).map { [Self.reference($0.layer, $0.lines)] } ?? []
        return Self.xy(panel, source, series: series, layer: layer, x: x, accessors: accessors, split: split, right: right, references: references)
    }

    static func xy(
        _ panel: Panel, _ source: KibanaSource, series: String, layer: LensLayer, x: String, accessors: [String], split: String? = nil, right: [String] = [],
        references: [KibanaJSON] = []
    ) -> KibanaJSON {
        let hasLegend = split != nil || accessors.count > 1
        let data: KibanaJSON = .members([
            ("layerId", .string(layer.id)), ("layerType", "data"), ("seriesType", .string(series)), ("xAccessor", .string(x)),
            ("accessors", .array(accessors.map { .string($0) })), ("splitAccessor", split.map { .string($0) }),
            ("yConfig", .array(accessors.map { ["forAccessor": .string($0), "axisMode": right.contains($0) ? "right" : "left"] })),
        ])
        let isClose = panel.options.axis == .close && series == "line"
        return [
            "preferredSeriesType": .string(series), "legend": ["isVisible": .bool(hasLegend), "position": "right"], "valueLabels": "hide", "fittingFunction": "None",
            "axisTitlesVisibilitySettings": ["x": false, "yLeft": false, "yRight": false],
            "tickLabelsVisibilitySettings": ["x": true, "yLeft": true, "yRight": true],
            "gridlinesVisibilitySettings": ["x": false, "yLeft": true, "yRight": false],
            "yLeftExtent": ["mode": isClose ? "dataBounds" : "full"], "yLeftScale": panel.options.axis == .log ? "log" : "linear",
            "layers": .array([data] + references),
        ]
    }

    /// The thresholds as dashed lines; nil without any. Over shares of a whole they would mean something else.
    private func limitLines(_ panel: Panel) -> (layer: LensLayer, lines: [(String, String)])? {
        guard let thresholds = panel.thresholds, !panel.options.isShare, panel.chart != .histogram else { return nil }
        var layer = LensLayer("l2")
        var lines: [(String, String)] = []
        if let limit = thresholds.warning { lines.append((layer.add(constant: limit, label: "Warning"), LensFormat.warning)) }
        if let limit = thresholds.critical { lines.append((layer.add(constant: limit, label: "Critical"), LensFormat.critical)) }
        return lines.isEmpty ? nil : (layer, lines)
    }

    private func limitLayers(_ panel: Panel) -> [LensLayer] { limitLines(panel).map { [$0.layer] } ?? [] }

    private static func reference(_ layer: LensLayer, _ lines: [(id: String, color: String)]) -> KibanaJSON {
        [
            "layerId": .string(layer.id), "layerType": "referenceLine", "accessors": .array(lines.map { .string($0.id) }),
            "yConfig": .array(lines.map {
                [
                    "forAccessor": .string($0.id), "axisMode": "left", "color": .string($0.color), "lineStyle": "dashed", "lineWidth": 1, "fill": "none",
                    "textVisibility": true,
                ]
            }),
        ]
    }
}
