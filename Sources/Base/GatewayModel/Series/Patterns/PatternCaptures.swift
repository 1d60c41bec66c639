/// Runs a program over a whole text and remembers where its groups matched, all ways at once, the preferred one first.
///
/// Time is at most the product of the text's and the program's length.
struct PatternCaptures {
    private let program: PatternProgram
    private let slotCount: Int

    /// - Parameter groups: groups to remember, that of the whole not counted.
    init(_ program: PatternProgram, groups: Int) {
        self.program = program
        slotCount = 2 * groups + 2
    }

    private struct Thread {
        var place: Int32
        var slots: [Int]
    }

    /// - Returns: for each group, the whole first, where it starts and ends in bytes, -1 for a group without a part in the match;
    ///   nil when the whole text does not match.
    func run(_ text: Span<UInt8>) -> [Int]? {
        var seen = [Int](repeating: -1, count: program.instructions.count)
        var slots = [Int](repeating: -1, count: slotCount)
        slots[0] = 0
        var threads: [Thread] = []
        add(Thread(place: program.entry, slots: slots), at: 0, text, &seen, &threads)
        for index in text.indices {
            var next: [Thread] = []
            for thread in threads {
                guard case .byte(let range, let place) = program.instructions[Int(thread.place)], range.contains(text[index]) else { continue }
                add(Thread(place: place, slots: thread.slots), at: index + 1, text, &seen, &next)
            }
            if next.isEmpty { return nil }
            threads = next
        }
        guard var found = threads.first(where: { if case .match = program.instructions[Int($0.place)] { true } else { false } })?.slots else { return nil }
        found[1] = text.count
        return found
    }

    /// Adds what is reached without a byte, the preferred first.
    private func add(_ first: Thread, at position: Int, _ text: Span<UInt8>, _ seen: inout [Int], _ threads: inout [Thread]) {
        var open = [first]
        while var thread = open.popLast() {
            let place = Int(thread.place)
            if seen[place] == position { continue }
            seen[place] = position
            switch program.instructions[place] {
            case .byte, .match: threads.append(thread)
            case .branch(let preferred, let other):
                open.append(Thread(place: other, slots: thread.slots))
                open.append(Thread(place: preferred, slots: thread.slots))
            case .save(let slot, let next):
                if Int(slot) < slotCount { thread.slots[Int(slot)] = position }
                open.append(Thread(place: next, slots: thread.slots))
            case .assertion(let assertion, let next):
                if Self.holds(assertion, at: position, text) { open.append(Thread(place: next, slots: thread.slots)) }
            case .fail: break
            }
        }
    }

    private static func holds(_ assertion: PatternAssertion, at position: Int, _ text: Span<UInt8>) -> Bool {
        let before = position > 0 ? text[position - 1] : nil
        let after = position < text.count ? text[position] : nil
        switch assertion {
        case .textStart: return before == nil
        case .textEnd: return after == nil
        case .lineStart: return before == nil || before == UInt8(ascii: "\n")
        case .lineEnd: return after == nil || after == UInt8(ascii: "\n")
        case .wordBoundary: return isWord(before) != isWord(after)
        case .notWordBoundary: return isWord(before) == isWord(after)
        }
    }

    private static func isWord(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return CharacterClasses.wordRanges.contains { $0.contains(UInt32(byte)) }
    }
}
