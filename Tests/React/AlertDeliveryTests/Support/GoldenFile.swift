import Foundation
import Testing

/// Files with what messages looked like when a person looked them over. `GATEWATCH_UPDATE=1` writes them anew; the difference is then looked over again.
enum GoldenFile {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Channels/Golden")
    private static let updates = ProcessInfo.processInfo.environment["GATEWATCH_UPDATE"] == "1"

    static func expect(_ json: [UInt8], _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let text = indented(json)
        let file = folder.appendingPathComponent(name + ".json")
        if updates { try? Data(text.utf8).write(to: file) }
        let golden = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(text == golden, "\(name)", sourceLocation: sourceLocation)
    }

    /// Compact JSON with line breaks, members in their order.
    static func indented(_ json: [UInt8]) -> String {
        var result = "", depth = 0, isInString = false, isEscaped = false
        func newline() -> String { "\n" + String(repeating: " ", count: depth) }
        for character in String(decoding: json, as: UTF8.self) {
            if isInString {
                result.append(character)
                if isEscaped { isEscaped = false } else if character == "\\" { isEscaped = true } else if character == "\"" { isInString = false }
                continue
            }
            switch character {
            case "\"":
                isInString = true
                result.append(character)
            case "{", "[":
                depth += 1
                result.append(character)
                result += newline()
            case "}", "]":
                depth -= 1
                result += newline()
                result.append(character)
            case ",": result += "," + newline()
            case ":": result += ": "
            default: result.append(character)
            }
        }
        return result + "\n"
    }
}
