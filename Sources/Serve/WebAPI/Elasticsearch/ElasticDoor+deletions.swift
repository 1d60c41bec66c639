internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import Ingest
internal import NIOCore
internal import NIOHTTP1
internal import RequestQuery

/// Removing records: one, those that a query finds, or those of an index.
extension ElasticDoor {
    /// Records removed in one step: each step is durable by itself, and what came in between waits no longer than for a batch of this size.
    private static let removedAtOnce = 10_000

    // MARK: One

    func deleteDocument(_ request: ServerRequest) async throws -> ServerResponse {
        let (name, id) = (request.parameter("index") ?? "", request.parameter("id") ?? "")
        try Self.refuseUnsupported(request)
        guard try resolve(request).contains(name) else { throw ElasticError.indexNotFound(name) }
        let (version, sequence) = try await delete(id, in: name, request)
        keepIndices([name])
        return ElasticAnswer.json(status: version == nil ? .notFound : .ok, isPretty: request.isPretty) { writer in
            writer.object { answer in
                answer.member("_index", name)
                answer.member("_id", id)
                answer.member("_version", version ?? 1)
                answer.member("result", version == nil ? "not_found" : "deleted")
                ElasticAnswer.writeShards(&answer)
                answer.member("_seq_no", sequence)
                answer.member("_primary_term", 1)
            }
        }
    }

    /// Removes the record that has the sender's id, else the one whose own id it is.
    private func delete(_ id: String, in name: String, _ request: ServerRequest) async throws -> (version: Int64?, sequence: Int64) {
        do {
            let deleted = try await services.collector.delete(DocumentName(index: name, id: id))
            guard deleted.version == nil, let own = RecordID.parse(id) else { return deleted }
            guard try await services.queries(of: request).record(own)?.text(.index) == name else { return deleted }
            return (try await services.collector.remove([own]) == [true] ? 2 : nil, deleted.sequence)
        } catch let error as StorageError {
            throw StorageAnswer.elasticError(error)
        }
    }

    // MARK: Many

    func deleteByQuery(_ request: ServerRequest) async throws -> ServerResponse {
        let start = ContinuousClock.now
        let body = request.body.readableBytes > 0 ? try JSONBody.parse(request.body) : .object([])
        guard let members = body.members else { throw ElasticError.parsing("Expected [START_OBJECT] but found [\(body.kindName)]") }
        if let member = members.first(where: { $0.name != "query" }) { throw ElasticError.unsupported("[\(member.name)] in a deletion by query") }
        for name in ["q", "max_docs", "wait_for_completion", "slices", "scroll_size"] where request.query(name).map({ $0 != "true" }) ?? false {
            throw ElasticError.unsupported("the parameter [\(name)]")
        }
        guard let query = body["query"] else {
            throw ElasticError(.badRequest, "action_request_validation_exception", "Validation Failed: 1: query is missing;")
        }
        let names = try resolve(request)
        let deleted = try await remove(try filter(query, request), request)
        keepIndices(names)
        let took = Int((ContinuousClock.now - start) / .milliseconds(1))
        return ElasticAnswer.json(isPretty: request.isPretty) { writer in
            writer.object { answer in
                answer.member("took", took)
                answer.member("timed_out", false)
                answer.member("total", deleted)
                answer.member("deleted", deleted)
                answer.member("batches", (deleted + Self.removedAtOnce - 1) / Self.removedAtOnce)
                for name in ["version_conflicts", "noops"] { answer.member(name, 0) }
                answer.object("retries") {
                    $0.member("bulk", 0)
                    $0.member("search", 0)
                }
                answer.member("throttled_millis", 0)
                answer.member("requests_per_second", -1.0)
                answer.member("throttled_until_millis", 0)
                answer.array("failures") { _ in }
            }
        }
    }

    /// Declares indices that have lost their last record: clients expect an index to outlive its documents.
    private func keepIndices(_ names: [String]) {
        let known = Set(indexNames())
        for name in names where !known.contains(name) { _ = services.registry.put(.indices, name, .object([])) }
    }

    /// Removes indices with their records: shippers that make an index a day drop the old ones so.
    func deleteIndex(_ request: ServerRequest) async throws -> ServerResponse {
        let names = try resolve(request)
        let counts = Dictionary(uniqueKeysWithValues: indexCounts().map { ($0.name, $0.records) })
        if names.contains(where: { counts[$0, default: 0] > 0 }) {
            _ = try await remove(Filter.matches(.index, names.map { TextPattern(exactly: $0) }), request)
        }
        for name in names { _ = try services.registry.remove(.indices, name) }
        services.retentionDeclared()
        return ElasticAnswer.acknowledged(isPretty: request.isPretty)
    }

    /// Removes the records that pass; returns how many those were. Records that come meanwhile stay.
    ///
    /// - Throws: nothing is removed when they are more than may wait to be merged away.
    private func remove(_ filter: Filter, _ request: ServerRequest) async throws -> Int {
        let queries = services.queries(of: request)
        let statistics = services.reader.statistics
        let own = Filter.range(.sequence, 0...statistics.sequence).and(filter)
        let count = try await queries.count(own)
        let room = statistics.hiddenRecordsMax - statistics.hiddenRecords
        guard count <= room else {
            throw ElasticError(
                .tooManyRequests, "es_rejected_execution_exception",
                "\(count) records would be deleted, but only \(max(0, room)) more may wait to be merged away: delete fewer at once, or leave them to retention")
        }
        var (deleted, last) = (0, Int64(0))
        while true {
            let rest = Filter.range(.sequence, last + 1...max(last + 1, statistics.sequence)).and(own)
            let records = try await queries.records(rest, sort: RecordSort(.sequence, descending: false), skip: 0, count: Self.removedAtOnce)
            let sequences = records.compactMap { $0.integer(.sequence) }
            guard let highest = sequences.last, highest > last else { return deleted }
            last = highest
            do { deleted += try await services.collector.remove(sequences).count { $0 } } catch { throw StorageAnswer.elasticError(error) }
        }
    }
}
