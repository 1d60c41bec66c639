/// A message's body, or a part of one.
///
/// Source: RFC 2046 (multipart), RFC 2387 (related), RFC 2392 (`cid:`).
package indirect enum MIMEPart: Sendable {
    /// `text/plain` or `text/html`, UTF-8.
    case text(subtype: String, String)
    /// A picture that a part beside it shows as `cid:IDENTIFIER`.
    case picture(identifier: String, name: String, png: [UInt8])
    /// The same content several times; readers show the last that they can.
    case alternative([MIMEPart])
    /// The first part with what it shows.
    case related([MIMEPart])

    /// The head and body of the part, ending with a line end.
    ///
    /// - Parameter boundary: letters and digits that occur in no part; parts within take longer ones.
    package func lines(boundary: String) -> String {
        switch self {
        case .text(let subtype, let text):
            let body = TransferEncoding.quotedPrintable(text)
            return "Content-Type: text/\(subtype); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + body + (body.hasSuffix("\r\n") ? "" : "\r\n")
        case .picture(let identifier, let name, let png):
            return """
                Content-Type: image/png; name="\(name)"\r
                Content-Transfer-Encoding: base64\r
                Content-ID: <\(identifier)>\r
                Content-Disposition: inline; filename="\(name)"\r
                \r

                """ + TransferEncoding.base64(png)
        case .alternative(let parts): return Self.multipart("alternative", parts, boundary)
        case .related(let parts): return Self.multipart("related; type=\"multipart/alternative\"", parts, boundary)
        }
    }

    private static func multipart(_ type: String, _ parts: [MIMEPart], _ boundary: String) -> String {
        var lines = "Content-Type: multipart/\(type); \r\n boundary=\"\(boundary)\"\r\n\r\n"
        for (index, part) in parts.enumerated() { lines += "--\(boundary)\r\n" + part.lines(boundary: "\(boundary).\(index)") }
        return lines + "--\(boundary)--\r\n"
    }
}
