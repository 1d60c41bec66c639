internal import AlertRouting
internal import GatewayModel

/// A mail as HTML that every reader shows: tables for the layout, all styles in the elements (Outlook reads little else), and a style sheet that only changes
/// colours where the reader is dark. No script, no address is fetched: the pictures are in the mail.
struct EmailHTML {
    let facts: EmailFacts

    init(_ facts: EmailFacts) { self.facts = facts }

    /// Pixels: what readers show beside a list of mails.
    static let width = 640
    private static let valueCharactersMax = 2_000

    var text: String {
        let tone = EmailTone.of(facts.severity, isFiring: facts.isFiring)
        var html = Self.head(title: facts.subject)
        html += """
            <body class="ground" style="margin:0;padding:0;background:#eef1f5;-webkit-text-size-adjust:100%;">
            <div style="display:none;max-height:0;overflow:hidden;mso-hide:all;">\(Self.escaped(preview))</div>
            <table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#eef1f5;"><tr><td align="center" style="padding:24px 12px;">
            <table role="presentation" width="\(Self.width)" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:\(Self.width)px;">

            """
        html += banner(tone)
        html += facts.isDigest ? digest() : facts.alerts.map(card).joined()
        html += foot()
        return html + "</table>\n</td></tr></table>\n</body>\n</html>\n"
    }

    /// What lists of mails show behind the subject.
    private var preview: String {
        let first = facts.alerts.first
        return [first?.summary, first?.value.map { $0 + (first?.limit.map { ", wrong when \($0)" } ?? "") }, first?.cause].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ". ")
    }

    // MARK: Parts

    private static func head(title: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>\(escaped(title))</title>
        <style>
        :root { color-scheme: light dark; supported-color-schemes: light dark; }
        a { text-decoration: none; }
        @media (max-width: 480px) { .pad { padding-left: 16px !important; padding-right: 16px !important; } .figure { font-size: 26px !important; } .stack { display: block !important; width: 100% !important; } }
        @media (prefers-color-scheme: dark) {
        .ground { background: #0d1116 !important; } .panel { background: #171e26 !important; border-color: #2a333e !important; }
        .text { color: #e3e8ee !important; } .muted { color: #98a5b4 !important; } .line { border-color: #2a333e !important; }
        .soft { background: #202832 !important; } .link { color: #7fabff !important; }
        .tone-critical { color: #ff8a7d !important; } .tone-warning { color: #e5b04a !important; } .tone-info { color: #7fabff !important; } .tone-resolved { color: #5cc49a !important; }
        }
        </style>
        </head>

        """
    }

    private func banner(_ tone: EmailTone) -> String {
        let word = facts.isFiring ? "FIRING" : "RESOLVED"
        let test = facts.reason == .test ? "TEST &middot; " : ""
        let severity = facts.isFiring ? " &middot; \(facts.severity.rawValue.uppercased())" : ""
        return """
            <tr><td class="pad" bgcolor="\(tone.strong)" style="background:\(tone.strong);border-radius:10px 10px 0 0;padding:18px 28px;\(Self.font)">
            <div style="color:#ffffff;opacity:.92;font-size:12px;font-weight:700;letter-spacing:.08em;line-height:18px;">\(test)\(word)\(severity)</div>
            <div style="color:#ffffff;font-size:21px;font-weight:600;line-height:28px;word-break:break-word;">\(Self.escaped(facts.headline))</div>
            \(facts.reason == .test ? "<div style=\"color:#ffffff;font-size:13px;line-height:20px;\">This is a test: nothing is wrong.</div>" : "")
            </td></tr>

            """
    }

    private func card(_ alert: AlertFacts) -> String {
        let tone = EmailTone.of(alert.severity, isFiring: !alert.isResolved)
        var html = """
            <tr><td class="panel pad" bgcolor="#ffffff" style="background:#ffffff;border:1px solid #dde2e8;border-top:0;padding:22px 28px 24px;\(Self.font)">

            """
        if facts.alerts.count > 1 {
            html += """
                <div style="font-size:12px;font-weight:700;letter-spacing:.06em;color:\(tone.text);" class="\(tone.name)">\(alert.isResolved ? "RESOLVED" : alert.severity.rawValue.uppercased())</div>
                <div class="text" style="font-size:17px;font-weight:600;line-height:24px;color:#18222e;word-break:break-word;">\(Self.escaped(alert.name))</div>

                """
        }
        if !alert.summary.isEmpty { html += "<div class=\"text\" style=\"font-size:15px;line-height:22px;color:#18222e;word-break:break-word;\">\(Self.escaped(alert.summary))</div>\n" }
        if !alert.detail.isEmpty { html += "<div class=\"muted\" style=\"font-size:13px;line-height:20px;color:#566373;padding-top:4px;word-break:break-word;\">\(Self.escaped(alert.detail))</div>\n" }
        html += figures(alert, tone)
        if let chart = facts.chart(of: alert) {
            html += """
                <img src="cid:\(chart)" width="\(Self.width - 58)" alt="\(Self.escaped("\(alert.name): \(alert.value ?? "values") around \(ReadableTime.text(alert.since, facts.zone))"))" \
                style="display:block;width:100%;max-width:\(Self.width - 58)px;height:auto;border:0;border-radius:8px;margin:16px 0 0;">

                """
        }
        if let cause = alert.cause {
            html += """
                <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin-top:16px;"><tr><td class="soft" bgcolor="#f4f6f8" style="background:#f4f6f8;border-left:3px solid \(tone.strong);border-radius:0 6px 6px 0;padding:10px 14px;\(Self.font)">
                <div class="muted" style="font-size:12px;line-height:18px;color:#566373;">Likely cause</div>
                <div class="text" style="font-size:14px;line-height:21px;color:#18222e;word-break:break-word;">\(Self.escaped(cause))</div>
                </td></tr></table>

                """
        }
        html += place(alert)
        html += buttons(alert)
        return html + "</td></tr>\n"
    }

    /// The value, large, and since when.
    private func figures(_ alert: AlertFacts, _ tone: EmailTone) -> String {
        var cells: [(name: String, value: String, note: String)] = []
        if let value = alert.value { cells.append((alert.isResolved ? "Last value" : "Value", value, alert.limit.map { "wrong when \($0)" } ?? "")) }
        let lasted = alert.lasted(facts.now)
        cells.append((alert.isResolved ? "Lasted" : "For", lasted, "since \(ReadableTime.text(alert.since, facts.zone))"))
        var html = "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin-top:16px;\"><tr>\n"
        for (index, cell) in cells.enumerated() {
            let isFirst = index == 0 && alert.value != nil
            html += """
                <td class="stack" valign="top" width="\(100 / cells.count)%" style="padding:0 12px 0 0;\(Self.font)">
                <div class="muted" style="font-size:12px;line-height:18px;color:#566373;">\(cell.name)</div>
                <div class="\(isFirst ? tone.name : "text") figure" style="font-size:28px;font-weight:600;line-height:36px;color:\(isFirst ? tone.text : "#18222e");white-space:nowrap;">\(Self.escaped(cell.value))</div>
                <div class="muted" style="font-size:12px;line-height:18px;color:#566373;">\(Self.escaped(cell.note))</div>
                </td>

                """
        }
        html += "</tr></table>\n"
        if let until = alert.until { html += "<div class=\"muted\" style=\"font-size:12px;line-height:18px;color:#566373;\">until \(Self.escaped(ReadableTime.text(until, facts.zone)))</div>\n" }
        return html
    }

    /// The labels, and the expression behind it.
    private func place(_ alert: AlertFacts) -> String {
        var rows = alert.place.map { ($0.name, $0.value) }
        if let expression = alert.expression { rows.append(("expression", expression)) }
        guard !rows.isEmpty else { return "" }
        var html = "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin-top:16px;\">\n"
        for (name, value) in rows {
            html += """
                <tr><td class="muted line" valign="top" width="150" style="border-top:1px solid #edf0f3;padding:6px 12px 6px 0;font-size:13px;line-height:19px;color:#566373;\(Self.font)">\(Self.escaped(name))</td>\
                <td class="text line" valign="top" style="border-top:1px solid #edf0f3;padding:6px 0;font-size:13px;line-height:19px;color:#18222e;word-break:break-word;\(name == "expression" ? Self.mono : Self.font)">\(Self.escaped(value))</td></tr>

                """
        }
        return html + "</table>\n"
    }

    private func buttons(_ alert: AlertFacts) -> String {
        let links = [("Open the dashboard", alert.dashboard), ("Runbook", alert.runbook), ("Silence", alert.silence), ("Source", alert.dashboard == nil ? alert.source : nil)].compactMap { name, address in address.map { (name, $0) } }
        guard !links.isEmpty else { return "" }
        var html = "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin-top:18px;\"><tr>\n"
        for (index, (name, address)) in links.enumerated() {
            let isFirst = index == 0
            html += """
                <td style="padding-right:8px;"><table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td class="\(isFirst ? "" : "soft")" bgcolor="\(isFirst ? "#2b5fc7" : "#edf0f3")" style="background:\(isFirst ? "#2b5fc7" : "#edf0f3");border-radius:6px;padding:8px 14px;\(Self.font)">\
                <a href="\(Self.escaped(address))" class="\(isFirst ? "" : "link")" style="color:\(isFirst ? "#ffffff" : "#2b5fc7");font-size:13px;font-weight:600;line-height:18px;text-decoration:none;">\(name)</a></td></tr></table></td>

                """
        }
        return html + "</tr></table>\n"
    }

    private func foot() -> String {
        let group = facts.groupLabels.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        let link = facts.alertsPage.map { "<a href=\"\(Self.escaped($0))\" class=\"link\" style=\"color:#2b5fc7;\">All alerts</a> &middot; " } ?? ""
        return """
            <tr><td class="pad muted" style="padding:14px 28px;font-size:12px;line-height:18px;color:#566373;word-break:break-word;\(Self.font)">\(link)Sent to \(Self.escaped(facts.receiver)) by Gatewatch, \
            \(Self.escaped(ReadableTime.text(facts.now, facts.zone)))\(group.isEmpty ? "" : " &middot; group " + Self.escaped(group))</td></tr>

            """
    }

    static let font = "font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans',Helvetica,Arial,sans-serif;"
    private static let mono = "font-family:ui-monospace,Menlo,Consolas,monospace;"

    static func escaped(_ text: String) -> String { HTMLText.escaped(text.prefix(valueCharactersMax)) }
}

/// The colours of a state, dark enough for white letters on them.
enum EmailTone: Sendable {
    case critical, warning, info, resolved

    static func of(_ severity: AlertSeverity, isFiring: Bool) -> EmailTone {
        guard isFiring else { return .resolved }
        return switch severity {
        case .critical: .critical
        case .warning: .warning
        case .info: .info
        }
    }

    /// The class by which dark readers change the colour of letters.
    var name: String {
        switch self {
        case .critical: "tone-critical"
        case .warning: "tone-warning"
        case .info: "tone-info"
        case .resolved: "tone-resolved"
        }
    }

    /// Of areas.
    var strong: String {
        switch self {
        case .critical: "#b3261e"
        case .warning: "#8f5b00"
        case .info: "#2b5fc7"
        case .resolved: "#17714f"
        }
    }

    /// Of letters on white.
    var text: String { strong }
}
