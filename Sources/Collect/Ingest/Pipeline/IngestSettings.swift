/// What an operator may set about reading documents.
package struct IngestSettings: Sendable {
    /// The setting `providers`: upstream host, `*.suffix` of hosts, or gateway instance name -> provider. Wins over the built-in map.
    package var providers: [String: String]
    /// The setting `apisix.fields`: key of the operator's own `log_format` -> field name, durations optionally with a unit (`duration:ms`).
    package var fields: [String: String]
    package var privacy: PrivacyRules
    /// The settings `geo.header` and `geo.file`.
    package var geography: GeographyRules
    /// The setting `ingest.distinct_values_max`: distinct values of one dimension kept, further ones become `_other`.
    package var distinctValuesMax: Int
    /// The setting `ingest.distinct_values_days`: days without a sight after which a value makes room for another.
    package var distinctValuesDays: Int
    /// The setting `ingest.record_bytes_max`: larger documents are refused. An entry with both bodies has some 1 MiB; the
    /// largest honest ones are the Noveum gateway's, which collects up to 5 MiB of a stream.
    package var documentBytesMax: Int
    /// The setting `ingest.deduplicated_sources`.
    package var deduplicated: DeduplicatedSources

    package init(
        providers: [String: String] = [:], fields: [String: String] = [:], privacy: PrivacyRules, distinctValuesMax: Int = 1 << 20,
        distinctValuesDays: Int = 30, documentBytesMax: Int = 8 << 20, deduplicated: DeduplicatedSources = .all, geography: GeographyRules = GeographyRules()
    ) {
        self.providers = providers
        self.fields = fields
        self.privacy = privacy
        self.distinctValuesMax = distinctValuesMax
        self.distinctValuesDays = distinctValuesDays
        self.documentBytesMax = documentBytesMax
        self.deduplicated = deduplicated
        self.geography = geography
    }
}
