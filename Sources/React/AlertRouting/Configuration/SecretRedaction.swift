internal import Yams

/// A configuration as it may be shown: values of keys that hold secrets are `<secret>`.
enum SecretRedaction {
    private static let keys: Set<String> = [
        "smtp_auth_password", "smtp_auth_secret", "slack_api_url", "slack_app_token", "auth_password", "auth_secret", "api_url", "app_token", "routing_key", "service_key",
        "webhook_url", "secret", "previous_secret", "secrets", "password", "credentials", "bearer_token", "proxy_url", "opsgenie_api_key", "wechat_api_secret",
        "victorops_api_key", "telegram_bot_token", "rocketchat_token", "rocketchat_token_id", "mattermost_webhook_url",
    ]
    /// Lists in whose entries `url` is a secret too.
    private static let secretURLs: Set<String> = ["webhook_configs", "standard_webhook_configs"]

    static func redacted(_ root: Node) -> String { (try? Yams.serialize(node: redacted(root, isSecret: false, hidesURL: false), allowUnicode: true)) ?? "" }

    private static func redacted(_ node: Node, isSecret: Bool, hidesURL: Bool) -> Node {
        switch node {
        case .scalar(let scalar): return isSecret && !scalar.string.isEmpty ? Node("<secret>") : node
        case .sequence(var sequence):
            for index in sequence.indices { sequence[index] = redacted(sequence[index], isSecret: isSecret, hidesURL: hidesURL) }
            return .sequence(sequence)
        case .mapping(let mapping):
            let pairs = mapping.map { key, value in
                let name = key.string ?? ""
                return (key, redacted(value, isSecret: keys.contains(name) || hidesURL && name == "url", hidesURL: secretURLs.contains(name)))
            }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style))
        case .alias: return node
        }
    }
}
