internal import GatewayModel

/// `sort(v)` and `sort_desc(v)`: rows in the order of their numbers, NaN last. Histograms are left out.
///
/// Only the answer for one instant has an order; over a range a note says so.
struct SortFunction: InstantFunction {
    let isDescending: Bool

    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        var rows = arguments[0].rows
        for index in rows.indices { rows[index].removeHistograms() }
        guard context.isInstant else {
            notes.sortInRangeQuery(at: call.range)
            return .vector(rows)
        }
        rows.removeAll(where: \.isEmpty)
        rows.sort { left, right in
            let (left, right) = (left.values[0], right.values[0])
            if left.isNaN || right.isNaN { return !left.isNaN }
            return isDescending ? left > right : left < right
        }
        return .vector(rows)
    }
}

/// `sort_by_label(v, name...)` and `sort_by_label_desc`: rows in the natural order of the values of labels, then of all labels.
struct SortByLabelFunction: InstantFunction {
    let isDescending: Bool

    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        var rows = arguments[0].rows
        guard context.isInstant else {
            notes.sortInRangeQuery(at: call.range)
            return .vector(rows)
        }
        let names = arguments.dropFirst().map(\.text)
        rows.sort { left, right in isDescending ? Self.precedes(right, left, names) : Self.precedes(left, right, names) }
        return .vector(rows)
    }

    private static func precedes(_ left: StepRow, _ right: StepRow, _ names: [String]) -> Bool {
        for name in names {
            let (leftValue, rightValue) = (left.labels[name] ?? "", right.labels[name] ?? "")
            if leftValue != rightValue { return NaturalOrder.precedes(leftValue, rightValue) }
        }
        return left.labels < right.labels
    }
}

/// The order in which `node2` comes before `node10`: runs of digits count as numbers, everything else as bytes.
///
/// Source: github.com/facette/natsort, which Prometheus uses. Unlike there, texts that differ in leading zeros only are still ordered, and the empty
/// text comes first, so that the order holds for any three texts.
enum NaturalOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var (leftStart, rightStart) = (0, 0)
        while leftStart < left.count, rightStart < right.count {
            let leftRun = run(left, leftStart), rightRun = run(right, rightStart)
            if let order = compare(left[leftRun], right[rightRun]) { return order }
            (leftStart, rightStart) = (leftRun.upperBound, rightRun.upperBound)
        }
        if leftStart < left.count || rightStart < right.count { return leftStart >= left.count }
        return left.lexicographicallyPrecedes(right)
    }

    /// The digits, or the bytes that are no digits, from a place on.
    private static func run(_ text: [UInt8], _ start: Int) -> Range<Int> {
        let isDigits = isDigit(text[start])
        return start..<(text[start...].firstIndex { isDigit($0) != isDigits } ?? text.count)
    }

    /// nil when both are the same number or text.
    private static func compare(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool? {
        if left.first.map(isDigit) == true, right.first.map(isDigit) == true {
            let (leftDigits, rightDigits) = (left.drop { $0 == zero }, right.drop { $0 == zero })
            if leftDigits.count != rightDigits.count { return leftDigits.count < rightDigits.count }
            return leftDigits.elementsEqual(rightDigits) ? nil : leftDigits.lexicographicallyPrecedes(rightDigits)
        }
        return left.elementsEqual(right) ? nil : left.lexicographicallyPrecedes(right)
    }

    private static let zero = UInt8(ascii: "0")
    private static func isDigit(_ byte: UInt8) -> Bool { (zero...UInt8(ascii: "9")).contains(byte) }
}
