/// A message as it goes over the line after DATA.
enum SMTPBody {
    /// Every line ends with CRLF, a dot at the start of a line is doubled, and a line with a single dot ends it all (RFC 5321, 4.5.2).
    ///
    /// Single carriage returns and line feeds become CRLF: servers disagree about them, which is how a message is made to contain another one.
    static func stuffed(_ message: [UInt8]) -> [UInt8] {
        let (carriageReturn, lineFeed, dot) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "."))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.count + message.count / 64 + 8)
        var isLineStart = true
        var index = 0
        while index < message.count {
            let byte = message[index]
            index += 1
            if byte == carriageReturn || byte == lineFeed {
                if byte == carriageReturn, index < message.count, message[index] == lineFeed { index += 1 }
                bytes += [carriageReturn, lineFeed]
                isLineStart = true
            } else {
                if isLineStart, byte == dot { bytes.append(dot) }
                bytes.append(byte)
                isLineStart = false
            }
        }
        if !isLineStart { bytes += [carriageReturn, lineFeed] }
        return bytes + [dot, carriageReturn, lineFeed]
    }
}
