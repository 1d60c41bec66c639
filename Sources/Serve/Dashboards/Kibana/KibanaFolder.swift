/// The files of an export into a folder: a file for each dashboard, what Elasticsearch needs, the alerts, and how to use them.
package struct KibanaFolder: Sendable {
    /// Names and texts, in the order in which they are to be written.
    package let files: [(name: String, text: String)]
    /// What all dashboards left out and lost.
    package let omissions: [KibanaExport.Remark]
    package let notes: [KibanaExport.Remark]

    package init(_ dashboards: [Dashboard], export: KibanaExport) {
        let declaration = KibanaIndex(source: export.source, index: export.index)
        var files: [(String, String)] = []
        var omissions: [KibanaExport.Remark] = []
        var notes: [KibanaExport.Remark] = []
        for dashboard in dashboards {
            let result = export.export([dashboard])
            omissions += result.omissions
            notes += result.notes
            // The first line of a file that has a dashboard is its data view; the other file has a summary only.
            if result.text.hasPrefix("{\"type\"") { files.append(("\(dashboard.id).ndjson", result.text)) }
        }
        files.append(("index-template.json", declaration.template.text + "\n"))
        files.append(("lifecycle-policy.json", declaration.lifecyclePolicy.text + "\n"))
        files.append(("alert-rules.jsonl", KibanaAlertRules(source: export.source, index: export.index).text))
        files.append(("README.md", Self.guide(export, declaration.name, omissions: omissions, notes: notes)))
        self.files = files
        self.omissions = omissions
        self.notes = notes
    }

    private static func guide(_ export: KibanaExport, _ name: String, omissions: [KibanaExport.Remark], notes: [KibanaExport.Remark]) -> String {
        """
        # Gatewatch dashboards for Kibana

        They read `\(export.index)` with the time in `\(export.source.timeField)` (\(export.source.title) documents). Kibana 8.9 or later; the alert rules need 8.14.

        ## Index, before the first document is written
        ```sh
        curl -fsS -X PUT "$ELASTICSEARCH/_ilm/policy/\(name)" -H 'Content-Type: application/json' --data-binary @lifecycle-policy.json
        curl -fsS -X PUT "$ELASTICSEARCH/_index_template/\(name)" -H 'Content-Type: application/json' --data-binary @index-template.json
        curl -fsS -X PUT "$ELASTICSEARCH/\(name)-000001" -H 'Content-Type: application/json' -d '{"aliases": {"\(name)": {"is_write_index": true}}}'
        ```
        Write to the alias `\(name)`: a new index follows each day or at 50 GB, and is deleted \(KibanaIndex.retentionDays) days after. Do not put a date into the index's name as well: the policy
        finds no alias to roll over then. Trends of a year are kept by Gatewatch, not by this policy.

        ## Dashboards
        ```sh
        for file in *.ndjson; do curl -fsS -X POST "$KIBANA/api/saved_objects/_import?overwrite=true" -H 'kbn-xsrf: true' -F file=@"$file"; done
        ```

        ## Alert rules
        ```sh
        while read -r line; do
          id=$(printf '%s' "$line" | jq -r .id)
          printf '%s' "$line" | jq -c .rule | curl -fsS -X POST "$KIBANA/api/alerting/rule/$id" -H 'kbn-xsrf: true' -H 'Content-Type: application/json' --data-binary @-
        done < alert-rules.jsonl
        ```
        They run each minute and notify nobody until you add a connector to them. `gateway:request_capacity:rate`, what the gateway carries, is 100 requests a second in GatewayVolumeNearCapacity: put your number there.

        Alerts that have no rule here:
        \(KibanaAlertRules.omissions.map { "- \($0.alerts): \($0.reason)" }.joined(separator: "\n"))

        ## Panels that are left out
        \(omissions.isEmpty ? "None." : omissions.map { "- \($0)" }.joined(separator: "\n"))

        ## Panels that lost something
        \(notes.isEmpty ? "None." : notes.map { "- \($0)" }.joined(separator: "\n"))

        """
    }
}
