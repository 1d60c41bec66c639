/// A text of Markdown taken apart: the part of it that runbooks use.
///
/// Read are headings (`#`), paragraphs, lists (`-`, `1.`) with lists in them, tables, quotations (`>`) and fenced code; within text bold, emphasis, code and links.
/// Whatever else stands there is text, HTML too. Source: CommonMark 0.31, and GitHub's tables.
struct MarkdownDocument: Equatable {
    indirect enum Block: Equatable {
        /// Level 1 to 6.
        case heading(Int, String)
        case paragraph(String)
        case code(String)
        case list(isOrdered: Bool, items: [Item])
        /// The first row is the head.
        case table([[String]])
        case quotation(String)
    }

    struct Item: Equatable {
        var text: String
        /// Lists within the item.
        var blocks: [Block] = []
    }

    let blocks: [Block]

    /// Lists within lists at most; deeper ones belong to the last level.
    private static let depthMax = 4

    init(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }[...]
        var blocks: [Block] = []
        while let line = lines.first {
            if line.allSatisfy(\.isWhitespace) {
                lines.removeFirst()
            } else if line.hasPrefix("```") {
                blocks.append(Self.code(&lines))
            } else if let heading = Self.heading(line) {
                blocks.append(heading)
                lines.removeFirst()
            } else if Self.item(line) != nil {
                blocks.append(Self.list(&lines, depth: 0))
            } else if line.hasPrefix("|") {
                blocks.append(Self.table(&lines))
            } else if line.hasPrefix(">") {
                blocks.append(.quotation(Self.joined(&lines) { $0.hasPrefix(">") ? $0.dropFirst().drop { $0 == " " } : nil }))
            } else {
                blocks.append(.paragraph(Self.joined(&lines) { Self.continues($0) ? $0 : nil }))
            }
        }
        self.blocks = blocks
    }

    /// The text of the first heading; nil when there is none.
    var title: String? {
        for case .heading(_, let text) in blocks { return text }
        return nil
    }

    // MARK: Blocks

    private static func heading(_ line: Substring) -> Block? {
        let level = line.prefix { $0 == "#" }.count
        guard (1...6).contains(level), line.dropFirst(level).first == " " else { return nil }
        return .heading(level, trimmed(line.dropFirst(level)))
    }

    /// Up to the closing fence, or the end of the text.
    private static func code(_ lines: inout ArraySlice<Substring>) -> Block {
        lines.removeFirst()
        let body = lines.prefix { !$0.hasPrefix("```") }
        lines = lines.dropFirst(body.count + 1)
        return .code(body.joined(separator: "\n"))
    }

    /// Whether a line goes on a paragraph: nothing else begins in it.
    private static func continues(_ line: Substring) -> Bool {
        !line.allSatisfy(\.isWhitespace) && !line.hasPrefix("```") && !line.hasPrefix("|") && !line.hasPrefix(">") && heading(line) == nil && item(line) == nil
    }

    /// Lines as one text, as long as `piece` takes them.
    private static func joined(_ lines: inout ArraySlice<Substring>, _ piece: (Substring) -> Substring?) -> String {
        var texts: [String] = []
        while let line = lines.first, let text = piece(line) {
            texts.append(trimmed(text))
            lines.removeFirst()
        }
        return texts.joined(separator: " ")
    }

    // MARK: Lists

    /// A line that begins an item: how far its mark and its text are indented, and the text.
    private static func item(_ line: Substring) -> (indent: Int, content: Int, isOrdered: Bool, text: Substring)? {
        let indent = line.prefix { $0 == " " }.count
        let rest = line.dropFirst(indent)
        if rest.hasPrefix("- ") || rest.hasPrefix("* ") { return (indent, indent + 2, false, rest.dropFirst(2)) }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard (1...3).contains(digits.count), rest.dropFirst(digits.count).hasPrefix(". ") else { return nil }
        return (indent, indent + digits.count + 2, true, rest.dropFirst(digits.count + 2))
    }

    /// Items that are indented as the first one, each with what is indented deeper.
    private static func list(_ lines: inout ArraySlice<Substring>, depth: Int) -> Block {
        guard let first = lines.first.flatMap(item) else { return .list(isOrdered: false, items: []) }
        var items: [Item] = []
        while let line = lines.first {
            if let found = item(line) {
                if found.indent > first.indent, depth < depthMax, !items.isEmpty {
                    items[items.count - 1].blocks.append(list(&lines, depth: depth + 1))
                    continue
                }
                guard found.indent >= first.indent, found.isOrdered == first.isOrdered || found.indent > first.indent else { break }
                items.append(Item(text: trimmed(found.text)))
                lines.removeFirst()
            } else if continues(line), line.first == " ", !items.isEmpty {
                items[items.count - 1].text += " " + trimmed(line)
                lines.removeFirst()
            } else {
                break
            }
        }
        return .list(isOrdered: first.isOrdered, items: items)
    }

    // MARK: Tables

    private static func table(_ lines: inout ArraySlice<Substring>) -> Block {
        var rows: [[String]] = []
        while let line = lines.first, line.hasPrefix("|") {
            let cells = cells(line)
            // The line under the head says only how columns are aligned.
            if rows.count != 1 || !cells.allSatisfy({ !$0.isEmpty && $0.allSatisfy { "-:".contains($0) } }) { rows.append(cells) }
            lines.removeFirst()
        }
        return .table(rows)
    }

    /// Cells between bars; a bar within code or behind a backslash is text.
    private static func cells(_ line: Substring) -> [String] {
        var cells: [String] = []
        var cell = ""
        var isCode = false
        var isEscaped = false
        for character in line.dropFirst() {
            if character == "|", !isCode, !isEscaped {
                cells.append(trimmed(cell[...]))
                cell = ""
            } else {
                if character == "`" { isCode.toggle() }
                if character == "|", isEscaped { cell.removeLast() }
                cell.append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        if !cell.allSatisfy(\.isWhitespace) { cells.append(trimmed(cell[...])) }
        return cells
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
