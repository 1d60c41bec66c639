extension PriceBook {
    /// The built-in list's part for further makers of models; its sources are named at ``builtin``.
    static let builtinFurtherMakersText = #"""
        columns provider model          input output
        cohere command                      1      2
        cohere command-a-03-2025          2.5     10
        cohere command-r                 0.15    0.6
        cohere command-r-08-2024         0.15    0.6
        cohere command-r-plus             2.5     10
        cohere command-r-plus-08-2024     2.5     10
        cohere command-r7b-12-2024     0.0375   0.15
        cohere embed-v4.0                0.12      0

        columns provider model      input output cached_input cache_write
        deepseek deepseek-chat       0.28   0.42        0.028           -
        deepseek deepseek-coder      0.14   0.28            -           -
        deepseek deepseek-r1         0.55   2.19            -           -
        deepseek deepseek-reasoner   0.28   0.42        0.028           -
        deepseek deepseek-v3         0.27    1.1         0.07           0
        deepseek deepseek-v3.2       0.28    0.4            -           -
        deepseek deepseek-v4-flash   0.14   0.28       0.0028           0
        deepseek deepseek-v4-pro    0.435   0.87     0.003625           0

        columns provider model          input output cached_input cache_write
        minimax MiniMax-M2                0.3    1.2         0.03       0.375
        minimax MiniMax-M2.1              0.3    1.2         0.03       0.375
        minimax MiniMax-M2.1-lightning    0.3    2.4         0.03       0.375
        minimax MiniMax-M2.5              0.3    1.2         0.03       0.375
        minimax MiniMax-M3                0.3    1.2         0.06           -

        columns provider model              input output cached_input
        moonshot_ai kimi-k2-0711-preview      0.6    2.5         0.15
        moonshot_ai kimi-k2-0905-preview      0.6    2.5         0.15
        moonshot_ai kimi-k2-thinking          0.6    2.5         0.15
        moonshot_ai kimi-k2-thinking-turbo   1.15      8         0.15
        moonshot_ai kimi-k2-turbo-preview    1.15      8         0.15
        moonshot_ai kimi-k2.5                 0.6      3          0.1
        moonshot_ai kimi-k2.6                0.95      4         0.16
        moonshot_ai moonshot-v1-128k            2      5            -
        moonshot_ai moonshot-v1-32k             1      3            -
        moonshot_ai moonshot-v1-8k            0.2      2            -

        columns provider model             input output
        perplexity codellama-34b-instruct   0.35    1.4
        perplexity codellama-70b-instruct    0.7    2.8
        perplexity llama-2-70b-chat          0.7    2.8
        perplexity sonar                       1      1
        perplexity sonar-deep-research         2      8
        perplexity sonar-pro                   3     15
        perplexity sonar-reasoning             1      5
        perplexity sonar-reasoning-pro         2      8

        columns provider model   input output
        voyageai voyage-2          0.1      0
        voyageai voyage-3         0.06      0
        voyageai voyage-3-large   0.18      0
        voyageai voyage-3-lite    0.02      0
        voyageai voyage-3.5       0.06      0

        columns provider model            input output cached_input tier_above tier_input tier_output
        x_ai grok-2                           2     10            -          -          -           -
        x_ai grok-2-vision                    2     10            -          -          -           -
        x_ai grok-3                           3     15         0.75          -          -           -
        x_ai grok-3-beta                      3     15         0.75          -          -           -
        x_ai grok-3-fast-beta                 5     25         1.25          -          -           -
        x_ai grok-3-mini                    0.3    0.5        0.075          -          -           -
        x_ai grok-3-mini-beta               0.3    0.5        0.075          -          -           -
        x_ai grok-3-mini-fast               0.6      4         0.15          -          -           -
        x_ai grok-3-mini-fast-beta          0.6      4         0.15          -          -           -
        x_ai grok-4-1-fast                  0.2    0.5         0.05     128000        0.4           1
        x_ai grok-4-1-fast-non-reasoning    0.2    0.5         0.05     128000        0.4           1
        x_ai grok-4-1-fast-reasoning        0.2    0.5         0.05     128000        0.4           1
        x_ai grok-4-fast-non-reasoning      0.2    0.5         0.05     128000        0.4           1
        x_ai grok-4-fast-reasoning          0.2    0.5         0.05     128000        0.4           1
        x_ai grok-4.3                      1.25    2.5          0.2     200000        2.5           5
        x_ai grok-4.5                         2      6          0.5     200000          4          12
        x_ai grok-code-fast                 0.2    1.5         0.02          -          -           -
        x_ai grok-code-fast-1               0.2    1.5         0.02          -          -           -

        columns provider model       input output cached_input cache_write
        zhipuai glm-4-32b-0414-128k    0.1    0.1            -           -
        zhipuai glm-4.5                0.6    2.2            -           -
        zhipuai glm-4.5-air            0.2    1.1            -           -
        zhipuai glm-4.5-airx           1.1    4.5            -           -
        zhipuai glm-4.5-x              2.2    8.9            -           -
        zhipuai glm-4.6                0.6    2.2         0.11           0
        zhipuai glm-4.7                0.6    2.2         0.11           0
        zhipuai glm-5                    1    3.2          0.2           0
        zhipuai glm-5-code             1.2      5          0.3           0
        zhipuai glm-5.1                1.4    4.4         0.26           0
        """#
}
