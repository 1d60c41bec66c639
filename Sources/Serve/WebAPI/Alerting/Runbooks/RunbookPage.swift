internal import AlertRules
internal import GatewayModel
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1

/// Pages of runbooks as people see them: in the look of the page, readable without it, and fit for paper.
struct RunbookPage {
    let runbooks: Runbooks

    /// The runbook of an alert; nil when there is none.
    func page(_ name: String) -> ServerResponse? {
        guard let text = runbooks.pages[name] else { return nil }
        let document = MarkdownDocument(text)
        return Self.response(document.title ?? name, Self.trail(name) + MarkdownHTML(document).html + Self.links(to: name))
    }

    /// All runbooks.
    func index() -> ServerResponse {
        Self.response("Runbooks", "<h1>Runbooks</h1>\n<p>What each alert means, and what to do about it.</p>\n" + list)
    }

    /// For an alert of somebody's own rules: what is known of it.
    func page(of status: RuleStatus, in group: String) -> ServerResponse {
        let name = status.rule.name
        var html = Self.trail(name) + "<h1>\(MarkdownHTML.escaped(name))</h1>\n"
        html += "<p>This alert comes from a rule of yours, and no runbook was written for it: name one in the rule's <code>runbook_url</code>.</p>\n"
        html +=
            "<h2>The rule</h2>\n<p>Group <code>\(MarkdownHTML.escaped(group))</code>.</p>\n<pre><code>\(MarkdownHTML.escaped(status.rule.text))</code></pre>\n"
        if case .alerting(let alert) = status.rule.kind {
            let annotations = alert.annotations.map { "<li><strong>\(MarkdownHTML.escaped($0.name))</strong> \(MarkdownHTML.escaped($0.value))</li>\n" }
                .joined()
            if !annotations.isEmpty { html += "<ul>\n\(annotations)</ul>\n" }
        }
        html += """
            <h2>What to look at first</h2>
            <ol>
            <li>The expression on the <a href="/?page=explore&amp;expr=\(Self.query(status.rule.text))">Explore page</a>, without its comparison: since when is it so?</li>
            <li>Its points lead to the requests behind them where the metric counts requests.</li>
            <li>The <a href="/?page=alerts">Alerts page</a>: what else fires.</li>
            </ol>

            """
        return Self.response(name, html)
    }

    /// For a name that nobody knows.
    func unknown(_ name: String) -> ServerResponse {
        let html =
            "<h1>No runbook for this name</h1>\n<p>No alert of this server is called <code>\(MarkdownHTML.escaped(name.prefix(200)))</code>. These have runbooks:</p>\n"
            + list
        return Self.response("No runbook", html, status: .notFound)
    }

    private var list: String {
        guard !runbooks.names.isEmpty else { return "<p>The folder of runbooks was not found beside the program.</p>\n" }
        let items = runbooks.names.map {
            "<li><a href=\"/runbooks/\(MarkdownHTML.escaped($0))\">\(MarkdownHTML.escaped($0))</a> \(MarkdownHTML.inline(runbooks.summary(of: $0)))</li>\n"
        }
        return "<ul class=\"index\">\n" + items.joined() + "</ul>\n"
    }

    // MARK: Around the text

    private static func trail(_ name: String) -> String {
        "<nav><a href=\"/\">Gatewatch</a> / <a href=\"/?page=alerts\">Alerts</a> / <a href=\"/runbooks\">Runbooks</a> / \(MarkdownHTML.escaped(name))</nav>\n"
    }

    private static func links(to name: String) -> String {
        let selector = query("ALERTS{alertname=\"\(name)\"}")
        return "<p class=\"muted\"><a href=\"/?page=alerts\">What fires now</a> · <a href=\"/?page=explore&amp;expr=\(selector)\">When it fired</a></p>\n"
    }

    /// A text within a query of an address.
    private static func query(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"),
                UInt8(ascii: "."):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    private static func response(_ title: String, _ body: String, status: HTTPResponseStatus = .ok) -> ServerResponse {
        let html = """
            <!doctype html>
            <html lang="en" data-theme="light">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(MarkdownHTML.escaped(title)) · Gatewatch</title>
            <link rel="icon" href="/favicon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/style.css">
            <script src="/app/early-theme.js"></script>
            <style>\(style)</style>
            </head>
            <body>
            <main class="runbook">
            \(body)</main>
            </body>
            </html>

            """
        var response = ServerResponse(contentType: "text/html; charset=utf-8", body: .bytes(.init(string: html)))
        response.status = status
        for (name, value) in [
            ("Content-Security-Policy", StaticFiles.contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
            ("X-Frame-Options", "SAMEORIGIN"), ("Cache-Control", "no-cache"),
        ] { response.headers.add(name: name, value: value) }
        return response
    }

    /// The page's style sheet makes a screen of panels; a text needs lines that are not too long, and marks of lists.
    private static let style = """
        .runbook { max-width: 46rem; margin: 0 auto; padding: 20px 16px 48px; font-size: 15px; line-height: 1.55; }
        .runbook h1 { font-size: 1.6rem; margin: 14px 0 10px; overflow-wrap: anywhere; }
        .runbook h2 { font-size: 1.1rem; margin: 22px 0 6px; }
        .runbook p, .runbook ul, .runbook ol, .runbook pre, .runbook table, .runbook blockquote { margin: 8px 0; }
        .runbook ul { list-style: disc; padding-left: 1.4em; } .runbook ol { list-style: decimal; padding-left: 1.6em; }
        .runbook li { margin: 4px 0; } .runbook a { color: var(--accent, #2b5fc7); text-decoration: underline; }
        .runbook pre { background: var(--panel, #fff); border: 1px solid var(--line, #dde2e8); border-radius: 8px; padding: 10px 12px; overflow-x: auto; }
        .runbook code { font-size: .87em; } .runbook :not(pre) > code { background: var(--faint, #edf0f3); border-radius: 4px; padding: 1px 4px; overflow-wrap: anywhere; }
        .runbook table { border-collapse: collapse; } .runbook th, .runbook td { border: 1px solid var(--line, #dde2e8); padding: 5px 9px; text-align: left; vertical-align: top; }
        .runbook blockquote { border-left: 3px solid var(--line, #dde2e8); padding-left: 12px; color: var(--muted, #566373); }
        .runbook nav { font-size: 13px; color: var(--muted, #566373); }
        @media print { .runbook { max-width: none; padding: 0; } .runbook nav { display: none; } .runbook pre { white-space: pre-wrap; } }
        """
}
