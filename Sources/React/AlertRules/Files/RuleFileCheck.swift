internal import GatewayModel

/// The examination of files of rules: what `promtool check rules` says.
package struct RuleFileCheck: Sendable {
    package enum Verdict: Sendable, Equatable {
        case accepted(ruleCount: Int)
        /// Valid, but rules are there twice.
        case duplicated([DuplicateRule])
        case refused([RuleFileProblem])
    }

    package struct Finding: Sendable {
        package let path: String
        package let verdict: Verdict
        package let warnings: [RuleFileProblem]
        /// The file's text, for showing the lines that problems are in.
        fileprivate let text: String
    }

    package var reader: RuleFileReader
    /// Whether rules that are there twice are told.
    package var looksForDuplicates: Bool

    package init(reader: RuleFileReader = RuleFileReader(), looksForDuplicates: Bool = true) {
        self.reader = reader
        self.looksForDuplicates = looksForDuplicates
    }

    package func examine(_ text: String, path: String) -> Finding {
        do throws(RuleFileRefusal) {
            let file = try reader.read(text, path: path)
            let duplicates = looksForDuplicates ? file.duplicateRules : []
            let verdict: Verdict = duplicates.isEmpty ? .accepted(ruleCount: file.ruleCount) : .duplicated(duplicates)
            return Finding(path: path, verdict: verdict, warnings: file.warnings, text: text)
        } catch { return Finding(path: path, verdict: .refused(error.problems), warnings: [], text: text) }
    }

    package func examine(file path: String) -> Finding {
        do throws(RuleFileProblem) { return examine(try TextFile.read(path, bytesMax: RuleFileReader.bytesMax), path: path) } catch {
            return Finding(path: path, verdict: .refused([error]), warnings: [], text: "")
        }
    }
}

extension RuleFileCheck.Finding {
    /// What is said of the file, in promtool's words; for expressions the line with a mark under the place.
    package var description: String {
        let told = warnings.map { "  WARNING: \($0.description)" }
        switch verdict {
        case .accepted(let count): return (told + ["  SUCCESS: \(count) rules found"]).joined(separator: "\n")
        case .duplicated(let rules):
            let head = ["  FAILED:", "lint error \(rules.count) duplicate rule(s) found."]
            return (told + head + rules.map(\.description) + ["Might cause inconsistency while recording expressions"]).joined(separator: "\n")
        case .refused(let problems): return (["  FAILED:"] + problems.map { "\(path): \($0.description)" + excerpt(of: $0) }).joined(separator: "\n")
        }
    }

    /// Columns of a line that are shown around a place, so that an expression of a generated file fits a terminal.
    private static let excerptColumns = 120

    private func excerpt(of problem: RuleFileProblem) -> String {
        guard let place = problem.expressionPlace else { return "" }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard (1...lines.count).contains(place.line) else { return "" }
        let line = lines[place.line - 1].unicodeScalars.map { $0 == "\t" ? " " : Character($0) }
        let column = min(max(0, place.column - 1), line.count)
        let first = max(0, column - Self.excerptColumns / 2)
        return "\n    \(place.line): \(String(line[first...].prefix(Self.excerptColumns)))\n" + String(repeating: " ", count: column - first + 6 + String(place.line).count) + "^"
    }
}
