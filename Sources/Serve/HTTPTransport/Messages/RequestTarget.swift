package import NIOCore

/// A part of a query string or of a form: `name=value`, decoded.
package struct QueryItem: Equatable, Sendable {
    /// Decoded name; may be empty.
    package let name: String
    /// Decoded value; empty for `?name` and for `?name=`.
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Reads the body of an HTML form (`application/x-www-form-urlencoded`), in the order sent.
    ///
    /// - Throws: as for a query string; offsets count from the start of the body.
    package static func form(_ body: ByteBuffer) throws(RequestTargetError) -> [QueryItem] {
        guard let text = String(validating: body.readableBytesView, as: UTF8.self) else { throw .badPercentEncoding(offset: 0) }
        return try RequestTarget.items(of: text[...])
    }
}

/// Why a request target could not be read.
package enum RequestTargetError: Error, Equatable, Sendable {
    /// Neither a path nor an absolute URI.
    case notAPath
    /// A `%` without two hexadecimal digits, or bytes that are not UTF-8 once decoded; `offset` counts bytes from the start of the target.
    case badPercentEncoding(offset: Int)
    /// A decoded NUL, which no path or parameter has a use for and which cuts names short in C; `offset` as above.
    case nul(offset: Int)
    /// A path component `.` or `..`, which clients resolve before they send (RFC 3986, 5.2.4); here it can only be an attempt to leave a folder.
    case dotSegment

    /// What is wrong, for the sender.
    package var sentence: String {
        switch self {
        case .notAPath: "the request target is neither a path nor an absolute URI"
        case .badPercentEncoding(let offset): "bad percent-encoding at byte \(offset) of the request target"
        case .nul(let offset): "a NUL character at byte \(offset) of the request target"
        case .dotSegment: "the path contains a component . or .."
        }
    }
}

/// A request target (RFC 9112, 3.2), taken apart and decoded.
///
/// Empty path components are dropped: `/a//b/` has the components of `/a/b`, as Elasticsearch reads paths. An encoded slash stays inside its
/// component. In queries `+` is a space (the HTML form rule), in paths it is itself.
struct RequestTarget: Equatable, Sendable {
    /// The path as sent, percent-encoded, without the query; `*` for `OPTIONS *`.
    let path: String
    /// Decoded components of the path, empty ones left out.
    let components: [String]
    /// The query's parts in the order sent; repeated names are kept.
    let query: [QueryItem]

    init(_ uri: String) throws(RequestTargetError) {
        if uri == "*" {
            (path, components, query) = (uri, [], [])
            return
        }
        let start = try Self.pathStart(of: uri)
        let mark = uri.utf8[start...].firstIndex(of: UInt8(ascii: "?")) ?? uri.endIndex
        let path = uri[start..<mark]
        components = try Self.components(of: path)
        query = mark < uri.endIndex ? try Self.items(of: uri[uri.utf8.index(after: mark)...]) : []
        self.path = start == uri.startIndex && mark == uri.endIndex ? uri : path.isEmpty ? "/" : String(path)
    }

    /// Where the path begins: at once, or after `http://host` (RFC 9112, 3.2.2: a server must accept the absolute form).
    private static func pathStart(of uri: String) throws(RequestTargetError) -> String.Index {
        if uri.utf8.first == UInt8(ascii: "/") { return uri.startIndex }
        let lowercase = uri.prefix(8).lowercased()
        let scheme = lowercase == "https://" ? 8 : lowercase.hasPrefix("http://") ? 7 : 0
        guard scheme > 0 else { throw .notAPath }
        let authority = uri.utf8.dropFirst(scheme)
        return authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? uri.endIndex
    }

    private static func components(of path: Substring) throws(RequestTargetError) -> [String] {
        var components: [String] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            let component = try percentDecoded(Substring(part), plusIsSpace: false)
            if component == "." || component == ".." { throw .dotSegment }
            components.append(component)
        }
        return components
    }

    fileprivate static func items(of query: Substring) throws(RequestTargetError) -> [QueryItem] {
        var items: [QueryItem] = []
        for part in query.utf8.split(separator: UInt8(ascii: "&")) {
            let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let value = mark < part.endIndex ? part[part.index(after: mark)...] : part[mark...]
            items.append(
                QueryItem(
                    name: try percentDecoded(Substring(part[..<mark]), plusIsSpace: true), value: try percentDecoded(Substring(value), plusIsSpace: true)))
        }
        return items
    }
}

/// Decodes `%XX`, and `+` if asked. Offsets of errors count from the start of the string that `text` is a part of.
private func percentDecoded(_ text: Substring, plusIsSpace: Bool) throws(RequestTargetError) -> String {
    let isPlain = !text.utf8.contains { $0 == UInt8(ascii: "%") || $0 == 0 || (plusIsSpace && $0 == UInt8(ascii: "+")) }
    if isPlain { return String(text) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var index = text.utf8.startIndex
    while index < text.utf8.endIndex {
        let start = index
        var byte = text.utf8[index]
        index = text.utf8.index(after: index)
        if byte == UInt8(ascii: "%") {
            guard let high = hexadecimalDigit(text.utf8, &index), let low = hexadecimalDigit(text.utf8, &index) else {
                throw .badPercentEncoding(offset: offset(of: start, in: text))
            }
            byte = high << 4 | low
        } else if plusIsSpace, byte == UInt8(ascii: "+") {
            byte = UInt8(ascii: " ")
        }
        if byte == 0 { throw .nul(offset: offset(of: start, in: text)) }
        bytes.append(byte)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
        throw .badPercentEncoding(offset: offset(of: text.utf8.startIndex, in: text))
    }
    return decoded
}

private func offset(of index: String.Index, in text: Substring) -> Int {
    text.base.utf8.distance(from: text.base.utf8.startIndex, to: index)
}

/// Takes one hexadecimal digit; nil, and the index unmoved, when there is none.
private func hexadecimalDigit(_ bytes: Substring.UTF8View, _ index: inout String.Index) -> UInt8? {
    guard index < bytes.endIndex else { return nil }
    let byte = bytes[index]
    let digit: UInt8
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
    default: return nil
    }
    index = bytes.index(after: index)
    return digit
}
