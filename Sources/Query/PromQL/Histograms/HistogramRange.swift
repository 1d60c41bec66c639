internal import GatewayModel

/// What functions over range vectors make of the histograms of one window.
///
/// Source: prometheus/prometheus `promql/functions.go`, histogramRate, instantValue, funcSumOverTime and funcAvgOverTime.
enum HistogramRange {
    /// From the first to the last histogram of a window; of a counter with what was lost in resets. A gauge, compact, and not extrapolated.
    ///
    /// - Parameters:
    ///   - points: two or more samples in the order of time.
    ///   - isCounter: `rate` and `increase`; `delta` otherwise.
    ///   - metric: the metric's name for notes.
    ///   - place: where the range vector is written.
    /// - Returns: nil when the samples do not belong together; a note says why.
    static func difference(
        _ points: ArraySlice<NativeHistogram?>, isCounter: Bool, metric: String, place: SourceRange?, notes: inout QueryNotes
    ) -> NativeHistogram? {
        guard points.count > 1, points.allSatisfy({ $0 != nil }), var first = points.first ?? nil, let last = points.last ?? nil else {
            notes.add(.mixedFloatsAndHistograms(metric: metric), at: place)
            return nil
        }
        // What is said before it turns out that there is no result is said all the same at the ends only.
        if isCounter, first.resetHint == .gauge || last.resetHint == .gauge { notes.add(.notCounter(metric: metric), at: place) }
        // After a reset right behind it the first sample adds nothing, whatever its buckets are.
        if isCounter, let second = points[points.startIndex + 1], second.isReset(after: first) { first = second.emptied }
        // The samples are looked at in their places: copying them costs more than everything else that is done with most of them.
        let middle = isCounter ? points.dropFirst().dropLast() : []
        let hasCustomBuckets = first.hasCustomBuckets
        guard last.hasCustomBuckets == hasCustomBuckets, middle.allSatisfy({ $0?.hasCustomBuckets == hasCustomBuckets }) else {
            notes.add(.mixedExponentialAndCustom(metric: metric), at: place)
            return nil
        }
        if middle.contains(where: { $0?.resetHint == .gauge }) { notes.add(.notCounter(metric: metric), at: place) }
        if !isCounter, first.resetHint != .gauge || last.resetHint != .gauge { notes.add(.notGauge(metric: metric), at: place) }

        var difference = last
        difference.reduceResolution(to: middle.reduce(min(first.schema, last.schema)) { min($0, $1?.schema ?? $0) })
        do {
            if try difference.subtract(first).boundsReconciled { notes.add(.boundsReconciled(.subtraction), at: place) }
            for index in points.indices.dropFirst() where isCounter && points[index]?.resetHint != .notReset {
                let isSecond = index == points.startIndex + 1
                guard let current = points[index], let previous = isSecond ? first : points[index - 1], current.isReset(after: previous) else { continue }
                if try difference.add(previous).boundsReconciled { notes.add(.boundsReconciled(.addition), at: place) }
            }
        } catch {
            notes.add(.mixedExponentialAndCustom(metric: metric), at: place)
            return nil
        }
        difference.resetHint = .gauge
        return difference.compacted()
    }

    /// The difference of the last two histograms of a window, of a counter after a reset the last one; a gauge, compact, not divided by time.
    ///
    /// - Parameter isCounter: `irate`; `idelta` otherwise.
    /// - Returns: nil when the two do not belong together; a note says why.
    static func lastDifference(
        _ previous: NativeHistogram, _ last: NativeHistogram, isCounter: Bool, metric: String, place: SourceRange?, notes: inout QueryNotes
    ) -> NativeHistogram? {
        if isCounter, previous.resetHint == .gauge || last.resetHint == .gauge { notes.add(.notCounter(metric: metric), at: place) }
        if !isCounter, previous.resetHint != .gauge || last.resetHint != .gauge { notes.add(.notGauge(metric: metric), at: place) }
        var difference = last
        if !isCounter || !last.isReset(after: previous) {
            do {
                if try difference.subtract(previous).boundsReconciled { notes.add(.boundsReconciled(.subtraction), at: place) }
            } catch {
                notes.add(.mixedExponentialAndCustom(metric: metric), at: place)
                return nil
            }
        }
        difference.resetHint = .gauge
        return difference.compacted()
    }

    /// `sum_over_time`. nil without histograms, or when they do not belong together, which a note says.
    static func sum(_ histograms: some Sequence<NativeHistogram>, metric: String, place: SourceRange?, notes: inout QueryNotes) -> NativeHistogram? {
        var iterator = histograms.makeIterator()
        guard let first = iterator.next() else { return nil }
        var sum = HistogramSum(first)
        do {
            while let next = iterator.next() { try sum.add(next) }
        } catch {
            notes.add(.mixedExponentialAndCustom(metric: metric), at: place)
            return nil
        }
        notes.addAggregation(resetsCollide: sum.resetsCollide, boundsReconciled: sum.boundsReconciled, at: place)
        return sum.result
    }

    /// `avg_over_time`. nil without histograms, or when they do not belong together, which a note says.
    static func average(_ histograms: some Sequence<NativeHistogram>, metric: String, place: SourceRange?, notes: inout QueryNotes) -> NativeHistogram? {
        var iterator = histograms.makeIterator()
        guard let first = iterator.next() else { return nil }
        var mean = HistogramMean(first)
        do {
            while let next = iterator.next() { try mean.add(next) }
        } catch {
            notes.add(.mixedExponentialAndCustom(metric: metric), at: place)
            return nil
        }
        notes.addAggregation(resetsCollide: mean.resetsCollide, boundsReconciled: mean.boundsReconciled, at: place)
        return mean.result
    }
}

extension NativeHistogram {
    /// A histogram of the same resolution and limits with nothing in it.
    fileprivate var emptied: NativeHistogram {
        var empty = NativeHistogram()
        empty.schema = schema
        empty.customValues = customValues
        return empty
    }
}

extension QueryNotes {
    /// What a sum or mean of histograms went through, aggregations over series and over time alike.
    mutating func addAggregation(resetsCollide: Bool, boundsReconciled: Bool, at place: SourceRange?) {
        if resetsCollide { add(.resetsCollide(.aggregation), at: place) }
        if boundsReconciled { add(.boundsReconciled(.aggregation), at: place) }
    }
}
