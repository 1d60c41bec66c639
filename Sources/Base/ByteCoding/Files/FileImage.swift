internal import Glibc

/// The system refused to map a file.
package struct FileImageError: Error, Equatable, Sendable {
    /// What was tried: `open`, `stat` or `map`.
    package let operation: StaticString
    /// The system's error number.
    package let code: Int32

    package static func == (lhs: FileImageError, rhs: FileImageError) -> Bool {
        lhs.operation.description == rhs.operation.description && lhs.code == rhs.code
    }
}

/// The content of a file as it was when the image was made: mapped into memory, or copied.
///
/// A mapped file must not be shortened while the image lives (the system would end the process on the next access behind the end);
/// removing it is safe, its bytes live until the image goes. Reading touches the disk only where nobody has read before.
///
/// `@unchecked Sendable` holds because the memory is never written after `init`, and is given back only by `deinit`, when nobody refers to it any more.
@safe package final class FileImage: @unchecked Sendable {
    private let content: UnsafeRawBufferPointer
    private let isMapped: Bool

    /// Maps the file read-only.
    package init(mapping path: String) throws(FileImageError) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileImageError(operation: "open", code: errno) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw FileImageError(operation: "stat", code: errno) }
        let count = Int(status.st_size)
        isMapped = count > 0
        guard count > 0 else {
            // The system maps no empty files.
            unsafe content = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, file, 0), unsafe start != MAP_FAILED else {
            throw FileImageError(operation: "map", code: errno)
        }
        unsafe content = unsafe UnsafeRawBufferPointer(start: start, count: count)
    }

    /// An image of bytes in memory.
    package init(copying bytes: [UInt8]) {
        isMapped = false
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        unsafe memory.copyBytes(from: bytes)
        unsafe content = UnsafeRawBufferPointer(memory)
    }

    deinit {
        if isMapped {
            unsafe munmap(UnsafeMutableRawPointer(mutating: content.baseAddress), content.count)
        } else {
            unsafe content.deallocate()
        }
    }

    /// Gives the mapped pages back to the system, which keeps their content as long as it has memory to spare; the next reading maps them again.
    ///
    /// Pages count as the process's own from their first reading on, and the system may map a megabyte for one byte.
    package func releasePages() {
        if isMapped { unsafe madvise(UnsafeMutableRawPointer(mutating: content.baseAddress), content.count, MADV_DONTNEED) }
    }

    /// Bytes.
    package var count: Int { unsafe content.count }

    /// Calls `body` with the bytes of `range`, valid during the call only; nil when the range leaves the image.
    package func withBytes<R, E: Error>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R? {
        guard range.lowerBound >= 0, unsafe range.upperBound <= content.count else { return nil }
        return unsafe try body(UnsafeRawBufferPointer(rebasing: content[range]))
    }

    /// Calls `body` with all bytes, valid during the call only.
    package func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R { unsafe try body(content) }
}
