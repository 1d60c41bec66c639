internal import Glibc

/// Equality of byte runs through the C library, which compares 32 bytes a step.
package enum ByteComparison {
    package static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard left.count > 0, let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
        return unsafe memcmp(leftStart, rightStart, left.count) == 0
    }
}
