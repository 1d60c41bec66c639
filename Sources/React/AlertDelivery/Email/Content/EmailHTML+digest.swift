internal import AlertRouting
internal import GatewayModel

/// Many alerts in one mail: a line each, and the likely causes below.
extension EmailHTML {
    func digest() -> String {
        var html = """
            <tr><td class="panel pad" bgcolor="#ffffff" style="background:#ffffff;border:1px solid #dde2e8;border-top:0;padding:14px 28px 22px;\(Self.font)">
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">

            """
        for alert in facts.alerts.prefix(EmailFacts.linesMax) { html += line(alert) }
        html += "</table>\n"
        if facts.alerts.count > EmailFacts.linesMax {
            html += "<div class=\"muted\" style=\"font-size:13px;line-height:20px;color:#566373;padding-top:8px;\">&hellip; and \(facts.alerts.count - EmailFacts.linesMax) more</div>\n"
        }
        // The same cause is often behind many alerts; it is told once.
        var causes: [String] = []
        for cause in facts.alerts.compactMap(\.cause) where !causes.contains(cause) { causes.append(cause) }
        for cause in causes.prefix(3) {
            html += "<div class=\"text\" style=\"font-size:14px;line-height:21px;color:#18222e;padding-top:12px;\"><span class=\"muted\" style=\"color:#566373;\">Likely cause</span> \(Self.escaped(cause))</div>\n"
        }
        return html + "</td></tr>\n"
    }

    private func line(_ alert: AlertFacts) -> String {
        let tone = EmailTone.of(alert.severity, isFiring: !alert.isResolved)
        let word = alert.isResolved ? "resolved" : alert.severity.rawValue
        let address = alert.dashboard ?? alert.source
        let name = Self.escaped(alert.name)
        let title = address.map { "<a href=\"\(Self.escaped($0))\" class=\"link\" style=\"color:#2b5fc7;text-decoration:none;\">\(name)</a>" } ?? name
        let cell = "valign=\"top\" style=\"border-top:1px solid #edf0f3;padding:7px 10px 7px 0;font-size:13px;line-height:19px;\(Self.font)"
        return """
            <tr><td class="line \(tone.name)" \(cell)color:\(tone.text);font-weight:600;white-space:nowrap;">\(word)</td>\
            <td class="line text" \(cell)color:#18222e;word-break:break-word;"><b>\(title)</b><br><span class="muted" style="color:#566373;">\(Self.escaped(alert.placeText))</span></td>\
            <td class="line text" align="right" \(cell)color:#18222e;white-space:nowrap;">\(Self.escaped(alert.value ?? ""))</td>\
            <td class="line muted" align="right" \(cell)color:#566373;white-space:nowrap;padding-right:0;">\(Self.escaped(ReadableTime.clock(alert.until ?? alert.since, facts.zone)))</td></tr>

            """
    }
}
