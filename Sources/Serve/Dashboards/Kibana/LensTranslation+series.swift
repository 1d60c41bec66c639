internal import GatewayModel
internal import RequestQuery

/// Charts over axes: time, groups, sizes.
extension LensTranslation {
    /// Lines, areas or bars over time.
    mutating func time(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        let question = try question(panel)
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

    /// Bars of a chart by two fields, as on the page, and values of the second field that a bar is stacked of.
    private static let stackedGroupsMax = 12
    private static let stackedPartsMax = 12

    /// One measure per bucket of the calendar, or per group, stacked by a second field.
    mutating func bars(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        if panel.query?.every != nil { return try time(panel) }
        var question = try question(panel)
        guard let first = question.by.first else { throw KibanaOmission("it has neither time nor groups") }
        var layer = LensLayer("l1")
        var ids: [String] = []
        for measure in question.measures { ids.append(try layer.add(measure)) }
        // The limit of a question by two fields counts pairs of values.
        let sizes = question.by.count > 1 ? (first: Self.stackedGroupsMax, second: Self.stackedPartsMax) : nil
        let second = question.by.dropFirst().first
        if question.by.count > 2 { notes.append("by its first two fields only") }
        question.by = [first]
        let groups = if let sizes { try question.terms(of: first, columns: ids, size: sizes.first) } else { try question.terms(columns: ids) }
        guard let groups else { throw KibanaOmission("it groups by nothing") }
        let x = layer.add(bucket: groups)
        var split: String?
        if let second, let sizes { split = layer.add(bucket: try question.terms(of: second, columns: ids, size: sizes.second)) }
        let isStacked = panel.options.isStacked || split != nil
        let chart = xy(panel, series: isStacked ? "bar_stacked" : "bar", layer: layer, x: x, accessors: ids, split: split)
        return LensChart(type: "lnsXY", visualization: chart, layers: [layer] + limitLayers(panel), kql: question.kql)
    }

    /// Values of a field as bars: a panel for each field that people may choose, and one for each further measure by the first of them.
    mutating func ranking(_ panel: Panel) throws(KibanaOmission) -> [LensPanel] {
        if panel.chart == .map { notes.append("a list of countries in place of the map") }
        let measures = panel.options.measures.filter { $0.measure != nil }
        var choices = panel.options.choices
        if choices.isEmpty, let name = panel.query?.by.first { choices = [PanelOptions.Choice(field: name, label: LensQuestion.label(of: try LensQuestion.field(name)))] }
        guard let first = choices.first else { throw KibanaOmission("it names no field") }
        if choices.count > 1, let shown = measures.first, measures.count > 1 { notes.append("measures besides \(shown.title) by \(first.label) only") }
        var made: [LensPanel] = []
        var refusals: [String] = []
        do throws(KibanaOmission) { made += try bars(panel, measures.first, choices) } catch { refusals.append(error.reason) }
        for measure in measures.dropFirst() {
            var asked = panel
            asked.id += "-" + String(measure.title.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
            asked.title += " - " + measure.title
            asked.width = min(panel.width, 6)
            do throws(KibanaOmission) { made += try bars(asked, measure, [first]) } catch { refusals.append("\(measure.title): \(error.reason)") }
        }
        guard !made.isEmpty else { throw KibanaOmission(refusals.joined(separator: "; ")) }
        notes += refusals.map { "without \($0)" }
        return made
    }

    private mutating func bars(_ panel: Panel, _ measure: PanelOptions.Column?, _ choices: [PanelOptions.Choice]) throws(KibanaOmission) -> [LensPanel] {
        var asked = panel
        asked.query?.by = choices.prefix(1).map(\.field)
        if let measure { asked.unit = measure.unit }
        // What is chosen is what groups are ordered by, unless the question says otherwise of its own measures.
        if let text = measure?.measure, panel.query?.measures.contains(where: { $0 == asked.query?.written(text) }) != true { asked.query?.order = nil }
        let named = try question(asked, measures: measure?.measure.map { [$0] })
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
        let question = try question(panel)
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
