internal import Foundation

/// A pattern of file names as Go's `filepath.Glob` has them: `*`, `?`, `[a-z]`, `[^a]`, `\` before a character that means itself.
/// None of them stands for a slash.
///
/// Source: https://pkg.go.dev/path/filepath#Match
package struct FilePattern: Sendable {
    package let text: String
    private let parts: [[Piece]]
    private let isAbsolute: Bool

    /// Files that one pattern may stand for. More are a pattern by mistake, as `/*/*/*`.
    package static let filesMax = 10_000

    fileprivate enum Piece: Sendable, Equatable {
        case character(Character)
        case any
        case anyOne
        case oneOf([ClosedRange<Character>], isNegated: Bool)
    }

    /// - Throws: when a bracket is not closed or empty, or nothing follows a backslash.
    package init(_ text: String) throws(FilePatternError) {
        self.text = text
        isAbsolute = text.hasPrefix("/")
        var parts: [[Piece]] = []
        for part in text.split(separator: "/") { parts.append(try Self.pieces(part)) }
        self.parts = parts
    }

    /// Whether it stands for anything but itself.
    package var isPlain: Bool { parts.joined().allSatisfy { if case .character = $0 { true } else { false } } }

    /// The files that are there, in the order of their names; folders that cannot be read are passed over.
    ///
    /// - Parameter folder: where patterns begin that do not begin with a slash.
    package func files(in folder: String) -> [String] {
        var found = [isAbsolute ? "/" : folder]
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            found = Array(found.flatMap { Self.matches(part, in: $0, isLast: isLast) }.prefix(Self.filesMax))
        }
        return parts.isEmpty ? [] : found
    }

    private static func matches(_ part: [Piece], in folder: String, isLast: Bool) -> [String] {
        let plain = part.compactMap { if case .character(let character) = $0 { character } else { nil } }
        func path(_ name: String) -> String { folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name }
        if plain.count == part.count {
            let path = path(String(plain))
            return FileManager.default.fileExists(atPath: path) ? [path] : []
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        return names.filter { matches(part[...], $0[...]) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map(path)
    }

    /// Whether a name is one of those that pieces stand for. Only the last `*` is ever taken back, so that the time grows with the product of the lengths.
    private static func matches(_ pieces: ArraySlice<Piece>, _ name: Substring) -> Bool {
        var (piece, index) = (pieces.startIndex, name.startIndex)
        var retry: (piece: Int, index: String.Index)?
        while true {
            if piece < pieces.endIndex, pieces[piece] == .any {
                retry = (piece, index)
                piece += 1
            } else if index < name.endIndex, piece < pieces.endIndex, pieces[piece].stands(for: name[index]) {
                piece += 1
                name.formIndex(after: &index)
            } else if index == name.endIndex, piece == pieces.endIndex {
                return true
            } else if let last = retry, last.index < name.endIndex {
                let next = name.index(after: last.index)
                retry = (last.piece, next)
                (piece, index) = (last.piece + 1, next)
            } else {
                return false
            }
        }
    }

    // MARK: Reading

    private static func pieces(_ text: Substring) throws(FilePatternError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text
        while let character = rest.popFirst() {
            switch character {
            case "*": if pieces.last != .any { pieces.append(.any) }
            case "?": pieces.append(.anyOne)
            case "[": pieces.append(try bracket(&rest))
            case "\\": pieces.append(.character(try escaped(&rest)))
            default: pieces.append(.character(character))
            }
        }
        return pieces
    }

    private static func escaped(_ rest: inout Substring) throws(FilePatternError) -> Character {
        guard let character = rest.popFirst() else { throw FilePatternError() }
        return character
    }

    private static func bracket(_ rest: inout Substring) throws(FilePatternError) -> Piece {
        var isNegated = false
        if rest.first == "^" {
            rest.removeFirst()
            isNegated = true
        }
        var ranges: [ClosedRange<Character>] = []
        while rest.first != "]" || ranges.isEmpty {
            let low = try member(&rest)
            var high = low
            if rest.first == "-" {
                rest.removeFirst()
                high = try member(&rest)
            }
            guard low <= high else { throw FilePatternError() }
            ranges.append(low...high)
        }
        rest.removeFirst()
        return .oneOf(ranges, isNegated: isNegated)
    }

    private static func member(_ rest: inout Substring) throws(FilePatternError) -> Character {
        guard let character = rest.popFirst(), character != "-", character != "]" else { throw FilePatternError() }
        return character == "\\" ? try escaped(&rest) : character
    }
}

extension FilePattern.Piece {
    fileprivate func stands(for character: Character) -> Bool {
        switch self {
        case .character(let own): own == character
        case .any, .anyOne: true
        case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(character) } != isNegated
        }
    }
}

/// A pattern that cannot be read.
package struct FilePatternError: Error, Sendable, Equatable {
    package var message: String { "syntax error in pattern" }
}
