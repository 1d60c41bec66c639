/// How the last reading of rule files went.
package struct RuleFilesStatus: Sendable, Equatable {
    /// When files were read last, and when without any fault, milliseconds since 1970; nil before the first time.
    package var readAt: Int64?
    package var goodAt: Int64?
    /// What is wrong, with the place, one entry a file; rules of these files are in force as they were before.
    package var faults: [String] = []

    package init() {}

    package var isGood: Bool { faults.isEmpty }
}
