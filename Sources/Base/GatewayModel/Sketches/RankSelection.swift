/// Finds values by rank in a short list: by repeated partition (C. A. R. Hoare, "Find", 1961), which costs a tenth of sorting.
struct RankSelection {
    private var values: [Int64]

    init(_ values: [Int64]) { self.values = values }

    /// The values at two neighbouring ranks (from 0).
    mutating func values(_ lower: Int, _ upper: Int) -> (Double, Double) {
        Self.select(lower, &values)
        let low = values[lower]
        // All behind the selected rank are at least as large: the next rank is their smallest.
        let high = upper == lower ? low : values[upper...].min() ?? low
        return (Double(low), Double(high))
    }

    /// Moves the value of a rank to its place, the smaller ones before it and the larger ones behind.
    private static func select(_ rank: Int, _ values: inout [Int64]) {
        var span = values.mutableSpan
        var low = 0
        var high = span.count - 1
        while low < high {
            let pivot = median(span[low], span[low + (high - low) / 2], span[high])
            var left = low
            var right = high
            while left <= right {
                while span[left] < pivot { left &+= 1 }
                while span[right] > pivot { right &-= 1 }
                if left <= right {
                    span.swapAt(left, right)
                    left &+= 1
                    right &-= 1
                }
            }
            if rank <= right { high = right } else if rank >= left { low = left } else { return }
        }
    }

    private static func median(_ a: Int64, _ b: Int64, _ c: Int64) -> Int64 { max(min(a, b), min(max(a, b), c)) }
}
