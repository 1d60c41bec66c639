extension PriceBook {
    /// The built-in list's part for Anthropic, Google, Mistral and OpenAI; its sources are named at ``builtin``.
    static let builtinMakersText = #"""
        columns provider model                input output cached_input cache_write cache_write_1h tier_above tier_input tier_output web_search
        anthropic claude-3-7-sonnet-20250219      3     15          0.3        3.75              6          -          -           -         10
        anthropic claude-3-haiku-20240307      0.25   1.25         0.03         0.3            0.5          -          -           -         10
        anthropic claude-3-opus-20240229         15     75          1.5       18.75             30          -          -           -         10
        anthropic claude-4-opus-20250514         15     75          1.5       18.75             30          -          -           -         10
        anthropic claude-4-sonnet-20250514        3     15          0.3        3.75              6     200000          6        22.5         10
        anthropic claude-fable-5                 10     50            1        12.5             20          -          -           -         10
        anthropic claude-haiku-4-5                1      5          0.1        1.25              2          -          -           -         10
        anthropic claude-haiku-4-5-20251001       1      5          0.1        1.25              2          -          -           -         10
        anthropic claude-opus-4-1                15     75          1.5       18.75             30          -          -           -         10
        anthropic claude-opus-4-1-20250805       15     75          1.5       18.75             30          -          -           -         10
        anthropic claude-opus-4-20250514         15     75          1.5       18.75             30          -          -           -         10
        anthropic claude-opus-4-5                 5     25          0.5        6.25             10          -          -           -         10
        anthropic claude-opus-4-5-20251101        5     25          0.5        6.25             10          -          -           -         10
        anthropic claude-opus-4-6                 5     25          0.5        6.25             10          -          -           -         10
        anthropic claude-opus-4-6-20260205        5     25          0.5        6.25             10          -          -           -         10
        anthropic claude-opus-4-7                 5     25          0.5        6.25             10          -          -           -         10
        anthropic claude-opus-4-7-20260416        5     25          0.5        6.25             10          -          -           -         10
        anthropic claude-opus-4-8                 5     25          0.5        6.25             10          -          -           -         10
        anthropic claude-opus-5                   5     25          0.5        6.25             10          -          -           -         10
        anthropic claude-sonnet-4-20250514        3     15          0.3        3.75              6     200000          6        22.5         10
        anthropic claude-sonnet-4-5               3     15          0.3        3.75              6     200000          6        22.5         10
        anthropic claude-sonnet-4-5-20250929      3     15          0.3        3.75              6     200000          6        22.5         10
        anthropic claude-sonnet-4-6               3     15          0.3        3.75              6          -          -           -         10
        anthropic claude-sonnet-5                 2     10          0.2         2.5              4          -          -           -         10

        columns provider model                                    input output cached_input batch_input batch_output tier_above tier_input tier_output input_audio cached_audio
        gcp.gemini gemini-2.0-flash                                 0.1    0.4        0.025           -            -          -          -           -         0.7        0.175
        gcp.gemini gemini-2.0-flash-001                             0.1    0.4        0.025           -            -          -          -           -         0.7        0.175
        gcp.gemini gemini-2.0-flash-lite                          0.075    0.3      0.01875           -            -          -          -           -           -            -
        gcp.gemini gemini-2.0-flash-lite-001                      0.075    0.3      0.01875           -            -          -          -           -           -            -
        gcp.gemini gemini-2.5-computer-use-preview-10-2025         1.25     10            -           -            -     200000        2.5          15           -            -
        gcp.gemini gemini-2.5-flash                                 0.3    2.5         0.03           -            -          -          -           -           1          0.1
        gcp.gemini gemini-2.5-flash-lite                            0.1    0.4         0.01           -            -          -          -           -         0.3         0.03
        gcp.gemini gemini-2.5-flash-lite-preview-06-17              0.1    0.4        0.025           -            -          -          -           -         0.3         0.03
        gcp.gemini gemini-2.5-flash-lite-preview-09-2025            0.1    0.4         0.01           -            -          -          -           -         0.3         0.03
        gcp.gemini gemini-2.5-flash-native-audio-latest             0.3    2.5            -           -            -          -          -           -           -            -
        gcp.gemini gemini-2.5-flash-native-audio-preview-09-2025    0.3    2.5            -           -            -          -          -           -           -            -
        gcp.gemini gemini-2.5-flash-native-audio-preview-12-2025    0.3    2.5            -           -            -          -          -           -           -            -
        gcp.gemini gemini-2.5-flash-preview-09-2025                 0.3    2.5        0.075           -            -          -          -           -           1          0.1
        gcp.gemini gemini-2.5-pro                                  1.25     10        0.125           -            -     200000        2.5          15           -            -
        gcp.gemini gemini-2.5-pro-preview-tts                      1.25     10        0.125           -            -     200000        2.5          15           -            -
        gcp.gemini gemini-3-flash-preview                           0.5      3         0.05           -            -          -          -           -           1          0.1
        gcp.gemini gemini-3-pro-preview                               2     12          0.2           1            6     200000          4          18           -            -
        gcp.gemini gemini-3.1-flash-lite                           0.25    1.5        0.025       0.125         0.75          -          -           -         0.5         0.05
        gcp.gemini gemini-3.1-flash-lite-preview                   0.25    1.5        0.025           -            -          -          -           -         0.5         0.05
        gcp.gemini gemini-3.1-pro-preview                             2     12          0.2           1            6     200000          4          18           -            -
        gcp.gemini gemini-3.1-pro-preview-customtools                 2     12          0.2           1            6     200000          4          18           -            -
        gcp.gemini gemini-3.5-flash                                 1.5      9         0.15           -            -          -          -           -           -            -
        gcp.gemini gemini-3.5-flash-lite                            0.3    2.5         0.03        0.15         1.25          -          -           -           -            -
        gcp.gemini gemini-3.6-flash                                 1.5    7.5         0.15        0.75         3.75          -          -           -           -            -
        gcp.gemini gemini-embedding-001                            0.15      0            -           -            -          -          -           -           -            -
        gcp.gemini gemini-exp-1206                                  0.3    2.5         0.03           -            -          -          -           -           -            -
        gcp.gemini gemini-flash-latest                              0.3    2.5        0.075           -            -          -          -           -           -            -
        gcp.gemini gemini-flash-lite-latest                         0.1    0.4        0.025           -            -          -          -           -           -            -
        gcp.gemini gemini-gemma-2-27b-it                           0.35   1.05            -           -            -          -          -           -           -            -
        gcp.gemini gemini-gemma-2-9b-it                            0.35   1.05            -           -            -          -          -           -           -            -
        gcp.gemini gemini-pro-latest                               1.25     10        0.125           -            -     200000        2.5          15           -            -
        gcp.gemini gemini-robotics-er-1.5-preview                   0.3    2.5            0           -            -          -          -           -           -            -

        columns provider model                input output
        mistral_ai codestral-2405                 1      3
        mistral_ai codestral-2508               0.3    0.9
        mistral_ai codestral-latest               1      3
        mistral_ai codestral-mamba-latest      0.25   0.25
        mistral_ai devstral-2512                0.4      2
        mistral_ai devstral-latest              0.4      2
        mistral_ai magistral-medium-1-2-2509      2      5
        mistral_ai magistral-medium-2506          2      5
        mistral_ai magistral-medium-2509          2      5
        mistral_ai magistral-medium-latest        2      5
        mistral_ai magistral-small-1-2-2509     0.5    1.5
        mistral_ai magistral-small-2506         0.5    1.5
        mistral_ai magistral-small-latest       0.5    1.5
        mistral_ai mistral-large-2411             2      6
        mistral_ai mistral-large-2512           0.5    1.5
        mistral_ai mistral-large-3              0.5    1.5
        mistral_ai mistral-medium               2.7    8.1
        mistral_ai mistral-medium-2505          0.4      2
        mistral_ai mistral-medium-2508          0.4      2
        mistral_ai mistral-medium-3-1-2508      0.4      2
        mistral_ai mistral-medium-3-5           1.5    7.5
        mistral_ai mistral-small                0.1    0.3
        mistral_ai mistral-tiny                0.25   0.25
        mistral_ai open-codestral-mamba        0.25   0.25
        mistral_ai open-mistral-7b             0.25   0.25
        mistral_ai open-mistral-nemo            0.3    0.3
        mistral_ai open-mixtral-8x22b             2      6
        mistral_ai open-mixtral-8x7b            0.7    0.7
        mistral_ai pixtral-large-2411             2      6
        mistral_ai pixtral-large-latest           2      6

        columns provider model                        input output cached_input cache_write batch_input batch_output tier_above tier_input tier_output input_audio output_audio
        openai chatgpt-4o-latest                          5     15            -           -           -            -          -          -           -           -            -
        openai codex-mini-latest                        1.5      6        0.375           -           -            -          -          -           -           -            -
        openai gpt-3.5-turbo                            0.5    1.5            -           -           -            -          -          -           -           -            -
        openai gpt-3.5-turbo-0125                       0.5    1.5            -           -           -            -          -          -           -           -            -
        openai gpt-3.5-turbo-1106                         1      2            -           -           -            -          -          -           -           -            -
        openai gpt-3.5-turbo-16k                          3      4            -           -           -            -          -          -           -           -            -
        openai gpt-4                                     30     60            -           -           -            -          -          -           -           -            -
        openai gpt-4-0125-preview                        10     30            -           -           -            -          -          -           -           -            -
        openai gpt-4-0314                                30     60            -           -           -            -          -          -           -           -            -
        openai gpt-4-0613                                30     60            -           -           -            -          -          -           -           -            -
        openai gpt-4-1106-preview                        10     30            -           -           -            -          -          -           -           -            -
        openai gpt-4-turbo                               10     30            -           -           -            -          -          -           -           -            -
        openai gpt-4-turbo-2024-04-09                    10     30            -           -           -            -          -          -           -           -            -
        openai gpt-4-turbo-preview                       10     30            -           -           -            -          -          -           -           -            -
        openai gpt-4.1                                    2      8          0.5           -           1            4          -          -           -           -            -
        openai gpt-4.1-2025-04-14                         2      8          0.5           -           1            4          -          -           -           -            -
        openai gpt-4.1-mini                             0.4    1.6          0.1           -         0.2          0.8          -          -           -           -            -
        openai gpt-4.1-mini-2025-04-14                  0.4    1.6          0.1           -         0.2          0.8          -          -           -           -            -
        openai gpt-4.1-nano                             0.1    0.4        0.025           -        0.05          0.2          -          -           -           -            -
        openai gpt-4.1-nano-2025-04-14                  0.1    0.4        0.025           -        0.05          0.2          -          -           -           -            -
        openai gpt-4o                                   2.5     10         1.25           -        1.25            5          -          -           -           -            -
        openai gpt-4o-2024-08-06                        2.5     10         1.25           -        1.25            5          -          -           -           -            -
        openai gpt-4o-2024-11-20                        2.5     10         1.25           -        1.25            5          -          -           -           -            -
        openai gpt-4o-audio-preview                     2.5     10            -           -           -            -          -          -           -           -            -
        openai gpt-4o-audio-preview-2024-12-17          2.5     10            -           -           -            -          -          -           -           -            -
        openai gpt-4o-audio-preview-2025-06-03          2.5     10            -           -           -            -          -          -           -           -            -
        openai gpt-4o-mini                             0.15    0.6        0.075           -       0.075          0.3          -          -           -           -            -
        openai gpt-4o-mini-2024-07-18                  0.15    0.6        0.075           -       0.075          0.3          -          -           -           -            -
        openai gpt-4o-mini-audio-preview               0.15    0.6            -           -           -            -          -          -           -           -            -
        openai gpt-4o-mini-audio-preview-2024-12-17    0.15    0.6            -           -           -            -          -          -           -           -            -
        openai gpt-4o-mini-search-preview              0.15    0.6        0.075           -       0.075          0.3          -          -           -           -            -
        openai gpt-4o-mini-search-preview-2025-03-11   0.15    0.6        0.075           -       0.075          0.3          -          -           -           -            -
        openai gpt-4o-search-preview                    2.5     10         1.25           -        1.25            5          -          -           -           -            -
        openai gpt-4o-search-preview-2025-03-11         2.5     10         1.25           -        1.25            5          -          -           -           -            -
        openai gpt-5                                   1.25     10        0.125           -           -            -          -          -           -           -            -
        openai gpt-5-2025-08-07                        1.25     10        0.125           -           -            -          -          -           -           -            -
        openai gpt-5-chat                              1.25     10        0.125           -           -            -          -          -           -           -            -
        openai gpt-5-chat-latest                       1.25     10        0.125           -           -            -          -          -           -           -            -
        openai gpt-5-codex                             1.25     10        0.125           -           -            -          -          -           -           -            -
        openai gpt-5-mini                              0.25      2        0.025           -           -            -          -          -           -           -            -
        openai gpt-5-mini-2025-08-07                   0.25      2        0.025           -           -            -          -          -           -           -            -
        openai gpt-5-nano                              0.05    0.4        0.005           -           -            -          -          -           -           -            -
        openai gpt-5-nano-2025-08-07                   0.05    0.4        0.005           -           -            -          -          -           -           -            -
        openai gpt-5-pro                                 15    120            -           -         7.5           60          -          -           -           -            -
        openai gpt-5-pro-2025-10-06                      15    120            -           -         7.5           60          -          -           -           -            -
        openai gpt-5.1                                 1.25     10        0.125           -           -            -          -          -           -           -            -
        openai gpt-5.1-2025-11-13                      1.25     10        0.125           -           -            -          -          -           -           -            -
        openai gpt-5.1-chat-latest                     1.25     10        0.125           -           -            -          -          -           -           -            -
        openai gpt-5.1-codex                           1.25     10        0.125           -           -            -          -          -           -           -            -
        openai gpt-5.1-codex-max                       1.25     10        0.125           -           -            -          -          -           -           -            -
        openai gpt-5.1-codex-mini                      0.25      2        0.025           -           -            -          -          -           -           -            -
        openai gpt-5.2                                 1.75     14        0.175           -           -            -          -          -           -           -            -
        openai gpt-5.2-2025-12-11                      1.75     14        0.175           -           -            -          -          -           -           -            -
        openai gpt-5.2-chat-latest                     1.75     14        0.175           -           -            -          -          -           -           -            -
        openai gpt-5.2-codex                           1.75     14        0.175           -           -            -          -          -           -           -            -
        openai gpt-5.2-pro                               21    168            -           -           -            -          -          -           -           -            -
        openai gpt-5.2-pro-2025-12-11                    21    168            -           -           -            -          -          -           -           -            -
        openai gpt-5.3-chat-latest                     1.75     14        0.175           -           -            -          -          -           -           -            -
        openai gpt-5.3-codex                           1.75     14        0.175           -           -            -          -          -           -           -            -
        openai gpt-5.4                                  2.5     15         0.25           -        1.25          7.5     272000          5        22.5           -            -
        openai gpt-5.4-2026-03-05                       2.5     15         0.25           -        1.25          7.5     272000          5        22.5           -            -
        openai gpt-5.4-mini                            0.75    4.5        0.075           -       0.375         2.25          -          -           -           -            -
        openai gpt-5.4-mini-2026-03-17                 0.75    4.5        0.075           -       0.375         2.25          -          -           -           -            -
        openai gpt-5.4-nano                             0.2   1.25         0.02           -         0.1        0.625          -          -           -           -            -
        openai gpt-5.4-nano-2026-03-17                  0.2   1.25         0.02           -         0.1        0.625          -          -           -           -            -
        openai gpt-5.4-pro                               30    180            3           -          15           90     272000         60         270           -            -
        openai gpt-5.4-pro-2026-03-05                    30    180            3           -          15           90     272000         60         270           -            -
        openai gpt-5.5                                    5     30          0.5           -         2.5           15     272000         10          45           -            -
        openai gpt-5.5-2026-04-23                         5     30          0.5           -         2.5           15     272000         10          45           -            -
        openai gpt-5.5-pro                               30    180            3           -          15           90     272000         60         270           -            -
        openai gpt-5.5-pro-2026-04-23                    30    180            3           -          15           90     272000         60         270           -            -
        openai gpt-5.6                                    5     30          0.5        6.25         2.5           15     272000         10          45           -            -
        openai gpt-5.6-luna                               1      6          0.1        1.25         0.5            3     272000          2           9           -            -
        openai gpt-5.6-sol                                5     30          0.5        6.25         2.5           15     272000         10          45           -            -
        openai gpt-5.6-terra                            2.5     15         0.25       3.125        1.25          7.5     272000          5        22.5           -            -
        openai gpt-audio                                2.5     10            -           -           -            -          -          -           -          32           64
        openai gpt-audio-1.5                            2.5     10            -           -           -            -          -          -           -          32           64
        openai gpt-audio-2025-08-28                     2.5     10            -           -           -            -          -          -           -          32           64
        openai gpt-audio-mini                           0.6    2.4            -           -           -            -          -          -           -          10           20
        openai gpt-audio-mini-2025-10-06                0.6    2.4            -           -           -            -          -          -           -          10           20
        openai gpt-audio-mini-2025-12-15                0.6    2.4            -           -           -            -          -          -           -          10           20
        openai o1                                        15     60          7.5           -           -            -          -          -           -           -            -
        openai o1-2024-12-17                             15     60          7.5           -           -            -          -          -           -           -            -
        openai o1-pro                                   150    600            -           -          75          300          -          -           -           -            -
        openai o3                                         2      8          0.5           -           -            -          -          -           -           -            -
        openai o3-2025-04-16                              2      8          0.5           -           -            -          -          -           -           -            -
        openai o3-deep-research                          10     40          2.5           -           5           20          -          -           -           -            -
        openai o3-deep-research-2025-06-26               10     40          2.5           -           5           20          -          -           -           -            -
        openai o3-mini                                  1.1    4.4         0.55           -           -            -          -          -           -           -            -
        openai o3-mini-2025-01-31                       1.1    4.4         0.55           -           -            -          -          -           -           -            -
        openai o3-pro                                    20     80            -           -          10           40          -          -           -           -            -
        openai o4-mini                                  1.1    4.4        0.275           -           -            -          -          -           -           -            -
        openai o4-mini-2025-04-16                       1.1    4.4        0.275           -           -            -          -          -           -           -            -
        openai o4-mini-deep-research                      2      8          0.5           -           1            4          -          -           -           -            -
        openai o4-mini-deep-research-2025-06-26           2      8          0.5           -           1            4          -          -           -           -            -
        """#
}
