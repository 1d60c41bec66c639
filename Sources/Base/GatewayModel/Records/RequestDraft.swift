package import ByteCoding

/// One request record while it is being read and normalised: every field's value or its absence, reused from record to record
/// so that reading a record allocates nothing.
///
/// Integers are in the schema's inside units (microseconds, nano-dollars, 0/1). Strings are copied into the draft's own arena.
/// One task at a time owns a draft; it is not Sendable.
@safe package final class RequestDraft {
    /// The longest string value kept, in bytes; longer ones are cut at a character's edge. Names and ids are far shorter, and
    /// a client must not be able to fill dictionaries with megabytes.
    package static let valueBytesMax = 1_024

    private let integers: UnsafeMutablePointer<Int64>
    private let starts: UnsafeMutablePointer<UInt32>
    private let counts: UnsafeMutablePointer<UInt32>
    @exclusivity(unchecked) private var arena: UnsafeMutableRawPointer
    @exclusivity(unchecked) private var arenaCapacity: Int
    @exclusivity(unchecked) private var arenaUsed: Int

    package init() {
        unsafe integers = .allocate(capacity: RequestField.tableSize)
        unsafe starts = .allocate(capacity: RequestField.tableSize)
        unsafe counts = .allocate(capacity: RequestField.tableSize)
        unsafe arenaCapacity = 4_096
        unsafe arena = .allocate(byteCount: 4_096, alignment: 8)
        unsafe arenaUsed = 0
        unsafe starts.initialize(repeating: 0, count: RequestField.tableSize)
        reset()
    }

    deinit {
        unsafe integers.deallocate()
        unsafe starts.deallocate()
        unsafe counts.deallocate()
        unsafe arena.deallocate()
    }

    /// Makes every field absent.
    package func reset() {
        unsafe integers.update(repeating: absentInteger, count: RequestField.tableSize)
        unsafe counts.update(repeating: 0, count: RequestField.tableSize)
        unsafe arenaUsed = 0
    }

    // MARK: Integers

    /// The value of an integer field; nil when absent.
    package subscript(integer field: RequestField) -> Int64? {
        get {
            let value = unsafe integers[Int(field.rawValue)]
            return value == absentInteger ? nil : value
        }
        set { unsafe integers[Int(field.rawValue)] = newValue ?? absentInteger }
    }

    /// The stored value, ``absentInteger`` when absent.
    func rawInteger(_ index: Int) -> Int64 { unsafe integers[index] }

    // MARK: Strings

    package func hasText(_ field: RequestField) -> Bool { unsafe counts[Int(field.rawValue)] > 0 }

    /// The value of a string field, copied out; nil when absent. Not for hot paths: see ``withText(_:_:)``.
    package func text(_ field: RequestField) -> String? {
        hasText(field) ? unsafe withText(field) { unsafe String(decoding: $0, as: UTF8.self) } : nil
    }

    /// Calls `body` with the field's bytes (empty when absent), valid during the call and as long as no text is set.
    package func withText<R>(_ field: RequestField, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let index = Int(field.rawValue)
        return unsafe body(UnsafeRawBufferPointer(start: arena + Int(starts[index]), count: Int(counts[index])))
    }

    func rawText(_ index: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: arena + Int(starts[index]), count: Int(counts[index]))
    }

    /// Sets a string field to a copy of `bytes`, cut to ``valueBytesMax``; empty bytes make it absent.
    package func setText(_ field: RequestField, _ bytes: UnsafeRawBufferPointer) {
        let count = unsafe Self.cut(bytes)
        reserve(count)
        if count > 0 { unsafe (arena + arenaUsed).copyMemory(from: bytes.baseAddress.unsafelyUnwrapped, byteCount: count) }
        finish(field, count)
    }

    package func setText(_ field: RequestField, _ string: String) {
        var string = string
        string.withUTF8 { unsafe setText(field, UnsafeRawBufferPointer($0)) }
    }

    package func setText(_ field: RequestField, _ string: StaticString) {
        unsafe setText(field, UnsafeRawBufferPointer(start: string.utf8Start, count: string.utf8CodeUnitCount))
    }

    /// Sets a string field to the content of a JSON string token, its escapes resolved.
    package func setText(_ field: RequestField, _ token: JSONScanner.Text, of scanner: borrowing JSONScanner) {
        let bytes = unsafe scanner.bytes(of: token)
        guard token.hasEscapes else { return unsafe setText(field, bytes) }
        var unescaped: [UInt8] = []
        unsafe JSONText.unescape(bytes, into: &unescaped)
        unsafe unescaped.withUnsafeBytes { unsafe setText(field, $0) }
    }

    /// Gives `target` the value of `source` without copying bytes.
    package func copyText(from source: RequestField, to target: RequestField) {
        unsafe starts[Int(target.rawValue)] = starts[Int(source.rawValue)]
        unsafe counts[Int(target.rawValue)] = counts[Int(source.rawValue)]
    }

    package func removeText(_ field: RequestField) { unsafe counts[Int(field.rawValue)] = 0 }

    private func finish(_ field: RequestField, _ count: Int) {
        unsafe starts[Int(field.rawValue)] = UInt32(arenaUsed)
        unsafe counts[Int(field.rawValue)] = UInt32(count)
        unsafe arenaUsed &+= count
    }

    private func reserve(_ count: Int) {
        guard unsafe arenaUsed + count > arenaCapacity else { return }
        let capacity = unsafe max(arenaCapacity * 2, arenaUsed + count)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        unsafe grown.copyMemory(from: arena, byteCount: arenaUsed)
        unsafe arena.deallocate()
        unsafe arena = grown
        unsafe arenaCapacity = capacity
    }

    /// The length to keep: at most ``valueBytesMax``, never inside a UTF-8 sequence.
    private static func cut(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count > valueBytesMax else { return bytes.count }
        var count = valueBytesMax
        while count > 0, unsafe bytes[count] & 0xC0 == 0x80 { count -= 1 }
        return count
    }
}
