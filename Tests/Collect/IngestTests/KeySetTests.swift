import Testing

@testable import Ingest

@Suite struct KeySetTests {
    private func number(_ key: String, in set: KeySet) -> UInt8 { Array(key.utf8).withUnsafeBytes { unsafe set.number(of: $0) } }

    @Test func keysOfEveryLengthAreFoundAndNothingElse() {
        let names = (1...32).map { String((0..<$0).map { Character(UnicodeScalar(UInt8(ascii: "a") + UInt8($0 % 26))) }) }
        let set = KeySet(names.enumerated().map { ($1, UInt8($0 + 1)) })
        for (position, name) in names.enumerated() {
            #expect(number(name, in: set) == UInt8(position + 1))
            // A change of any one byte makes another key.
            for index in name.utf8.indices {
                var bytes = Array(name.utf8)
                bytes[name.utf8.distance(from: name.utf8.startIndex, to: index)] ^= 0x20
                #expect(bytes.withUnsafeBytes { unsafe set.number(of: $0) } == 0)
            }
        }
        #expect(number("", in: set) == 0 && number(String(repeating: "a", count: 100), in: set) == 0)
    }
}
