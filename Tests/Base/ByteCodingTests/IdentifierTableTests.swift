import ByteCoding
import Testing

@Test func identifierTableAgreesWithADictionary() {
    var random = SeededGenerator(seed: 21)
    var table = IdentifierTable(max: 100_000)
    var oracle: [UInt64: Int64] = [:]
    for step in 1...20_000 {
        // Few keys, among them 0, so that they meet again; some differ in their high bits only.
        let key = UInt64.random(in: 0..<4_000, using: &random) &* [1, 1 << 40].randomElement(using: &random)!
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            if let value = oracle[key] { table.remove(key, value: value) }
            oracle[key] = nil
        case 1:
            table.remove(key, value: -1)
        default:
            table.set(key, Int64(step))
            oracle[key] = Int64(step)
        }
        #expect(table.value(of: key) == oracle[key])
    }
    for (key, value) in oracle { #expect(table.value(of: key) == value) }
}

@Test func identifierTableForgetsTheOldest() {
    var table = IdentifierTable(max: 1_000)
    for key in 1...10_000 { table.set(UInt64(key), Int64(key)) }
    #expect(table.count <= 1_000)
    for key in 9_501...10_000 { #expect(table.value(of: UInt64(key)) == Int64(key)) }
    #expect(table.value(of: 1) == nil)
}
