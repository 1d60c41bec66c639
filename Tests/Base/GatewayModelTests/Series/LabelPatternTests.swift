import Testing

@testable import GatewayModel

struct LabelPatternTests {
    @Test func literalAlternativesAreKnown() throws { #expect(try LabelPattern("a|b").literals == ["a", "b"]) }
}
