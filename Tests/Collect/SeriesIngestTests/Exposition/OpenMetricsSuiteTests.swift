import Foundation
import GatewayModel
import KeepTestSupport
import SeriesIngest
import Testing

/// The parser cases of prometheus/OpenMetrics: each a text with the verdict that a parser must reach.
struct OpenMetricsSuiteTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let text: [UInt8]
        let shouldParse: Bool
        var testDescription: String { name }
    }

    /// Cases whose verdict is not ours, with the reason.
    private static let exceptions: [String: String] = [:]

    private static let cases: [Case] = SharedData.archives("prometheus", prefix: "openmetrics_parsers").flatMap { archive -> [Case] in
        let files = Dictionary(((try? TarArchive.files(of: archive)) ?? []).map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
        return files.keys.filter { $0.hasSuffix("/test.json") }.sorted().compactMap { path in
            let folder = path.dropLast("/test.json".count)
            guard let json = try? JSONSerialization.jsonObject(with: Data(files[path] ?? [])) as? [String: Any], let file = json["file"] as? String,
                let verdict = json["shouldParse"] as? Bool, let text = files["\(folder)/\(file)"]
            else { return nil }
            return Case(name: folder.split(separator: "/").last.map(String.init) ?? path, text: text, shouldParse: verdict)
        }
    }

    @Test(.enabled(if: SharedData.isPresent)) func theSuiteIsThere() { #expect(Self.cases.count >= 106) }

    @Test(.enabled(if: SharedData.isPresent), arguments: cases) private func verdict(_ one: Case) {
        var problem: String?
        do { _ = try readExposition(one.text, .openMetrics, isStrict: true) } catch let error as ExpositionError { problem = error.reason } catch { problem = "\(error)" }
        let isRight = (problem == nil) == one.shouldParse
        if let reason = Self.exceptions[one.name] {
            #expect(!isRight, "listed as an exception (\(reason)), but right")
        } else {
            #expect(isRight, "\(problem ?? "accepted"):\n\(String(decoding: one.text, as: UTF8.self))")
        }
    }
}
