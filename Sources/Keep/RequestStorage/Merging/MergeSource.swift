internal import ByteCoding
internal import GatewayModel

/// A part that is merged: read block by block, hidden rows left out.
struct MergeSource: Sendable {
    let segment: any RecordSegment
    /// The file as errors name it.
    let name: String

    /// Rows that go into the merged part.
    var visibleRows: Int { segment.rowCount - segment.hiddenCount }

    func integers(_ field: RequestField, block: Int, into values: inout [Int64]) throws(StorageError) {
        try segment.read(field, block: block, into: &values)
        if segment.hiddenCount > 0 { Self.remove(segment.hiddenRows(ofBlock: block), from: &values) }
    }

    func codes(_ field: RequestField, block: Int, into codes: inout [UInt32]) throws(StorageError) {
        try segment.read(field, block: block, into: &codes)
        if segment.hiddenCount > 0 { Self.remove(segment.hiddenRows(ofBlock: block), from: &codes) }
    }

    func texts(_ field: RequestField, block: Int, into texts: inout StringTable) throws(StorageError) {
        try segment.read(field, block: block, into: &texts)
        guard segment.hiddenCount > 0 else { return }
        let hidden = segment.hiddenRows(ofBlock: block)
        if hidden.isEmpty { return }
        var visible = StringTable()
        var next = 0
        for row in hidden {
            visible.append(next..<Int(row), of: texts)
            next = Int(row) + 1
        }
        visible.append(next..<texts.count, of: texts)
        texts = visible
    }

    /// Removes elements at ascending places.
    private static func remove<T: BitwiseCopyable>(_ places: [UInt16], from values: inout [T]) {
        guard let first = places.first else { return }
        var target = Int(first)
        var hidden = 0
        for index in Int(first)..<values.count {
            if hidden < places.count, Int(places[hidden]) == index {
                hidden += 1
            } else {
                values[target] = values[index]
                target += 1
            }
        }
        values.removeLast(values.count - target)
    }
}

/// Called after every block of a merge: waits where the merge must not disturb, and throws where it must end.
typealias MergeCheckpoint = () throws(StorageError) -> Void
