extension PriceBook {
    /// The price list that the program brings along: 379 models, as they were on 2026-07-24.
    ///
    /// Facts re-entered from LiteLLM's public table of that day, compared with the table of pydantic/genai-prices; prices of audio
    /// tokens from the latter. Not in either: Anthropic's price of a one-hour cache write (twice the input price) and of a web search
    /// (10 USD per thousand), both from its price page. The lines have no first day: they are the oldest prices known here, and hold
    /// for older calls too. Where the two tables differ, or a price has changed since, an operator's list is laid over this one.
    package static let builtin = PriceBook.parse(builtinText).book

    /// ``builtin`` as text, for operators to start from.
    package static var builtinText: String {
        [builtinHeadText, builtinMakersText, builtinFurtherMakersText, builtinHostsText].joined(separator: "\n\n")
    }

    private static let builtinHeadText = #"""
        # USD per million tokens; web_search: USD per thousand searches.
        as-of 2026-07-24

        # The same models at the same list prices under another provider's name.
        alias gcp.vertex_ai      claude-*  anthropic
        alias gcp.vertex_ai      *         gcp.gemini
        alias gcp.gemini         claude-*  anthropic
        alias azure.ai.inference *         azure.ai.openai
        alias azure.ai.openai    claude-*  anthropic
        alias azure.ai.openai    *         openai
        alias voyage             *         voyageai
        alias zai                *         zhipuai
        """#
}
