/// What was computed from published traces of real LLM serving, and nothing else of them. The traces themselves are not
/// needed at run time; docs/internals/demo-traffic.md says how each figure was computed.
///
/// Token distributions are twelve percentiles, see ``TracePercentiles/probabilities``, rounded to whole tokens.
enum TraceFigures {
    // Azure LLM inference trace 2023, Azure/AzurePublicDataset, CC BY 4.0; P. Patel et al., "Splitwise", ISCA 2024.
    // 19,366 requests of a conversation service and 8,819 of a coding service, about an hour each.
    static let conversationInput = TracePercentiles([2, 29, 181, 207, 396, 1_020, 1_189, 2_735, 4_083, 4_142, 6_212, 14_050])
    static let conversationOutput = TracePercentiles([7, 16, 41, 54, 85, 129, 395, 424, 451, 601, 954, 1_000])
    static let codingInput = TracePercentiles([3, 17, 75, 147, 578, 1_469, 2_745, 5_194, 7_315, 7_436, 7_437, 7_437])
    static let codingOutput = TracePercentiles([6, 6, 6, 7, 9, 13, 24, 55, 90, 252, 831, 1_899])

    // Mooncake conversation trace, kvcache-ai/Mooncake, Apache-2.0; R. Qin et al., "Mooncake", FAST 2025.
    // 12,031 requests; long contexts. Reuse is the share of a request's leading 512-token blocks that an earlier request had.
    static let longContextInput = TracePercentiles([891, 894, 901, 964, 2_306, 6_909, 15_368, 27_367, 39_552, 85_401, 121_301, 126_195])
    static let longContextOutput = TracePercentiles([1, 3, 10, 24, 156, 350, 472, 597, 698, 1_120, 2_000, 2_000])
    static let prefixReuse = TracePercentiles([0, 0.007, 0.018, 0.027, 0.067, 0.333, 0.667, 0.929, 0.964, 0.995, 1, 1])

    // RAGPulse trace, flashserve/RAGPulse, MIT. 7,106 requests of a retrieval-augmented question answering service in a week.
    static let retrievalInput = TracePercentiles([1_052, 1_052, 1_055, 1_110, 2_754, 3_139, 3_437, 3_959, 4_425, 5_439, 6_434, 7_712])
    static let retrievalOutput = TracePercentiles([7, 36, 66, 83, 131, 234, 385, 563, 670, 891, 1_183, 2_183])

    // ServeGen, alibaba/ServeGen, Apache-2.0; Y. Xiang et al., 2025: single clients of a cloud's model services, weighted by use.
    // Reasoning: deepseek-r1 client 35; extraction: m-large client 104; classification: m-mid client 101; pages with images: mm-image client 12.
    static let reasoningInput = TracePercentiles([4, 5, 9, 12, 24, 73, 334, 1_262, 1_593, 2_502, 5_805, 11_092])
    static let reasoningOutput = TracePercentiles([26, 194, 332, 421, 674, 1_382, 3_388, 5_800, 7_629, 12_300, 18_567, 32_768])
    static let extractionInput = TracePercentiles([62, 114, 207, 265, 577, 826, 844, 1_236, 1_401, 1_724, 1_951, 2_348])
    static let extractionOutput = TracePercentiles([1, 1, 1, 1, 15, 16, 62, 156, 301, 884, 1_024, 8_192])
    static let classificationInput = TracePercentiles([27, 112, 146, 171, 200, 235, 240, 258, 327, 452, 782, 10_298])
    static let classificationOutput = TracePercentiles([1, 4, 5, 5, 6, 8, 20, 23, 26, 41, 321, 8_192])
    static let pageInput = TracePercentiles([963, 1_008, 1_017, 1_047, 1_210, 1_621, 2_174, 2_657, 2_968, 3_293, 3_449, 4_242])
    static let pageOutput = TracePercentiles([2, 20, 37, 59, 120, 194, 278, 393, 507, 1_404, 2_000, 2_000])
    /// The share of a reasoning model's output that is reasoning: all six published deepseek-r1 clients.
    static let reasoningShare = TracePercentiles([0, 0.281, 0.351, 0.403, 0.591, 0.794, 0.9, 0.958, 0.978, 0.99, 0.994, 0.998])

    // Requests by local hour of the day, mean 1, from 0:00.
    /// BurstGPT, HPMLL/BurstGPT, CC BY 4.0; Y. Wang et al., KDD 2025: 61 days of a campus's conversations.
    static let campusDay: [Double] = [
        0.96, 0.91, 0.59, 0.53, 0.38, 0.35, 0.20, 0.16, 0.18, 0.43, 0.90, 1.32, 1.79, 1.54, 1.84, 1.43, 1.51, 1.39, 1.21, 1.61, 1.39, 1.20, 1.16, 1.05,
    ]
    /// ServeGen m-small, sum over clients in a week: an API for products, with its peak in the evening.
    static let productDay: [Double] = [
        0.84, 0.67, 0.66, 0.66, 0.62, 0.64, 0.72, 0.81, 0.98, 1.18, 1.15, 1.10, 1.04, 1.01, 1.05, 1.04, 1.07, 1.08, 1.07, 1.22, 1.47, 1.47, 1.34, 1.11,
    ]
    /// RAGPulse: a knowledge service that sleeps at night. Saturdays and Sundays have about three quarters of a workday.
    static let knowledgeDay: [Double] = [
        1.08, 0.37, 0.22, 0.09, 0.07, 0.07, 0.11, 0.36, 0.78, 1.04, 1.50, 1.53, 1.30, 1.43, 1.59, 1.66, 1.48, 1.30, 1.47, 1.56, 1.28, 1.25, 1.35, 1.10,
    ]

    /// ServeGen m-large, coefficient of variation of the time between a client's requests, weighted by requests, at 10 %, 50 % and
    /// 90 %: steady clients are like a Poisson process, a tenth of the traffic comes in bursts.
    static let steadyVariation = 0.94
    static let usualVariation = 1.17
    static let burstyVariation = 5.11
    /// ServeGen, standard deviation of the logarithm of a client's rate from one 10-minute window to the next (divided by the root
    /// of 2): the median of the twelve largest clients each of m-small, m-mid and m-large.
    static let rateNoise = 0.21
    /// Elastic's sample web log of 2015 (elastic/examples, Apache-2.0), 1,753 addresses: requests fall with this power
    /// of the rank (fitted to the first 500).
    static let userExponent = 0.72
    /// The probability that a request of the Mooncake trace finds at least a tenth of its prompt in the cache.
    static let prefixReuseProbability = 0.65
}
