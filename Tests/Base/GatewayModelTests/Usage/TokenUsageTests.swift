import GatewayModel
import Testing

@Suite struct TokenUsageTests {
    @Test func aConsistentUsageHasNoIssues() {
        var usage = TokenUsage(
            inputTokens: 100, outputTokens: 50, cacheReadTokens: 60, cacheCreationTokens: 40, reasoningTokens: 50, totalTokens: 150)
        usage.cacheCreation5mTokens = 30
        usage.cacheCreation1hTokens = 10
        usage.inputMedia.text = 70
        usage.inputMedia.audio = 30
        #expect(usage.issues.isEmpty)
        #expect(TokenUsage().issues.isEmpty)
    }

    @Test func aPartBeyondItsWholeIsReported() {
        #expect(TokenUsage(inputTokens: 10, outputTokens: 1, cacheReadTokens: 6, cacheCreationTokens: 5).issues == .cacheExceedsInput)
        #expect(TokenUsage(inputTokens: 10, outputTokens: 1, reasoningTokens: 2).issues == .reasoningExceedsOutput)
        #expect(TokenUsage(inputTokens: 10, outputTokens: 1, totalTokens: 10).issues == .totalBelowParts)
        #expect(TokenUsage(inputTokens: 10, outputTokens: 1, totalTokens: 12).issues == .totalAboveParts)
        var split = TokenUsage(inputTokens: 10, outputTokens: 1, cacheCreationTokens: 5)
        split.cacheCreation1hTokens = 6
        #expect(split.issues == .cacheSplitExceedsCache)
        var media = TokenUsage(inputTokens: 10, outputTokens: 1)
        media.outputMedia.image = 2
        #expect(media.issues == .mediaExceedWhole)
    }

    @Test func aCacheLeftOutOfTheInputIsAdded() {
        let usage = TokenUsage(inputTokens: 3, outputTokens: 1, cacheReadTokens: 1_111, cacheCreationTokens: 418).includingCache()
        #expect(usage.inputTokens == 1_532)
        #expect(usage.issues.isEmpty)
    }

    @Test func aCacheInsideTheInputIsNotAddedAgain() {
        let usage = TokenUsage(inputTokens: 1_349, outputTokens: 1, cacheReadTokens: 1_024)
        #expect(usage.includingCache() == usage)
        let unknown = TokenUsage(inputTokens: nil, outputTokens: 1, cacheReadTokens: 1_024)
        #expect(unknown.includingCache() == unknown)
    }

    @Test func onlyAUsageWithInputOrOutputIsPriceable() {
        #expect(TokenUsage(inputTokens: 0, outputTokens: nil).isPriceable)
        #expect(TokenUsage(inputTokens: nil, outputTokens: 1).isPriceable)
        #expect(!TokenUsage(inputTokens: nil, outputTokens: nil, cacheReadTokens: 1).isPriceable)
    }
}
