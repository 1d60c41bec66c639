internal import ByteCoding
internal import GatewayModel

extension Evaluator {
    /// `topk` and `bottomk`.
    mutating func rank(_ aggregation: Aggregation) throws(PromQLError) -> [StepRow] {
        let limits = try parameter(aggregation)
        guard let limits = try Self.counts(limits) else { return [] }
        return try rank(try operandSource(aggregation), limits, aggregation)
    }

    /// The parameter as whole numbers.
    ///
    /// - Returns: nil when nothing is asked for at any instant.
    /// - Throws: `execution` for NaN and for what no 64-bit number holds.
    static func counts(_ values: [Double]) throws(PromQLError) -> [Int]? {
        let hasNaN = values.contains(where: \.isNaN)
        let most = values.max() ?? 0, least = values.min() ?? 0
        if !hasNaN, most < 1 { return nil }
        if hasNaN { throw .execution("Parameter value is NaN") }
        if least <= -0x1p63 { throw .execution("Scalar value \(PrometheusNumber.of(least, .general)) underflows int64") }
        if most >= 9_223_372_036_854_774_784 { throw .execution("Scalar value \(PrometheusNumber.of(most, .general)) overflows int64") }
        return values.map { Int($0) }
    }

    private mutating func rank(_ source: some RowSource, _ limits: [Int], _ aggregation: Aggregation) throws(PromQLError) -> [StepRow] {
        let grouping = Grouping(source.labels, by: aggregation.grouping, isWithout: aggregation.isWithout)
        let steps = steps, state = state, groups = grouping.groups
        let empty = RankFold(limits, groups: grouping.labels.count, rowsMax: SeriesWorkers.rowsPerRun, isTop: aggregation.operation == .topk)
        let name = aggregation.operation.rawValue, place = aggregation.range
        let (whole, found) = try SeriesWorkers.perform(rows: source.labels.count, steps: steps, state, into: empty) {
            (run, scratch) throws(PromQLError) -> RankFold in
            var fold = empty
            for index in run {
                var row = scratch.row(source.labels[index], steps: steps, dropsName: source.dropsName(index))
                try source.fill(&row, index, &scratch)
                if row.histograms.contains(where: { $0 != nil }) { scratch.notes.add(.ignoredInAggregation(name), at: place) }
                fold.add(row.values, row: index, dropsName: row.dropsName, to: groups[index])
                scratch.keep(row)
            }
            return fold
        } join: { (whole, part) throws(PromQLError) in
            try state.hold(Held(bytes: whole.join(part)))
        }
        notes.join(found)
        return whole.rows(source.labels)
    }

    /// `limitk` and `limit_ratio`: some of the rows, whatever their values.
    mutating func limit(_ aggregation: Aggregation) throws(PromQLError) -> [StepRow] {
        let parameters = try parameter(aggregation)
        if aggregation.operation == .limitk {
            guard let limits = try Self.counts(parameters) else { return [] }
            return limited(try rows(of: aggregation), aggregation, limits)
        }
        let place = parameterPlace(aggregation)
        let hasNaN = parameters.contains(where: \.isNaN)
        let most = parameters.max() ?? 0, least = parameters.min() ?? 0
        if !hasNaN, most == 0, least == 0 { return [] }
        if hasNaN { throw .execution("Ratio value is NaN") }
        for (value, limit) in [(most, 1.0), (least, -1.0)] where value * limit > 1 {
            let (got, cap) = (PrometheusNumber.of(value, .general), PrometheusNumber.of(limit, .general))
            notes.add(.warning, "ratio value should be between -1 and 1, got \(got), capping to \(cap)", at: place)
        }
        return sampled(try rows(of: aggregation), parameters.map { max(-1, min(1, $0)) })
    }

    private mutating func rows(of aggregation: Aggregation) throws(PromQLError) -> [StepRow] {
        guard case .vector(let rows) = try evaluate(aggregation.operand.unparenthesised) else {
            throw PromQLError(.internal, "aggregation over what is no instant vector")
        }
        return rows
    }

    private func limited(_ rows: [StepRow], _ aggregation: Aggregation, _ limits: [Int]) -> [StepRow] {
        let grouping = Grouping(rows.lazy.map(\.labels), by: aggregation.grouping, isWithout: aggregation.isWithout)
        var taken = Array(repeating: 0, count: grouping.labels.count * steps)
        var kept: [StepRow] = []
        for (var row, group) in zip(rows, grouping.groups) {
            for step in 0..<steps where row.hasSample(at: step) {
                if taken[group * steps + step] < limits[step] {
                    taken[group * steps + step] += 1
                } else {
                    row.set(nil as SampleOperand?, at: step)
                }
            }
            if !row.isEmpty { kept.append(row) }
        }
        return kept
    }

    /// Rows whose place in the hash's range lies in the ratio: the first part of it, or, for negative ratios, the last.
    private func sampled(_ rows: [StepRow], _ ratios: [Double]) -> [StepRow] {
        rows.compactMap { row in
            var row = row
            let place = Double(row.labels.prometheusHash) / Double(UInt64.max)
            for step in 0..<steps {
                let ratio = ratios[step]
                if !(ratio >= 0 ? place < ratio : place >= 1 + ratio) || ratio == 0 { row.set(nil as SampleOperand?, at: step) }
            }
            return row.isEmpty ? nil : row
        }
    }

    /// The quantile of each group's values at each instant.
    mutating func quantile(_ aggregation: Aggregation) throws(PromQLError) -> [StepRow] {
        let shares = try parameter(aggregation)
        let place = parameterPlace(aggregation)
        let doubtful = [shares.first(where: \.isNaN), shares.max().flatMap { $0 > 1 ? $0 : nil }, shares.min().flatMap { $0 < 0 ? $0 : nil }]
        for share in doubtful.compactMap({ $0 }) { notes.add(.invalidQuantile(share), at: place) }
        let rows = try rows(of: aggregation)
        if rows.contains(where: { $0.histograms.contains { $0 != nil } }) {
            notes.add(.ignoredInAggregation("quantile"), at: aggregation.operand.unparenthesised.range)
        }
        let grouping = Grouping(rows.lazy.map(\.labels), by: aggregation.grouping, isWithout: aggregation.isWithout)
        var members: [[Int]] = Array(repeating: [], count: grouping.labels.count)
        for (row, group) in grouping.groups.enumerated() { members[group].append(row) }
        var results: [StepRow] = []
        var values: [Double] = []
        for (group, members) in members.enumerated() {
            try state.check()
            var result = StepRow(grouping.labels[group], count: steps)
            result.dropsName = members.contains { rows[$0].dropsName }
            for step in 0..<steps {
                values.removeAll(keepingCapacity: true)
                for row in members where !StepRow.isAbsent(rows[row].values[step]) && rows[row].histogram(at: step) == nil {
                    values.append(rows[row].values[step])
                }
                if !values.isEmpty { result.values[step] = Self.quantile(shares[step], &values) }
            }
            if !result.isEmpty { results.append(result) }
        }
        return results
    }

    /// Between two values the weighted mean of both.
    private static func quantile(_ share: Double, _ values: inout [Double]) -> Double {
        guard !share.isNaN else { return .nan }
        guard share >= 0 else { return -.infinity }
        guard share <= 1 else { return .infinity }
        // NaN comes before all numbers.
        values.sort { $0 < $1 || ($0.isNaN && !$1.isNaN) }
        let rank = share * Double(values.count - 1)
        let lower = Int(rank.rounded(.down))
        let weight = rank - rank.rounded(.down)
        return values[lower] * (1 - weight) + values[min(values.count - 1, lower + 1)] * weight
    }
}
