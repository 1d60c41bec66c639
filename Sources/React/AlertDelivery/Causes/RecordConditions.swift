package import GatewayModel

/// Which records an alert is about, as far as its labels say: the labels that families take from a record's fields.
package struct RecordConditions: Sendable, Equatable {
    package struct Condition: Sendable, Equatable {
        package var field: RequestField
        package var value: String
    }

    package let conditions: [Condition]

    /// Labels by which nothing but a record's field is meant. `team`, `service` or `environment` are not among them: rule authors set those to say who is to be told.
    private static let fields: [String: RequestField] = [
        "provider": .provider, "model": .model, "request_model": .requestModel, "response_model": .responseModel, "client": .client, "consumer": .client, "tenant": .client,
        "route": .route, "operation": .operation, "error_type": .errorType, "limit_type": .errorType, "endpoint": .path, "gateway_node": .gatewayNode,
        "gen_ai_provider_name": .provider, "gen_ai_request_model": .requestModel, "gen_ai_response_model": .responseModel,
    ]

    package init(_ labels: SeriesLabels) {
        conditions = labels.labels.compactMap { label in Self.fields[label.name].map { Condition(field: $0, value: label.value) } }
    }

    init(_ conditions: [Condition]) { self.conditions = conditions }

    package func value(of field: RequestField) -> String? { conditions.first { $0.field == field }?.value }

    /// With further conditions; those on the same field stay as they are.
    func adding(_ more: [Condition]) -> RecordConditions { RecordConditions(conditions + more.filter { value(of: $0.field) == nil }) }

    package var filter: Filter { conditions.reduce(.all) { $0.and(.matches($1.field, [TextPattern(exactly: $1.value)])) } }

    /// In the filter language: `provider: "openai" and model: "gpt-4o"`; empty without conditions.
    package var text: String { conditions.map { "\($0.field.name): \(Self.quoted($0.value))" }.joined(separator: " and ") }

    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
