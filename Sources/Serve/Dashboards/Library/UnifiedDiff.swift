/// The difference of two texts, line by line, as `diff -u` writes it.
///
/// Lines are compared by Myers' greedy algorithm (E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986): for each number of edits d it keeps how far along each diagonal d edits
/// lead, until one reaches the end of both texts; going back through what was kept gives the fewest lines taken out and put in. Its time and memory grow with the square of that number, so beyond
/// ``editsMax`` edits what differs is told as one piece: texts that have so little in common are read side by side anyway.
package enum UnifiedDiff {
    /// Edits that are looked for at most: 2,000 keep some 16 MB for a moment.
    static let editsMax = 2_000
    /// Lines told before and after a change.
    private static let contextLines = 3

    /// - Parameters:
    ///   - oldName: what stands behind `---`.
    ///   - newName: what stands behind `+++`.
    /// - Returns: empty where the texts are the same.
    package static func text(from old: String, to new: String, oldName: String, newName: String) -> String {
        let (oldLines, newLines) = (Lines(old), Lines(new))
        let edits = edits(oldLines.lines, newLines.lines)
        let hunks = hunks(edits)
        guard !hunks.isEmpty else { return "" }
        var output = "--- \(oldName)\n+++ \(newName)\n"
        for hunk in hunks { append(hunk, edits, oldLines, newLines, to: &output) }
        return output
    }

    /// A text's lines; the last one of a text that does not end in a line break differs from one that does.
    private struct Lines {
        let lines: [Line]

        struct Line: Equatable {
            let text: Substring
            let isEnded: Bool
        }

        init(_ text: String) {
            var lines: [Line] = []
            var rest = text.unicodeScalars[...]
            while !rest.isEmpty {
                let end = rest.firstIndex(of: "\n")
                lines.append(Line(text: Substring(rest[..<(end ?? rest.endIndex)]), isEnded: end != nil))
                rest = end.map { rest[rest.index(after: $0)...] } ?? rest[rest.endIndex...]
            }
            self.lines = lines
        }
    }

    /// A line that is in both texts, in the old one alone or in the new one alone, by its number from 0.
    private enum Edit {
        case same(old: Int, new: Int)
        case removed(Int)
        case added(Int)

        var isChange: Bool { if case .same = self { false } else { true } }
    }

    // MARK: The fewest edits

    private static func edits(_ old: [Lines.Line], _ new: [Lines.Line]) -> [Edit] {
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var (oldEnd, newEnd) = (old.count, new.count)
        while oldEnd > start, newEnd > start, old[oldEnd - 1] == new[newEnd - 1] { (oldEnd, newEnd) = (oldEnd - 1, newEnd - 1) }
        let middle = shortest(Array(old[start..<oldEnd]), Array(new[start..<newEnd])) ?? (0..<(oldEnd - start)).map { .removed($0) } + (0..<(newEnd - start)).map { .added($0) }
        let shifted = middle.map { edit -> Edit in
            switch edit {
            case .same(let old, let new): .same(old: old + start, new: new + start)
            case .removed(let line): .removed(line + start)
            case .added(let line): .added(line + start)
            }
        }
        return (0..<start).map { .same(old: $0, new: $0) } + shifted + (0..<(old.count - oldEnd)).map { .same(old: oldEnd + $0, new: newEnd + $0) }
    }

    /// nil when there are more than ``editsMax`` edits.
    private static func shortest(_ old: [Lines.Line], _ new: [Lines.Line]) -> [Edit]? {
        let most = min(old.count + new.count, editsMax)
        // How far in the old text each diagonal k = old - new has come, at index k + most + 1.
        var reach = [Int32](repeating: 0, count: 2 * most + 3)
        var steps: [[Int32]] = []
        for edits in 0...most {
            steps.append(Array(reach[(most + 1 - edits)...(most + 1 + edits)]))
            for diagonal in stride(from: -edits, through: edits, by: 2) {
                let index = diagonal + most + 1
                let isDown = diagonal == -edits || (diagonal != edits && reach[index - 1] < reach[index + 1])
                var x = Int(isDown ? reach[index + 1] : reach[index - 1] + 1)
                while x < old.count, x - diagonal < new.count, x - diagonal >= 0, old[x] == new[x - diagonal] { x += 1 }
                reach[index] = Int32(x)
                if x >= old.count, x - diagonal >= new.count { return path(steps, old.count, new.count) }
            }
        }
        return nil
    }

    /// Goes back from the end through what was reached before each edit. `steps[d]` holds the diagonals -d...d as they were before the edit d.
    private static func path(_ steps: [[Int32]], _ oldCount: Int, _ newCount: Int) -> [Edit] {
        var edits: [Edit] = []
        var (x, y) = (oldCount, newCount)
        for step in stride(from: steps.count - 1, through: 1, by: -1) {
            let diagonal = x - y
            func before(_ diagonal: Int) -> Int { Int(steps[step][diagonal + step]) }
            let isDown = diagonal == -step || (diagonal != step && before(diagonal - 1) < before(diagonal + 1))
            let start = isDown ? before(diagonal + 1) : before(diagonal - 1) + 1
            while x > start {
                (x, y) = (x - 1, y - 1)
                edits.append(.same(old: x, new: y))
            }
            if isDown {
                y -= 1
                edits.append(.added(y))
            } else {
                x -= 1
                edits.append(.removed(x))
            }
        }
        while x > 0 {
            (x, y) = (x - 1, y - 1)
            edits.append(.same(old: x, new: y))
        }
        return edits.reversed()
    }

    // MARK: Writing

    /// Runs of changes with their context, as ranges of the edits.
    private static func hunks(_ edits: [Edit]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, edit) in edits.enumerated() where edit.isChange {
            let range = max(0, index - contextLines)..<min(edits.count, index + contextLines + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound { hunks[hunks.count - 1] = last.lowerBound..<range.upperBound } else { hunks.append(range) }
        }
        return hunks
    }

    private static func append(_ hunk: Range<Int>, _ edits: [Edit], _ old: Lines, _ new: Lines, to output: inout String) {
        var (oldStart, newStart, oldCount, newCount) = (0, 0, 0, 0)
        for edit in edits[..<hunk.lowerBound] {
            if case .added = edit {} else { oldStart += 1 }
            if case .removed = edit {} else { newStart += 1 }
        }
        var body = ""
        func line(_ mark: String, _ line: Lines.Line) { body += mark + line.text + (line.isEnded ? "\n" : "\n\\ No newline at end of file\n") }
        for edit in edits[hunk] {
            switch edit {
            case .same(let index, _):
                line(" ", old.lines[index])
                (oldCount, newCount) = (oldCount + 1, newCount + 1)
            case .removed(let index):
                line("-", old.lines[index])
                oldCount += 1
            case .added(let index):
                line("+", new.lines[index])
                newCount += 1
            }
        }
        output += "@@ -\(range(oldStart, oldCount)) +\(range(newStart, newCount)) @@\n" + body
    }

    /// `start,count` from 1; where there is no line, the one before.
    private static func range(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start + 1)" : "\(count == 0 ? start : start + 1),\(count)"
    }
}
