/// Samples of one series that are not compressed yet: times, then values, in memory that only grows at its end.
///
/// The one writer stores behind what readers know of and then tells them the new count under the state's lock; so readers go on without one.
/// `@unchecked Sendable` holds because of that: no place is written that a reader has been told of.
@safe final class OpenChunk: @unchecked Sendable {
    let capacity: Int
    private let memory: UnsafeMutablePointer<UInt64>

    init(capacity: Int) {
        self.capacity = capacity
        unsafe memory = .allocate(capacity: capacity * 2)
    }

    deinit { unsafe memory.deallocate() }

    @inline(__always) func set(_ index: Int, _ time: Int64, _ value: Double) {
        precondition(index >= 0 && index < capacity, "a sample behind the chunk's end")
        unsafe memory[index] = UInt64(bitPattern: time)
        unsafe memory[capacity &+ index] = value.bitPattern
    }

    @inline(__always) func time(_ index: Int) -> Int64 {
        precondition(index >= 0 && index < capacity, "a sample behind the chunk's end")
        return unsafe Int64(bitPattern: memory[index])
    }

    @inline(__always) func value(_ index: Int) -> Double {
        precondition(index >= 0 && index < capacity, "a sample behind the chunk's end")
        return unsafe Double(bitPattern: memory[capacity &+ index])
    }

    /// A chunk with the same first samples and more room.
    func grown(to capacity: Int, keeping count: Int) -> OpenChunk {
        precondition(count >= 0 && count <= min(capacity, self.capacity), "more samples than the chunk has")
        let grown = OpenChunk(capacity: capacity)
        unsafe grown.memory.update(from: memory, count: count)
        unsafe (grown.memory + capacity).update(from: memory + self.capacity, count: count)
        return grown
    }

    /// Calls `body` with the first `count` times and values.
    func withSamples<R>(_ count: Int, _ body: (UnsafeBufferPointer<Int64>, UnsafeBufferPointer<Double>) -> R) -> R {
        precondition(count >= 0 && count <= capacity, "more samples than the chunk has")
        return unsafe memory.withMemoryRebound(to: Int64.self, capacity: count) { times in
            unsafe (memory + capacity).withMemoryRebound(to: Double.self, capacity: count) { values in
                unsafe body(UnsafeBufferPointer(start: times, count: count), UnsafeBufferPointer(start: values, count: count))
            }
        }
    }
}
