import Ingest

extension SettingsReader {
    /// Where the countries of clients come from: `geo.header` and `geo.file`.
    func geography() throws -> GeographyRules {
        let headers = list("geo.header").filter { !$0.isEmpty }.map { $0.lowercased() }
        let unusable = headers.first { $0.utf8.count > GeographyRules.headerBytesMax || GeographyRules.takenHeaders.contains($0) }
        if let unusable {
            throw ConfigurationError(
                place: values.place("geo.header"),
                message: "'\(unusable)' cannot be read as a country: a header has at most \(GeographyRules.headerBytesMax) bytes and is not one that is read for something else")
        }
        guard headers.count <= GeographyRules.headersMax else {
            throw ConfigurationError(place: values.place("geo.header"), message: "'geo.header' names \(headers.count) headers; at most \(GeographyRules.headersMax)")
        }
        var rules = GeographyRules(headers: headers.sorted())
        guard let path = values.text("geo.file") else { return rules }
        do throws(CountryDatabaseError) { rules.database = try CountryDatabase(path: path) } catch {
            throw ConfigurationError(place: values.place("geo.file"), message: "\(path) is no file of countries in MaxMind's format: \(error.message)")
        }
        return rules
    }
}
