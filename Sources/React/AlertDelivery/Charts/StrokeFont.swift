internal import Foundation

/// Letters made of strokes with round ends, drawn at any size and weight: our own, so that pictures need no file and no library.
///
/// A glyph's strokes stand on a grid: baseline 0, small letters 10 high, capitals and digits 14, descenders down to -4.
struct StrokeFont: Sendable {
    /// A letter: how wide it is, and its strokes.
    struct Glyph: Sendable {
        var width: Double
        var strokes: [[PixelPoint]]
    }

    enum Weight: Double, Sendable {
        // Of the size.
        case regular = 0.088
        case bold = 0.125
    }

    enum Anchor: Sendable { case start, middle, end }

    static let standard = StrokeFont(StrokeFont.drawings)

    /// Grid units between two letters.
    private static let spacing = 2.7
    /// How high capitals are, of the size.
    private static let capitals = 0.72

    private let glyphs: [Character: Glyph]
    /// Stands for what is not ASCII.
    private let unknown: Glyph

    /// - Parameter drawings: a line for each glyph: the character, its width, and its path (``StrokePath``).
    init(_ drawings: String) {
        var glyphs: [Character: Glyph] = [" ": Glyph(width: 2.6, strokes: [])]
        for line in drawings.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 2, let character = words[0].first, let width = Double(words[1]) else { continue }
            glyphs[character] = Glyph(width: width, strokes: StrokePath.strokes(words.dropFirst(2)))
        }
        self.glyphs = glyphs
        unknown = Glyph(width: 8, strokes: StrokePath.strokes(["M1,0", "L1,14", "L7,14", "L7,0", "L1,0"]))
    }

    /// Characters without an own drawing.
    func missing(_ text: String) -> [Character] { text.filter { glyphs[$0] == nil }.map { $0 } }

    private func glyph(_ character: Character) -> Glyph { glyphs[character] ?? unknown }

    /// Letters without their accents, and what else has a form in ASCII.
    private static func plain(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 128 } ? text : text.replacing("µ", with: "u").replacing("–", with: "-").replacing("…", with: "...").folding(options: .diacriticInsensitive, locale: nil)
    }

    /// Pixels.
    func width(_ text: String, size: Double) -> Double {
        let units = Self.plain(text).reduce(0) { $0 + glyph($1).width + Self.spacing }
        return max(0, units - Self.spacing) * size * Self.capitals / 14
    }

    /// The text, or its beginning with dots, so that it is no wider than so many pixels.
    func fitting(_ text: String, size: Double, width: Double) -> String {
        if self.width(text, size: size) <= width { return text }
        var shown = text
        while !shown.isEmpty, self.width(shown + "...", size: size) > width { shown.removeLast() }
        while shown.last == " " { shown.removeLast() }
        return shown + "..."
    }

    /// Draws one line of text.
    ///
    /// - Parameters:
    ///   - place: where the baseline begins, is in the middle, or ends.
    ///   - size: pixels.
    func draw(_ text: String, at place: PixelPoint, size: Double, weight: Weight = .regular, anchor: Anchor = .start, _ ink: Ink, on canvas: inout PixelCanvas) {
        let scale = size * Self.capitals / 14
        var x = place.x - (anchor == .start ? 0 : width(text, size: size) * (anchor == .end ? 1 : 0.5))
        for character in Self.plain(text) {
            let glyph = glyph(character)
            let lines = glyph.strokes.map { $0.map { PixelPoint(x: x + $0.x * scale, y: place.y - $0.y * scale) } }
            canvas.stroke(lines, width: size * weight.rawValue, ink)
            x += (glyph.width + Self.spacing) * scale
        }
    }
}

/// A path in a few letters: `M` begins a stroke at a point, `L` goes on straight, `A x,y,rx,ry,from,to` along an ellipse (degrees, counted against the clock from
/// the right; from more to less goes with the clock), `O x,y,rx,ry` is a whole ellipse. An arc goes on from the stroke before it unless an `M` without a point stands there.
enum StrokePath {
    /// Degrees of a piece of an arc: at 40 pixels the corners are not seen.
    private static let pieceDegrees = 12.0

    static func strokes(_ commands: some Sequence<Substring>) -> [[PixelPoint]] {
        var strokes: [[PixelPoint]] = []
        for command in commands {
            let numbers = command.dropFirst().split(separator: ",").compactMap { Double($0) }
            switch (command.first, numbers.count) {
            case ("M", 2): strokes.append([PixelPoint(x: numbers[0], y: numbers[1])])
            case ("M", 0): strokes.append([])
            case ("L", 2): extend(&strokes, [PixelPoint(x: numbers[0], y: numbers[1])])
            case ("A", 6): extend(&strokes, arc(numbers))
            case ("O", 4): strokes.append(arc(numbers + [0, 360]))
            default: continue
            }
        }
        return strokes.filter { !$0.isEmpty }
    }

    private static func extend(_ strokes: inout [[PixelPoint]], _ points: [PixelPoint]) {
        if strokes.isEmpty { strokes.append(points) } else { strokes[strokes.count - 1] += points }
    }

    private static func arc(_ numbers: [Double]) -> [PixelPoint] {
        let (from, to) = (numbers[4], numbers[5])
        let pieces = max(1, Int((abs(to - from) / pieceDegrees).rounded(.up)))
        return (0...pieces).map { piece in
            let angle = (from + (to - from) * Double(piece) / Double(pieces)) * .pi / 180
            return PixelPoint(x: numbers[0] + numbers[2] * cos(angle), y: numbers[1] + numbers[3] * sin(angle))
        }
    }
}
