internal import ByteCoding
internal import GatewayModel
internal import Ingest
internal import RequestQuery

/// Writes the answer of `_bulk`. Bodies hold thousands of items that differ only in their ids, so what repeats is written once and copied.
struct BulkAnswer {
    private let bulk: BulkResult
    /// nil when nothing was stored.
    private let firstSequence: Int64?
    private let conflicts: Set<Int>

    init(_ bulk: BulkResult, _ receipt: AppendReceipt?) {
        self.bulk = bulk
        firstSequence = receipt?.firstSequence
        conflicts = Set(receipt?.conflicts ?? [])
    }

    var hasErrors: Bool {
        !conflicts.isEmpty || bulk.items.contains { if case .failed = $0.outcome { true } else { false } }
    }

    /// - Parameter tookMilliseconds: how long the request has taken.
    func bytes(tookMilliseconds: Int, hasItems: Bool) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(hasItems ? bulk.items.count * 180 + 64 : 64)
        output.append(contentsOf: "{\"errors\":\(hasErrors),\"took\":\(tookMilliseconds)".utf8)
        if hasItems {
            output.append(contentsOf: ",\"items\":[".utf8)
            writeItems(to: &output)
            output.append(UInt8(ascii: "]"))
        }
        output.append(UInt8(ascii: "}"))
        return output
    }

    private func writeItems(to output: inout [UInt8]) {
        var head: [UInt8] = []
        var headOf: (BulkOperation, Int)?
        let tail = Array("\",\"_version\":1,\"result\":\"created\",\"_shards\":{\"total\":1,\"successful\":1,\"failed\":0},\"_seq_no\":".utf8)
        let end = Array(",\"_primary_term\":1,\"status\":201}}".utf8)
        var refusedBefore = 0
        for (position, item) in bulk.items.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            if headOf == nil || headOf?.0 != item.operation || headOf?.1 != item.index {
                head = self.head(of: item)
                headOf = (item.operation, item.index)
            }
            output.append(contentsOf: head)
            switch item.outcome {
            case .row(let row) where conflicts.contains(row):
                refusedBefore += 1
                output.append(contentsOf: conflict(item))
            case .row(let row):
                let sequence = (firstSequence ?? 0) + Int64(row - refusedBefore)
                append(id: item.id, sequence, to: &output)
                output.append(contentsOf: tail)
                output.append(contentsOf: String(sequence).utf8)
                output.append(contentsOf: end)
            case .failed(let error):
                output.append(contentsOf: failure(id: item.id, error.status, error.type, error.reason))
            }
        }
    }

    /// `{"index":{"_index":"name","_id":"`
    private func head(of item: BulkItem) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(bulk.indices[item.index])
        return Array("{\"\(item.operation.name)\":{\"_index\":".utf8) + writer.bytes + Array(",\"_id\":\"".utf8)
    }

    private func append(id: String?, _ sequence: Int64, to output: inout [UInt8]) {
        if let id { output.append(contentsOf: escaped(id)) } else { output.append(contentsOf: RecordID.text(sequence).utf8) }
    }

    private func conflict(_ item: BulkItem) -> [UInt8] {
        let id = item.id ?? ""
        if item.operation == .create {
            return failure(id: id, 409, "version_conflict_engine_exception", "[\(id)]: version conflict, document already exists (current version [1])")
        }
        return failure(id: id, 400, "illegal_argument_exception", "a record with the _id [\(id)] exists; overwriting records is not supported by Gatewatch")
    }

    private func failure(id: String?, _ status: Int, _ type: String, _ reason: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { $0.object("error") { error in
            error.member("type", type)
            error.member("reason", reason)
        } }
        // The object's members without its opening brace go behind the id.
        return escaped(id ?? "") + Array("\",\"status\":\(status),".utf8) + writer.bytes.dropFirst() + Array("}".utf8)
    }

    private func escaped(_ text: String) -> ArraySlice<UInt8> {
        var writer = JSONWriter()
        writer.value(text)
        return writer.bytes.dropFirst().dropLast()
    }
}
