internal import ByteCoding
internal import GatewayModel

/// The mapping that is served: what the sender declared, then every field of the schema by name and by attribute.
enum ElasticMapping {
    static func write(to writer: inout JSONWriter, declared: JSONValue?) {
        writer.object { mapping in
            for member in declared?.members ?? [] where member.name != "properties" {
                mapping.key(member.name)
                member.value.write(to: &mapping)
            }
            mapping.object("properties") { properties in
                let own = declared?["properties"]?.members ?? []
                for member in own {
                    properties.key(member.name)
                    member.value.write(to: &properties)
                }
                var seen = Set(own.map(\.name))
                for definition in RequestSchema.definitions {
                    for name in [definition.name, definition.attribute] where seen.insert(name).inserted {
                        properties.object(name) { $0.member("type", type(of: definition)) }
                    }
                }
            }
        }
    }

    static func type(of definition: FieldDefinition) -> String {
        guard definition.kind == .integer else { return "keyword" }
        switch definition.unit {
        case .instant: return "date"
        case .boolean: return "boolean"
        case .duration, .money: return "double"
        case .none, .bytes, .tokens, .count: return "long"
        }
    }
}
