extension ModelKey {
    /// An object that may be missing.
    static func object<Part: Sendable>(_ name: String, _ path: ModelPath<Model, Part?>, _ table: ObjectTable<Part>, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .object(table.outline), isRequired: false, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = table.read(value, &context) },
            write: { model, form in model[keyPath: path].map { table.write($0, form) } })
    }

    /// An object that is always there and left out where it has nothing to say.
    static func object<Part: Sendable>(_ name: String, _ path: ModelPath<Model, Part>, _ table: ObjectTable<Part>, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .object(table.outline), isRequired: false, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = table.read(value, &context) },
            write: { model, form in
                let written = table.write(model[keyPath: path], form)
                return written.content == .object([]) ? nil : written
            })
    }

    /// Keys of the model itself that the file keeps in an object of their own.
    static func group(_ name: String, _ table: ObjectTable<Model>, _ meaning: String) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .object(table.outline), isRequired: false, meaning: meaning),
            read: { model, value, context in
                let start = model
                let inner = ObjectTable(table.outline.name, table.keys, blank: { start })
                model = inner.read(value, &context)
            },
            write: { model, form in
                let written = table.write(model, form)
                return written.content == .object([]) ? nil : written
            })
    }

    static func objects<Part: Sendable>(
        _ name: String, _ path: ModelPath<Model, [Part]>, _ table: ObjectTable<Part>, max: Int = ValueShape.elementsMax, isRequired: Bool = false, _ meaning: String
    ) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .list(.object(table.outline), max: max), isRequired: isRequired, meaning: meaning),
            read: { model, value, context in
                model[keyPath: path] = ValueReader.elements(value, max: max, &context) { table.read($0, &$1) }
            },
            write: { model, form in model[keyPath: path].isEmpty && !isRequired ? nil : .list(model[keyPath: path].map { table.write($0, form) }) })
    }

    /// Names with an object each.
    static func objectMap<Part: Sendable>(_ name: String, _ path: ModelPath<Model, [String: Part]>, _ table: ObjectTable<Part>, _ meaning: String) -> ModelKey {
        map(name, path, .object(table.outline), meaning, read: { table.read($0, &$1) }, write: { table.write($0, .brief) })
    }

    /// Names with a text each.
    static func textMap(_ name: String, _ path: ModelPath<Model, [String: String]>, _ meaning: String) -> ModelKey {
        map(name, path, .text(.any), meaning, read: { ValueReader.text($0, .any, &$1) }, write: { .text($0) })
    }

    /// Names with a number each.
    static func numberMap(_ name: String, _ path: ModelPath<Model, [String: Double]>, _ meaning: String) -> ModelKey {
        map(name, path, .number(nil), meaning, read: { ValueReader.number($0, nil, &$1) }, write: { .number($0) })
    }

    private static func map<Part: Sendable>(
        _ name: String, _ path: ModelPath<Model, [String: Part]>, _ shape: ValueShape, _ meaning: String,
        read: @escaping @Sendable (DocumentValue, inout ReadingContext) -> Part?, write: @escaping @Sendable (Part) -> DocumentValue
    ) -> ModelKey {
        ModelKey(
            outline: KeyOutline(name: name, shape: .map(shape, max: ValueShape.elementsMax), isRequired: false, meaning: meaning),
            read: { model, value, context in model[keyPath: path] = ValueReader.members(value, &context, read) },
            write: { model, _ in
                let parts = model[keyPath: path].sorted { $0.key < $1.key }
                return parts.isEmpty ? nil : .object(parts.map { ($0.key, write($0.value)) })
            })
    }
}
