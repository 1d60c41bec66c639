import Testing

@testable import PromQL

struct FunctionHelpTests {
    @Test func everyFunctionIsExplained() {
        #expect(FunctionHelp.all.count == FunctionSignature.all.count + AggregationOperator.allCases.count)
        for help in FunctionHelp.all { #expect(help.summary.hasSuffix(".") && help.usage.hasPrefix(help.name), "\(help.name)") }
    }

    @Test(arguments: [
        ("round", "round(instant vector, [scalar])"), ("rate", "rate(range vector)"), ("time", "time()"), ("hour", "hour([instant vector])"),
        ("label_join", "label_join(instant vector, string, string, [string, ...])"), ("topk", "topk [by | without (labels)] (scalar, instant vector)"),
    ])
    func usageNamesTheArguments(_ name: String, _ usage: String) { #expect(FunctionHelp.all.first { $0.name == name }?.usage == usage) }
}
