internal import Yams

/// Files of rules of other programs, which are told from a misspelt file of Prometheus: their keys would give a complaint for each line.
enum ForeignRuleFile {
    /// A manifest of the Prometheus operator: rules under `spec`.
    case kubernetes
    /// Provisioned alerting of Grafana: queries under `data`, evaluated by Grafana.
    case grafana
    init?(_ file: CheckedMapping) {
        if file.has("kind") || file.has("spec") && file.has("metadata") {
            self = .kubernetes
        } else if file.has("apiVersion") {
            self = .grafana
        } else {
            return nil
        }
    }

    var message: String {
        switch self {
        case .kubernetes:
            "this is a Kubernetes manifest, not a file of rules: the rules are the mapping under spec; write it to a file of its own, as with `yq .spec FILE`"
        case .grafana:
            "this is a provisioning file of Grafana, not a file of rules of Prometheus: its rules are queries that Grafana evaluates"
        }
    }
}
