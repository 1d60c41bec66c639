import ByteCoding
import Testing

struct StringsTests {
    @Test func equalStringsGetEqualNumbers() {
        let interner = StringInterner()
        var known: [String: UInt32] = [:]
        for round in 0..<3 {
            for index in 0..<5_000 {
                let text = "value-\(index * 7 % 4_000)-ä"
                let number = interner.intern(text)
                if let expected = known[text] { #expect(number == expected, "round \(round)") } else { known[text] = number }
            }
        }
        #expect(interner.count == known.count)
        #expect(known.allSatisfy { interner.table[Int($0.value)] == $0.key && interner.lookup($0.key) == $0.value })
        #expect(interner.lookup("never seen") == nil)
        #expect(Set(known.values).count == known.count)
    }

    @Test func emptyStringIsAValueOfItsOwn() {
        let interner = StringInterner()
        #expect(interner.intern("") == 0 && interner.intern("\0") == 1 && interner.intern("\0\0") == 2 && interner.intern("") == 0)
    }

    @Test func tableFromDiskMustAscend() {
        #expect(StringTable(bytes: Array("abc".utf8), ends: [1, 3])?.strings == ["a", "bc"])
        #expect(StringTable(bytes: Array("abc".utf8), ends: [2, 1, 3]) == nil)
        #expect(StringTable(bytes: Array("abc".utf8), ends: [1, 4]) == nil)
        #expect(StringTable(bytes: Array("abc".utf8), ends: [1]) == nil)
    }

    @Test func sipHashAgreesWithThePaper() {
        // Appendix A: key 00 01 ... 0f, inputs of the bytes 00 01 ... of growing length.
        let hash = SipHash(key0: 0x0706_0504_0302_0100, key1: 0x0f0e_0d0c_0b0a_0908)
        let fifteen = (0..<15).map { UInt8($0) }
        #expect(fifteen.withUnsafeBytes { hash($0) } == 0xa129_ca61_49be_45e5)
        #expect([UInt8]().withUnsafeBytes { hash($0) } == 0x726f_db47_dd0e_0e31)
    }

    @Test(arguments: [("abc", nil), ("äöü", nil), ("", nil), ("12345678ä", nil)] as [(String, Int?)])
    func validUTF8IsAccepted(text: String, expected: Int?) { #expect(Array(text.utf8).withUnsafeBytes { UTF8Text.firstInvalid($0) } == expected) }

    @Test(arguments: [
        ([0x80], 0), ([0x61, 0xff], 1), ([0xc0, 0x80], 0), ([0xe0, 0x80, 0x80], 0), ([0xed, 0xa0, 0x80], 0), ([0xf4, 0x90, 0x80, 0x80], 0), ([0xe2, 0x82], 0),
        (Array("12345678".utf8) + [0xc3], 8),
    ] as [([UInt8], Int)])
    func invalidUTF8IsFoundAtItsOffset(bytes: [UInt8], offset: Int) { #expect(bytes.withUnsafeBytes { UTF8Text.firstInvalid($0) } == offset) }

    @Test func lineEndsAreFound() {
        let bytes = Array("a\nbb\n12345678901\nx".utf8)
        bytes.withUnsafeBytes { buffer in
            var ends: [Int] = []
            var start = 0
            while start < buffer.count {
                let end = UTF8Text.lineEnd(buffer, from: start)
                ends.append(end)
                start = end + 1
            }
            #expect(ends == [1, 4, 16, 18])
        }
    }
}
