import Testing

@testable import WebAPI

struct IndexExpressionTests {
    private static let known = ["audit", "logs-a", "logs-b", "logs-old"]

    static let selections: [NamedCase<[String]>] = [
        NamedCase("logs-a", ["logs-a"]),
        NamedCase("logs-b,logs-a", ["logs-a", "logs-b"]),
        NamedCase("logs-*", ["logs-a", "logs-b", "logs-old"]),
        NamedCase("*-a,audit", ["audit", "logs-a"]),
        NamedCase("logs-*,-logs-old", ["logs-a", "logs-b"]),
        NamedCase("*,-logs-*", ["audit"]),
        NamedCase("-logs-old,logs-*", ["logs-a", "logs-b", "logs-old"]),
        NamedCase("_all", known),
        NamedCase("*", known),
        NamedCase("", known),
        NamedCase(" logs-a , audit ", ["audit", "logs-a"]),
        NamedCase("missing", []),
        NamedCase("missing*", []),
        NamedCase("l*s-*d", ["logs-old"]),
    ]

    @Test(arguments: selections) func expressionSelectsKnownIndices(_ expected: NamedCase<[String]>) {
        #expect(IndexExpression(expected.name).select(from: Self.known) == expected.value)
    }

    @Test func onlyPlainNamesMustExist() {
        #expect(IndexExpression("logs-*,audit,-logs-old,_all,missing").concrete == ["audit", "missing"])
    }
}
