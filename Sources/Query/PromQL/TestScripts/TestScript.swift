internal import GatewayModel

/// A script in Prometheus's language for testing PromQL: commands that load series, forget them, and evaluate expressions.
///
/// Source: prometheus/prometheus `promql/promqltest/README.md` and `test.go`; deprecated forms (`eval_fail`, `expected_fail_message`) are read too.
package struct TestScript: Sendable {
    package let commands: [Command]

    package enum Command: Sendable {
        case clear
        case load(Load)
        case evaluate(Evaluation)
    }

    /// Series whose first values are at 0 and the others in steps.
    package struct Load: Sendable {
        package let line: Int
        package let stepMilliseconds: Int64
        /// Whether classic histograms are loaded once more as native ones with custom buckets (`load_with_nhcb`).
        package let addsNativeHistograms: Bool
        package internal(set) var series: [NotatedSeries] = []
    }

    /// An expression, and what it shall give.
    package struct Evaluation: Sendable {
        /// 1-based.
        package let line: Int
        package let text: String
        let expression: Expression
        /// The instants; of an instant query one.
        var grid: StepGrid
        let isRange: Bool
        /// The instants of the points of a range vector that is expected from an instant query.
        var rangeVector: StepGrid?
        var expectations: [Expectation] = []
        var series: [ExpectedSeries] = []
        /// Set instead of series when a scalar is expected.
        var scalar: Double?
        var string: String?
    }

    struct ExpectedSeries: Sendable {
        /// 1-based, where results are expected in an order.
        let position: Int
        let labels: SeriesLabels
        let values: [NotatedValue]
    }

    /// Reads a script.
    ///
    /// - Throws: at the first line that cannot be read.
    package init(_ text: String) throws(TestScriptError) {
        var parser = TestScriptParser(text)
        commands = try parser.commands()
    }
}

/// What an evaluation shall do beside giving values.
struct Expectation: Sendable {
    enum Kind: String, Sendable {
        case fail
        case warning = "warn"
        case noWarning = "no_warn"
        case info
        case noInfo = "no_info"
        case ordered
    }

    enum Match: Sendable {
        case anything
        /// Deprecated forms look at whether there is a note at all, not at which.
        case atLeastOne
        case exactly(String)
        case pattern(LabelPattern, String)

        func matches(_ text: String) -> Bool {
            switch self {
            case .anything, .atLeastOne: true
            case .exactly(let expected): text == expected
            case .pattern(let pattern, _): pattern.matches(text)
            }
        }

        var text: String {
            switch self {
            case .anything, .atLeastOne: "anything"
            case .exactly(let text): text
            case .pattern(_, let text): text
            }
        }
    }

    let kind: Kind
    let match: Match
}

/// Why a script cannot be read.
package struct TestScriptError: Error, Sendable, Equatable {
    /// 1-based.
    package let line: Int
    package let message: String

    package init(line: Int, message: String) {
        self.line = line
        self.message = message
    }
}
