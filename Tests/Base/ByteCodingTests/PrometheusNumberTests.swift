import ByteCoding
import Foundation
import Testing

struct PrometheusNumberTests {
    /// As Go's `strconv.FormatFloat(v, 'f' or 'e', -1, 64)` prints them, the form chosen as Prometheus does.
    @Test(arguments: [
        (0.0, "0"), (-0.0, "-0"), (1, "1"), (-1, "-1"), (0.1, "0.1"), (1.5, "1.5"), (100, "100"), (123456.789, "123456.789"), (1e15, "1000000000000000"),
        (9007199254740993, "9007199254740992"), (1e20, "100000000000000000000"), (123456789012345680000, "123456789012345680000"), (1e21, "1e+21"), (1.5e21, "1.5e+21"),
        (-2.5e300, "-2.5e+300"), (0.001, "0.001"), (0.00001, "0.00001"), (0.000001, "0.000001"), (0.00000123, "0.00000123"), (9.99e-7, "9.99e-07"), (1e-7, "1e-07"),
        (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (0.30000000000000004, "0.30000000000000004"), (.nan, "NaN"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (1435781451.781, "1435781451.781"), (2.0 / 3, "0.6666666666666666"), (100.0 / 3, "33.333333333333336"),
    ] as [(Double, String)])
    func numbersAreSpelledAsPrometheusSpellsThem(_ value: Double, _ text: String) { #expect(PrometheusNumber.of(value) == text) }

    @Test(arguments: [(1.0, "1e+00"), (0, "0e+00"), (0.25, "2.5e-01"), (-1234.5, "-1.2345e+03"), (1e100, "1e+100")] as [(Double, String)])
    func theExponentFormHasTwoDigitsAtLeast(_ value: Double, _ text: String) { #expect(PrometheusNumber.of(value, .exponent) == text) }

    @Test func everyNumberReadsBackAsItself() throws {
        var generator = Generator(state: 7)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            for form in [PrometheusNumber.Form.plainWithinBounds, .exponent] {
                let text = PrometheusNumber.of(value, form)
                #expect(Double(text) == value, "\(text)")
            }
        }
        for exponent in -9...22 {
            for digit in 1..<40 {
                let value = Double(digit) * pow(10, Double(exponent))
                #expect(Double(PrometheusNumber.of(value)) == value)
            }
        }
    }

    @Test func integersOfAllLengths() {
        for value in [0, 7, -7, Int64.max, .min, 1_000_000] {
            var bytes: [UInt8] = []
            PrometheusNumber.append(value, to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == String(value))
        }
    }

    private struct Generator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ (state >> 29)) &* 0xbf58_476d_1ce4_e5b9
        }
    }
}
