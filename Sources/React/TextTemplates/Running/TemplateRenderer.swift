internal import GatewayModel

/// Carries a template out.
///
/// Source: https://pkg.go.dev/text/template; errors name the place and what stood there in Go's words, since people compare them with Prometheus's.
struct TemplateRenderer {
    /// How a list went on.
    private enum Flow { case next, breakLoop, continueLoop }

    /// Where it is, for errors.
    enum Spot {
        case nothing
        case operand(TemplateOperand)
        case command(TemplateCommand)
        case pipeline(TemplatePipeline)
        case action(TemplatePipeline)
        case reference(TemplateReference)
    }

    private let definitions: [String: TemplateTree]
    let functions: TemplateFunctions
    let context: TemplateContext
    private let escapesHTML: Bool
    private var output = GoPrinter(bytesMax: TemplateLimits.outputBytesMax)
    private var tree: TemplateTree
    private var variables: [(name: String, value: TemplateValue)] = []
    var spot = Spot.nothing
    private var depth = 0
    private var steps = 0
    private var intermediateBytes = 0
    private var nestedValues = 0

    private init(_ tree: TemplateTree, _ definitions: [String: TemplateTree], _ functions: TemplateFunctions, _ context: TemplateContext, escapesHTML: Bool) {
        self.tree = tree
        self.definitions = definitions
        self.functions = functions
        self.context = context
        self.escapesHTML = escapesHTML
    }

    static func render(
        _ name: String, of definitions: [String: TemplateTree], _ functions: TemplateFunctions, _ data: TemplateValue, _ context: TemplateContext, escapesHTML: Bool
    ) throws(TemplateFailure) -> String {
        guard let tree = definitions[name] else { throw TemplateFailure("template: \(name): \(name.goQuoted) is an incomplete or empty template") }
        var renderer = TemplateRenderer(tree, definitions, functions, context, escapesHTML: escapesHTML)
        renderer.variables = [("$", data)]
        _ = try renderer.walk(tree.nodes, data)
        return renderer.output.text
    }

    // MARK: Lists

    private mutating func walk(_ nodes: [TemplateNode], _ dot: TemplateValue) throws(TemplateFailure) -> Flow {
        for node in nodes {
            try countStep()
            switch node {
            case .text(let text):
                output.append(text)
                try checkOutput()
            case .action(let pipeline): try carryOut(pipeline, dot)
            case .branch(let branch):
                let flow = try branch.kind == .range ? walkRange(branch, dot) : walkBranch(branch, dot)
                if flow != .next { return flow }
            case .template(let reference): try call(reference, dot)
            case .breakLoop: return .breakLoop
            case .continueLoop: return .continueLoop
            }
        }
        return .next
    }

    private mutating func carryOut(_ pipeline: TemplatePipeline, _ dot: TemplateValue) throws(TemplateFailure) {
        let value = try evaluate(pipeline, dot)
        guard pipeline.variables.isEmpty else { return }
        spot = .action(pipeline)
        switch value {
        case .none: output.append(escapesHTML ? "" : "<no value>")
        case .html(let text) where escapesHTML: output.append(text)
        case .string(let text) where escapesHTML && pipeline.endsWithEscaping: output.append(text)
        case _ where escapesHTML: output.append(TextEscaping.htmlValue(try printed(value)))
        default: output.append(value)
        }
        try checkOutput()
    }

    private mutating func printed(_ value: TemplateValue) throws(TemplateFailure) -> String {
        do { return try GoPrinter.print([value]) } catch { throw failure(error.message) }
    }

    private mutating func walkBranch(_ branch: TemplateBranch, _ dot: TemplateValue) throws(TemplateFailure) -> Flow {
        try enter()
        let inSight = variables.count
        let value = try evaluate(branch.pipeline, dot)
        let flow = value.isTrue ? try walk(branch.body, branch.kind == .with ? value : dot) : try walk(branch.otherwise, dot)
        variables.removeSubrange(inSight...)
        depth -= 1
        return flow
    }

    // MARK: Loops

    private mutating func walkRange(_ branch: TemplateBranch, _ dot: TemplateValue) throws(TemplateFailure) -> Flow {
        try enter()
        let inSight = variables.count
        let value = try evaluate(branch.pipeline, dot)
        let ran = try walkElements(of: value.contents, branch)
        variables.removeSubrange(inSight...)
        let flow = ran ? .next : try walk(branch.otherwise, dot)
        depth -= 1
        return flow
    }

    /// - Returns: false when there was none.
    private mutating func walkElements(of value: TemplateValue, _ branch: TemplateBranch) throws(TemplateFailure) -> Bool {
        switch value {
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                if try !walkElement(element, index: .int(index), branch) { break }
            }
            return !elements.isEmpty
        case .map(let entries), .dictionary(let entries):
            for (key, element) in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                if try !walkElement(element, index: .string(key), branch) { break }
            }
            return !entries.isEmpty
        case .int(let count):
            if branch.pipeline.variables.count > 1 { throw failure("can't use \(count) to iterate over more than one variable") }
            var index = 0
            while index < count, try walkElement(.int(index), index: .none, branch) { index += 1 }
            return count > 0
        case .duration(let nanoseconds): return try walkElements(of: .int(Int(nanoseconds)), branch)
        case .none: return false
        case .bool, .float, .string, .html, .url, .time, .object: throw failure("range can't iterate over \(try printed(value))")
        }
    }

    /// - Returns: false when the loop is to end.
    private mutating func walkElement(_ element: TemplateValue, index: TemplateValue, _ branch: TemplateBranch) throws(TemplateFailure) -> Bool {
        try countStep()
        let names = branch.pipeline.variables
        let inSight = variables.count
        if branch.pipeline.isAssignment {
            if names.count > 1 { try assign(index, to: names[0]) }
            if let last = names.last { try assign(element, to: last) }
        } else {
            if names.count > 1 { variables[variables.count - 2].value = index }
            if !names.isEmpty { variables[variables.count - 1].value = element }
        }
        let flow = try walk(branch.body, element)
        variables.removeSubrange(inSight...)
        return flow != .breakLoop
    }

    // MARK: Templates

    private mutating func call(_ reference: TemplateReference, _ dot: TemplateValue) throws(TemplateFailure) {
        spot = .reference(reference)
        guard let called = definitions[reference.name] else { throw failure("template \(reference.name.goQuoted) not defined") }
        try enter()
        let data = if let pipeline = reference.pipeline { try evaluate(pipeline, dot) } else { TemplateValue.none }
        let outer = (tree, variables)
        (tree, variables) = (called, [("$", data)])
        _ = try walk(called.nodes, data)
        (tree, variables) = outer
        depth -= 1
    }

    // MARK: Variables

    mutating func declare(_ name: String, _ value: TemplateValue) { variables.append((name, value)) }

    mutating func assign(_ value: TemplateValue, to name: String) throws(TemplateFailure) {
        guard let place = variables.lastIndex(where: { $0.name == name }) else { throw failure("undefined variable: \(name)") }
        variables[place].value = value
    }

    func value(of name: String) throws(TemplateFailure) -> TemplateValue {
        guard let variable = variables.last(where: { $0.name == name }) else { throw failure("undefined variable: \(name)") }
        return variable.value
    }

    // MARK: Limits

    mutating func enter() throws(TemplateFailure) {
        depth += 1
        if depth > TemplateLimits.depthMax { throw failure("exceeded maximum template depth (\(TemplateLimits.depthMax))") }
    }

    mutating func leave() { depth -= 1 }

    mutating func countStep(_ count: Int = 1) throws(TemplateFailure) {
        steps += count
        if steps > TemplateLimits.stepsMax { throw failure("more than \(TemplateLimits.stepsMax) steps") }
    }

    /// Counts what functions are given and make.
    mutating func count(_ values: some Sequence<TemplateValue>) throws(TemplateFailure) {
        for value in values {
            intermediateBytes += value.textBytes
            switch value {
            case .list(let elements): try countStep(elements.count / 8)
            case .map(let entries), .dictionary(let entries): try countStep(entries.count / 8)
            default: continue
            }
        }
        if intermediateBytes > TemplateLimits.intermediateBytesMax { throw failure("functions handled more than \(TemplateLimits.intermediateBytesMax) bytes") }
    }

    /// Counts lists and maps that are put into others.
    mutating func countNested(_ arguments: [TemplateValue]) throws(TemplateFailure) {
        guard arguments.contains(where: \.holdsOthers) else { return }
        nestedValues += 1
        if nestedValues > TemplateLimits.nestedValuesMax { throw failure("more than \(TemplateLimits.nestedValuesMax) lists and maps within others") }
    }

    private func checkOutput() throws(TemplateFailure) {
        if output.isFull { throw failure("output of more than \(TemplateLimits.outputBytesMax) bytes") }
    }

    // MARK: Errors

    /// A failure at the place where it is.
    func failure(_ reason: String) -> TemplateFailure {
        let (offset, text): (Int, String)
        switch spot {
        case .nothing: return TemplateFailure("template: \(tree.name): \(reason)")
        case .operand(let operand): (offset, text) = (operand.offset, operand.description)
        case .command(let command): (offset, text) = (command.arguments.first?.offset ?? 0, command.description)
        case .pipeline(let pipeline): (offset, text) = (pipeline.offset, pipeline.description)
        case .action(let pipeline): (offset, text) = (pipeline.offset, "{{\(pipeline)}}")
        case .reference(let reference): (offset, text) = (reference.offset, reference.description)
        }
        let (line, column) = tree.source.place(of: offset)
        return TemplateFailure("template: \(tree.source.name):\(line):\(column): executing \(tree.name.goQuoted) at <\(text)>: \(reason)")
    }
}
