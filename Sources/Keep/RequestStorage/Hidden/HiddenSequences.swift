internal import GatewayModel

/// The sequence numbers of records that were deleted or replaced and still stand in a segment.
///
/// Numbers, not places: a record keeps its number when memory is merged, flushed, or parts are merged, so nothing has to follow it around,
/// and what is hidden while its segment is being rewritten cannot be lost. A value: readers keep the one they took.
///
/// Sorted runs that double in size, so that adding a few costs little however many there are.
struct HiddenSequences: Sendable {
    private var runs: [[Int64]] = []
    /// Counts up with every change; tells what was made for another state of the set.
    private(set) var version: UInt64 = 0

    var count: Int { runs.reduce(0) { $0 + $1.count } }
    var isEmpty: Bool { runs.isEmpty }

    /// All of them, ascending.
    var all: [Int64] { runs.count == 1 ? runs[0] : runs.flatMap(\.self).sorted() }

    func contains(_ sequence: Int64) -> Bool {
        runs.contains { run in
            let place = Self.place(of: sequence, in: run)
            return place < run.count && run[place] == sequence
        }
    }

    /// Those within the bounds, ascending.
    func within(_ bounds: ClosedRange<Int64>) -> [Int64] {
        let found = runs.flatMap { run in
            let start = Self.place(of: bounds.lowerBound, in: run)
            let end = bounds.upperBound == .max ? run.count : Self.place(of: bounds.upperBound + 1, in: run)
            return run[start..<end]
        }
        return runs.count == 1 ? found : found.sorted()
    }

    /// Adds numbers; those that are there already are passed over.
    mutating func insert(_ sequences: [Int64]) {
        let new = Set(sequences).filter { !contains($0) }.sorted()
        guard !new.isEmpty else { return }
        version += 1
        runs.append(new)
        while runs.count > 1, runs[runs.count - 2].count <= 2 * runs[runs.count - 1].count {
            let last = runs.removeLast()
            runs.append(Self.merged(runs.removeLast(), last))
        }
    }

    /// Takes numbers out: their rows are gone for good.
    mutating func remove(_ sequences: [Int64]) {
        guard !sequences.isEmpty, !runs.isEmpty else { return }
        let gone = Set(sequences)
        version += 1
        runs = runs.map { $0.filter { !gone.contains($0) } }.filter { !$0.isEmpty }
    }

    /// The first place in a sorted run whose number is not below `sequence`.
    static func place(of sequence: Int64, in run: [Int64]) -> Int {
        var (low, high) = (0, run.count)
        while low < high {
            let middle = (low + high) / 2
            if run[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func merged(_ first: [Int64], _ second: [Int64]) -> [Int64] {
        var result: [Int64] = []
        result.reserveCapacity(first.count + second.count)
        var (left, right) = (0, 0)
        while left < first.count, right < second.count {
            if first[left] < second[right] {
                result.append(first[left])
                left += 1
            } else {
                result.append(second[right])
                right += 1
            }
        }
        return result + first[left...] + second[right...]
    }
}
