extension Panel.Chart {
    /// What it is to who reads about it.
    var description: String {
        switch self {
        case .stat: "figures with their course"
        case .time: "a chart over time"
        case .ranking: "a ranking"
        case .donut: "a ring of shares"
        case .matrix: "a table of two fields, shaded"
        case .week: "hours by weekdays, shaded"
        case .heatmap: "a heat map over time"
        case .histogram: "a histogram"
        case .quantiles: "a curve of percentiles"
        case .scatter: "points of two measures"
        case .table: "a table"
        case .bars: "bars"
        case .bullet: "values beside their limits"
        case .states: "states over time"
        case .map: "a map of the world"
        case .retention: "a table of weeks"
        case .arrivals: "what is new and what lapsed, by day"
        case .capacity: "a trend with its limit"
        case .whatIf: "a table of prices on other models"
        case .forecast: "a forecast with its band"
        case .providers: "a tile for each provider"
        case .movers: "a table of changes"
        case .health: "figures of how data come in"
        case .firing: "a list of alerts"
        case .alertsByRule: "a ranking of rules"
        case .alertTimes: "times until alerts were noticed and resolved"
        case .text: "text"
        }
    }
}
