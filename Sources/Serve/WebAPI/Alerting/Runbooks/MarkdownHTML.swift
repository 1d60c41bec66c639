internal import Dashboards

/// HTML of a ``MarkdownDocument``. All text is escaped: what looks like HTML in a page is shown, not obeyed.
struct MarkdownHTML {
    private(set) var html = ""

    /// - Parameter document: its first heading becomes the page's only one of the first level.
    init(_ document: MarkdownDocument) { for block in document.blocks { write(block) } }

    private mutating func write(_ block: MarkdownDocument.Block) {
        switch block {
        case .heading(let level, let text): html += "<h\(level) id=\"\(Self.anchor(text))\">\(Self.inline(text))</h\(level)>\n"
        case .paragraph(let text): html += "<p>\(Self.inline(text))</p>\n"
        case .code(let text): html += "<pre><code>\(Self.escaped(text))</code></pre>\n"
        case .quotation(let text): html += "<blockquote><p>\(Self.inline(text))</p></blockquote>\n"
        case .table(let rows): write(table: rows)
        case .list(let isOrdered, let items):
            let tag = isOrdered ? "ol" : "ul"
            html += "<\(tag)>\n"
            for item in items {
                html += "<li>\(Self.inline(item.text))"
                for block in item.blocks { write(block) }
                html += "</li>\n"
            }
            html += "</\(tag)>\n"
        }
    }

    private mutating func write(table rows: [[String]]) {
        html += "<div class=\"scroll-x\"><table>\n"
        for (index, row) in rows.enumerated() {
            let tag = index == 0 ? "th" : "td"
            html += "<tr>" + row.map { "<\(tag)>\(Self.inline($0))</\(tag)>" }.joined() + "</tr>\n"
        }
        html += "</table></div>\n"
    }

    /// `What to do first` as `what-to-do-first`.
    static func anchor(_ text: String) -> String {
        String(text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }).split(separator: "-").joined(separator: "-")
    }

    static func escaped(_ text: some StringProtocol) -> String { HTMLText.escaped(text) }

    // MARK: Within a line

    private static let marks: [Character] = ["`", "[", "*"]

    /// Code, links, bold and emphasis; a mark without its counterpart is text.
    static func inline(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.first {
            if character == "`", let (inner, after) = between(rest, "`") {
                result += "<code>\(escaped(inner))</code>"
                rest = after
            } else if character == "[", let (label, target, after) = link(rest) {
                result += "<a href=\"\(escaped(target))\">\(inline(String(label)))</a>"
                rest = after
            } else if rest.hasPrefix("**"), let (inner, after) = between(rest, "**") {
                result += "<strong>\(inline(String(inner)))</strong>"
                rest = after
            } else if character == "*", let (inner, after) = between(rest, "*"), inner.first?.isWhitespace == false, inner.last?.isWhitespace == false {
                result += "<em>\(inline(String(inner)))</em>"
                rest = after
            } else {
                let plain = rest.prefix { !Self.marks.contains($0) }
                result += escaped(plain.isEmpty ? rest.prefix(1) : plain)
                rest = rest.dropFirst(max(1, plain.count))
            }
        }
        return result
    }

    /// What stands between a mark and the next one; nil without one, or with nothing between.
    private static func between(_ text: Substring, _ mark: String) -> (inner: Substring, after: Substring)? {
        let rest = text.dropFirst(mark.count)
        guard let end = rest.firstRange(of: mark), end.lowerBound > rest.startIndex else { return nil }
        return (rest[..<end.lowerBound], rest[end.upperBound...])
    }

    /// `[label](target)` whose target may be followed.
    private static func link(_ text: Substring) -> (label: Substring, target: String, after: Substring)? {
        guard let middle = text.firstRange(of: "]("), let end = text[middle.upperBound...].firstIndex(of: ")") else { return nil }
        let label = text[text.index(after: text.startIndex)..<middle.lowerBound]
        guard !label.contains("["), let target = target(text[middle.upperBound..<end]) else { return nil }
        return (label, target, text[text.index(after: end)...])
    }

    /// Addresses of the web, places of this server and of this page, and other runbooks (`Name.md`); nil for whatever else a link may hold.
    private static func target(_ text: Substring) -> String? {
        guard !text.contains(where: { $0.isWhitespace || $0 == "\\" }) else { return nil }
        if text.hasPrefix("https://") || text.hasPrefix("http://") || text.hasPrefix("#") { return String(text) }
        if text.hasPrefix("/"), !text.hasPrefix("//") { return String(text) }
        let name = text.hasSuffix(".md") ? text.dropLast(3) : ""
        return !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } ? "/runbooks/\(name)" : nil
    }
}
