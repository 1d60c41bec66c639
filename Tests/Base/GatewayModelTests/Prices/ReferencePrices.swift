import ByteCoding
import Foundation
import GatewayModel
import Testing

/// The reference data beside the repository: `../shared`, or where `GATEWATCH_SHARED` says.
enum ReferencePrices {
    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["GATEWATCH_SHARED"] { return URL(fileURLWithPath: path) }
        return package.deletingLastPathComponent().appendingPathComponent("shared")
    }()

    /// The repository: Tests/Base/GatewayModelTests/Prices/ is four levels down.
    static let package: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { url.deleteLastPathComponent() }
        return url
    }()

    static let listFile = root.appendingPathComponent("data/prices/llm_prices.csv")
    static let suiteFolder = root.appendingPathComponent("data/suites/usage_cost")

    static var hasList: Bool { FileManager.default.fileExists(atPath: listFile.path) }

    /// The usage cases that are there: `genai_usages_*.json.gz`, by name.
    static var suiteFiles: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: suiteFolder.path)) ?? []
        return names.filter { $0.hasPrefix("genai_usages_") && $0.hasSuffix(".json.gz") }.sorted()
    }

    static func unzipped(_ name: String) throws -> [UInt8] {
        try Gzip.decompress([UInt8](Data(contentsOf: suiteFolder.appendingPathComponent(name))), limit: 64 << 20)
    }

    /// The lines of the list, by column name.
    static func listRows() throws -> [[String: String]] {
        let lines = try String(contentsOf: listFile, encoding: .utf8).split(whereSeparator: \.isNewline)
        let names = try #require(lines.first).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().map { line in
            let values = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return Dictionary(uniqueKeysWithValues: zip(names, values))
        }
    }
}

/// `text`, a decimal number of dollars such as `0.0375` or `9E-7`, in picodollars; nil when it is finer or no number.
func picodollars(_ text: String) -> Int128? {
    let parts = text.uppercased().split(separator: "E", omittingEmptySubsequences: false)
    let number = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, number.count <= 2, let exponent = Int(parts.count == 2 ? parts[1] : "0") else { return nil }
    let fraction = number.count == 2 ? number[1] : ""
    guard var value = Int128(number[0] + fraction) else { return nil }
    // The power of ten that is missing to picodollars.
    var scale = 12 + exponent - fraction.count
    while scale > 0 {
        value *= 10
        scale -= 1
    }
    while scale < 0 {
        guard value % 10 == 0 else { return nil }
        value /= 10
        scale += 1
    }
    return value
}

/// Midnight UTC of a day, or any other ISO 8601 instant.
func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }
