internal import GatewayModel
internal import RequestQuery

/// Figures and tables.
extension LensTranslation {
    /// A figure with its course behind it; a second one beside it, or the value of the range before.
    mutating func stat(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        let question = try question(panel)
        let shown = Array(question.measures.prefix(max(1, panel.options.figures.count)))
        guard shown.count <= 2 else { return try table(panel) }
        if panel.options.unpriced != nil { notes.append("without the number of requests that have no price") }
        let names = panel.options.figures
        var layer = LensLayer("l1")
        let primary = try layer.add(named(shown[0], names.first))
        var members: [(String, KibanaJSON?)] = [
            ("layerId", "l1"), ("layerType", "data"), ("metricAccessor", .string(primary)), ("showBar", false), ("palette", LensFormat.palette(panel.thresholds)),
        ]
        if shown.count > 1 {
            let second = try layer.add(named(shown[1], names.dropFirst().first))
            members += [("secondaryMetricAccessor", .string(second)), ("secondaryPrefix", .string((names.dropFirst().first ?? shown[1].label) + " "))]
        } else if panel.isCompared {
            var before = shown[0]
            before.shift = "previous"
            let second = try layer.add(named(before, "Before"))
            members += [("secondaryMetricAccessor", .string(second)), ("secondaryPrefix", "before ")]
        }
        if let groups = try question.terms(columns: [primary]) {
            members.append(("breakdownByAccessor", .string(layer.add(bucket: groups))))
            return LensChart(type: "lnsMetric", visualization: .members(members), layers: [layer], kql: question.kql)
        }
        var course = LensLayer("l2", linkedTo: "l1")
        let time = course.add(bucket: LensBucket(source: source).time(every: "auto"))
        let value = try course.add(named(shown[0], names.first))
        members += [
            ("trendlineLayerId", "l2"), ("trendlineLayerType", "metricTrendline"), ("trendlineTimeAccessor", .string(time)), ("trendlineMetricAccessor", .string(value)),
        ]
        return LensChart(type: "lnsMetric", visualization: .members(members), layers: [layer, course], kql: question.kql)
    }

    private func named(_ measure: LensMeasure, _ name: String?) -> LensMeasure {
        guard let name else { return measure }
        return LensMeasure(measure: measure.measure, label: name, unit: measure.unit, source: source, shift: measure.shift)
    }

    /// Groups with their figures. A column that the documents do not hold is left out.
    mutating func table(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        let question = try question(panel)
        var layer = LensLayer("l1")
        var columns: [KibanaJSON] = []
        var ids: [String?] = question.measures.map { _ in nil }
        var refusals: [String] = []
        for column in shownColumns(panel, question) {
            do throws(KibanaOmission) {
                guard let name = column.measure else { throw KibanaOmission("it asks series (PromQL)") }
                let text = panel.query?.written(name) ?? name
                let measure = try LensQuestion.measure(text, panel: panel, source: source, label: column.title, unit: column.unit)
                let id = try layer.add(measure)
                if let place = question.measures.firstIndex(where: { $0.measure.function == measure.measure.function }) { ids[place] = id }
                let palette = LensFormat.palette(column.thresholds)
                columns.append(.members([("columnId", .string(id)), ("isTransposed", false), ("colorMode", palette == nil ? nil : "cell"), ("palette", palette)]))
                guard column.isCompared else { continue }
                let before = LensMeasure(measure: measure.measure, label: "\(column.title) before", unit: measure.unit, source: source, shift: "previous")
                columns.append(["columnId": .string(try layer.add(before)), "isTransposed": false])
            } catch { refusals.append("the column \(column.title): \(error.reason)") }
        }
        guard !columns.isEmpty else { throw KibanaOmission(refusals.joined(separator: "; ")) }
        notes += refusals.map { "without \($0)" }
        if let groups = try question.terms(columns: ids) {
            columns.insert(["columnId": .string(layer.add(bucket: groups)), "isTransposed": false], at: 0)
        } else if question.every != nil {
            columns.insert(["columnId": .string(layer.add(bucket: LensBucket(source: source).time(every: question.every))), "isTransposed": false], at: 0)
        }
        let visualization: KibanaJSON = [
            "layerId": "l1", "layerType": "data", "columns": .array(columns), "paging": ["size": .number(Double(panel.options.rows ?? 10)), "enabled": true],
            "rowHeight": "single", "headerRowHeight": "auto",
        ]
        return LensChart(type: "lnsDatatable", visualization: visualization, layers: [layer], kql: question.kql)
    }

    /// The columns that the panel names, or one for each measure of its question.
    private func shownColumns(_ panel: Panel, _ question: LensQuestion) -> [PanelOptions.Column] {
        let named = panel.options.columns.filter { $0.measure != nil || $0.expr != nil }
        guard named.isEmpty else { return named }
        return zip(panel.query?.measures ?? [], question.measures).map { text, measure in
            var column = PanelOptions.Column(title: measure.label)
            column.measure = text
            column.unit = panel.unit
            column.thresholds = limits(panel, measure)
            return column
        }
    }

    /// The thresholds of a chart with several figures, by what they are called there.
    private func limits(_ panel: Panel, _ measure: LensMeasure) -> Panel.Thresholds? {
        switch measure.measure.function {
        case .ratio: panel.options.limits["error_rate"]
        case .percentile(.duration, 95): panel.options.limits["p95"]
        default: nil
        }
    }

    /// The percentiles of a field as a table of one row: Lens draws no curve over percentiles.
    func percentileTable(_ panel: Panel, _ field: RequestField) throws(KibanaOmission) -> LensChart {
        var layer = LensLayer("l1")
        var columns: [KibanaJSON] = []
        for percent in ["10", "25", "50", "75", "90", "95", "99", "99.9"] {
            let measure = try LensQuestion.measure("p\(percent)(\(field.name))", panel: panel, source: source, label: "p\(percent)")
            columns.append(["columnId": .string(try layer.add(measure)), "isTransposed": false])
        }
        let kql = try KibanaFilter(source).kql(panel.query?.where)
        let visualization: KibanaJSON = ["layerId": "l1", "layerType": "data", "columns": .array(columns), "rowHeight": "single", "headerRowHeight": "single"]
        return LensChart(type: "lnsDatatable", visualization: visualization, layers: [layer], kql: kql)
    }
}
