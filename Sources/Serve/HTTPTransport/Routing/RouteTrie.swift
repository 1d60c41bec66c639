/// A parsed pattern. Captures are named by their position, so that matching a path stores nothing.
struct RoutePattern: Sendable {
    enum Segment: Equatable, Sendable {
        case literal(String)
        case capture(String)
        /// The rest of the path; only as the last segment.
        case rest(String)
    }

    /// As written.
    let text: String
    let segments: [Segment]

    /// Nil when the pattern does not begin with `/`, has an empty segment or name, a name twice, a brace elsewhere, or `{name...}` before its end.
    init?(_ text: String) {
        guard text.hasPrefix("/") else { return nil }
        var segments: [Segment] = []
        var names: Set<String> = []
        let parts = text == "/" ? [] : text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            guard let segment = Self.segment(part) else { return nil }
            switch segment {
            case .literal: break
            case .capture(let name): guard names.insert(name).inserted else { return nil }
            case .rest(let name): guard names.insert(name).inserted, index == parts.count - 1 else { return nil }
            }
            segments.append(segment)
        }
        self.text = text
        self.segments = segments
    }

    private static func segment(_ part: Substring) -> Segment? {
        guard part.hasPrefix("{"), part.hasSuffix("}") else {
            return part.isEmpty || part.contains { $0 == "{" || $0 == "}" } ? nil : .literal(String(part))
        }
        let inner = part.dropFirst().dropLast()
        let isRest = inner.hasSuffix("...")
        let name = isRest ? inner.dropLast(3) : inner
        guard !name.isEmpty, !name.contains(where: { "{}.".contains($0) }) else { return nil }
        return isRest ? .rest(String(name)) : .capture(String(name))
    }

    /// What the pattern captured under `name` in a path that it matches.
    func capture(_ name: String, in components: [String]) -> String? {
        for (index, segment) in segments.enumerated() where index < components.count {
            switch segment {
            case .literal: continue
            case .capture(name): return components[index]
            case .rest(name): return components[index...].joined(separator: "/")
            case .capture, .rest: continue
            }
        }
        return nil
    }
}

/// The patterns as a tree in one array: a node is an index, so that a lookup follows integers and allocates nothing.
struct RouteTrie: Sendable {
    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var capture: Int?
        /// Routes that end here, by method.
        var routes: [(method: String, route: Route)] = []
        /// Routes whose `{name...}` begins here, by method.
        var restRoutes: [(method: String, route: Route)] = []
    }

    /// The first is the root.
    private var nodes = [Node()]

    /// Every route as method and pattern, sorted by pattern, then method.
    var routes: [(method: String, pattern: String)] {
        nodes.flatMap { $0.routes + $0.restRoutes }.map { ($0.method, $0.route.pattern.text) }.sorted { ($0.pattern, $0.method) < ($1.pattern, $1.method) }
    }

    /// Returns whether the route was new.
    mutating func insert(_ route: Route, method: String) -> Bool {
        var node = 0
        for segment in route.pattern.segments {
            switch segment {
            case .literal(let text):
                node = child(of: node, named: text)
            case .capture:
                node = captureChild(of: node)
            case .rest:
                if nodes[node].restRoutes.contains(where: { $0.method == method }) { return false }
                nodes[node].restRoutes.append((method, route))
                return true
            }
        }
        if nodes[node].routes.contains(where: { $0.method == method }) { return false }
        nodes[node].routes.append((method, route))
        return true
    }

    private mutating func child(of node: Int, named text: String) -> Int {
        if let next = nodes[node].literals[text] { return next }
        nodes.append(Node())
        nodes[node].literals[text] = nodes.count - 1
        return nodes.count - 1
    }

    private mutating func captureChild(of node: Int) -> Int {
        if let next = nodes[node].capture { return next }
        nodes.append(Node())
        nodes[node].capture = nodes.count - 1
        return nodes.count - 1
    }

    /// Depth-first, literals before captures before rests. A path of n components visits at most 2^n nodes in a tree that branches at every level;
    /// with written routes it is a handful, because a branch ends as soon as no pattern continues.
    func match(method: String, components: [String]) -> RouteMatch {
        guard let candidates = candidates(at: 0, components: components, from: 0) else { return .noPath }
        if let found = candidates.first(where: { $0.method == method }) { return .found(found.route) }
        if method == "HEAD", let found = candidates.first(where: { $0.method == "GET" }) { return .found(found.route) }
        var allowed = Set(candidates.map(\.method))
        if allowed.contains("GET") { allowed.insert("HEAD") }
        return .noMethod(allowed: allowed.sorted())
    }

    private func candidates(at node: Int, components: [String], from index: Int) -> [(method: String, route: Route)]? {
        guard index < components.count else { return nodes[node].routes.isEmpty ? nil : nodes[node].routes }
        if let next = nodes[node].literals[components[index]], let found = candidates(at: next, components: components, from: index + 1) {
            return found
        }
        if let next = nodes[node].capture, let found = candidates(at: next, components: components, from: index + 1) { return found }
        return nodes[node].restRoutes.isEmpty ? nil : nodes[node].restRoutes
    }
}
