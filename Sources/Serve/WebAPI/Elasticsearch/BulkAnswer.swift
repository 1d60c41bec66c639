internal import ByteCoding
internal import GatewayModel
internal import Ingest
internal import RequestQuery

/// Writes the answer of `_bulk`. Bodies hold thousands of items that differ only in their ids, so what repeats is written once and copied.
struct BulkAnswer {
    private let bulk: BulkResult
    private let receipt: AppendReceipt
    private let conflicts: Set<Int>
    private let duplicates: Set<Int>
    /// Versions above 1 by row.
    private let versions: [Int: Int64]

    /// - Parameter receipt: nil when there was nothing to store.
    init(_ bulk: BulkResult, _ receipt: AppendReceipt?) {
        self.bulk = bulk
        self.receipt = receipt ?? AppendReceipt(firstSequence: 0)
        conflicts = Set(receipt?.conflicts ?? [])
        duplicates = Set(receipt?.duplicates ?? [])
        versions = receipt.map { Dictionary(uniqueKeysWithValues: zip($0.replaced, $0.replacedVersions)) } ?? [:]
    }

    /// A deletion that finds nothing is no error.
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

    private static let shards = "\"_shards\":{\"total\":1,\"successful\":1,\"failed\":0},\"_seq_no\":"

    private func writeItems(to output: inout [UInt8]) {
        var head: [UInt8] = []
        var headOf: (BulkOperation, Int)?
        let tail = Array("\",\"_version\":1,\"result\":\"created\",\(Self.shards)".utf8)
        let end = Array(",\"_primary_term\":1,\"status\":201}}".utf8)
        // Rows before the item that got no number.
        var left = 0
        let isPlain = conflicts.isEmpty && duplicates.isEmpty && versions.isEmpty
        for (position, item) in bulk.items.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            if headOf == nil || headOf?.0 != item.operation || headOf?.1 != item.index {
                head = self.head(of: item)
                headOf = (item.operation, item.index)
            }
            output.append(contentsOf: head)
            switch item.outcome {
            case .row(let row):
                let sequence = receipt.firstSequence + Int64(row - left)
                guard isPlain || !isSpecial(row) else {
                    if conflicts.contains(row) || duplicates.contains(row) { left += 1 }
                    writeSpecial(item, row, sequence, to: &output)
                    continue
                }
                append(id: item.id, sequence, to: &output)
                output.append(contentsOf: tail)
                output.append(contentsOf: String(sequence).utf8)
                output.append(contentsOf: end)
            case .deletion(let number): writeDeletion(item, number, rowsLeftOut: left, to: &output)
            case .failed(let error): output.append(contentsOf: failure(id: item.id, error.status, error.type, error.reason))
            }
        }
    }

    private func isSpecial(_ row: Int) -> Bool { conflicts.contains(row) || duplicates.contains(row) || versions[row] != nil }

    /// A row that was refused, left out, or took another's place.
    private func writeSpecial(_ item: BulkItem, _ row: Int, _ sequence: Int64, to output: inout [UInt8]) {
        if let version = versions[row] {
            append(id: item.id, sequence, to: &output)
            output.append(contentsOf: "\",\"_version\":\(version),\"result\":\"updated\",\(Self.shards)\(sequence),\"_primary_term\":1,\"status\":200}}".utf8)
        } else if duplicates.contains(row) {
            // The record that is kept has an id of its own, which is not known here: none is made up.
            output.removeLast()
            output.append(contentsOf: "null,\"result\":\"noop\",\"_shards\":{\"total\":1,\"successful\":1,\"failed\":0},\"status\":200}}".utf8)
        } else {
            let id = item.id ?? ""
            output.append(contentsOf: failure(id: id, 409, "version_conflict_engine_exception", "[\(id)]: version conflict, document already exists"))
        }
    }

    private func writeDeletion(_ item: BulkItem, _ number: Int, rowsLeftOut: Int, to output: inout [UInt8]) {
        let version = receipt.deletedVersions.indices.contains(number) ? receipt.deletedVersions[number] : 0
        let rowsBefore = bulk.result.identity.deletions[number].rowsBefore
        // A deletion gets no number of its own; it comes after this record.
        let sequence = receipt.firstSequence + Int64(rowsBefore - rowsLeftOut) - 1
        output.append(contentsOf: escaped(item.id ?? ""))
        let result = version > 0 ? "\"_version\":\(version),\"result\":\"deleted\"" : "\"_version\":1,\"result\":\"not_found\""
        output.append(contentsOf: "\",\(result),\(Self.shards)\(sequence),\"_primary_term\":1,\"status\":\(version > 0 ? 200 : 404)}}".utf8)
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
