internal import ByteCoding

/// Places panels on Grafana's grid of 24 columns in reading order, and wraps them as the page does.
struct GrafanaLayout {
    private static let columns = 24

    private let source: JSONValue
    private var nextID = 1
    private var nextY = 0
    private(set) var panels: [JSONValue] = []

    init(source: JSONValue) { self.source = source }

    /// Places a section; one with a title gets a row that folds it, and a folded one keeps its panels inside of that row.
    mutating func add(_ section: Dashboard.Section, _ made: [GrafanaPanel]) {
        guard !made.isEmpty else { return }
        guard let title = section.title else {
            panels += placed(made)
            return
        }
        let id = takeID()
        let place = JSONValue.made(["h": .int(1), "w": .int(Self.columns), "x": .int(0), "y": .int(nextY)])
        nextY += 1
        let top = nextY
        let inner = placed(made)
        // A folded row takes one line; where its panels stand counts from it when it is opened.
        if section.isFolded { nextY = top }
        panels.append(
            .made(["id": .int(id), "type": .text("row"), "title": .text(title), "collapsed": .bool(section.isFolded), "gridPos": place, "panels": .array(section.isFolded ? inner : [])]))
        if !section.isFolded { panels += inner }
    }

    private mutating func placed(_ made: [GrafanaPanel]) -> [JSONValue] {
        var result: [JSONValue] = []
        var line: [GrafanaPanel] = []
        var used = 0
        for panel in made {
            if used + panel.width > Self.columns {
                result += finished(line)
                (line, used) = ([], 0)
            }
            line.append(panel)
            used += panel.width
        }
        return result + finished(line)
    }

    /// One line of panels, all as high as the highest, so that nothing overlaps and nothing gapes.
    private mutating func finished(_ line: [GrafanaPanel]) -> [JSONValue] {
        guard let height = line.map(\.height).max() else { return [] }
        var x = 0
        var result: [JSONValue] = []
        for panel in line {
            var panel = panel
            panel.height = height
            result.append(panel.json(id: takeID(), place: (x, nextY), source: source))
            x += panel.width
        }
        nextY += height
        return result
    }

    private mutating func takeID() -> Int {
        defer { nextID += 1 }
        return nextID
    }
}
