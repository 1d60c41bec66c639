/// The outcomes of tests as JUnit's XML, which builds understand.
///
/// Source: https://github.com/testmoapp/junitxml; prometheus/prometheus `util/junitxml`.
package enum JUnitReport {
    package static func xml(_ reports: [RuleTester.Report]) -> String {
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#, "<testsuites>"]
        for report in reports {
            let failed = report.outcomes.count { !$0.failures.isEmpty }
            let errors = report.refusal.isEmpty ? 0 : 1
            lines.append(
                "  <testsuite name=\"\(escaped(report.path))\" tests=\"\(report.outcomes.count)\" failures=\"\(failed)\" errors=\"\(errors)\">")
            for refusal in report.refusal { lines.append("    <error message=\"\(escaped(refusal))\"/>") }
            for outcome in report.outcomes {
                let head = "    <testcase name=\"\(escaped(outcome.name))\" time=\"\(outcome.seconds.rounded(toPlaces: 3))\""
                if outcome.failures.isEmpty {
                    lines.append(head + "/>")
                } else {
                    lines.append(head + ">")
                    lines += outcome.failures.map { "      <failure>\(escaped($0))</failure>" }
                    lines.append("    </testcase>")
                }
            }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>", ""]).joined(separator: "\n")
    }

    /// Characters that XML cannot have at all become question marks.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n", "\t": escaped += "&#\(scalar.value);"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped += "?"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        var factor = 1.0
        for _ in 0..<places { factor *= 10 }
        return (self * factor).rounded() / factor
    }
}
