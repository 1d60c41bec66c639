/// Indents compact JSON by two spaces, for `?pretty` and for people at a terminal.
enum JSONIndenter {
    /// - Parameter json: JSON text as ``JSONWriter`` writes it (no white space outside strings).
    static func indent(_ json: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(json.count * 2)
        var depth = 0
        var isInString = false
        var isEscaped = false
        for (index, byte) in json.enumerated() {
            if isInString {
                output.append(byte)
                if isEscaped { isEscaped = false } else if byte == UInt8(ascii: "\\") { isEscaped = true } else if byte == UInt8(ascii: "\"") { isInString = false }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
                output.append(byte)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                output.append(byte)
                let isEmpty = index + 1 < json.count && (json[index + 1] == UInt8(ascii: "}") || json[index + 1] == UInt8(ascii: "]"))
                depth += 1
                if !isEmpty { newline(&output, depth) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                let isEmpty = index > 0 && (json[index - 1] == UInt8(ascii: "{") || json[index - 1] == UInt8(ascii: "["))
                if !isEmpty { newline(&output, depth) }
                output.append(byte)
            case UInt8(ascii: ","):
                output.append(byte)
                newline(&output, depth)
            case UInt8(ascii: ":"):
                output.append(contentsOf: [byte, 0x20])
            default:
                output.append(byte)
            }
        }
        output.append(0x0a)
        return output
    }

    private static func newline(_ output: inout [UInt8], _ depth: Int) {
        output.append(0x0a)
        output.append(contentsOf: repeatElement(0x20, count: max(0, depth) * 2))
    }
}
