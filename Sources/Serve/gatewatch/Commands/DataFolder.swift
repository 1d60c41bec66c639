import Foundation
import GatewayModel
import Logging
import PromQL
import RequestQuery
import RequestStorage
import SeriesStorage
import WebAPI

/// A data folder that no server uses, opened to read its series.
enum DataFolder {
    /// Opens the folder as a server would, and closes it afterwards.
    static func read<Value>(_ options: ConfigurationOptions, _ body: (any SeriesReader, PromQLOptions) throws -> Value) async throws -> Value {
        let settings = try withConfigurationErrors { try options.load() }
        let logger = Logger(label: "gatewatch") { LineLogHandler(label: $0, level: .error, isJSON: false) }
        let (records, parts) = try withStartErrors {
            let records = try GatewatchInstance.openStore(settings, logger)
            return (records, try SeriesParts(settings, records: records, cache: ScanCache(bytesMax: settings.queryCacheBytesMax), yaml: "", logger: logger))
        }
        let result = Result { try body(parts.services.reader, settings.promQL) }
        await parts.store.close()
        await records.close()
        return try result.get()
    }
}
