"""Who calls what in the generated traffic: models with their speeds and prices, clients, nodes, programs, failures.

The names are those of real products, so that lengths and cardinalities are real; speeds, shares and prices are made up.
Prices are whole nano-dollars per token, so that a cost is one exact integer however it is computed.
"""

import dataclasses

import numpy

CLIENTS = 400
NODES = ["apisix-eu-1", "apisix-eu-2", "apisix-us-1", "apisix-us-2"]
USER_AGENTS = [
    "OpenAI/Python 1.99.0", "OpenAI/Python 2.1.0", "AsyncOpenAI/Python 1.99.0", "OpenAI/JS 5.12.2", "Anthropic/Python 0.64.0", "Anthropic/JS 0.60.0",
    "langchain-core/0.3.72", "litellm/1.76.1", "node-fetch/3.3.2", "Go-http-client/2.0", "python-requests/2.32.4", "curl/8.5.0",
]
# Status, error class (as Gatewatch derives it from the status), share in 1,000 calls on an ordinary day.
FAILURES = [(429, "rate_limit", 13.0), (400, "invalid_request", 4.0), (500, "provider", 3.0), (503, "overloaded", 2.5), (504, "timeout", 2.0),
            (499, "client_closed", 2.0), (502, "provider", 1.5), (401, "authentication", 1.0)]


@dataclasses.dataclass(frozen=True)
class Offer:
    """A model at a provider, with medians of what its calls are like; prices in nano-dollars per token."""

    provider: str
    model: str
    route: str
    path: str
    operation: str
    weight: float
    first_token_ms: float
    token_ms: float
    input_tokens: float
    output_tokens: float
    input_price: int
    cached_price: int
    output_price: int


CHAT, MESSAGES, EMBED, GEMINI = "/v1/chat/completions", "/v1/messages", "/v1/embeddings", "/v1beta/models/"
OFFERS = [
    Offer("openai", "gpt-5.4", "openai-chat", CHAT, "chat", 9, 620, 14, 1900, 420, 1250, 125, 10000),
    Offer("openai", "gpt-5.4-mini", "openai-chat", CHAT, "chat", 14, 380, 8, 1100, 260, 250, 25, 2000),
    Offer("openai", "gpt-5.4-nano", "openai-chat", CHAT, "chat", 6, 260, 5, 700, 90, 50, 5, 400),
    Offer("openai", "gpt-4.1", "openai-chat", CHAT, "chat", 3, 520, 12, 1500, 340, 2000, 500, 8000),
    Offer("openai", "text-embedding-3-small", "embeddings", EMBED, "embeddings", 8, 60, 0, 380, 0, 20, 20, 0),
    Offer("openai", "text-embedding-3-large", "embeddings", EMBED, "embeddings", 3, 90, 0, 420, 0, 130, 130, 0),
    Offer("azure.ai.openai", "gpt-5.4", "azure-chat", "/openai/v1/chat/completions", "chat", 5, 700, 15, 2100, 400, 1250, 125, 10000),
    Offer("azure.ai.openai", "gpt-4.1-mini", "azure-chat", "/openai/v1/chat/completions", "chat", 4, 420, 9, 900, 210, 400, 100, 1600),
    Offer("azure.ai.openai", "text-embedding-3-large", "embeddings", "/openai/v1/embeddings", "embeddings", 2, 110, 0, 400, 0, 130, 130, 0),
    Offer("anthropic", "claude-opus-4-6", "anthropic-messages", MESSAGES, "chat", 3, 1400, 24, 4200, 610, 5000, 500, 25000),
    Offer("anthropic", "claude-sonnet-4-6", "anthropic-messages", MESSAGES, "chat", 10, 900, 17, 3800, 520, 3000, 300, 15000),
    Offer("anthropic", "claude-haiku-4-5", "anthropic-messages", MESSAGES, "chat", 7, 480, 9, 1500, 300, 1000, 100, 5000),
    Offer("gcp.gemini", "gemini-3.5-pro", "gemini-generate", GEMINI + "gemini-3.5-pro:generateContent",
          "generate_content", 3, 1100, 13, 3100, 480, 1250, 310, 10000),
    Offer("gcp.gemini", "gemini-3.5-flash", "gemini-generate", GEMINI + "gemini-3.5-flash:generateContent",
          "generate_content", 7, 410, 6, 1700, 290, 300, 75, 2500),
    Offer("gcp.gemini", "gemini-3.5-flash-lite", "gemini-generate", GEMINI + "gemini-3.5-flash-lite:generateContent",
          "generate_content", 3, 300, 4, 900, 120, 100, 25, 400),
    Offer("mistral_ai", "mistral-large-3", "mistral-chat", CHAT, "chat", 2, 560, 13, 1300, 330, 2000, 2000, 6000),
    Offer("mistral_ai", "mistral-small-4", "mistral-chat", CHAT, "chat", 2, 320, 7, 800, 190, 100, 100, 300),
    Offer("mistral_ai", "codestral-2", "code-completion", "/v1/fim/completions", "text_completion", 2, 190, 5, 1200, 60, 300, 300, 900),
    Offer("self_hosted", "llama-3.3-70b-instruct", "inhouse-chat", CHAT, "chat", 4, 450, 21, 1400, 280, 80, 80, 80),
    Offer("self_hosted", "qwen-3-32b", "inhouse-chat", CHAT, "chat", 3, 310, 16, 1000, 240, 40, 40, 40),
    Offer("self_hosted", "bge-m3", "embeddings", EMBED, "embeddings", 4, 25, 0, 300, 0, 1, 1, 0),
    Offer("self_hosted", "qwen-3-coder", "code-completion", "/v1/completions", "text_completion", 3, 240, 12, 2200, 110, 40, 40, 40),
]


def price_list() -> str:
    """The prices as a file for Gatewatch's setting `prices.file`: dollars per million tokens, so nano-dollars per token over a thousand."""
    lines = ["columns provider model input output cached_input"]
    for offer in OFFERS:
        prices = (offer.input_price, offer.output_price, offer.cached_price)
        lines.append(" ".join([offer.provider, offer.model, *(f"{price / 1000:.3f}" for price in prices)]))
    return "\n".join(lines) + "\n"


def client_names(random: numpy.random.Generator) -> list[str]:
    """Names of teams and what they run, in random order, so that a rank says nothing about the alphabet."""
    teams = "ads atlas audit billing care chat claims data docs edge feed fraud growth hr ledger legal mail maps mobile ops orders pay risk sales search"
    uses = "agent assist batch bot classify coder digest draft embed eval extract helper index intake labels qa rag review router summary"
    names = [f"{team}-{use}" for team in teams.split() for use in uses.split()]
    return list(random.permutation(names)[:CLIENTS])
