internal import GatewayModel

/// The data view of an export: which indices, and which of their fields is the time.
enum KibanaDataView {
    /// Fields that Kibana computes from the time of each document, for the grid of hours by weekdays.
    static let weekday = "gatewatch_weekday_utc"
    static let hour = "gatewatch_hour_utc"

    static func id(_ source: KibanaSource) -> String { "gatewatch-\(source.rawValue)" }

    /// The saved object (type `index-pattern`); the version is the lowest that knows its attributes, so that older Kibanas take it.
    static func object(_ source: KibanaSource, index: String) -> KibanaJSON {
        [
            "type": "index-pattern", "id": .string(id(source)),
            "attributes": [
                "title": .string(index), "name": "\(source.title) requests (\(index))", "timeFieldName": .string(source.timeField),
                "runtimeFieldMap": .string(computed(source).text),
            ],
            "references": [], "coreMigrationVersion": "8.8.0", "typeMigrationVersion": "8.0.0", "managed": false,
        ]
    }

    /// Painless of runtime fields: https://www.elastic.co/docs/manage-data/data-store/mapping/runtime-fields
    private static func computed(_ source: KibanaSource) -> KibanaJSON {
        let time = "doc['\(source.timeField)']"
        let names = ["1 Mon", "2 Tue", "3 Wed", "4 Thu", "5 Fri", "6 Sat", "7 Sun"].map { "'\($0)'" }.joined(separator: ", ")
        return [
            weekday: [
                "type": "keyword",
                "script": ["source": "if (\(time).size() > 0) { String[] names = new String[] {\(names)}; emit(names[\(time).value.getDayOfWeekEnum().getValue() - 1]); }"],
            ],
            hour: ["type": "long", "script": ["source": "if (\(time).size() > 0) { emit(\(time).value.getHour()); }"]],
        ]
    }
}
