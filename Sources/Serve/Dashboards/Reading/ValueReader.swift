internal import ConfigurationText

/// Reads values of the file by their shape. nil where a value is wrong; the context knows why then.
enum ValueReader {
    static func text(_ value: DocumentValue, _ rule: ValueShape.TextRule, _ context: inout ReadingContext) -> String? {
        guard let text = value.scalar else {
            context.fault("must be text", at: value.place)
            return nil
        }
        guard text.utf8.count <= ValueShape.textCharactersMax * 4, text.count <= ValueShape.textCharactersMax else {
            context.fault("must have at most \(ValueShape.textCharactersMax) characters", at: value.place)
            return nil
        }
        // Control characters have no place on a page, and XML, which some exports go through, cannot say them. A byte order mark is lost by readers of YAML.
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" && $0 != "\t" || $0.value == 0x7f || $0.value == 0xfeff }) else {
            context.fault("must not hold control characters", at: value.place)
            return nil
        }
        return TextRules.check(text, rule, value, &context)
    }

    static func choice<Word: ModelWord>(_ value: DocumentValue, _: Word.Type, _ context: inout ReadingContext) -> Word? {
        if let word = value.scalar.flatMap(Word.init(rawValue:)) { return word }
        let near = value.scalar.flatMap { NearestName.hint($0, among: Word.words) }
        context.fault("must be one of: \(Word.words.joined(separator: ", "))", at: value.place, hint: near)
        return nil
    }

    static func flag(_ value: DocumentValue, _ context: inout ReadingContext) -> Bool? {
        switch value.content {
        case .plain("true"): return true
        case .plain("false"): return false
        default:
            context.fault("must be true or false", at: value.place)
            return nil
        }
    }

    static func number(_ value: DocumentValue, _ range: ClosedRange<Double>?, _ context: inout ReadingContext) -> Double? {
        guard case .plain(let text) = value.content, let number = Double(text), number.isFinite, range?.contains(number) ?? true else {
            let limits = range.map { " from \(DocumentValue.number($0.lowerBound).scalar ?? "") to \(DocumentValue.number($0.upperBound).scalar ?? "")" } ?? ""
            context.fault("must be a number\(limits)", at: value.place)
            return nil
        }
        return number
    }

    static func count(_ value: DocumentValue, _ range: ClosedRange<Int>, _ context: inout ReadingContext) -> Int? {
        guard case .plain(let text) = value.content, let number = Int(text), range.contains(number) else {
            context.fault("must be a whole number from \(range.lowerBound) to \(range.upperBound)", at: value.place)
            return nil
        }
        return number
    }

    /// The elements of a list that could be read.
    static func elements<Element>(
        _ value: DocumentValue, max: Int, _ context: inout ReadingContext, _ read: (DocumentValue, inout ReadingContext) -> Element?
    ) -> [Element] {
        guard case .list(let values) = value.content else {
            context.fault("must be a list", at: value.place)
            return []
        }
        guard values.count <= max else {
            context.fault("must have at most \(max) elements; it has \(values.count)", at: value.place)
            return []
        }
        var elements: [Element] = []
        for (index, value) in values.enumerated() {
            if let element = context.within("[\(index)]", { read(value, &$0) }) { elements.append(element) }
        }
        return elements
    }

    /// The values of names that could be read.
    static func members<Part>(
        _ value: DocumentValue, _ context: inout ReadingContext, _ read: (DocumentValue, inout ReadingContext) -> Part?
    ) -> [String: Part] {
        guard case .object(let members) = value.content else {
            context.fault("must be a mapping of names", at: value.place)
            return [:]
        }
        guard members.count <= ValueShape.elementsMax else {
            context.fault("must have at most \(ValueShape.elementsMax) names; it has \(members.count)", at: value.place)
            return [:]
        }
        var parts: [String: Part] = [:]
        for member in members {
            if let part = context.within("." + member.name, { read(member.value, &$0) }) { parts[member.name] = part }
        }
        return parts
    }
}
