/// A key of an object of the file, and where its value stands in the model.
struct ModelKey<Model: Sendable>: Sendable {
    let outline: KeyOutline
    let read: @Sendable (inout Model, DocumentValue, inout ReadingContext) -> Void
    /// nil where there is nothing to write.
    let write: @Sendable (Model, WritingForm) -> DocumentValue?
}

/// A path to a part of the model that tasks may share.
typealias ModelPath<Model, Value> = any WritableKeyPath<Model, Value> & Sendable

extension ModelKey {
    /// A text that must be there.
    static func required(_ name: String, _ path: ModelPath<Model, String>, _ rule: ValueShape.TextRule, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .text(rule), isRequired: true, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = ValueReader.text(value, rule, &context) ?? "" },
            write: { model, _ in .text(model[keyPath: path]) })
    }

    /// A text with a default.
    static func text(_ name: String, _ path: ModelPath<Model, String>, _ rule: ValueShape.TextRule, default standard: String, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .text(rule), isRequired: false, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = ValueReader.text(value, rule, &context) ?? standard },
            write: { model, form in form == .brief && model[keyPath: path] == standard ? nil : .text(model[keyPath: path]) })
    }

    /// A text that may be missing.
    static func text(_ name: String, _ path: ModelPath<Model, String?>, _ rule: ValueShape.TextRule, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .text(rule), isRequired: false, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = ValueReader.text(value, rule, &context) },
            write: { model, _ in model[keyPath: path].map { .text($0) } })
    }

    static func texts(_ name: String, _ path: ModelPath<Model, [String]>, _ rule: ValueShape.TextRule, max: Int = ValueShape.elementsMax, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .list(.text(rule), max: max), isRequired: false, meaning: meaning),
            read: { model, value, context in
                model[keyPath: path] = ValueReader.elements(value, max: max, &context) { ValueReader.text($0, rule, &$1) }
            },
            write: { model, _ in model[keyPath: path].isEmpty ? nil : .list(model[keyPath: path].map { .text($0) }) })
    }

    /// One of some words, with a default.
    static func choice<Word: ModelWord>(_ name: String, _ path: ModelPath<Model, Word>, default standard: Word?, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .choice(Word.words), isRequired: standard == nil, meaning: meaning),
            read: { model, value, context in if let word = ValueReader.choice(value, Word.self, &context) { model[keyPath: path] = word } },
            write: { model, form in form == .brief && model[keyPath: path] == standard ? nil : .text(model[keyPath: path].rawValue) })
    }

    /// One of some words, or none.
    static func choice<Word: ModelWord>(_ name: String, _ path: ModelPath<Model, Word?>, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .choice(Word.words), isRequired: false, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = ValueReader.choice(value, Word.self, &context) },
            write: { model, _ in model[keyPath: path].map { .text($0.rawValue) } })
    }

    /// Some of some words; written unless they are the default.
    static func choices<Word: ModelWord>(_ name: String, _ path: ModelPath<Model, [Word]>, default standard: [Word], _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .list(.choice(Word.words), max: Word.words.count), isRequired: false, meaning: meaning),
            read: { model, value, context in
                model[keyPath: path] = ValueReader.elements(value, max: Word.words.count, &context) { ValueReader.choice($0, Word.self, &$1) }
            },
            write: { model, form in
                form == .brief && model[keyPath: path] == standard ? nil : .list(model[keyPath: path].map { .text($0.rawValue) })
            })
    }

    /// `true` or `false`; false where it is not said.
    static func flag(_ name: String, _ path: ModelPath<Model, Bool>, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .flag, isRequired: false, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = ValueReader.flag(value, &context) ?? false },
            write: { model, _ in model[keyPath: path] ? .flag(true) : nil })
    }

    static func count(_ name: String, _ path: ModelPath<Model, Int>, _ range: ClosedRange<Int>, default standard: Int, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .count(range), isRequired: false, meaning: meaning),
            read: { model, value, context in if let count = ValueReader.count(value, range, &context) { model[keyPath: path] = count } },
            write: { model, form in form == .brief && model[keyPath: path] == standard ? nil : .number(Double(model[keyPath: path])) })
    }

    static func count(_ name: String, _ path: ModelPath<Model, Int?>, _ range: ClosedRange<Int>, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .count(range), isRequired: false, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = ValueReader.count(value, range, &context) },
            write: { model, _ in model[keyPath: path].map { .number(Double($0)) } })
    }

    static func number(_ name: String, _ path: ModelPath<Model, Double?>, _ range: ClosedRange<Double>?, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .number(range), isRequired: false, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = ValueReader.number(value, range, &context) },
            write: { model, _ in model[keyPath: path].map { .number($0) } })
    }

    static func number(required name: String, _ path: ModelPath<Model, Double>, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .number(nil), isRequired: true, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = ValueReader.number(value, nil, &context) ?? 0 },
            write: { model, _ in .number(model[keyPath: path]) })
    }

    static func numbers(_ name: String, _ path: ModelPath<Model, [Double]>, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .list(.number(nil), max: ValueShape.elementsMax), isRequired: false, meaning: meaning),
            read: { model, value, context in
                model[keyPath: path] = ValueReader.elements(value, max: ValueShape.elementsMax, &context) { ValueReader.number($0, nil, &$1) }
            },
            write: { model, _ in model[keyPath: path].isEmpty ? nil : .list(model[keyPath: path].map { .number($0) }) })
    }
}

/// A closed set of words of the file.
protocol ModelWord: RawRepresentable<String>, CaseIterable, Equatable, Sendable {}

extension ModelWord {
    static var words: [String] { allCases.map(\.rawValue) }
}

extension Dashboard.Group: ModelWord {}
extension Dashboard.Export: ModelWord {}
extension Dashboard.Section.Layout: ModelWord {}
extension Panel.Chart: ModelWord {}
extension Panel.Unit: ModelWord {}
extension PanelOptions.Direction: ModelWord {}
extension PanelOptions.Axis: ModelWord {}
extension PanelOptions.Draw: ModelWord {}
