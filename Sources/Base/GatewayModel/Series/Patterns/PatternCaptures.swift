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

    /// Ways through the program that are open at a place of the text, the preferred first.
    private struct Threads {
        var places: [Int32] = []
        /// Slots of all threads, one after the other.
        var slots: [Int] = []

        mutating func removeAll() {
            places.removeAll(keepingCapacity: true)
            slots.removeAll(keepingCapacity: true)
        }
    }

    /// What is still to be done at a place: an instruction, or a slot to be put back as it was.
    private enum Step {
        case visit(Int32)
        case restore(Int, Int)
    }

    /// - Returns: for each group, the whole first, where it starts and ends in bytes, -1 for a group without a part in the match;
    ///   nil when the whole text does not match.
    func run(_ text: Span<UInt8>) -> [Int]? {
        var seen = [Int](repeating: -1, count: program.instructions.count)
        var slots = [Int](repeating: -1, count: slotCount)
        slots[0] = 0
        var (threads, next) = (Threads(), Threads())
        var steps: [Step] = []
        add(program.entry, &slots, at: 0, text, &seen, &steps, &threads)
        for index in text.indices {
            next.removeAll()
            for (thread, place) in threads.places.enumerated() {
                guard case .byte(let range, let target) = program.instructions[Int(place)], range.contains(text[index]) else { continue }
                for slot in 0..<slotCount { slots[slot] = threads.slots[thread * slotCount + slot] }
                add(target, &slots, at: index + 1, text, &seen, &steps, &next)
            }
            if next.places.isEmpty { return nil }
            swap(&threads, &next)
        }
        guard let found = threads.places.firstIndex(where: { if case .match = program.instructions[Int($0)] { true } else { false } }) else { return nil }
        var places = Array(threads.slots[found * slotCount..<(found + 1) * slotCount])
        places[1] = text.count
        return places
    }

    /// Looks for the first place at or behind one where a part of the text matches, and of the ways in which it does so takes the preferred.
    ///
    /// - Parameter work: counts instructions looked at.
    /// - Returns: as ``run(_:)``; nil when nothing matches.
    func search(_ text: Span<UInt8>, from start: Int, work: inout Int) -> [Int]? {
        var seen = [Int](repeating: -1, count: program.instructions.count)
        var slots = [Int](repeating: -1, count: slotCount)
        var (threads, next) = (Threads(), Threads())
        var steps: [Step] = []
        var found: [Int]?
        for index in start...text.count {
            // No character begins with a byte that continues one.
            if found == nil, index == text.count || text[index] & 0xc0 != 0x80 {
                for slot in slots.indices { slots[slot] = -1 }
                slots[0] = index
                add(program.entry, &slots, at: index, text, &seen, &steps, &threads)
            } else if threads.places.isEmpty, found != nil {
                break
            }
            work += threads.places.count + 1
            next.removeAll()
            threads: for (thread, place) in threads.places.enumerated() {
                switch program.instructions[Int(place)] {
                case .match:
                    // Those behind it are not preferred.
                    found = Array(threads.slots[thread * slotCount..<(thread + 1) * slotCount])
                    found?[1] = index
                    break threads
                case .byte(let range, let target):
                    guard index < text.count, range.contains(text[index]) else { continue }
                    for slot in 0..<slotCount { slots[slot] = threads.slots[thread * slotCount + slot] }
                    add(target, &slots, at: index + 1, text, &seen, &steps, &next)
                case .branch, .save, .assertion, .fail: continue
                }
            }
            swap(&threads, &next)
        }
        return found
    }

    /// Adds what is reached without a byte, the preferred first.
    private func add(
        _ first: Int32, _ slots: inout [Int], at position: Int, _ text: Span<UInt8>, _ seen: inout [Int], _ steps: inout [Step], _ threads: inout Threads
    ) {
        steps.append(.visit(first))
        while let step = steps.popLast() {
            guard case .visit(let place) = step else {
                if case .restore(let slot, let old) = step { slots[slot] = old }
                continue
            }
            if seen[Int(place)] == position { continue }
            seen[Int(place)] = position
            switch program.instructions[Int(place)] {
            case .byte, .match:
                threads.places.append(place)
                threads.slots.append(contentsOf: slots)
            case .branch(let preferred, let other):
                steps.append(.visit(other))
                steps.append(.visit(preferred))
            case .save(let slot, let next):
                if Int(slot) < slotCount {
                    steps.append(.restore(Int(slot), slots[Int(slot)]))
                    slots[Int(slot)] = position
                }
                steps.append(.visit(next))
            case .assertion(let assertion, let next):
                if Self.holds(assertion, at: position, text) { steps.append(.visit(next)) }
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
