internal import ByteCoding
internal import GatewayModel

/// The questions of a batch as they were written, with what holds for all of them.
package struct QueryBatch: Sendable {
    /// `from`, `to`, `every`, `time_zone` and `rollups` where a question says nothing.
    package let shared: QueryParameters
    /// What the records of every question must pass.
    package let filter: QueryFilter
    /// In their order; a question that is wrong costs only itself.
    package let entries: [Result<BatchEntry, QueryError>]

    /// - Throws: what is wrong beside `queries`, which is wrong for all of them.
    init(_ own: QueryParameters, _ entries: [Result<BatchEntry, QueryError>], outer: QueryFilter) throws(QueryError) {
        shared = QueryParameters().inheriting(own)
        _ = try shared.query()
        filter = outer.and(try QueryFilter(own.where ?? ""))
        self.entries = entries
    }

    /// The question to the requests that an entry asks.
    ///
    /// - Throws: as ``QueryParameters/query(outer:)``.
    package func query(_ entry: BatchEntry) throws(QueryError) -> RequestQuery { try entry.parameters.inheriting(shared).query(outer: filter) }
}

/// One question of a batch as it was written.
package struct BatchEntry: Sendable, Equatable {
    package var parameters = QueryParameters()
    /// The texts of keys that are not of the question itself, for example `known`; numbers as they were written.
    package var extras: [String: String] = [:]

    package init() {}
}

/// A body taken apart, its texts not yet understood.
struct ParsedBody {
    private(set) var own = QueryParameters()
    private(set) var queries: [Result<BatchEntry, QueryError>]?

    /// - Parameter extraKeys: see ``RequestQueryText/batch(_:extraKeys:outer:)``.
    init(_ bytes: UnsafeRawBufferPointer, _ extraKeys: [String]) throws(QueryError) {
        if let offset = unsafe UTF8Text.firstInvalid(bytes) { throw QueryError(json: JSONError(.invalidUTF8, at: offset)) }
        var scanner = unsafe JSONScanner(bytes)
        do throws(JSONError) {
            guard try scanner.peek() == .object else { throw JSONError(.unexpectedCharacter, at: scanner.position) }
        } catch {
            throw QueryError(json: error)
        }
        try Self.readObject(&scanner) { name, scanner throws(QueryError) in
            if try own.set(name, from: &scanner) { return }
            guard name == "queries" else { throw Self.unknown(name, []) }
            queries = try Self.readQueries(&scanner, extraKeys)
        }
        do throws(JSONError) { try scanner.expectEnd() } catch { throw QueryError(json: error) }
    }

    private static func readQueries(_ scanner: inout JSONScanner, _ extraKeys: [String]) throws(QueryError) -> [Result<BatchEntry, QueryError>] {
        var queries: [Result<BatchEntry, QueryError>] = []
        do throws(JSONError) {
            var first = true
            guard try scanner.peek() == .array else { throw JSONError(.unexpectedCharacter, at: scanner.position) }
            try scanner.beginArray()
            while try scanner.nextElement(&first) {
                let start = scanner.position
                queries.append(readQuery(&scanner, extraKeys))
                // A query whose keys are wrong was left half-read: go over it again as plain JSON.
                scanner.position = start
                try scanner.skipValue()
                if queries.count > QueryLimits.batchQueriesMax { break }
            }
        } catch {
            throw QueryError(json: error)
        }
        guard queries.count <= QueryLimits.batchQueriesMax else {
            throw QueryError(.invalidRequest, "a batch has at most \(QueryLimits.batchQueriesMax) queries", field: "queries")
        }
        return queries
    }

    private static func readQuery(_ scanner: inout JSONScanner, _ extraKeys: [String]) -> Result<BatchEntry, QueryError> {
        var entry = BatchEntry()
        do throws(QueryError) {
            try readObject(&scanner) { name, scanner throws(QueryError) in
                if extraKeys.contains(name) {
                    entry.extras[name] = try QueryParameters.plainText(from: &scanner, name)
                } else if try !entry.parameters.set(name, from: &scanner) {
                    throw unknown(name, extraKeys)
                }
            }
            return .success(entry)
        } catch {
            return .failure(error)
        }
    }

    private static func readObject(
        _ scanner: inout JSONScanner, _ member: (String, inout JSONScanner) throws(QueryError) -> Void
    ) throws(QueryError) {
        var first = true
        do throws(JSONError) { try scanner.beginObject() } catch { throw QueryError(json: error) }
        while let name = try nextName(&scanner, &first) { try member(name, &scanner) }
    }

    private static func nextName(_ scanner: inout JSONScanner, _ first: inout Bool) throws(QueryError) -> String? {
        do throws(JSONError) { return try scanner.nextKey(&first).map { scanner.string($0) } } catch { throw QueryError(json: error) }
    }

    private static func unknown(_ name: String, _ extraKeys: [String]) -> QueryError {
        let shown = String(name.prefix(64))
        return QueryError(.invalidRequest, "there is no key '\(shown)'", field: shown, hint: "one of: " + (extraKeys + QueryParameters.names).joined(separator: ", "))
    }
}
