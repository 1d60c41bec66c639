/// Something that a rule does not do as its author will think, in a sentence.
package struct RuleFinding: Sendable, Equatable {
    package enum Severity: String, Sendable, CaseIterable, Comparable {
        /// Worth knowing; the rule may be meant so.
        case info
        /// The rule does, or will do at times, what it should not.
        case warning
        /// The rule can never fire, always fires, or cannot be read.
        case error

        package static func < (lhs: Severity, rhs: Severity) -> Bool { lhs.rank < rhs.rank }
        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    package var code: RuleFindingCode
    package var severity: Severity
    /// What is wrong, why, and what to write instead.
    package var message: String
    /// As the file was named; empty for an expression alone.
    package var file: String
    package var group: String
    /// The alert's or the recorded series' name; empty for what concerns the file.
    package var rule: String
    /// Both from 1; 0 when the rule does not come from a text.
    package var line: Int
    package var column: Int

    package init(
        _ code: RuleFindingCode, _ severity: Severity, _ message: String, file: String = "", group: String = "", rule: String = "", line: Int = 0, column: Int = 0
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.file = file
        self.group = group
        self.rule = rule
        self.line = line
        self.column = column
    }
}

/// What a finding is about: words that stay the same, for filters and for whoever wants to switch one off.
package enum RuleFindingCode: String, Sendable, CaseIterable {
    // The text
    case syntax
    case skipped
    case duplicateAlert = "duplicate-alert"
    // Whether it can fire
    case neverFires = "never-fires"
    case alwaysFires = "always-fires"
    case comparisonNever = "comparison-never-true"
    case comparisonAlways = "comparison-always-true"
    case emptyVector = "empty-vector-comparison"
    case boolCondition = "bool-condition"
    case noCondition = "no-condition"
    case neverMatches = "labels-never-match"
    case doubtfulMatch = "labels-doubtful-match"
    // Numbers
    case rateUnit = "rate-unit"
    case percentage
    case floatEquality = "float-equality"
    case divisionByZero = "division-by-zero"
    case ratioWithoutVolume = "ratio-without-volume"
    // Counters, gauges, windows
    case counterAsGauge = "counter-as-gauge"
    case gaugeAsCounter = "gauge-as-counter"
    case rateOfSum = "rate-of-sum"
    case shortWindow = "short-window"
    case irate = "irate-in-alert"
    // Histograms
    case histogramWithoutLe = "histogram-without-le"
    case histogramArgument = "histogram-argument"
    case quantileRange = "quantile-range"
    case averagedQuantiles = "averaged-quantiles"
    case bucketSpelling = "bucket-spelling"
    // Selectors and times
    case regexWithoutPattern = "regex-without-pattern"
    case future = "future-offset"
    case fixedTime = "fixed-time"
    case absentOfMany = "absent-of-many"
    // The alert around the expression
    case templateLabel = "template-label"
    case valueInLabel = "value-in-label"
    case noHold = "no-for"
    case shortHold = "short-for"
    // With data
    case unknownMetric = "unknown-metric"
    case unknownLabel = "unknown-label"
    case unknownValue = "unknown-label-value"
    case neverTrue = "never-true-so-far"
    case alwaysOn = "on-all-the-time"
    case manyAlerts = "many-alerts"
    case evaluation = "evaluation-error"
}
