import GatewayModel
import Testing

struct AlertFingerprintTests {
    /// Values of prometheus/common's LabelSet.Fingerprint: FNV-1a's offset for no labels.
    @Test func noLabelsGiveTheHashesOffset() { #expect(AlertFingerprint(.none).description == "cbf29ce484222325") }

    @Test func orderOfLabelsDoesNotMatterAndNamesAreApartFromValues() {
        let a = SeriesLabels([SeriesLabel("a", "1"), SeriesLabel("b", "2")])
        let b = SeriesLabels([SeriesLabel("b", "2"), SeriesLabel("a", "1")])
        #expect(AlertFingerprint(a) == AlertFingerprint(b))
        #expect(AlertFingerprint(SeriesLabels([SeriesLabel("ab", "c")])) != AlertFingerprint(SeriesLabels([SeriesLabel("a", "bc")])))
    }

    @Test(arguments: ["00000000000000ff", "cbf29ce484222325"]) func textIsReadBack(_ text: String) { #expect(AlertFingerprint(text)?.description == text) }

    @Test(arguments: ["", "ff", "zzzzzzzzzzzzzzzz", "+bf29ce484222325x"]) func otherTextIsNone(_ text: String) { #expect(AlertFingerprint(text) == nil) }
}
