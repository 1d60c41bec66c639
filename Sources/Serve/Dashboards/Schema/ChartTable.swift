/// What each chart takes and needs.
enum ChartTable {
    /// Where a chart's figures come from.
    enum Source: Sendable {
        /// A query, or PromQL: without one it has nothing to draw.
        case asked
        /// PromQL alone.
        case series
        /// It asks by itself, and may be told what by a query or PromQL.
        case own
        /// It asks nothing.
        case none
    }

    static func source(_ chart: Panel.Chart) -> Source {
        switch chart {
        case .stat, .time, .donut, .matrix, .scatter, .table, .bars, .bullet: .asked
        case .states: .series
        case .ranking, .week, .heatmap, .histogram, .quantiles, .map, .retention, .arrivals, .capacity, .whatIf, .forecast, .providers, .movers, .health, .firing,
            .alertsByRule, .alertTimes:
            .own
        case .text: .none
        }
    }

    /// The keys of `options` that mean something to a chart, as `docs/formats/dashboard.md` lists them.
    static func options(_ chart: Panel.Chart) -> [String] {
        switch chart {
        case .stat: ["figures", "better", "target", "axis", "per_second", "unpriced", "labels"]
        case .time: ["draw", "stacked", "axis", "ramp", "sorted", "keep_order", "per_second", "share", "labels", "second_axis"]
        case .ranking: ["choices", "measures", "labels", "warn", "spark"]
        case .donut: ["labels"]
        case .matrix: ["measure", "scale", "log"]
        case .week: []
        case .heatmap: ["field", "bounds"]
        case .histogram: ["fields", "bounds"]
        case .quantiles: ["fields"]
        case .scatter: ["x", "y", "x_unit"]
        case .table: ["columns", "rows", "labels"]
        case .bars: ["draw", "labels", "keep_order"]
        case .bullet: ["limit"]
        case .states: ["states"]
        case .map: ["measures"]
        case .retention: ["field"]
        case .arrivals: ["field", "lapse_days"]
        case .capacity: ["limit", "limit_setting", "per_second"]
        case .whatIf, .forecast, .firing, .alertsByRule, .alertTimes: []
        case .providers, .movers, .health: ["error_where", "choices", "limits"]
        case .text: ["markdown"]
        }
    }

    /// The charts that take an option, for hints.
    static func charts(taking option: String) -> [Panel.Chart] { Panel.Chart.allCases.filter { options($0).contains(option) } }
}
