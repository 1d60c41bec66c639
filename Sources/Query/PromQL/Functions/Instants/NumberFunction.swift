internal import GatewayModel
internal import Glibc

/// A function of each number by itself: `abs`, `sqrt`, `sin`. Histograms have no result.
struct NumberFunction: InstantFunction {
    let transform: @Sendable (Double) -> Double

    init(_ transform: @escaping @Sendable (Double) -> Double) { self.transform = transform }

    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        var rows = arguments[0].rows
        for index in rows.indices {
            rows[index].mapNumbers { number, _ in transform(number) }
            context.dropName(of: &rows[index])
        }
        return .vector(rows)
    }

    static let all: [String: any InstantFunction] = [
        "abs": NumberFunction { $0.magnitude },
        "ceil": NumberFunction { $0.rounded(.up) },
        "floor": NumberFunction { $0.rounded(.down) },
        "exp": NumberFunction { exp($0) },
        "sqrt": NumberFunction { $0.squareRoot() },
        "ln": NumberFunction { log($0) },
        "log2": NumberFunction { log2($0) },
        "log10": NumberFunction { log10($0) },
        "sgn": NumberFunction { $0 < 0 ? -1 : $0 > 0 ? 1 : $0 },
        "sin": NumberFunction { sin($0) },
        "cos": NumberFunction { cos($0) },
        "tan": NumberFunction { tan($0) },
        "asin": NumberFunction { asin($0) },
        "acos": NumberFunction { acos($0) },
        "atan": NumberFunction { atan($0) },
        "sinh": NumberFunction { sinh($0) },
        "cosh": NumberFunction { cosh($0) },
        "tanh": NumberFunction { tanh($0) },
        "asinh": NumberFunction { asinh($0) },
        "acosh": NumberFunction { acosh($0) },
        "atanh": NumberFunction { atanh($0) },
        "rad": NumberFunction { $0 * .pi / 180 },
        "deg": NumberFunction { $0 * 180 / .pi },
    ]
}
