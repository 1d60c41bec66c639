internal import GatewayModel

/// Functions that Prometheus and Alertmanager share.
extension TemplateFunctions {
    static let shared: [String: TemplateFunction] = [
        "toUpper": onText { .string($0.unicodeScalars.map { upperCase($0) }.joined()) },
        "toLower": onText { .string($0.unicodeScalars.map { lowerCase($0) }.joined()) },
        "safeHtml": onText { .html($0) },
        "match": TemplateFunction([.string, .string]) { values, _ throws(TemplateFailure) in
            guard case .string(let pattern) = values[0], case .string(let text) = values[1] else { return .none }
            return .bool(try isFound(pattern, in: text))
        },
        "reReplaceAll": TemplateFunction([.string, .string, .string]) { values, _ throws(TemplateFailure) in
            guard case .string(let pattern) = values[0], case .string(let replacement) = values[1], case .string(let text) = values[2] else { return .none }
            return .string(try replaced(text, pattern, replacement))
        },
    ]

    static func onText(_ body: @escaping @Sendable (String) -> TemplateValue) -> TemplateFunction {
        TemplateFunction([.string]) { values, _ in if case .string(let text) = values[0] { body(text) } else { .none } }
    }

    private static func isFound(_ pattern: String, in text: String) throws(TemplateFailure) -> Bool {
        let compiled: SearchPattern
        do { compiled = try SearchPattern(pattern) } catch { throw TemplateFailure(error.message) }
        do { return try compiled.isFound(in: text) } catch { throw TemplateFailure(error.message) }
    }

    private static func replaced(_ text: String, _ pattern: String, _ replacement: String) throws(TemplateFailure) -> String {
        let compiled: SearchPattern
        do { compiled = try SearchPattern(pattern) } catch { throw TemplateFailure("regexp: Compile(\(inBackticks(pattern))): \(error.message)") }
        do { return try compiled.replacing(in: text, with: replacement) } catch { throw TemplateFailure(error.message) }
    }

    private static func inBackticks(_ text: String) -> String {
        text.unicodeScalars.allSatisfy { $0 != "`" && $0.value >= 0x20 } ? "`\(text)`" : text.goQuoted
    }

    /// Character by character, as Go maps them: a letter whose upper case is two letters stays.
    private static func upperCase(_ scalar: Unicode.Scalar) -> String { single(scalar.properties.uppercaseMapping) ?? String(Character(scalar)) }

    /// The dotted capital I, the only one that becomes two characters, loses its dot.
    private static func lowerCase(_ scalar: Unicode.Scalar) -> String { String(scalar.properties.lowercaseMapping.unicodeScalars.prefix(1)) }

    private static func single(_ text: String) -> String? { text.unicodeScalars.count == 1 ? text : nil }

    /// The first letter of each word as a capital, the others as they are, as Go's `strings.Title`.
    static func title(_ text: String) -> String {
        var (titled, previous) = ("", Unicode.Scalar(" "))
        for scalar in text.unicodeScalars {
            titled += isSeparator(previous) ? single(scalar.properties.titlecaseMapping) ?? String(Character(scalar)) : String(Character(scalar))
            previous = scalar
        }
        return titled
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "_" { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: return false
        default: return scalar.value <= 0x7f || scalar.properties.isWhitespace
        }
    }

    /// The first letter of each word as a capital, the others small, as `golang.org/x/text/cases` has it for American English.
    static func englishTitle(_ text: String) -> String {
        var (titled, isInWord) = ("", false)
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let isCased = scalar.properties.isCased
            if isCased, !isInWord {
                titled += scalar.properties.titlecaseMapping
            } else {
                titled += isCased ? scalar.properties.lowercaseMapping : String(Character(scalar))
            }
            isInWord = continuesWord(scalar, isInWord, next: index + 1 < scalars.count ? scalars[index + 1] : nil)
        }
        return titled
    }

    /// Words hold letters, digits and underscores, and single apostrophes, points and colons between letters.
    private static func continuesWord(_ scalar: Unicode.Scalar, _ isInWord: Bool, next: Unicode.Scalar?) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .format: return isInWord
        default: return isInWord && "'.:\u{2019}\u{b7}".unicodeScalars.contains(scalar) && next?.properties.isAlphabetic == true
        }
    }
}
