import GatewayModel
import Testing

struct RequestSchemaTests {
    @Test func everyFieldHasExactlyOneRow() {
        let fields = RequestSchema.definitions.map(\.field)
        #expect(fields.count == Set(fields).count)
        #expect(Set(fields) == Set(RequestField.allCases))
    }

    @Test func namesAttributesAndAliasesMeanOneField() {
        var owners: [String: RequestField] = [:]
        for definition in RequestSchema.definitions {
            for name in Set([definition.name, definition.attribute] + definition.aliases) {
                #expect(owners[name] == nil, "\(name) names both \(definition.field) and \(owners[name].map { "\($0)" } ?? "")")
                owners[name] = definition.field
                #expect(RequestField(named: name) == definition.field)
                #expect(RequestField(named: name + ".keyword") == definition.field)
            }
        }
    }

    @Test func everyFieldSaysWhatItIs() {
        for definition in RequestSchema.definitions {
            #expect(definition.summary.hasSuffix("."), "\(definition.name)")
            #expect(Int(definition.field.rawValue) < RequestField.tableSize)
            #expect(definition.unit == .none || definition.kind == .integer, "\(definition.name): only integers have units")
        }
    }

    @Test func rawValuesNeverChange() {
        // On disk for ever: a change here needs a new format version.
        #expect(RequestField.time.rawValue == 0)
        #expect(RequestField.duration.rawValue == 10)
        #expect(RequestField.status.rawValue == 32)
        #expect(RequestField.provider.rawValue == 41)
        #expect(RequestField.cost.rawValue == 57)
        #expect(RequestField.attempts.rawValue == 94)
    }
}
