internal import ByteCoding

/// A JSON document as Kibana's files hold it, written with literals. Members keep their order, so that the same dashboard always gives the same bytes.
package indirect enum KibanaJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([KibanaJSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: KibanaJSON

        package init(_ name: String, _ value: KibanaJSON) {
            self.name = name
            self.value = value
        }
    }

    /// An object of the members that have a value, in this order.
    static func members(_ members: [(String, KibanaJSON?)]) -> KibanaJSON {
        .object(members.compactMap { name, value in value.map { Member(name, $0) } })
    }

    /// This object with further members behind its own; other kinds are left as they are.
    func adding(_ more: [(String, KibanaJSON?)]) -> KibanaJSON {
        guard case .object(let own) = self else { return self }
        return .object(own + more.compactMap { name, value in value.map { Member(name, $0) } })
    }

    /// The member of an object; nil for other kinds and when it is not there.
    package subscript(name: String) -> KibanaJSON? {
        if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var number: Double? { if case .number(let number) = self { number } else { nil } }
    package var elements: [KibanaJSON]? { if case .array(let elements) = self { elements } else { nil } }
    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    /// Compact JSON. Kibana keeps several attributes as such text inside a string.
    package var text: String {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.string
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.value(value)
        case .number(let value): writer.value(value)
        case .string(let value): writer.value(value)
        case .array(let elements): writer.array { for element in elements { element.write(to: &$0) } }
        case .object(let members):
            writer.object {
                for member in members {
                    $0.key(member.name)
                    member.value.write(to: &$0)
                }
            }
        }
    }
}

extension KibanaJSON: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(Double(value)) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(arrayLiteral elements: KibanaJSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, KibanaJSON)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
    package init(nilLiteral: ()) { self = .null }
}
