import Foundation
import Testing

@testable import WebAPI

/// The part of Markdown that runbooks use.
struct MarkdownTests {
    private static func html(_ text: String) -> String { MarkdownHTML(MarkdownDocument(text)).html.replacing("\n", with: "") }

    @Test(arguments: [
        ("# Title", "<h1 id=\"title\">Title</h1>"),
        ("## What to do, first!", "<h2 id=\"what-to-do-first\">What to do, first!</h2>"),
        ("#nothing", "<p>#nothing</p>"),
        ("one\ntwo\n\nthree", "<p>one two</p><p>three</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("10. a\n11. b", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n  goes on\n- b", "<ul><li>a goes on</li><li>b</li></ul>"),
        ("- a\n  - inner\n  - more\n- b", "<ul><li>a<ul><li>inner</li><li>more</li></ul></li><li>b</li></ul>"),
        ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("text\n- a", "<p>text</p><ul><li>a</li></ul>"),
        ("- a\n\ntext", "<ul><li>a</li></ul><p>text</p>"),
        ("```promql\nsum(x) > 1\n# not a heading\n```\nafter", "<pre><code>sum(x) &gt; 1# not a heading</code></pre><p>after</p>"),
        ("```\nwithout an end", "<pre><code>without an end</code></pre>"),
        ("> said\n> so", "<blockquote><p>said so</p></blockquote>"),
        ("| a | b |\n|---|:-:|\n| 1 | `x|y` |", "<div class=\"scroll-x\"><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><code>x|y</code></td></tr></table></div>"),
        ("| a \\| b |", "<div class=\"scroll-x\"><table><tr><th>a | b</th></tr></table></div>"),
        ("", ""), ("\n\n", ""),
    ])
    func blocks(_ text: String, _ expected: String) { #expect(Self.html(text) == expected) }

    @Test(arguments: [
        ("`a < b`", "<code>a &lt; b</code>"),
        ("**bold** and *soft*", "<strong>bold</strong> and <em>soft</em>"),
        ("**bold `code`**", "<strong>bold <code>code</code></strong>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("an unpaired ** or ` or [", "an unpaired ** or ` or ["),
        ("`error_type: *` and `x: *`", "<code>error_type: *</code> and <code>x: *</code>"),
        ("[there](https://example.com/a?b=1&c=2)", "<a href=\"https://example.com/a?b=1&amp;c=2\">there</a>"),
        ("[page](/?page=alerts)", "<a href=\"/?page=alerts\">page</a>"),
        ("[other](OtherAlert.md)", "<a href=\"/runbooks/OtherAlert\">other</a>"),
        ("[here](#impact)", "<a href=\"#impact\">here</a>"),
        ("[x[5m]](y)", "[x[5m]](y)"),
    ])
    func inline(_ text: String, _ expected: String) { #expect(MarkdownHTML.inline(text) == expected) }

    @Test(arguments: [
        "<script>alert(1)</script>", "# <img src=x onerror=alert(1)>", "- <b>", "`<i>`", "| <td> |", "> <p>", "```\n</code><script>\n```", "[<u>](/a)", "**<b>**",
        "[a](/x\"onclick=alert(1))",
    ])
    func htmlIsShownAndNotObeyed(_ text: String) {
        let html = Self.html(text)
        #expect(!html.contains("<script") && !html.contains("<img") && !html.contains("<b>") && !html.contains("<i>") && !html.contains("<u>") && !html.contains("\"onclick"))
        #expect(html.contains("&lt;") || html.contains("&quot;"))
    }

    @Test(arguments: ["javascript:alert(1)", "//elsewhere.example", "data:text/html,x", "../../etc/passwd", "Other Alert.md", "a/b.md", "\\\\host", ".md"])
    func otherTargetsAreNoLinks(_ target: String) { #expect(!MarkdownHTML.inline("[text](\(target))").contains("<a ")) }

    @Test func deepListsEnd() {
        let text = (0..<50).map { String(repeating: " ", count: $0 * 2) + "- x" }.joined(separator: "\n")
        let html = Self.html(text)
        #expect(html.components(separatedBy: "<li>").count == 51 && html.components(separatedBy: "<ul>").count == 6)
        #expect(html.components(separatedBy: "<ul>").count == html.components(separatedBy: "</ul>").count)
    }

    @Test func anyTextGivesBalancedPages() {
        var random = SystemRandomNumberGenerator()
        let pieces = ["# ", "- ", "1. ", "  ", "\n", "\n\n", "```", "|", "`", "**", "*", "[a](b.md)", "[", "](", ")", ">", "<x>", "text", "é", "&"]
        for _ in 0..<500 {
            let text = (0..<40).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
            let html = MarkdownHTML(MarkdownDocument(text)).html
            for tag in ["ul", "ol", "li", "p", "pre", "table", "strong", "em", "code", "a"] {
                let opened = html.components(separatedBy: "<\(tag)>").count + html.components(separatedBy: "<\(tag) ").count
                #expect(opened - 1 == html.components(separatedBy: "</\(tag)>").count, "\(tag) in \(text)")
            }
        }
    }
}
