internal import ByteCoding
package import Foundation
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1

/// The page's files, read once at start and served from memory, compressed once.
package struct StaticFiles: Sendable {
    /// The largest file served, in bytes; the chart library has about 1.1 MB.
    static let fileBytesMax = 16 << 20

    private struct File: Sendable {
        let plain: ByteBuffer
        let compressed: ByteBuffer?
        let contentType: String
        let etag: String
    }

    private let files: [String: File]

    /// Reads every file of a known type below `folder`, links and hidden names left out.
    ///
    /// - Throws: when the folder cannot be read or has no `index.html`.
    package init(folder: URL) throws {
        var files: [String: File] = [:]
        let root = folder.resolvingSymlinksInPath().path
        guard let names = FileManager.default.enumerator(atPath: root) else { throw CocoaError(.fileReadNoSuchFile) }
        for case let name as String in names {
            let path = root + "/" + name
            guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }), let type = Self.contentType(of: name),
                !name.hasPrefix("tests/")
            else { continue }
            // The attributes are those of a link itself, not of what it points to.
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            guard attributes[.type] as? FileAttributeType == .typeRegular, let size = attributes[.size] as? Int, size <= Self.fileBytesMax else { continue }
            files[name] = Self.file([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), type)
        }
        guard files["index.html"] != nil else { throw CocoaError(.fileReadNoSuchFile) }
        self.files = files
    }

    private static func file(_ bytes: [UInt8], _ type: String) -> File {
        let packed = Gzip.compress(bytes, level: 9)
        return File(
            plain: ByteBuffer(bytes: bytes), compressed: packed.count < bytes.count * 9 / 10 ? ByteBuffer(bytes: packed) : nil, contentType: type,
            etag: "\"" + String(Checksum.crc32(bytes), radix: 16) + "-" + String(bytes.count, radix: 16) + "\"")
    }

    /// Paths that are served, such as `app/main.js`.
    package var paths: [String] { files.keys.sorted() }

    /// The file at `path` (without a leading slash), or nil.
    func response(to request: ServerRequest, path: String) -> ServerResponse? {
        guard let file = files[path] else { return nil }
        var headers: HTTPHeaders = [
            "Content-Type": file.contentType, "ETag": file.etag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff",
            // Checked at each load (a few bytes each): an upgraded server must never run with yesterday's scripts.
            "Cache-Control": path.hasPrefix("vendor/") ? "public, max-age=86400" : "no-cache",
        ]
        if path.hasSuffix(".html") {
            headers.add(name: "Content-Security-Policy", value: Self.contentSecurityPolicy)
            headers.add(name: "Referrer-Policy", value: "same-origin")
            headers.add(name: "X-Frame-Options", value: "SAMEORIGIN")
        }
        if request.headers[canonicalForm: "If-None-Match"].contains(where: { $0 == file.etag || $0 == "W/" + file.etag }) {
            return ServerResponse(status: .notModified, headers: headers)
        }
        if let compressed = file.compressed, request.headers[canonicalForm: "Accept-Encoding"].contains(where: { $0.hasPrefix("gzip") }) {
            headers.add(name: "Content-Encoding", value: "gzip")
            return ServerResponse(headers: headers, body: .bytes(compressed))
        }
        return ServerResponse(headers: headers, body: .bytes(file.plain))
    }

    /// Scripts only from ourselves; inline styles because the chart library sets them.
    static let contentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"

    private static func contentType(of name: String) -> String? {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json", "webmanifest": "application/json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "txt": "text/plain; charset=utf-8"
        case "woff2": "font/woff2"
        default: nil
        }
    }
}
