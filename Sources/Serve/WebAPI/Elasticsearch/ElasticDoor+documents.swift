internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import Ingest
internal import NIOCore
internal import NIOHTTP1
internal import RequestQuery

/// Writing records and reading single ones.
extension ElasticDoor {
    func addDocumentRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["POST", "PUT"], "/_bulk") { try await bulk($0) }
        add(&router, ["POST", "PUT"], "/{index}/_bulk") { try await bulk($0) }
        add(&router, ["POST"], "/{index}/_doc") { try await index($0, mustBeNew: false) }
        add(&router, ["POST", "PUT"], "/{index}/_doc/{id}") { try await index($0, mustBeNew: $0.query("op_type") == "create") }
        add(&router, ["POST", "PUT"], "/{index}/_create/{id}") { try await index($0, mustBeNew: true) }
        add(&router, ["GET"], "/{index}/_doc/{id}") { try await document($0) }
        add(&router, ["GET"], "/{index}/_source/{id}") { try await source($0) }
        add(&router, ["DELETE"], "/{index}/_doc/{id}") { try await deleteDocument($0) }
        add(&router, ["POST"], "/{index}/_update/{id}") { _ in throw ElasticError.illegalArgument(BulkOperation.updateReason) }
        add(&router, ["POST"], "/{index}/_delete_by_query") { try await deleteByQuery($0) }
    }

    // MARK: Writing

    private func bulk(_ request: ServerRequest) async throws -> ServerResponse {
        let start = ContinuousClock.now
        try Self.refuseUnsupported(request)
        let context = services.collector.context(.elasticsearch)
        let read = unsafe request.body.withUnsafeReadableBytes { bytes -> Result<BulkResult, BulkRequestError> in
            do throws(BulkRequestError) {
                return unsafe .success(try services.collector.readBulk(bytes, defaultIndex: request.parameter("index"), context))
            } catch { return .failure(error) }
        }
        let bulk: BulkResult
        switch read {
        case .success(let result): bulk = result
        case .failure(let error): throw ElasticError(HTTPResponseStatus(statusCode: error.status), error.type, error.reason)
        }
        let receipt: AppendReceipt?
        do { receipt = try await services.collector.store(bulk.result, context) } catch { throw StorageAnswer.elasticError(error) }
        let took = Int((ContinuousClock.now - start) / .milliseconds(1))
        let bytes = BulkAnswer(bulk, receipt).bytes(tookMilliseconds: took, hasItems: Self.wantsItems(request))
        var response = ServerResponse(contentType: "application/json", body: .bytes(request.isPretty ? JSONIndenter.indent(bytes) : bytes))
        response.headers.add(name: ElasticAnswer.productHeader.0, value: ElasticAnswer.productHeader.1)
        return response
    }

    /// Parameters that would change what a write does, and that are not served: ignoring them would be a made-up success.
    static func refuseUnsupported(_ request: ServerRequest) throws(ElasticError) {
        for name in ["version", "version_type", "if_seq_no", "if_primary_term"] where request.query(name) != nil { throw .unsupported("the parameter [\(name)]") }
        guard request.query("require_alias") == "true" else { return }
        let index = request.parameter("index") ?? "_bulk"
        throw ElasticError(
            .notFound, "index_not_found_exception", "no such index [\(index)] and [require_alias] request flag is [true] and [\(index)] is not an alias", index: index)
    }

    /// Shippers that look only at `errors` say so with `filter_path`, and need not be sent a line for each record.
    private static func wantsItems(_ request: ServerRequest) -> Bool {
        guard let filter = request.query("filter_path") else { return true }
        return filter.split(separator: ",").contains { $0 != "errors" && $0 != "took" }
    }

    private func index(_ request: ServerRequest, mustBeNew: Bool) async throws -> ServerResponse {
        let name = request.parameter("index") ?? ""
        if let why = IndexName.fault(in: name) { throw ElasticError(.badRequest, "invalid_index_name_exception", why, index: name) }
        guard request.body.readableBytes > 0 else { throw ElasticError.parsing("request body is required") }
        try Self.refuseUnsupported(request)
        let id = request.parameter("id")
        let context = services.collector.context(.elasticsearch)
        let replaces = id != nil && !mustBeNew
        let result = unsafe request.body.withUnsafeReadableBytes { unsafe services.collector.readDocument($0, index: name, id: id, replaces: replaces, context) }
        if let rejected = result.rejected.first {
            _ = try? await services.collector.store(result, context)
            throw ElasticError(.badRequest, "document_parsing_exception", "[\(rejected.line):\(rejected.column)] failed to parse: \(rejected.reason)")
        }
        let receipt: AppendReceipt?
        do { receipt = try await services.collector.store(result, context) } catch { throw StorageAnswer.elasticError(error) }
        if receipt?.conflicts.isEmpty == false {
            throw ElasticError(.conflict, "version_conflict_engine_exception", "[\(id ?? "")]: version conflict, document already exists", index: name)
        }
        return indexed(request, receipt ?? AppendReceipt(firstSequence: 0), id)
    }

    /// The answer to a document that was stored, or whose message is kept already.
    private func indexed(_ request: ServerRequest, _ receipt: AppendReceipt, _ id: String?) -> ServerResponse {
        let name = request.parameter("index") ?? ""
        let isDuplicate = !receipt.duplicates.isEmpty
        let version = receipt.replacedVersions.first
        // The record that is kept of a repeated message has an id of its own, which is not known here: none is made up.
        let stored = isDuplicate ? nil : id ?? RecordID.text(receipt.firstSequence)
        var response = ElasticAnswer.json(status: isDuplicate || version != nil ? .ok : .created, isPretty: request.isPretty) { writer in
            writer.object { answer in
                answer.member("_index", name)
                if let stored { answer.member("_id", stored) } else { answer.nullMember("_id") }
                if !isDuplicate { answer.member("_version", version ?? 1) }
                answer.member("result", isDuplicate ? "noop" : version != nil ? "updated" : "created")
                ElasticAnswer.writeShards(&answer)
                guard !isDuplicate else { return }
                answer.member("_seq_no", receipt.firstSequence)
                answer.member("_primary_term", 1)
            }
        }
        if let stored { response.headers.add(name: "Location", value: "/\(name)/_doc/\(stored.addingPathEscapes())") }
        return response
    }

    // MARK: Reading

    /// The record that `id` names in an index: the sender's own id, or the one made from the record's number.
    func sequence(of id: String, index: String) -> Int64? {
        services.reader.sequence(ofDocument: id, index: index) ?? RecordID.parse(id)
    }

    private func document(_ request: ServerRequest) async throws -> ServerResponse {
        let (name, id) = (request.parameter("index") ?? "", request.parameter("id") ?? "")
        guard try resolve(request).contains(name) else { throw ElasticError.indexNotFound(name) }
        let record = try await record(id, in: name, request)
        return ElasticAnswer.json(status: record == nil ? .notFound : .ok, isPretty: request.isPretty) { writer in
            writer.object { answer in
                answer.member("_index", name)
                answer.member("_id", id)
                if let record {
                    answer.member("_version", record.integer(.documentVersion) ?? 1)
                    answer.member("_seq_no", record.integer(.sequence) ?? 0)
                    answer.member("_primary_term", 1)
                }
                answer.member("found", record != nil)
                if let record {
                    answer.key("_source")
                    ElasticSource.document(of: record).write(to: &answer)
                }
            }
        }
    }

    private func source(_ request: ServerRequest) async throws -> ServerResponse {
        let (name, id) = (request.parameter("index") ?? "", request.parameter("id") ?? "")
        guard let record = try await record(id, in: name, request) else {
            throw ElasticError(.notFound, "resource_not_found_exception", "Document not found [\(name)]/[\(id)]")
        }
        return ElasticAnswer.json(isPretty: request.isPretty) { ElasticSource.document(of: record).write(to: &$0) }
    }

    private func record(_ id: String, in name: String, _ request: ServerRequest) async throws -> RequestRecord? {
        guard let sequence = sequence(of: id, index: name), let record = try await services.queries(of: request).record(sequence) else { return nil }
        // A record's number names it in its own index only.
        return record.text(.index) == name ? record : nil
    }
}

extension String {
    /// The text as one component of a path.
    func addingPathEscapes() -> String {
        utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || [0x2d, 0x2e, 0x5f, 0x7e].contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
