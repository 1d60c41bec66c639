extension PriceBook {
    /// The built-in list's part for providers that serve the models of others; its sources are named at ``builtin``.
    static let builtinHostsText = #"""
        columns provider model                                 input output cached_input cache_write batch_input batch_output tier_above tier_input tier_output
        aws.bedrock amazon.nova-2-lite-v1:0                      0.3    2.5        0.075           -           -            -          -          -           -
        aws.bedrock amazon.nova-lite-v1:0                       0.06   0.24            -           -           -            -          -          -           -
        aws.bedrock amazon.nova-micro-v1:0                     0.035   0.14            -           -           -            -          -          -           -
        aws.bedrock amazon.nova-pro-v1:0                         0.8    3.2            -           -           -            -          -          -           -
        aws.bedrock amazon.titan-embed-text-v1                   0.1      0            -           -           -            -          -          -           -
        aws.bedrock anthropic.claude-3-5-haiku-20241022-v1:0     0.8      4         0.08           1           -            -          -          -           -
        aws.bedrock anthropic.claude-3-5-sonnet-20240620-v1:0      3     15          0.3        3.75           -            -     200000          6          30
        aws.bedrock anthropic.claude-3-5-sonnet-20241022-v2:0      3     15          0.3        3.75           -            -     200000          6          30
        aws.bedrock anthropic.claude-3-7-sonnet-20250219-v1:0      3     15          0.3        3.75           -            -          -          -           -
        aws.bedrock anthropic.claude-3-haiku-20240307-v1:0      0.25   1.25        0.025      0.3125           -            -          -          -           -
        aws.bedrock anthropic.claude-3-opus-20240229-v1:0         15     75          1.5       18.75           -            -          -          -           -
        aws.bedrock anthropic.claude-3-sonnet-20240229-v1:0        3     15          0.3        3.75           -            -          -          -           -
        aws.bedrock anthropic.claude-fable-5                      10     50            1        12.5           -            -          -          -           -
        aws.bedrock anthropic.claude-opus-4-1-20250805-v1:0       15     75          1.5       18.75           -            -          -          -           -
        aws.bedrock anthropic.claude-opus-4-20250514-v1:0         15     75          1.5       18.75           -            -          -          -           -
        aws.bedrock anthropic.claude-opus-4-6-v1                   5     25          0.5        6.25           -            -          -          -           -
        aws.bedrock anthropic.claude-opus-4-7                      5     25          0.5        6.25           -            -          -          -           -
        aws.bedrock anthropic.claude-opus-4-8                      5     25          0.5        6.25           -            -          -          -           -
        aws.bedrock anthropic.claude-opus-5                        5     25          0.5        6.25           -            -          -          -           -
        aws.bedrock anthropic.claude-sonnet-4-20250514-v1:0        3     15          0.3        3.75           -            -     200000          6        22.5
        aws.bedrock google.gemma-3-12b-it                       0.09   0.29            -           -           -            -          -          -           -
        aws.bedrock google.gemma-3-27b-it                       0.23   0.38            -           -           -            -          -          -           -
        aws.bedrock google.gemma-3-4b-it                        0.04   0.08            -           -           -            -          -          -           -
        aws.bedrock meta.llama3-1-8b-instruct-v1:0              0.22   0.22            -           -           -            -          -          -           -
        aws.bedrock meta.llama3-2-1b-instruct-v1:0               0.1    0.1            -           -           -            -          -          -           -
        aws.bedrock meta.llama3-2-3b-instruct-v1:0              0.15   0.15            -           -           -            -          -          -           -
        aws.bedrock meta.llama3-3-70b-instruct-v1:0             0.72   0.72            -           -           -            -          -          -           -
        aws.bedrock meta.llama3-70b-instruct-v1:0               2.65    3.5            -           -           -            -          -          -           -
        aws.bedrock meta.llama3-8b-instruct-v1:0                 0.3    0.6            -           -           -            -          -          -           -
        aws.bedrock meta.llama4-maverick-17b-instruct-v1:0      0.24   0.97            -           -        0.12        0.485          -          -           -
        aws.bedrock meta.llama4-scout-17b-instruct-v1:0         0.17   0.66            -           -       0.085         0.33          -          -           -
        aws.bedrock mistral.devstral-2-123b                      0.4      2            -           -           -            -          -          -           -
        aws.bedrock mistral.magistral-small-2509                 0.5    1.5            -           -           -            -          -          -           -
        aws.bedrock mistral.ministral-3-14b-instruct             0.2    0.2            -           -           -            -          -          -           -
        aws.bedrock mistral.ministral-3-3b-instruct              0.1    0.1            -           -           -            -          -          -           -
        aws.bedrock mistral.ministral-3-8b-instruct             0.15   0.15            -           -           -            -          -          -           -
        aws.bedrock mistral.mistral-7b-instruct-v0:2            0.15    0.2            -           -           -            -          -          -           -
        aws.bedrock mistral.mistral-large-3-675b-instruct        0.5    1.5            -           -           -            -          -          -           -
        aws.bedrock mistral.mistral-small-2402-v1:0                1      3            -           -           -            -          -          -           -
        aws.bedrock mistral.mixtral-8x7b-instruct-v0:1          0.45    0.7            -           -           -            -          -          -           -
        aws.bedrock mistral.voxtral-mini-3b-2507                0.04   0.04            -           -           -            -          -          -           -
        aws.bedrock mistral.voxtral-small-24b-2507               0.1    0.3            -           -           -            -          -          -           -
        aws.bedrock nvidia.nemotron-nano-3-30b                  0.06   0.24            -           -           -            -          -          -           -
        aws.bedrock nvidia.nemotron-nano-9b-v2                  0.06   0.23            -           -           -            -          -          -           -
        aws.bedrock nvidia.nemotron-super-3-120b                0.15   0.65            -           -           -            -          -          -           -
        aws.bedrock openai.gpt-oss-120b-1:0                     0.15    0.6            -           -           -            -          -          -           -
        aws.bedrock openai.gpt-oss-20b-1:0                      0.07    0.3            -           -           -            -          -          -           -
        aws.bedrock qwen.qwen3-32b-v1:0                         0.15    0.6            -           -           -            -          -          -           -
        aws.bedrock qwen.qwen3-coder-30b-a3b-v1:0               0.15    0.6            -           -           -            -          -          -           -
        aws.bedrock qwen.qwen3-vl-235b-a22b                     0.53   2.66            -           -           -            -          -          -           -

        columns provider model                  input output cached_input cache_write batch_input batch_output
        azure.ai.openai ada                       0.1      0            -           -           -            -
        azure.ai.openai claude-fable-5             10     50            1        12.5           -            -
        azure.ai.openai claude-haiku-4-5            1      5          0.1        1.25           -            -
        azure.ai.openai claude-opus-4-1            15     75          1.5       18.75           -            -
        azure.ai.openai claude-opus-4-5             5     25          0.5        6.25           -            -
        azure.ai.openai claude-opus-4-6             5     25          0.5        6.25           -            -
        azure.ai.openai claude-opus-4-7             5     25          0.5        6.25           -            -
        azure.ai.openai claude-opus-4-8             5     25          0.5        6.25           -            -
        azure.ai.openai claude-opus-5               5     25          0.5        6.25           -            -
        azure.ai.openai claude-sonnet-4-5           3     15          0.3        3.75           -            -
        azure.ai.openai claude-sonnet-4-6           3     15          0.3        3.75           -            -
        azure.ai.openai claude-sonnet-5             2     10          0.2         2.5           -            -
        azure.ai.openai codex-mini                1.5      6        0.375           -           -            -
        azure.ai.openai gpt-4.1                     2      8          0.5           -           1            4
        azure.ai.openai gpt-4.1-mini              0.4    1.6          0.1           -         0.2          0.8
        azure.ai.openai gpt-4.1-nano              0.1    0.4        0.025           -        0.05          0.2
        azure.ai.openai gpt-4o                    2.5     10         1.25           -           -            -
        azure.ai.openai gpt-4o-mini             0.165   0.66        0.075           -           -            -
        azure.ai.openai gpt-5                    1.25     10        0.125           -           -            -
        azure.ai.openai gpt-5-chat               1.25     10        0.125           -           -            -
        azure.ai.openai gpt-5-codex              1.25     10        0.125           -           -            -
        azure.ai.openai gpt-5-mini               0.25      2        0.025           -           -            -
        azure.ai.openai gpt-5-nano               0.05    0.4        0.005           -           -            -
        azure.ai.openai gpt-5.1                  1.25     10        0.125           -           -            -
        azure.ai.openai gpt-5.1-chat             1.25     10        0.125           -           -            -
        azure.ai.openai gpt-5.1-codex            1.25     10        0.125           -           -            -
        azure.ai.openai gpt-5.1-codex-max        1.25     10        0.125           -           -            -
        azure.ai.openai gpt-5.1-codex-mini       0.25      2        0.025           -           -            -
        azure.ai.openai gpt-5.2                  1.75     14        0.175           -           -            -
        azure.ai.openai gpt-5.2-chat             1.75     14        0.175           -           -            -
        azure.ai.openai gpt-5.2-codex            1.75     14        0.175           -           -            -
        azure.ai.openai o1                         15     60          7.5           -           -            -
        azure.ai.openai o1-2024-12-17              15     60          7.5           -           -            -
        azure.ai.openai o1-mini-2024-09-12        1.1    4.4         0.55           -           -            -
        azure.ai.openai o1-preview                 15     60          7.5           -           -            -
        azure.ai.openai o1-preview-2024-09-12      15     60          7.5           -           -            -
        azure.ai.openai o3                          2      8          0.5           -           -            -
        azure.ai.openai o3-2025-04-16               2      8          0.5           -           -            -
        azure.ai.openai o3-mini                   1.1    4.4         0.55           -           -            -
        azure.ai.openai o3-mini-2025-01-31        1.1    4.4         0.55           -           -            -
        azure.ai.openai o4-mini                   1.1    4.4        0.275           -           -            -
        azure.ai.openai o4-mini-2025-04-16        1.1    4.4        0.275           -           -            -
        azure.ai.openai text-embedding-3-large   0.13      0            -           -           -            -
        azure.ai.openai text-embedding-3-small   0.02      0            -           -           -            -
        azure.ai.openai text-embedding-ada-002    0.1      0            -           -           -            -

        columns provider model  input output
        cerebras gpt-oss-120b    0.35   0.75
        cerebras llama-3.3-70b   0.85    1.2
        cerebras llama3.1-70b     0.6    0.6
        cerebras llama3.1-8b      0.1    0.1
        cerebras qwen-3-32b       0.4    0.8

        columns provider model                              input output cached_input
        groq gemma-7b-it                                     0.05   0.08            -
        groq llama-3.1-8b-instant                            0.05   0.08            -
        groq llama-3.3-70b-versatile                         0.59   0.79            -
        groq meta-llama/llama-4-maverick-17b-128e-instruct    0.2    0.6            -
        groq meta-llama/llama-4-scout-17b-16e-instruct       0.11   0.34            -
        groq meta-llama/llama-guard-4-12b                     0.2    0.2            -
        groq moonshotai/kimi-k2-instruct-0905                   1      3          0.5
        groq openai/gpt-oss-120b                             0.15    0.6        0.075
        groq openai/gpt-oss-20b                             0.075    0.3       0.0375
        groq openai/gpt-oss-safeguard-20b                   0.075    0.3        0.037
        groq qwen/qwen3-32b                                  0.29   0.59            -

        columns provider model                                      input output
        together Qwen/Qwen3-235B-A22B-Instruct-2507-tput              0.2      6
        together Qwen/Qwen3-235B-A22B-fp8-tput                        0.2    0.6
        together Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8                2      2
        together Qwen/Qwen3-Next-80B-A3B-Instruct                    0.15    1.5
        together Qwen/Qwen3-Next-80B-A3B-Thinking                    0.15    1.5
        together Qwen/Qwen3.5-397B-A17B                               0.6    3.6
        together deepseek-ai/DeepSeek-R1                                3      7
        together deepseek-ai/DeepSeek-R1-0528-tput                   0.55   2.19
        together deepseek-ai/DeepSeek-V3                             1.25   1.25
        together meta-llama/Llama-3.3-70B-Instruct-Turbo             0.88   0.88
        together meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8   0.27   0.85
        together meta-llama/Llama-4-Scout-17B-16E-Instruct           0.18   0.59
        together meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo        3.5    3.5
        together meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo        0.88   0.88
        together meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo         0.18   0.18
        """#
}
