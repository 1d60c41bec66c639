internal import GatewayModel

/// The choices above a Kibana dashboard's panels: its variables, then the usual filter fields; each narrows those that follow.
struct KibanaControls {
    private struct Control {
        let id: String
        let title: String
        let field: KibanaField
        let selected: String?
        let isMulti: Bool
    }

    private let controls: [Control]

    /// What requests are mostly narrowed by, where the documents hold it.
    private static let usual: [RequestField] = [.client, .provider, .model, .statusClass, .status, .path]
    /// Kibana lays controls out in lines; more than this covers the panels.
    private static let controlsMax = 8

    init(_ dashboard: Dashboard, source: KibanaSource) {
        var seen: Set<String> = []
        var found: [Control] = []
        func add(_ field: RequestField, id: String, title: String, selected: String?, isMulti: Bool) {
            guard let field = try? source.field(field), field.type != .date, seen.insert(field.path).inserted, found.count < Self.controlsMax else { return }
            found.append(Control(id: id, title: title, field: field, selected: selected, isMulti: isMulti))
        }
        for variable in dashboard.variables {
            guard case .field(let name) = variable.source, let field = RequestField(named: name) else { continue }
            add(field, id: "c-\(variable.name)", title: variable.label, selected: variable.standard, isMulti: variable.isMulti)
        }
        for field in Self.usual {
            let name = field == .path ? "Endpoint" : LensQuestion.label(of: field)
            add(field, id: "c-\(field.name.replacing("_", with: "-"))", title: name, selected: nil, isMulti: true)
        }
        controls = found
    }

    /// The attribute `controlGroupInput`.
    var json: KibanaJSON {
        [
            "controlStyle": "oneLine", "chainingSystem": "HIERARCHICAL",
            "panelsJSON": .string(KibanaJSON.members(controls.enumerated().map { ($0.element.id, Self.panel($0.element, order: $0.offset)) }).text),
            "ignoreParentSettingsJSON": .string(
                (["ignoreFilters": false, "ignoreQuery": false, "ignoreTimerange": false, "ignoreValidations": false] as KibanaJSON).text),
        ]
    }

    /// References of the dashboard to the data view, one for each control.
    func references(dataView: String) -> [KibanaJSON] {
        controls.map { control in
            let kind = Self.kind(control)
            return ["type": "index-pattern", "id": .string(dataView), "name": "controlGroup_\(control.id):\(kind)DataView"]
        }
    }

    /// Numbers are chosen as a range: lists of options take numbers only from Kibana 8.14 on.
    private static func kind(_ control: Control) -> String { control.field.type == .number ? "rangeSlider" : "optionsList" }

    private static func panel(_ control: Control, order: Int) -> KibanaJSON {
        var input: [(String, KibanaJSON?)] = [("id", .string(control.id)), ("fieldName", .string(control.field.path)), ("title", .string(control.title))]
        if kind(control) == "optionsList" {
            input += [
                ("searchTechnique", "prefix"), ("selectedOptions", .array(control.selected.map { [.string($0)] } ?? [])),
                ("singleSelect", control.isMulti ? nil : true),
            ]
        }
        input.append(("enhancements", [:]))
        return ["type": "\(kind(control))Control", "order": .number(Double(order)), "grow": true, "width": "medium", "explicitInput": .members(input)]
    }
}
