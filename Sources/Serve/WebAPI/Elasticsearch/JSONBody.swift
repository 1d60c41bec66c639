internal import ByteCoding
internal import NIOCore
internal import NIOHTTP1

/// JSON documents in request bodies of the door.
enum JSONBody {
    /// - Throws: Elasticsearch's parsing error with line and column.
    static func parse(_ body: ByteBuffer) throws(ElasticError) -> JSONValue {
        let result = unsafe body.withUnsafeReadableBytes { bytes -> Result<JSONValue, JSONError> in
            do throws(JSONError) { return unsafe .success(try JSONValue.parse(bytes)) } catch { return .failure(error) }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error):
            let (line, column) = TextPosition.of(error.offset, in: body)
            throw ElasticError(.badRequest, "x_content_parse_exception", "[\(line):\(column)] \(error.reason)")
        }
    }
}

/// Lines and columns of byte offsets.
enum TextPosition {
    /// Both count from 1; the column counts bytes.
    static func of(_ offset: Int, in body: ByteBuffer) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for byte in body.readableBytesView.prefix(offset) {
            if byte == 0x0a {
                line += 1
                column = 1
            } else { column += 1 }
        }
        return (line, column)
    }
}
