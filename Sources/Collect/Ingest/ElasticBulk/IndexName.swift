/// The rules for names of indices.
///
/// Source: Elasticsearch, [create index API](https://www.elastic.co/guide/en/elasticsearch/reference/8.19/indices-create-index.html), path
/// parameters; wording of `MetadataCreateIndexService.validateIndexOrAliasName`.
package enum IndexName {
    /// The longest name, in bytes of UTF-8.
    package static let bytesMax = 255

    /// What is wrong with a name, as Elasticsearch words it; nil when it may be used.
    package static func fault(in name: String) -> String? {
        let bytes = Array(name.utf8)
        if name == "." || name == ".." { return "Invalid index name [\(name)], must not be '.' or '..'" }
        if name.isEmpty { return "Invalid index name [], must not be empty" }
        if bytes.contains(where: { forbidden.contains($0) || $0 < 0x20 }) {
            return "Invalid index name [\(name)], must not contain the following characters ['\\','/','*','?','\"','<','>','|',' ',',']"
        }
        if bytes.contains(UInt8(ascii: "#")) { return "Invalid index name [\(name)], must not contain '#'" }
        if bytes.contains(UInt8(ascii: ":")) { return "Invalid index name [\(name)], must not contain ':'" }
        if let first = bytes.first, first == UInt8(ascii: "_") || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            return "Invalid index name [\(name)], must not start with '_', '-', or '+'"
        }
        if bytes.count > bytesMax { return "Invalid index name [\(name.prefix(64))...], index name is too long, (\(bytes.count) > \(bytesMax))" }
        if name != name.lowercased() { return "Invalid index name [\(name)], must be lowercase" }
        return nil
    }

    private static let forbidden = Set(#"\/*?"<>| ,"#.utf8)
}
