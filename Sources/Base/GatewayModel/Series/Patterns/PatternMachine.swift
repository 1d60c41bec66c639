internal import Synchronization

/// Runs a program without going back: each byte of the text is looked at once, whatever the pattern.
///
/// Sets of instructions that can be reached together are made into states of a deterministic automaton when they are first met. The states are
/// kept for the next text; when they have grown too large they are forgotten and made anew, so that memory is bounded and time stays linear.
///
/// Source: Russ Cox, "Regular Expression Matching in the Wild", https://swtch.com/~rsc/regexp/regexp3.html
final class PatternMachine: Sendable {
    private let program: PatternProgram
    /// Which bytes no instruction tells apart.
    private let classOfByte: [UInt8]
    private let classCount: Int
    /// States kept between texts; a text takes one and gives it back, so that threads do not wait for each other.
    private let spares = Mutex<[PatternStates]>([])

    /// As many threads match at once on the machines this is made for.
    private static let sparesMax = 4

    init(_ program: PatternProgram) {
        self.program = program
        var boundaries = [Bool](repeating: false, count: 257)
        for case .byte(let range, _) in program.instructions {
            boundaries[Int(range.lowerBound)] = true
            boundaries[Int(range.upperBound) + 1] = true
        }
        var classes: [UInt8] = []
        var current = 0
        for byte in 0..<256 {
            if byte > 0, boundaries[byte] { current += 1 }
            classes.append(UInt8(current))
        }
        classOfByte = classes
        classCount = current + 1
    }

    /// Whether the whole text matches.
    func matches(_ text: Span<UInt8>) -> Bool {
        if program.hasContext { return PatternCaptures(program, groups: 0).run(text) != nil }
        var states = spares.withLock { $0.popLast() } ?? PatternStates(program, classCount: classCount)
        let answer = run(&states, text)
        spares.withLock { if $0.count < Self.sparesMax { $0.append(states) } }
        return answer
    }

    private func run(_ states: inout PatternStates, _ text: Span<UInt8>) -> Bool {
        var state = states.start(program)
        var index = 0
        while index < text.count {
            states.follow(&state, text, &index, classOfByte)
            if state == PatternStates.dead { return false }
            if index < text.count {
                state = states.advance(state, text[index], Int(classOfByte[Int(text[index])]), program)
                index += 1
            }
        }
        return states.accepts(state)
    }
}

/// The states of a deterministic automaton that are known so far.
struct PatternStates {
    static let unknown: Int32 = -1
    static let dead: Int32 = 0
    /// Instructions in all states together, and transitions, of four bytes each: two megabytes.
    private static let entriesMax = 1 << 19

    /// For each state where each class of bytes leads.
    private var transitions: [Int32] = []
    /// For each state the instructions that wait for a byte, ascending.
    private var members: [[Int32]] = []
    private var accepting: [Bool] = []
    private var known: [[Int32]: Int32] = [:]
    private var startState = Self.unknown
    private var entries = 0
    private let classCount: Int
    private var seen: [UInt32]
    private var round: UInt32 = 0

    init(_ program: PatternProgram, classCount: Int) {
        self.classCount = classCount
        seen = Array(repeating: 0, count: program.instructions.count)
        forget()
    }

    /// Goes on as long as it is known where to, and not to the end already.
    func follow(_ state: inout Int32, _ text: Span<UInt8>, _ index: inout Int, _ classOfByte: [UInt8]) {
        let (table, classes) = (transitions.span, classOfByte.span)
        var current = state
        var place = index
        while place < text.count, current != Self.dead {
            let next = table[Int(current) &* classCount &+ Int(classes[Int(text[place])])]
            if next == Self.unknown { break }
            current = next
            place &+= 1
        }
        (state, index) = (current, place)
    }

    func accepts(_ state: Int32) -> Bool { accepting[Int(state)] }

    private mutating func forget() {
        transitions = Array(repeating: Self.dead, count: classCount)
        members = [[]]
        accepting = [false]
        known = [:]
        startState = Self.unknown
        entries = 0
    }

    mutating func start(_ program: PatternProgram) -> Int32 {
        if startState == Self.unknown { startState = state(reachedFrom: [program.entry], isStart: true, program) }
        return startState
    }

    /// Finds the state behind a byte, and keeps it.
    mutating func advance(_ state: Int32, _ byte: UInt8, _ byteClass: Int, _ program: PatternProgram) -> Int32 {
        var targets: [Int32] = []
        for member in members[Int(state)] {
            if case .byte(let range, let next) = program.instructions[Int(member)], range.contains(byte) { targets.append(next) }
        }
        if entries > Self.entriesMax {
            forget()
            return self.state(reachedFrom: targets, isStart: false, program)
        }
        let next = self.state(reachedFrom: targets, isStart: false, program)
        transitions[Int(state) * classCount + byteClass] = next
        return next
    }

    /// The state of all instructions that are reached without a byte.
    private mutating func state(reachedFrom entries: [Int32], isStart: Bool, _ program: PatternProgram) -> Int32 {
        var waiting: [Int32] = []
        let atEnd = reach(entries, isStart, isEnd: true, program).matches
        (waiting, _) = reach(entries, isStart, isEnd: false, program)
        if waiting.isEmpty, !atEnd { return Self.dead }
        waiting.sort()
        // Whether a place is the start of the text matters for what is reached, which is in the members already. Acceptance is part of the key.
        let key = waiting + [atEnd ? -1 : -2]
        if let state = known[key] { return state }
        let state = Int32(members.count)
        self.entries += key.count + classCount
        known[key] = state
        members.append(waiting)
        accepting.append(atEnd)
        transitions.append(contentsOf: repeatElement(Self.unknown, count: classCount))
        return state
    }

    /// - Returns: the instructions that wait for a byte, and whether the match is among what is reached.
    private mutating func reach(_ entries: [Int32], _ isStart: Bool, isEnd: Bool, _ program: PatternProgram) -> (waiting: [Int32], matches: Bool) {
        round &+= 1
        var waiting: [Int32] = []
        var matches = false
        var open = entries
        while let place = open.popLast() {
            if seen[Int(place)] == round { continue }
            seen[Int(place)] = round
            switch program.instructions[Int(place)] {
            case .byte: waiting.append(place)
            case .branch(let first, let second):
                open.append(first)
                open.append(second)
            case .save(_, let next): open.append(next)
            case .assertion(.textStart, let next): if isStart { open.append(next) }
            case .assertion(.textEnd, let next): if isEnd { open.append(next) }
            // Programs with these are not run here.
            case .assertion: break
            case .match: matches = true
            case .fail: break
            }
        }
        return (waiting, matches)
    }
}
