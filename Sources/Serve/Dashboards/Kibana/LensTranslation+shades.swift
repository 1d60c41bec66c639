internal import GatewayModel
internal import RequestQuery

/// Shares and shaded grids.
extension LensTranslation {
    /// Shares of a field's values.
    mutating func donut(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        let question = try question(panel)
        var layer = LensLayer("l1")
        let value = try layer.add(question.measures[0])
        guard let groups = try question.terms(columns: [value]) else { throw KibanaOmission("it groups by nothing") }
        let group = layer.add(bucket: groups)
        let visualization: KibanaJSON = [
            "shape": "donut",
            "layers": [[
                "layerId": "l1", "layerType": "data", "primaryGroups": [.string(group)], "metrics": [.string(value)], "numberDisplay": "percent",
                "categoryDisplay": "default", "legendDisplay": "show", "nestedLegend": false, "emptySizeRatio": 0.54,
            ]],
        ]
        return LensChart(type: "lnsPie", visualization: visualization, layers: [layer], kql: question.kql)
    }

    /// Two fields against each other.
    mutating func matrix(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        let question = try question(panel, measures: panel.options.measure.map { [$0] })
        guard question.by.count == 2 else { throw KibanaOmission("it does not set two fields against each other") }
        if panel.options.scale == "row" { notes.append("shades compare all cells, not those of a row") }
        var layer = LensLayer("l1")
        let value = try layer.add(question.measures[0])
        let y = layer.add(bucket: try question.terms(of: question.by[0], columns: [value], size: 20))
        let x = layer.add(bucket: try question.terms(of: question.by[1], columns: [value], size: 20))
        return LensChart(type: "lnsHeatmap", visualization: grid(layer, x: x, y: y, value: value, showsValues: true), layers: [layer], kql: question.kql)
    }

    /// Hours by weekdays, in UTC: the data view computes both from the time.
    mutating func week(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        let question = try question(panel)
        notes.append("hours and weekdays are in UTC")
        var layer = LensLayer("l1")
        let value = try layer.add(question.measures[0])
        let bucket = LensBucket(source: source)
        let y = layer.add(bucket: bucket.computed(KibanaDataView.weekday, label: "Weekday (UTC)", size: 7, isText: true))
        let x = layer.add(bucket: bucket.computed(KibanaDataView.hour, label: "Hour (UTC)", size: 24, isText: false))
        return LensChart(type: "lnsHeatmap", visualization: grid(layer, x: x, y: y, value: value, showsValues: false), layers: [layer], kql: question.kql)
    }

    /// Values of a field over time, in steps of a log scale.
    mutating func heatmap(_ panel: Panel) throws(KibanaOmission) -> LensChart {
        guard let name = panel.options.field else { throw KibanaOmission("it names no field") }
        let field = try LensQuestion.field(name)
        var layer = LensLayer("l1")
        let value = try layer.add(try LensQuestion.measure("count", panel: panel, source: source))
        let bucket = LensBucket(source: source)
        let bounds = panel.options.bounds.isEmpty ? Self.bounds(field) : panel.options.bounds
        let y = layer.add(bucket: try bucket.ranges(field, bounds: bounds, label: LensQuestion.label(of: field)))
        let x = layer.add(bucket: bucket.time(every: panel.query?.every))
        let kql = try KibanaFilter(source).kql(panel.query?.where)
        return LensChart(type: "lnsHeatmap", visualization: grid(layer, x: x, y: y, value: value, showsValues: false), layers: [layer], kql: kql)
    }

    private func grid(_ layer: LensLayer, x: String, y: String, value: String, showsValues: Bool) -> KibanaJSON {
        [
            "shape": "heatmap", "layerId": .string(layer.id), "layerType": "data", "xAccessor": .string(x), "yAccessor": .string(y), "valueAccessor": .string(value),
            "legend": ["isVisible": true, "position": "right", "type": "heatmap_legend"], "palette": LensFormat.heat,
            "gridConfig": [
                "type": "heatmap_grid", "isCellLabelVisible": .bool(showsValues), "isXAxisLabelVisible": true, "isYAxisLabelVisible": true,
                "isXAxisTitleVisible": false, "isYAxisTitleVisible": false,
            ],
        ]
    }
}
