/// How an object of the file becomes a value of the model and back.
struct ObjectTable<Model: Sendable>: Sendable {
    let outline: ObjectOutline
    let keys: [ModelKey<Model>]
    /// A value whose required parts are still empty.
    let blank: @Sendable () -> Model
    /// Looks at what was read without a fault: what no key knows alone.
    let check: @Sendable (Model, DocumentValue, inout ReadingContext) -> Void

    init(
        _ name: String, _ keys: [ModelKey<Model>], blank: @escaping @Sendable () -> Model,
        check: @escaping @Sendable (Model, DocumentValue, inout ReadingContext) -> Void = { _, _, _ in }
    ) {
        outline = ObjectOutline(name: name, keys: keys.map(\.outline))
        self.keys = keys
        self.blank = blank
        self.check = check
    }

    /// Reads an object. What is wrong is told to the context; the answer is then of no use.
    func read(_ value: DocumentValue, _ context: inout ReadingContext) -> Model {
        var model = blank()
        guard case .object(let members) = value.content else {
            context.fault("must be \(outline.name): a mapping of keys", at: value.place)
            return model
        }
        let faults = context.faultCount
        for key in keys {
            let found = members.first { $0.name == key.outline.name }?.value
            guard let found, !found.isNothing else {
                if key.outline.isRequired { context.fault("\(outline.name) needs \(key.outline.name)", at: value.place) }
                continue
            }
            context.within("." + key.outline.name) { key.read(&model, found, &$0) }
        }
        tellUnknown(members, &context)
        if context.faultCount == faults { check(model, value, &context) }
        return model
    }

    /// Keys that nobody asks for are misspelt.
    private func tellUnknown(_ members: [DocumentValue.Member], _ context: inout ReadingContext) {
        let names = keys.map(\.outline.name)
        for member in members where !names.contains(member.name) {
            context.fault("there is no key \(member.name.prefix(64))\(context.inWords)", at: member.place, hint: NearestName.hint(member.name, among: names))
        }
    }

    /// Writes an object.
    func write(_ model: Model, _ form: WritingForm) -> DocumentValue {
        .object(keys.compactMap { key in key.write(model, form).map { (key.outline.name, $0) } })
    }
}

/// For whom a dashboard is written.
enum WritingForm: Sendable {
    /// Only what differs from the defaults, as a person writes it.
    case brief
    /// Defaults filled in where they are not empty, so that a reader need not know them.
    case full
}
