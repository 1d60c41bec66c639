/// The functions by name, as the engine finds them.
///
/// The engine itself evaluates `timestamp` of a selector, `absent_over_time` (after the range function `present_over_time`), and `info`,
/// because they look at series and not at values.
enum PromQLFunctions {
    static let overRanges: [String: any RangeFunction] = [:]
    static let overInstants: [String: any InstantFunction] = [:]
}
