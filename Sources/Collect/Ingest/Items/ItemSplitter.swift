internal import ByteCoding

/// Finds the documents in a body or file: a JSON array, one object, objects one after another, or one object a line.
///
/// Which of them it is, the beginning tells: `[` opens an array; otherwise the first line decides. A line that is a whole value means lines
/// (and so does a broken first line); an object that goes on over several lines means a sequence of objects.
///
/// In lines a broken document ends with its line. In arrays and sequences documents are found lexically, by counting brackets outside
/// of strings; where that fails, the next place that looks like the beginning of a document (a comma or line end, then the same first key) is where
/// reading goes on, and what lies between is one broken document.
///
/// The caller hands over a buffer that holds the input from where the last call stopped reading; positions are relative to it.
struct ItemSplitter {
    enum Step: Equatable {
        /// A document (perhaps broken) and where it begins.
        case item(Range<Int>, line: Int, column: Int)
        /// The buffer ends inside a document: call again with more of the input, from ``position`` on.
        case needsMore
        /// What is left cannot be told apart into documents.
        case unreadable(Range<Int>, line: Int, column: Int)
        case end
    }

    private enum Mode {
        case unknown, array, sequence, lines, done
    }

    private var mode = Mode.unknown
    /// Of the byte at `position`, from 1.
    private(set) var line = 1
    private(set) var column = 1
    /// Where the next call looks, in the buffer of the last call.
    private(set) var position = 0
    /// The beginning of the first document up to its first colon: what another document's beginning looks like.
    private var pattern: [UInt8] = []
    private var hasItem = false
    /// The rest of the line is passed over: its document is too large.
    private var isDiscarding = false

    /// Gives up the document at ``position``, which is larger than the caller wants to buffer.
    ///
    /// - Returns: whether reading can go on, behind the line; false in an array, whose structure is lost with the document.
    mutating func discard() -> Bool {
        switch mode {
        case .unknown, .lines:
            mode = .lines
            isDiscarding = true
            return true
        case .array, .sequence, .done:
            mode = .done
            return false
        }
    }

    /// The caller has dropped `count` bytes from the front of its buffer.
    mutating func drop(_ count: Int) { position -= count }

    /// The next document.
    ///
    /// - Parameter isFinal: whether the buffer reaches to the end of the input.
    mutating func next(in bytes: UnsafeRawBufferPointer, isFinal: Bool) -> Step {
        switch mode {
        case .unknown: return unsafe begin(bytes, isFinal)
        case .lines: return unsafe nextLine(bytes, isFinal)
        case .array, .sequence: return unsafe nextValue(bytes, isFinal)
        case .done: return .end
        }
    }

    private mutating func begin(_ bytes: UnsafeRawBufferPointer, _ isFinal: Bool) -> Step {
        // A byte order mark (RFC 8259, 8.1 lets a reader ignore it).
        if bytes.count >= 3, unsafe bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf, position == 0 { position = 3 }
        unsafe skipSpace(bytes)
        guard position < bytes.count else { return isFinal ? finish() : .needsMore }
        if unsafe bytes[position] == UInt8(ascii: "[") {
            // Lines may hold arrays too (one batch a line); a whole line that is an array is walked like any other.
            mode = .array
            column += 1
            position += 1
            return unsafe nextValue(bytes, isFinal)
        }
        let lineEnd = unsafe UTF8Text.lineEnd(bytes, from: position)
        if lineEnd == bytes.count, !isFinal { return .needsMore }
        let isWholeInLine: Bool
        switch unsafe LexicalValue.end(bytes, from: position, limit: lineEnd) {
        case .at: isWholeInLine = true
        case .cut, .broken: isWholeInLine = false
        }
        if isWholeInLine || lineEnd == bytes.count {
            mode = .lines
        } else {
            switch unsafe LexicalValue.end(bytes, from: position, limit: bytes.count) {
            case .cut where !isFinal: return .needsMore
            case .at(let end): mode = unsafe Self.isValid(bytes, position..<end) ? .sequence : .lines
            case .cut, .broken: mode = .lines
            }
        }
        return unsafe next(in: bytes, isFinal: isFinal)
    }

    private static func isValid(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        var scanner = unsafe JSONScanner(UnsafeRawBufferPointer(rebasing: bytes[range]))
        return (try? scanner.skipValue()) != nil
    }

    // MARK: Lines

    private mutating func nextLine(_ bytes: UnsafeRawBufferPointer, _ isFinal: Bool) -> Step {
        if isDiscarding {
            let lineEnd = unsafe UTF8Text.lineEnd(bytes, from: position)
            isDiscarding = lineEnd == bytes.count
            advance(lineEnd - position)
        }
        unsafe skipSpace(bytes)
        guard position < bytes.count else { return isFinal ? finish() : .needsMore }
        let lineEnd = unsafe UTF8Text.lineEnd(bytes, from: position)
        if lineEnd == bytes.count, !isFinal { return .needsMore }
        var end = lineEnd
        while end > position, unsafe bytes[end - 1] <= 0x20 { end -= 1 }
        let step = Step.item(position..<end, line: line, column: column)
        advance(lineEnd - position)
        return step
    }

    // MARK: Arrays and sequences

    private mutating func nextValue(_ bytes: UnsafeRawBufferPointer, _ isFinal: Bool) -> Step {
        unsafe skipSpace(bytes)
        guard position < bytes.count else { return atEnd(isFinal) }
        if unsafe bytes[position] == UInt8(ascii: "]"), mode == .array {
            advance(1)
            mode = .unknown
            // What follows an array may be another one (a batch a line); a bare value behind it is read in whatever mode it suggests.
            return unsafe begin(bytes, isFinal)
        }
        if hasItem, unsafe bytes[position] == UInt8(ascii: ",") {
            advance(1)
            unsafe skipSpace(bytes)
            guard position < bytes.count else { return atEnd(isFinal) }
        }
        let start = position
        switch unsafe LexicalValue.end(bytes, from: start, limit: bytes.count) {
        case .at(let end):
            switch unsafe isFollowedWell(bytes, end) {
            case nil where !isFinal: return .needsMore
            case false: return unsafe resynchronise(bytes, isFinal)
            default: break
            }
            if pattern.isEmpty { unsafe learnPattern(bytes, start..<end) }
            return unsafe take(bytes, start..<end)
        case .cut where !isFinal: return .needsMore
        case .cut, .broken: return unsafe resynchronise(bytes, isFinal)
        }
    }

    private mutating func atEnd(_ isFinal: Bool) -> Step { isFinal ? finish() : .needsMore }

    private mutating func finish() -> Step {
        mode = .done
        return .end
    }

    /// Whether behind a document comes only what may: another one or the end. nil when the buffer ends before that can be told.
    private func isFollowedWell(_ bytes: UnsafeRawBufferPointer, _ end: Int) -> Bool? {
        guard var index = unsafe Self.nextVisible(bytes, from: end) else { return nil }
        if unsafe bytes[index] == UInt8(ascii: "]") { return mode == .array }
        guard unsafe bytes[index] == UInt8(ascii: ",") else { return unsafe mode == .sequence && bytes[index] == UInt8(ascii: "{") }
        guard let next = unsafe Self.nextVisible(bytes, from: index + 1) else { return nil }
        index = next
        guard unsafe bytes[index] == UInt8(ascii: "\"") else { return true }
        // A key behind the comma means that the brackets counted were the wrong ones.
        guard let close = unsafe LexicalValue.stringEnd(bytes, from: index + 1, limit: bytes.count),
            let behind = unsafe Self.nextVisible(bytes, from: close)
        else { return nil }
        return unsafe bytes[behind] != UInt8(ascii: ":")
    }

    private static func nextVisible(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while index < bytes.count, unsafe bytes[index] <= 0x20 { index += 1 }
        return index < bytes.count ? index : nil
    }

    private mutating func learnPattern(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        guard unsafe bytes[range.lowerBound] == UInt8(ascii: "{") else { return }
        let head = unsafe UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound..<min(range.upperBound, range.lowerBound + Self.patternBytesMax)])
        guard let colon = unsafe LooseText.firstIndex(of: UInt8(ascii: ":"), in: head) else { return }
        pattern = unsafe Array(head[...colon])
    }

    /// A first key longer than this is no key of a gateway's log.
    private static let patternBytesMax = 64

    /// The document at `position` is broken: everything up to the next beginning of a document goes with it.
    private mutating func resynchronise(_ bytes: UnsafeRawBufferPointer, _ isFinal: Bool) -> Step {
        if pattern.isEmpty { unsafe learnPattern(bytes, position..<bytes.count) }
        let start = position
        var index = start + 1
        while !pattern.isEmpty, index + pattern.count <= bytes.count {
            guard unsafe bytes[index] == pattern[0], unsafe bytes[index..<index + pattern.count].elementsEqual(pattern),
                let separator = unsafe precedingSeparator(bytes, index, after: start)
            else {
                index += 1
                continue
            }
            return unsafe take(bytes, start..<separator)
        }
        guard isFinal else { return .needsMore }
        // The last document may be broken and still end where the input ends.
        var end = bytes.count
        while end > start, unsafe bytes[end - 1] <= 0x20 || bytes[end - 1] == UInt8(ascii: "]") { end -= 1 }
        let step: Step = hasItem || !pattern.isEmpty ? .item(start..<max(end, start + 1), line: line, column: column) : .unreadable(start..<bytes.count, line: line, column: column)
        unsafe advance(over: bytes, to: bytes.count)
        mode = .done
        return step
    }

    /// The end of the document before a possible beginning at `index`: where its separator stands; nil when there is none.
    private func precedingSeparator(_ bytes: UnsafeRawBufferPointer, _ index: Int, after start: Int) -> Int? {
        var before = index
        var sawLineEnd = false
        while before > start, unsafe bytes[before - 1] <= 0x20 {
            if unsafe bytes[before - 1] == 0x0a { sawLineEnd = true }
            before -= 1
        }
        if before > start, unsafe bytes[before - 1] == UInt8(ascii: ",") { return before - 1 }
        return sawLineEnd ? before : nil
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Step {
        let step = Step.item(range, line: line, column: column)
        unsafe advance(over: bytes, to: range.upperBound)
        hasItem = true
        return step
    }

    // MARK: Position

    private mutating func advance(_ count: Int) {
        position += count
        column += count
    }

    private mutating func advance(over bytes: UnsafeRawBufferPointer, to end: Int) {
        var lineStart = position
        while true {
            let lineEnd = unsafe UTF8Text.lineEnd(UnsafeRawBufferPointer(rebasing: bytes[..<end]), from: lineStart)
            guard lineEnd < end else { break }
            line += 1
            column = 1
            lineStart = lineEnd + 1
        }
        column += end - max(lineStart, position)
        position = end
    }

    private mutating func skipSpace(_ bytes: UnsafeRawBufferPointer) {
        while position < bytes.count {
            let byte = unsafe bytes[position]
            if byte == 0x0a {
                line += 1
                column = 1
            } else if byte == 0x20 || byte == 0x09 || byte == 0x0d {
                column += 1
            } else {
                return
            }
            position += 1
        }
    }
}
