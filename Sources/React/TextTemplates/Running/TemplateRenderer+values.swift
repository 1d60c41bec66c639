internal import GatewayModel

/// Values: pipelines, commands, fields and calls.
extension TemplateRenderer {
    mutating func evaluate(_ pipeline: TemplatePipeline, _ dot: TemplateValue) throws(TemplateFailure) -> TemplateValue {
        spot = .pipeline(pipeline)
        // nil: there is no value that a command would get as its last argument.
        var value: TemplateValue?
        for command in pipeline.commands { value = try evaluate(command, dot, final: value) }
        let result = value ?? .none
        for name in pipeline.variables {
            if pipeline.isAssignment { try assign(result, to: name) } else { declare(name, result) }
        }
        return result
    }

    private mutating func evaluate(_ command: TemplateCommand, _ dot: TemplateValue, final: TemplateValue?) throws(TemplateFailure) -> TemplateValue {
        try countStep()
        guard let first = command.arguments.first else { return .none }
        let arguments = command.arguments.dropFirst()
        switch first.kind {
        case .field, .chain, .variable, .function: return try evaluate(first, dot, arguments, final)
        case .pipeline(let pipeline):
            try refuse(arguments, final, of: first)
            return try evaluateNested(pipeline, dot)
        case .none:
            spot = .operand(first)
            try refuse(arguments, final, of: first)
            throw failure("nil is not a command")
        case .dot, .bool, .number, .string:
            spot = .operand(first)
            try refuse(arguments, final, of: first)
            return try constant(first, dot)
        }
    }

    private func refuse(_ arguments: ArraySlice<TemplateOperand>, _ final: TemplateValue?, of operand: TemplateOperand) throws(TemplateFailure) {
        if !arguments.isEmpty || final != nil { throw failure("can't give argument to non-function \(operand)") }
    }

    private mutating func evaluateNested(_ pipeline: TemplatePipeline, _ dot: TemplateValue) throws(TemplateFailure) -> TemplateValue {
        try enter()
        let value = try evaluate(pipeline, dot)
        leave()
        return value
    }

    private func constant(_ operand: TemplateOperand, _ dot: TemplateValue) throws(TemplateFailure) -> TemplateValue {
        switch operand.kind {
        case .dot: return dot
        case .bool(let value): return .bool(value)
        case .number(let number):
            guard let value = number.value else { throw failure("complex numbers are not supported: \(operand)") }
            return value
        case .string(let text, _): return .string(text)
        case .none, .field, .variable, .function, .chain, .pipeline: return .none
        }
    }

    /// A field, variable, function or chain, with the arguments that are given to it.
    private mutating func evaluate(
        _ operand: TemplateOperand, _ dot: TemplateValue, _ arguments: ArraySlice<TemplateOperand>, _ final: TemplateValue?
    ) throws(TemplateFailure) -> TemplateValue {
        spot = .operand(operand)
        switch operand.kind {
        case .field(let names): return try follow(names, from: dot, of: operand, dot, arguments, final)
        case .variable(let name, let fields):
            let value = try value(of: name)
            if fields.isEmpty {
                try refuse(arguments, final, of: operand)
                return value
            }
            return try follow(fields, from: value, of: operand, dot, arguments, final)
        case .chain(let start, let fields):
            if case .none = start.kind { throw failure("indirection through explicit nil in \(operand)") }
            return try follow(fields, from: try argument(start, .any, dot), of: operand, dot, arguments, final)
        case .function(let name): return try call(name, TemplateCommand(arguments: [operand] + arguments), dot, arguments, final)
        case .dot, .none, .bool, .number, .string, .pipeline: return .none
        }
    }

    // MARK: Fields

    /// Fields of fields; the last gets the arguments, if it is a method.
    private mutating func follow(
        _ names: [String], from start: TemplateValue, of operand: TemplateOperand, _ dot: TemplateValue, _ arguments: ArraySlice<TemplateOperand>,
        _ final: TemplateValue?
    ) throws(TemplateFailure) -> TemplateValue {
        var value = start
        for name in names.dropLast() { value = try member(name, of: value, operand, dot, [], nil) }
        guard let last = names.last else { return value }
        return try member(last, of: value, operand, dot, arguments, final)
    }

    private mutating func member(
        _ name: String, of value: TemplateValue, _ operand: TemplateOperand, _ dot: TemplateValue, _ arguments: ArraySlice<TemplateOperand>, _ final: TemplateValue?
    ) throws(TemplateFailure) -> TemplateValue {
        switch value {
        case .none: return .none
        case .map(let entries), .dictionary(let entries):
            if !arguments.isEmpty || final != nil { throw failure("\(name) is not a method but has arguments") }
            if let entry = entries[name] { return entry }
            if case .map = value { return .string("") } else { return .none }
        case .bool, .int, .float, .string, .list, .html, .url: throw failure("can't evaluate field \(name) in type \(value.typeName)")
        case .object, .time, .duration: break
        }
        if !arguments.isEmpty || final != nil, ((try? Self.member(name, of: value, [])) ?? nil) != nil {
            throw failure("\(name) has arguments but cannot be invoked as function")
        }
        var given: [TemplateValue] = []
        for argument in arguments { given.append(try self.argument(argument, .any, dot)) }
        if let final { given.append(final) }
        do {
            if let found = try Self.member(name, of: value, given) { return found }
        } catch {
            spot = .operand(operand)
            throw failure("error calling \(name): \(error.message)")
        }
        if given.isEmpty, case .map(let entries) = value.contents { return entries[name] ?? .string("") }
        throw failure("can't evaluate field \(name) in type \(value.typeName)")
    }

    private static func member(_ name: String, of value: TemplateValue, _ arguments: [TemplateValue]) throws(TemplateFailure) -> TemplateValue? {
        switch value {
        case .object(let object): return try object.member(name, arguments)
        case .time(let time): return try time.member(name, arguments)
        case .duration(let nanoseconds): return arguments.isEmpty ? GoTimeFormat.member(ofDuration: nanoseconds, name) : nil
        case .none, .bool, .int, .float, .string, .list, .map, .dictionary, .html, .url: return nil
        }
    }

    // MARK: Calls

    private mutating func call(
        _ name: String, _ command: TemplateCommand, _ dot: TemplateValue, _ arguments: ArraySlice<TemplateOperand>, _ final: TemplateValue?
    ) throws(TemplateFailure) -> TemplateValue {
        guard let function = functions[name] else { throw failure("\(name.goQuoted) is not a defined function") }
        let (least, given) = (function.parameters.count, arguments.count + (final == nil ? 0 : 1))
        if function.others != nil, given < least { throw failure("wrong number of args for \(name): want at least \(least) got \(arguments.count)") }
        if function.others == nil, given != least { throw failure("wrong number of args for \(name): want \(least) got \(given)") }
        if name == "and" || name == "or" { return try choose(until: name == "or", dot, arguments, final) }
        var values: [TemplateValue] = []
        for (index, argument) in arguments.enumerated() { values.append(try self.argument(argument, type(of: function, at: index), dot)) }
        if let final { values.append(try validated(final, type(of: function, at: values.count))) }
        try count(values)
        if ["list", "append", "dict", "args"].contains(name) { try countNested(name == "append" ? Array(values.dropFirst()) : values) }
        let result: TemplateValue
        do { result = try function.body(values, context) } catch {
            spot = .command(command)
            throw failure("error calling \(name): \(error.message)")
        }
        try count(CollectionOfOne(result))
        return result
    }

    private func type(of function: TemplateFunction, at index: Int) -> TemplateType {
        index < function.parameters.count ? function.parameters[index] : function.others ?? .any
    }

    /// `and` and `or`: the first argument that decides, or the last; those behind it are not evaluated.
    private mutating func choose(until decides: Bool, _ dot: TemplateValue, _ arguments: ArraySlice<TemplateOperand>, _ final: TemplateValue?) throws(TemplateFailure) -> TemplateValue {
        var value = TemplateValue.none
        for argument in arguments {
            value = try self.argument(argument, .any, dot)
            if value.isTrue == decides { return value }
        }
        return final ?? value
    }

    /// An argument's value, as a parameter wants it.
    private mutating func argument(_ operand: TemplateOperand, _ type: TemplateType, _ dot: TemplateValue) throws(TemplateFailure) -> TemplateValue {
        try countStep()
        spot = .operand(operand)
        switch operand.kind {
        case .dot: return try validated(dot, type)
        case .none:
            switch type {
            case .any, .texts, .list, .sample, .samples: return .none
            case .string, .integer, .time: throw failure("cannot assign nil to \(type.name)")
            }
        // Evaluated first: where it was last is the place of an error.
        case .field, .variable, .function, .chain:
            let value = try evaluate(operand, dot, [], nil)
            return try validated(value, type)
        case .pipeline(let pipeline):
            let value = try evaluateNested(pipeline, dot)
            return try validated(value, type)
        case .bool, .number, .string: break
        }
        let value = try constant(operand, dot)
        switch type {
        case .any: return value
        case .string:
            guard case .string = value else { throw failure("expected string; found \(operand)") }
            return value
        case .integer:
            guard case .number(let number) = operand.kind, let integer = number.integer else { throw failure("expected integer; found \(operand)") }
            return .int(integer)
        case .texts, .list, .time, .sample, .samples: throw failure("can't handle \(operand) for arg of type \(type.name)")
        }
    }

    private func validated(_ value: TemplateValue, _ type: TemplateType) throws(TemplateFailure) -> TemplateValue {
        if type.takes(value) { return value }
        if case .none = value { throw failure("invalid value; expected \(type.name)") }
        throw failure("wrong type for value; expected \(type.name); got \(value.typeName)")
    }
}
