/// What a measure is made of, added up over a set of requests in both spans: sums that can be taken apart.
struct ChangeSums: Sendable, Equatable {
    /// What is counted or summed; of a ratio or average what stands above.
    var top: (before: Double, now: Double) = (0, 0)
    /// What a ratio or average divides by; not used otherwise.
    var bottom: (before: Double, now: Double) = (0, 0)
    var requests: (before: Int64, now: Int64) = (0, 0)

    static func - (whole: ChangeSums, part: ChangeSums) -> ChangeSums {
        ChangeSums(
            top: (whole.top.before - part.top.before, whole.top.now - part.top.now),
            bottom: (whole.bottom.before - part.bottom.before, whole.bottom.now - part.bottom.now),
            requests: (whole.requests.before - part.requests.before, whole.requests.now - part.requests.now))
    }

    static func == (left: ChangeSums, right: ChangeSums) -> Bool { left.top == right.top && left.bottom == right.bottom && left.requests == right.requests }
}

/// How a measure follows from its sums.
enum ChangeArithmetic: Sendable, Equatable {
    /// The sum by a factor for each span: 1, or one over its seconds.
    case additive(before: Double, now: Double)
    /// What stands above by what stands below; nil over nothing.
    case quotient

    func before(_ sums: ChangeSums) -> Double? { value(sums.top.before, sums.bottom.before, isNow: false) }

    func now(_ sums: ChangeSums) -> Double? { value(sums.top.now, sums.bottom.now, isNow: true) }

    private func value(_ top: Double, _ bottom: Double, isNow: Bool) -> Double? {
        switch self {
        case .additive(let before, let now): top * (isNow ? now : before)
        case .quotient: bottom > 0 ? top / bottom : nil
        }
    }

    /// The part of the difference that goes away with a part's requests; nil where without them one of the spans has nothing left to compare.
    func contribution(of part: ChangeSums, to whole: ChangeSums) -> Double? {
        let rest = whole - part
        guard let now = now(whole), let before = before(whole), let nowRest = self.now(rest), let beforeRest = self.before(rest) else { return nil }
        return (now - before) - (nowRest - beforeRest)
    }
}
