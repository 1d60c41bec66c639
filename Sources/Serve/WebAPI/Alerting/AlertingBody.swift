internal import ByteCoding
internal import HTTPTransport
internal import NIOCore
internal import PromQL

/// JSON bodies of the alerting API, read member by member with errors that name the member.
enum AlertingBody {
    static func object(_ request: ServerRequest) throws(APIError) -> JSONValue {
        let body = request.body
        let result = unsafe body.withUnsafeReadableBytes { bytes -> Result<JSONValue, JSONError> in
            do throws(JSONError) { return unsafe .success(try JSONValue.parse(bytes)) } catch { return .failure(error) }
        }
        switch result {
        case .success(.object(let members)): return .object(members)
        case .success: throw APIError(.invalidRequest, "the body must be a JSON object")
        case .failure(let error):
            let (line, column) = TextPosition.of(error.offset, in: body)
            throw APIError(.invalidRequest, "the body is not JSON: \(error.reason)", line: line, column: column)
        }
    }

    /// nil when the member is not there, or null.
    static func text(_ name: String, _ object: JSONValue) throws(APIError) -> String? {
        switch object[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw APIError(.invalidRequest, "\(name) must be text", field: name)
        }
    }

    static func number(_ name: String, _ object: JSONValue, atLeast least: Double = -.infinity) throws(APIError) -> Double? {
        switch object[name] {
        case nil, .null: return nil
        case .number(let number) where number.double >= least: return number.double
        default: throw APIError(.invalidRequest, "\(name) must be a number\(least.isFinite ? ", at least \(least)" : "")", field: name)
        }
    }

    /// Seconds as milliseconds.
    static func duration(_ name: String, _ object: JSONValue) throws(APIError) -> Int64? {
        guard let seconds = try number(name, object, atLeast: 0) else { return nil }
        // A year is longer than anything that is kept between two evaluations.
        guard seconds <= 31_536_000 else { throw APIError(.invalidRequest, "\(name) must be at most a year of seconds", field: name) }
        return Int64((seconds * 1_000).rounded())
    }

    static func expression(_ text: String, field: String) throws(APIError) -> Expression {
        do { return try PromQLParser.parse(text) } catch {
            throw APIError(.invalidRequest, "the expression cannot be read: \(error.message)", field: field, line: error.line, column: error.column)
        }
    }
}
