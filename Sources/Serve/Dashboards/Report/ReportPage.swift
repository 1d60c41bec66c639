package import GatewayModel

/// The executive report as one page of HTML that stands for itself: no scripts, no further files, fit for A4.
package struct ReportPage {
    private let figures: MonthlyFigures
    /// A time in the report's zone, to the minute.
    private let clock: (Timestamp) -> String

    /// - Parameter clock: prints an instant in the report's time zone, as `2026-10-05 14:03`.
    package init(_ figures: MonthlyFigures, clock: @escaping (Timestamp) -> String) {
        self.figures = figures
        self.clock = clock
    }

    package var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(HTMLText.escaped("AI gateway, \(figures.month)")) · Gatewatch</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <main>
        <header><p class="product">Gatewatch · executive report</p><h1>AI gateway, \(HTMLText.escaped(figures.month))</h1>
        <p class="lead">\(HTMLText.escaped(lead))</p></header>
        \(notes)
        \(tiles)
        <section><h2>Requests a day</h2>\(chart("Requests a day", color: "#2a6fc9", ReportNumber.count) { $0.requests })</section>
        <section><h2>Failed requests a day</h2>\(chart("Failed requests a day", color: "#b3261e", ReportNumber.percent) { $0.errorRate })</section>
        <section><h2>Spend a day</h2>\(chart("Spend a day", color: "#0b7a6b", ReportNumber.dollars) { $0.cost })</section>
        \(table("Providers", figures.providers))
        \(table("Models", figures.models))
        \(table("Clients", figures.clients))
        \(incidents)
        <footer><p>\(HTMLText.escaped(explanation))</p></footer>
        </main>
        </body>
        </html>

        """
    }

    /// A month that is still running is not compared with a whole one, and none with a month that is not kept.
    private var isCompared: Bool { !figures.isRunning && figures.before != nil }

    // MARK: Words

    private var lead: String {
        let now = figures.now
        guard now.requests > 0 else { return "No requests are kept of this month." }
        var sentences = ["The gateway answered \(ReportNumber.count(now.requests)) request\(now.requests == 1 ? "" : "s") of \(ReportNumber.count(now.clients)) client\(now.clients == 1 ? "" : "s")\(figures.isRunning ? " so far" : "")."]
        if let availability = now.availability {
            let verdict = availability >= figures.objective ? "inside" : "below"
            sentences.append("\(ReportNumber.percent(availability)) of them ended without a server fault, \(verdict) the objective of \(ReportNumber.percent(figures.objective)).")
        }
        if let cost = now.cost {
            let change = figures.isRunning ? nil : ReportNumber.change(cost, figures.before?.cost)
            sentences.append("They cost \(ReportNumber.dollars(cost))\(change.map { $0 == "as before" ? ", as before" : ", \($0) against \(figures.monthBefore)" } ?? "").")
        }
        let count = figures.incidents.count
        sentences.append(count == 0 ? "There was no incident." : "There \(count == 1 ? "was one incident" : "were \(count) incidents").")
        if let growth = figures.growth { sentences.append(growth) }
        return sentences.joined(separator: " ")
    }

    private var notes: String {
        let all = (figures.isRunning ? ["The month is not over: the figures are of its days so far."] : []) + figures.notes
        return all.isEmpty ? "" : "<ul class=\"notes\">" + all.map { "<li>\(HTMLText.escaped($0))</li>" }.joined() + "</ul>"
    }

    private var explanation: String {
        "Days and months are those of \(figures.timeZone). Availability: requests that did not end in a 5xx, of all. Failed: an error of any kind, without requests that the client left. "
            + "p95: 95 of 100 requests took less. Spend: tokens at the price that was valid at their time"
            + (figures.now.unpriced > 0 ? "; \(ReportNumber.count(figures.now.unpriced)) requests of models without a price are not in it." : ".")
    }

    // MARK: Figures

    private var tiles: String {
        let now = figures.now
        let before = isCompared ? figures.before : nil
        let tiles: [(String, String, String?)] = [
            ("Requests", ReportNumber.count(now.requests), ReportNumber.change(now.requests, before?.requests)),
            ("Availability", ReportNumber.percent(now.availability), ReportNumber.points(now.availability, before?.availability)),
            ("Failed", ReportNumber.percent(now.errorRate), ReportNumber.points(now.errorRate, before?.errorRate)),
            ("p95 duration", ReportNumber.seconds(now.p95), ReportNumber.change(now.p95, before?.p95)),
            ("p95 first token", ReportNumber.seconds(now.ttftP95), ReportNumber.change(now.ttftP95, before?.ttftP95)),
            ("Spend", ReportNumber.dollars(now.cost), ReportNumber.change(now.cost, before?.cost)),
            ("Input tokens", ReportNumber.count(now.inputTokens), ReportNumber.change(now.inputTokens, before?.inputTokens)),
            ("Output tokens", ReportNumber.count(now.outputTokens), ReportNumber.change(now.outputTokens, before?.outputTokens)),
        ]
        let items = tiles.map { name, value, change in
            "<div><dt>\(name)</dt><dd>\(HTMLText.escaped(value))<small>\(HTMLText.escaped(change ?? ""))</small></dd></div>"
        }
        return "<dl class=\"tiles\">" + items.joined() + "</dl>"
    }

    private func chart(_ title: String, color: String, _ format: @escaping (Double?) -> String, _ value: (MonthlyFigures.Day) -> Double?) -> String {
        let bars = figures.days.enumerated().map { (label: String($0.offset + 1), value: value($0.element)) }
        return ReportChart(bars: bars, title: title, color: color, format: format).svg
    }

    private func table(_ title: String, _ rows: [MonthlyFigures.Row]) -> String {
        guard !rows.isEmpty else { return "" }
        let body = rows.map { row in
            let cells = [
                ReportNumber.count(row.requests), ReportNumber.percent(row.errorRate), ReportNumber.seconds(row.p95), ReportNumber.dollars(row.cost),
                !isCompared ? "" : row.costBefore == nil ? "new" : ReportNumber.change(row.cost, row.costBefore) ?? "",
            ]
            return "<tr><th scope=\"row\">\(HTMLText.escaped(row.name))</th>" + cells.map { "<td>\(HTMLText.escaped($0))</td>" }.joined() + "</tr>"
        }
        let heads = ["Requests", "Failed", "p95", "Spend", isCompared ? "against \(figures.monthBefore)" : ""]
        return "<section><h2>\(title)</h2><table><thead><tr><td></td>" + heads.map { "<th scope=\"col\">\(HTMLText.escaped($0))</th>" }.joined() + "</tr></thead><tbody>"
            + body.joined() + "</tbody></table></section>"
    }

    private var incidents: String {
        guard !figures.incidents.isEmpty else { return "<section><h2>Incidents</h2><p>None.</p></section>" }
        let rows = figures.incidents.map { event in
            let length = event.resolved.map { ReportNumber.duration(seconds: $0.seconds - event.started.seconds) } ?? "goes on"
            return "<tr><th scope=\"row\">\(HTMLText.escaped(event.id))</th><td class=\"words\">\(HTMLText.escaped(event.title))</td><td>\(HTMLText.escaped(event.severity))</td><td>\(HTMLText.escaped(clock(event.started)))</td><td>\(length)</td></tr>"
        }
        return "<section><h2>Incidents</h2><table><thead><tr><td></td><th scope=\"col\" class=\"words\">What</th><th scope=\"col\">Severity</th><th scope=\"col\">Began</th><th scope=\"col\">Took</th></tr></thead><tbody>"
            + rows.joined() + "</tbody></table></section>"
    }

    private static let style = """
        :root { color-scheme: light; }
        * { box-sizing: border-box; }
        body { margin: 0; background: #eef1f4; color: #17202b; font: 13px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
        main { max-width: 794px; margin: 24px auto; padding: 40px 48px; background: #fff; }
        h1 { margin: 0 0 8px; font-size: 26px; letter-spacing: -.01em; }
        h2 { margin: 26px 0 8px; font-size: 14px; }
        .product { margin: 0; color: #55616f; font-weight: 600; }
        .lead { font-size: 15px; }
        .notes { margin: 12px 0; padding: 8px 12px 8px 28px; background: #fff4de; color: #704700; }
        .tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 20px 0 0; }
        .tiles > div { border: 1px solid #d5dbe1; border-radius: 8px; padding: 8px 12px; }
        .tiles dt { color: #55616f; }
        .tiles dd { margin: 0; font-size: 20px; font-weight: 650; }
        .tiles small { display: block; min-height: 1.4em; font-size: 12px; font-weight: 500; color: #55616f; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font: 10px system-ui, "DejaVu Sans", sans-serif; fill: #55616f; }
        svg .grid { stroke: #e1e6ea; }
        table { width: 100%; border-collapse: collapse; }
        th, td { padding: 4px 6px; border-bottom: 1px solid #e1e6ea; text-align: right; white-space: nowrap; font-weight: 400; }
        thead th { color: #55616f; }
        tbody th { text-align: left; font-weight: 550; white-space: normal; overflow-wrap: anywhere; }
        .words { text-align: left; white-space: normal; }
        footer { margin-top: 28px; color: #55616f; font-size: 11px; }
        @media (max-width: 640px) { main { margin: 0; padding: 20px 14px; } .tiles { grid-template-columns: repeat(2, 1fr); } section { overflow-x: auto; } }
        @media print { @page { size: A4; margin: 14mm; } body { background: #fff; } main { max-width: none; margin: 0; padding: 0; } section, .tiles, tr { break-inside: avoid; } h2 { break-after: avoid; } }
        """
}
