/// Patterns that need no automaton, which most patterns of dashboards are: `a|b`, `api-.*`, `.*error.*`.
enum PatternShortcut {
    /// Any of these texts, the shortest first, those of a length ascending by their bytes.
    case texts([[UInt8]])
    /// A text that starts so, then has the parts in their order, and ends so, each apart from the others.
    case parts(start: [UInt8], middle: [[UInt8]], end: [UInt8])
    case notEmpty

    /// Texts of a list of alternatives, which cannot be longer than the pattern; dashboards list all instances.
    private static let textsMax = 100_000
    /// Texts, and their bytes, that sets and groups may be multiplied to.
    private static let productsMax = 1024
    private static let productBytesMax = 1 << 22

    /// - Returns: nil when the pattern is of no such form.
    init?(_ tree: PatternNode) {
        if let texts = Self.texts(of: tree) {
            self = .texts(texts.map { Array($0.utf8) }.sorted { $0.count != $1.count ? $0.count < $1.count : $0.lexicographicallyPrecedes($1) })
            return
        }
        var items = Self.flattened(tree)
        if items.first == .assertion(.textStart) { items.removeFirst() }
        if items.last == .assertion(.textEnd) { items.removeLast() }
        if items.count == 1, case .repetition(.characters(.all), least: 1, most: nil, isGreedy: _) = items[0] {
            self = .notEmpty
            return
        }
        var parts: [[UInt8]] = [[]]
        for item in items {
            switch item {
            case .repetition(.characters(.all), least: 0, most: nil, isGreedy: _): parts.append([])
            case .characters(let set):
                guard let scalar = set.single else { return nil }
                parts[parts.count - 1].append(contentsOf: String(Character(scalar)).utf8)
            default: return nil
            }
        }
        guard parts.count > 1, let start = parts.first, let end = parts.last else { return nil }
        self = .parts(start: start, middle: parts.dropFirst().dropLast().filter { !$0.isEmpty }, end: end)
    }

    /// The parts of a sequence, groups opened.
    private static func flattened(_ node: PatternNode) -> [PatternNode] {
        switch node {
        case .sequence(let parts): parts.flatMap(flattened)
        case .capture(let inner, _): flattened(inner)
        case .empty: []
        default: [node]
        }
    }

    /// All texts that match, each once, in the order in which the pattern names them; nil when they are too many, or know their place.
    static func texts(of tree: PatternNode) -> [String]? {
        guard let texts = enumerate(tree) else { return nil }
        // By their bytes: letters that are written in two ways are two texts.
        var known: Set<[UInt8]> = []
        return texts.filter { known.insert(Array($0.utf8)).inserted }
    }

    private static func enumerate(_ node: PatternNode) -> [String]? {
        switch node {
        case .empty: return [""]
        case .assertion: return nil
        case .characters(let set): return set.members(most: 64)?.map { String(Character($0)) }
        case .capture(let inner, _): return enumerate(inner)
        case .alternatives(let alternatives):
            var texts: [String] = []
            for alternative in alternatives {
                guard let more = enumerate(alternative), texts.count + more.count <= textsMax else { return nil }
                texts += more
            }
            return texts
        case .sequence(var parts):
            if parts.first == .assertion(.textStart) { parts.removeFirst() }
            if parts.last == .assertion(.textEnd) { parts.removeLast() }
            return product(of: parts)
        case .repetition(let inner, let least, let most, _):
            guard let most, most <= 8 else { return nil }
            var texts: [String] = []
            for count in least...max(least, most) {
                guard let more = product(of: Array(repeating: inner, count: count)), texts.count + more.count <= productsMax else { return nil }
                texts += more
            }
            return texts
        }
    }

    private static func product(of parts: [PatternNode]) -> [String]? {
        var texts = [""]
        var bytes = 0
        for part in parts {
            guard let endings = enumerate(part) else { return nil }
            if texts.count == 1, endings.count == 1 {
                texts[0] += endings[0]
                continue
            }
            if parts.count == 1 { return endings }
            let most = texts.count == 1 || endings.count == 1 ? textsMax : productsMax
            guard texts.count * endings.count <= most else { return nil }
            texts = texts.flatMap { text in endings.map { text + $0 } }
            bytes += texts.reduce(0) { $0 + $1.utf8.count }
            guard bytes <= productBytesMax else { return nil }
        }
        return texts
    }

    func matches(_ text: Span<UInt8>) -> Bool {
        switch self {
        case .texts(let texts): Self.contains(texts, text)
        case .notEmpty: text.count > 0
        case .parts(let start, let middle, let end): Self.hasParts(text, start, middle, end)
        }
    }

    private static func contains(_ texts: [[UInt8]], _ text: Span<UInt8>) -> Bool {
        var (low, high) = (0, texts.count)
        while low < high {
            let middle = (low + high) / 2
            let order = compare(texts[middle], text)
            if order == 0 { return true }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return false
    }

    private static func compare(_ left: [UInt8], _ right: Span<UInt8>) -> Int {
        if left.count != right.count { return left.count - right.count }
        for index in left.indices where left[index] != right[index] { return left[index] < right[index] ? -1 : 1 }
        return 0
    }

    private static func hasParts(_ text: Span<UInt8>, _ start: [UInt8], _ middle: [[UInt8]], _ end: [UInt8]) -> Bool {
        guard text.count >= start.count + end.count, holds(text, start, at: 0), holds(text, end, at: text.count - end.count) else { return false }
        var position = start.count
        let limit = text.count - end.count
        for part in middle {
            while position + part.count <= limit, !holds(text, part, at: position) { position += 1 }
            if position + part.count > limit { return false }
            position += part.count
        }
        return true
    }

    private static func holds(_ text: Span<UInt8>, _ part: [UInt8], at position: Int) -> Bool {
        for index in part.indices where text[position + index] != part[index] { return false }
        return true
    }
}
