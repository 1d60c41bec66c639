internal import GatewayModel

/// The buckets of one side of a histogram with the index of each, ascending: the form in which they are merged and moved.
///
/// Spans say the same more tersely (`NativeHistogram.Span`), but gaps between spans make every merge of two layouts a case of its own.
struct IndexedBuckets {
    /// Strictly ascending; wide enough that no span, however wrong, overflows it.
    var indices: [Int]
    /// One for each index.
    var counts: [Double]

    init() {
        indices = []
        counts = []
    }

    /// Buckets without a span, and spans without buckets, are left out; upstream reads such histograms in the same way.
    init(_ spans: [NativeHistogram.Span], _ buckets: [Double]) {
        self.init()
        indices.reserveCapacity(buckets.count)
        counts.reserveCapacity(buckets.count)
        var index = 0
        for span in spans {
            index += Int(span.offset)
            let length = min(Int(span.length), buckets.count - counts.count)
            for step in 0..<max(0, length) {
                // A negative offset after the first span would step back over buckets that are there already.
                if let last = indices.last, index + step <= last { return }
                indices.append(index + step)
                counts.append(buckets[counts.count])
            }
            index += Int(span.length)
        }
    }

    var isEmpty: Bool { indices.isEmpty }

    /// The layout as spans, without empty spans, adjacent ones joined.
    var spans: [NativeHistogram.Span] {
        var spans: [NativeHistogram.Span] = []
        var next = 0
        for index in indices {
            if !spans.isEmpty, index == next {
                spans[spans.count - 1].length += 1
            } else {
                spans.append(NativeHistogram.Span(offset: Int32(clamping: index - next), length: 1))
            }
            next = index + 1
        }
        return spans
    }

    /// Adds to the bucket of an index that is not below the last one's.
    mutating func append(_ index: Int, _ count: Double) {
        if indices.last == index {
            counts[counts.count - 1] += count
        } else {
            indices.append(index)
            counts.append(count)
        }
    }

    /// Every bucket that is in either, with the counts of both.
    func merged(with other: IndexedBuckets, by combine: (Double, Double) -> Double) -> IndexedBuckets {
        var merged = IndexedBuckets()
        var left = 0
        var right = 0
        while left < indices.count || right < other.indices.count {
            let leftIndex = left < indices.count ? indices[left] : Int.max
            let rightIndex = right < other.indices.count ? other.indices[right] : Int.max
            let index = min(leftIndex, rightIndex)
            merged.indices.append(index)
            merged.counts.append(combine(leftIndex == index ? counts[left] : 0, rightIndex == index ? other.counts[right] : 0))
            if leftIndex == index { left += 1 }
            if rightIndex == index { right += 1 }
        }
        return merged
    }

    /// The buckets at a lower resolution: `2^(schema - target)` neighbours become one.
    func reduced(from schema: Int32, to target: Int32) -> IndexedBuckets {
        guard target < schema else { return self }
        var reduced = IndexedBuckets()
        for (index, count) in zip(indices, counts) { reduced.append(((index - 1) >> Int(schema - target)) + 1, count) }
        return reduced
    }

    /// Without the buckets that hold nothing.
    var populated: IndexedBuckets {
        var populated = IndexedBuckets()
        for (index, count) in zip(indices, counts) where count != 0 { populated.append(index, count) }
        return populated
    }
}
