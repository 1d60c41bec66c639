internal import GatewayModel

extension TemplateParser {
    /// Variables, commands and what is within parentheses, up to a token that ends them.
    ///
    /// - Parameter context: what errors call it: `command`, `range`, `template clause`.
    mutating func parsePipeline(_ context: String, until end: TemplateToken.Kind) throws(TemplateSyntaxError) -> TemplatePipeline {
        var pipeline = TemplatePipeline(offset: peekNonSpace().offset)
        try parseVariables(of: &pipeline, context)
        while true {
            let mark = mark
            let token = takeNonSpace()
            switch token.kind {
            case end:
                try check(pipeline, context)
                return pipeline
            case .bool, .character, .complex, .keyword(.dot), .field, .identifier, .number, .keyword(.nil), .rawString, .string, .variable, .leftParenthesis:
                goBack(to: mark)
                pipeline.commands.append(try parseCommand())
            default: throw unexpected(token, context)
            }
        }
    }

    /// `$x :=`, `$x =`, and of `range` `$index, $element :=`.
    private mutating func parseVariables(of pipeline: inout TemplatePipeline, _ context: String) throws(TemplateSyntaxError) {
        while peekNonSpace().kind == .variable {
            let mark = mark
            let variable = take()
            let following = peekNonSpace()
            switch following.kind {
            case .assign, .declare:
                _ = takeNonSpace()
                pipeline.isAssignment = following.kind == .assign
                pipeline.variables.append(variable.text)
                declare(variable.text)
                return
            case .other where following.text == ",":
                _ = takeNonSpace()
                pipeline.variables.append(variable.text)
                declare(variable.text)
                guard context == "range", pipeline.variables.count < 2 else { throw error("too many declarations in \(context)") }
                switch peekNonSpace().kind {
                case .variable, .rightDelimiter, .rightParenthesis: continue
                default: throw error("range can only initialize variables")
                }
            default:
                goBack(to: mark)
                return
            }
        }
    }

    private func check(_ pipeline: TemplatePipeline, _ context: String) throws(TemplateSyntaxError) {
        if pipeline.commands.isEmpty { throw error("missing value for \(context)") }
        for (index, command) in pipeline.commands.enumerated().dropFirst() {
            switch command.arguments.first?.kind {
            case .bool, .dot, .some(.none), .number, .string: throw error("non executable command in pipeline stage \(index + 1)")
            case .field, .variable, .function, .chain, .pipeline, nil: continue
            }
        }
    }

    private mutating func parseCommand() throws(TemplateSyntaxError) -> TemplateCommand {
        var command = TemplateCommand()
        while true {
            _ = peekNonSpace()
            if let operand = try parseOperand() { command.arguments.append(operand) }
            let mark = mark
            let token = take()
            switch token.kind {
            case .space: continue
            case .rightDelimiter, .rightParenthesis: goBack(to: mark)
            case .pipe: break
            default: throw unexpected(token, "operand")
            }
            break
        }
        if command.arguments.isEmpty { throw error("empty command") }
        return command
    }

    /// A term and the fields that follow it.
    private mutating func parseOperand() throws(TemplateSyntaxError) -> TemplateOperand? {
        guard let term = try parseTerm() else { return nil }
        guard peek().kind == .field else { return term }
        let offset = peek().offset
        var fields: [String] = []
        while peek().kind == .field { fields.append(String(take().text.dropFirst())) }
        switch term.kind {
        case .field(let first): return TemplateOperand(offset: offset, kind: .field(first + fields))
        case .variable(let name, let first): return TemplateOperand(offset: offset, kind: .variable(name, first + fields))
        case .bool, .string, .number, .none, .dot: throw error("unexpected . after term \(term.description.goQuoted)")
        case .function, .chain, .pipeline: return TemplateOperand(offset: offset, kind: .chain(term, fields))
        }
    }

    /// - Returns: nil when what follows is no value; then nothing is taken.
    private mutating func parseTerm() throws(TemplateSyntaxError) -> TemplateOperand? {
        let mark = mark
        let token = takeNonSpace()
        let kind: TemplateOperand.Kind
        switch token.kind {
        case .identifier:
            guard isDefined(function: token.text) else { throw error("function \(token.text.goQuoted) not defined") }
            kind = .function(token.text)
        case .keyword(.dot): kind = .dot
        case .keyword(.nil): kind = .none
        case .variable:
            guard variables.contains(token.text) else { throw error("undefined variable \(token.text.goQuoted)") }
            kind = .variable(token.text, [])
        case .field: kind = .field([String(token.text.dropFirst())])
        case .bool: kind = .bool(token.text == "true")
        case .character, .complex, .number:
            do throws(TemplateFailure) { kind = .number(try TemplateNumber(token)) } catch let failure { throw error(failure.message) }
        case .leftParenthesis:
            try enter()
            let pipeline = try parsePipeline("parenthesized pipeline", until: .rightParenthesis)
            leave()
            return TemplateOperand(offset: pipeline.offset, kind: .pipeline(pipeline))
        case .string, .rawString: kind = .string(try unquoted(token), quoted: token.text)
        default:
            goBack(to: mark)
            return nil
        }
        return TemplateOperand(offset: token.offset, kind: kind)
    }
}
