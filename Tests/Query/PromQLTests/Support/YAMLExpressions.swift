/// The values of the `expr` keys of a rule file: plain, quoted or as a block. It reads no more of YAML than rule files use.
enum YAMLExpressions {
    static func all(in text: String) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
        var expressions: [String] = []
        for (number, line) in lines.enumerated() {
            let trimmed = line.drop { $0 == " " }
            let entry = trimmed.hasPrefix("- ") ? trimmed.dropFirst(2).drop { $0 == " " } : trimmed
            guard let key = ["expr:", "\"expr\":"].first(where: entry.hasPrefix) else { continue }
            let indent = line.count - entry.count
            // What belongs to the value is indented deeper than its key.
            let following = lines[(number + 1)...].prefix { $0.allSatisfy { $0 == " " } || $0.prefix { $0 == " " }.count > indent }
            let value = entry.dropFirst(key.count).drop { $0 == " " }
            expressions.append(expression(String(value), following.map(String.init)))
        }
        return expressions
    }

    private static func expression(_ first: String, _ following: [String]) -> String {
        switch first.first {
        case "|": return following.joined(separator: "\n")
        case ">": return folded(following)
        case "\"": return unescaped(folded([first] + following))
        case "'": return String(folded([first] + following).dropFirst().dropLast()).replacing("''", with: "'")
        default: return folded([withoutComment(first)] + following.map(withoutComment))
        }
    }

    private static func folded(_ lines: [String]) -> String {
        lines.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.joined(separator: " ").trimmingSuffix()
    }

    private static func withoutComment(_ line: String) -> String {
        guard let comment = line.firstRange(of: " #") else { return line }
        return String(line[..<comment.lowerBound])
    }

    private static func unescaped(_ quoted: String) -> String {
        var text = ""
        var isEscaped = false
        for character in quoted.dropFirst().dropLast() {
            if isEscaped {
                text.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                text.append(character)
            }
        }
        return text
    }
}

extension String {
    fileprivate func trimmingSuffix() -> String { String(reversed().drop { $0 == " " }.reversed()) }
}
