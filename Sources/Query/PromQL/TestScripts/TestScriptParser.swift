internal import GatewayModel

/// Cuts a script into commands, line by line. A command ends at an empty line or a comment.
struct TestScriptParser {
    /// Trimmed, comments emptied.
    let lines: [String]
    /// Of the line to be read next.
    var index = 0
    /// Characters of a line that is quoted in an error: what is no script at all may be one line of megabytes.
    private static let quotedMax = 80

    init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { line in
            let trimmed = Self.trimmed(line)
            return trimmed.hasPrefix("#") ? "" : trimmed
        }
    }

    mutating func commands() throws(TestScriptError) -> [TestScript.Command] {
        var commands: [TestScript.Command] = []
        while index < lines.count {
            let line = lines[index]
            let word = line.prefix { $0 != " " && $0 != "\t" }.lowercased()
            if word.isEmpty {
                index += 1
            } else if word == "clear" {
                index += 1
                commands.append(.clear)
            } else if word.hasPrefix("load") {
                commands.append(.load(try load()))
            } else if word.hasPrefix("eval") {
                commands.append(.evaluate(try evaluation()))
            } else {
                throw error("invalid command \(String(line.prefix(Self.quotedMax)).goQuoted)")
            }
        }
        return commands
    }

    private mutating func load() throws(TestScriptError) -> TestScript.Load {
        var words = WordCursor(lines[index])
        let command = words.next()
        let step = words.rest
        guard command == "load" || command == "load_with_nhcb", !step.isEmpty else {
            throw error("invalid load command. (load[_with_nhcb] <step:duration>)")
        }
        var load = TestScript.Load(line: index + 1, stepMilliseconds: try duration(step, "step"), addsNativeHistograms: command == "load_with_nhcb")
        index += 1
        while index < lines.count, !lines[index].isEmpty {
            load.series.append(try series(lines[index]))
            index += 1
        }
        return load
    }

    func series(_ line: String) throws(TestScriptError) -> NotatedSeries {
        do {
            return try NotatedSeries(line)
        } catch {
            throw TestScriptError(line: index + 1, message: "column \(error.offset + 1): \(error.message)")
        }
    }

    func duration(_ text: String, _ what: String) throws(TestScriptError) -> Int64 {
        do {
            return try DurationText.milliseconds(text)
        } catch {
            throw TestScriptError(line: index + 1, message: "invalid \(what) definition \(text.goQuoted): \(error.message)")
        }
    }

    func error(_ message: String) -> TestScriptError { TestScriptError(line: index + 1, message: message) }

    private static func trimmed(_ line: Substring) -> String {
        var rest = line
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}

/// Takes words off the front of a line.
struct WordCursor {
    private(set) var rest: String

    init(_ line: String) { rest = line }

    /// The next word; empty at the end.
    mutating func next() -> String {
        let word = rest.prefix { !$0.isWhitespace }
        rest = String(rest.dropFirst(word.count).drop { $0.isWhitespace })
        return String(word)
    }

    /// Takes a word if it is the next one.
    mutating func take(_ word: String) -> Bool {
        var cursor = self
        guard cursor.next() == word else { return false }
        self = cursor
        return true
    }
}
