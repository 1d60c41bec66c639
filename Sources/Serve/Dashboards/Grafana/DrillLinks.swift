internal import GatewayModel

/// Where clicks on values lead: to the requests behind them in Gatewatch, or to another dashboard of Grafana.
struct DrillLinks {
    /// The variable that holds where people reach Gatewatch.
    static let variable = "gatewatch_url"

    let dashboard: Dashboard

    init(_ dashboard: Dashboard) { self.dashboard = dashboard }

    /// Of a panel whose values have labels: `${__field.labels.model}` is the clicked one's.
    func ofSeries(_ panel: Panel, _ groups: [(field: RequestField, label: String)]) -> [GrafanaLink] {
        links(panel, groups) { "${__field.labels.\($0)}" }
    }

    /// Of a table, where labels are columns.
    func ofRows(_ panel: Panel, _ groups: [(field: RequestField, label: String)]) -> [GrafanaLink] {
        links(panel, groups) { "${__data.fields.\($0)}" }
    }

    private func links(_ panel: Panel, _ groups: [(field: RequestField, label: String)], _ value: (String) -> String) -> [GrafanaLink] {
        var links: [GrafanaLink] = []
        if let target = panel.drill?.dashboard {
            let uid = GrafanaExport.uid(of: target)
            let chosen = panel.drill?.variable.flatMap { name in (groups.first ?? nil).map { "&var-\(name)=\(value($0.label))" } } ?? ""
            links.append(GrafanaLink(title: "Open \(target)", url: "/d/\(uid)?from=${__from}&to=${__to}\(chosen)"))
        }
        guard panel.query != nil else {
            links.append(GrafanaLink(title: "Open in Gatewatch", url: "${\(Self.variable)}/?page=\(dashboard.id)&from=${__from}&to=${__to}"))
            return links
        }
        // A part with `or` binds weaker than the `and` that joins the parts.
        var conditions = [panel.query?.where, panel.drill?.where].compactMap { $0 }.map { Self.encoded("(\($0))") }
        conditions += groups.map { "\(Self.encoded($0.field.name)):%22\(value($0.label))%22" }
        let filter = conditions.isEmpty ? "" : "&where=" + conditions.joined(separator: "+and+")
        let sort = panel.drill?.sort.map { "&sort=\(Self.encoded($0))" } ?? ""
        links.append(GrafanaLink(title: "Requests in Gatewatch", url: "${\(Self.variable)}/?page=requests&view=records&from=${__from}&to=${__to}\(filter)\(sort)"))
        return links
    }

    /// Text within the query of a URL.
    static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): result.append(Character(UnicodeScalar(byte)))
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"): result.append(Character(UnicodeScalar(byte)))
            case UInt8(ascii: " "): result.append("+")
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
