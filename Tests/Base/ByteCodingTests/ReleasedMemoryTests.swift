import ByteCoding
import Testing

@Test func releasedMemoryIsGivenBack() {
    // Many small pieces, which the allocator keeps when they are freed.
    var pieces: [[UInt8]] = (0..<20_000).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 4_000) }
    #expect(pieces.count == 20_000)
    pieces = []
    #expect(ReleasedMemory.returnToSystem())
}
