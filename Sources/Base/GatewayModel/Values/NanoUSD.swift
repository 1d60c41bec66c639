/// An amount of money in integer nano-dollars (10^-9 USD). Money is never a floating-point number inside the program.
package struct NanoUSD: Sendable, Hashable, Comparable {
    package var nanodollars: Int64

    package init(nanodollars: Int64) { self.nanodollars = nanodollars }

    package static let zero = NanoUSD(nanodollars: 0)

    package static func < (lhs: NanoUSD, rhs: NanoUSD) -> Bool { lhs.nanodollars < rhs.nanodollars }

    /// The amount in dollars, for the edge only.
    package var dollars: Double { Double(nanodollars) / 1e9 }
}
