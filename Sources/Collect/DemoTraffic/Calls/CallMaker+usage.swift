/// How much a call had to read and to write, whether or not its record will say so.
struct CallUsage {
    var input: Int32
    var output: Int32
    var cacheRead: Int32 = 0
    var cacheCreation: Int32 = 0
    var reasoning: Int32 = 0
    /// Texts in a call for embeddings.
    var texts: Int32 = 1
}

extension CallMaker {
    /// Draws the tokens and tools of a call.
    func setUsage(_ call: inout DemoCall, _ target: ModelFigures, _ random: inout SplitMix64) -> CallUsage {
        var usage = CallUsage(input: Int32(model.inputs[source](random.unit())), output: 0)
        if target.isEmbeddings {
            usage.texts = Int32(1 + random.below(24))
            usage.input = usage.input * usage.texts
            return usage
        }
        usage.output = Int32(model.outputs[source](random.unit()))
        if target.reasoningEffort > 0 { addReasoning(&usage, target, &random) }
        usage.output = min(max(usage.output, 1), CallLimits.outputTokensMax)
        usage.reasoning = min(usage.reasoning, usage.output)
        if target.promptCache != .none { addPromptCache(&usage, target, &random) }
        if figures.toolsOffered > 0 {
            let offered = random.chance(figures.toolsOffered)
            call.toolCount = offered ? Int8(3 + random.below(18)) : 0
            call.toolCalled = offered && random.chance(figures.toolsCalled) ? 1 : 0
        }
        return usage
    }

    /// The published share of reasoning, scaled by the model's effort. Where the source's answers are those of models that do not
    /// reason, the reasoning comes on top.
    private func addReasoning(_ usage: inout CallUsage, _ target: ModelFigures, _ random: inout SplitMix64) {
        let share = target.reasoningEffort * model.reasoningShare(random.unit())
        if figures.outputHoldsReasoning {
            usage.reasoning = Int32(share * Double(usage.output))
        } else {
            usage.reasoning = Int32(Double(usage.output) * share / (1 - share))
            usage.output += usage.reasoning
        }
    }

    /// Tokens below which providers do not cache a prompt, and the steps in which they count (OpenAI's published rule).
    private static let cacheableTokensMin: Int32 = 1_024
    private static let cacheStep: Int32 = 128

    private func addPromptCache(_ usage: inout CallUsage, _ target: ModelFigures, _ random: inout SplitMix64) {
        guard usage.input >= Self.cacheableTokensMin else { return }
        if random.chance(figures.promptCaching) {
            let reused = Int32(model.prefixReuse(random.unit()) * Double(usage.input))
            usage.cacheRead = min(reused / Self.cacheStep * Self.cacheStep, usage.input)
        }
        if target.promptCache == .explicit, figures.promptCaching > 0 {
            // Agents mark nearly all of a new prompt as worth keeping, other programs only its fixed beginning.
            let marked = random.unit() * figures.promptCaching
            usage.cacheCreation = Int32(marked * Double(usage.input - usage.cacheRead))
        }
    }

    /// Writes the tokens into the record of a call that succeeded.
    func report(_ usage: CallUsage, _ target: ModelFigures, in call: inout DemoCall) {
        call.input = usage.input
        if target.isEmbeddings { return }
        call.output = usage.output
        if target.promptCache != .none { call.cacheRead = usage.cacheRead }
        if target.promptCache == .explicit { call.cacheCreation = usage.cacheCreation }
        if target.reasoningEffort > 0 { call.reasoning = usage.reasoning }
    }
}
