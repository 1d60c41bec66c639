import Testing

@testable import WebAPI

struct PrometheusTimeTests {
    @Test(arguments: [
        ("0", 0), ("1435781451.781", 1_435_781_451_781), ("1435781451.7816", 1_435_781_451_782), ("-1.5", -1_500), ("1e3", 1_000_000), (".5", 500),
        ("2015-06-03T13:21:58.555Z", 1_433_337_718_555), ("2015-06-03T14:21:58.555+01:00", 1_433_337_718_555), ("2015-06-03T13:21:58Z", 1_433_337_718_000),
        ("1969-12-31T23:59:59.9999Z", -1), ("1e300", 1 << 52), ("-1e300", -(1 << 52)), ("-292273086-05-16T16:47:06Z", -(1 << 52)),
        ("292277025-08-18T07:12:54.999999999Z", 1 << 52),
    ] as [(String, Int64)])
    func timesInBothForms(_ text: String, _ milliseconds: Int64) { #expect(PrometheusTime.milliseconds(text) == milliseconds) }

    @Test(arguments: ["", "now", "1 ", " 1", "inf", "NaN", "2015-06-03", "2015-06-03 13:21:58Z", "2015-06-03T13:21:58", "2015-13-03T13:21:58Z", "5m", "1,5"])
    func whatIsNoTime(_ text: String) { #expect(PrometheusTime.milliseconds(text) == nil) }

    @Test(arguments: [
        ("0", 0), ("15", 15), ("0.5", 0.5), ("-3", -3), ("15s", 15), ("1h30m", 5_400), ("1y2w3d4h5m6s7ms", 31_536_000 + 1_209_600 + 259_200 + 14_400 + 300 + 6 + 0.007), ("0s", 0),
        ("100ms", 0.1),
    ] as [(String, Double)])
    func durations(_ text: String, _ seconds: Double) { #expect(PrometheusTime.duration(text) == .seconds(seconds)) }

    @Test(arguments: ["", "s", "1", "30m1h", "1h1h", "1x", "-5m", "1.5h", "5 m", "١s", "99999999999y"])
    func whatIsNoDuration(_ text: String) {
        // A plain number is one; all others are refused.
        #expect(PrometheusTime.duration(text) == (text == "1" ? .seconds(1) : .invalid))
    }

    @Test func durationsBeyond64BitsOfNanosecondsOverflow() {
        #expect(PrometheusTime.duration("1e10") == .overflow)
        #expect(PrometheusTime.duration("9e9") == .seconds(9e9))
    }
}

struct EscapedLabelNameTests {
    @Test(arguments: [
        ("model", "model"), ("U__http_2e_code", "http.code"), ("U__a__b", "a_b"), ("U__", ""), ("U__\u{e4}", "\u{e4}"), ("U__x_1F600_y", "x\u{1F600}y"), ("U__a_zz_b", "U__a_zz_b"),
        ("U__a_2e", "U__a_2e"), ("U__a_110000_", "U__a_110000_"), ("U__a_d800_", "U__a_d800_"), ("U_a", "U_a"), ("U__a_0000000041_", "U__a_0000000041_"),
    ])
    func names(_ text: String, _ name: String) { #expect(EscapedLabelName.decode(text) == name) }
}
