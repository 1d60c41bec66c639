/// `printf`: values put into a text at its verbs.
///
/// Source: https://pkg.go.dev/fmt, "Printing", "Explicit argument indexes" and "Format errors".
struct GoFormat {
    private var rest: Substring
    private let arguments: [TemplateValue]
    private var nextArgument = 0
    private var usesIndexes = false
    private var printer = GoPrinter(bytesMax: TemplateLimits.outputBytesMax)

    private init(_ format: String, _ arguments: [TemplateValue]) {
        rest = Substring(format)
        self.arguments = arguments
    }

    static func text(_ format: String, _ arguments: [TemplateValue]) throws(TemplateFailure) -> String {
        var format = GoFormat(format, arguments)
        format.run()
        return try format.printer.whole()
    }

    private mutating func run() {
        while !rest.isEmpty {
            let plain = rest.prefix { $0 != "%" }
            printer.append(String(plain))
            rest = rest.dropFirst(plain.count)
            if rest.popFirst() != nil { appendVerb() }
            if printer.isFull { return }
        }
        if !usesIndexes, nextArgument < arguments.count { appendExtra() }
    }

    private mutating func appendVerb() {
        var verb = FormatVerb()
        takeFlags(&verb)
        var isGood = takeIndex()
        takeWidth(&verb)
        takePrecision(&verb, &isGood)
        if rest.first == "[" { isGood = takeIndex() && isGood }
        guard let letter = rest.popFirst() else {
            printer.append("%!(NOVERB)")
            return
        }
        verb.letter = letter
        if letter == "%" {
            printer.append("%")
        } else if !isGood {
            printer.append("%!\(letter)(BADINDEX)")
        } else if nextArgument >= arguments.count {
            printer.append("%!\(letter)(MISSING)")
        } else {
            let argument = arguments[nextArgument]
            nextArgument += 1
            append(argument, verb)
        }
    }

    private mutating func append(_ argument: TemplateValue, _ verb: FormatVerb) {
        switch verb.letter {
        case "T": printer.append(FormatVerb(letter: "s", isLeftAligned: verb.isLeftAligned, width: verb.width).padded(argument.typeName))
        default: printer.append(argument, verb)
        }
    }

    private mutating func takeFlags(_ verb: inout FormatVerb) {
        while let flag = rest.first {
            switch flag {
            case "-": verb.isLeftAligned = true
            case "+": verb.hasSign = true
            case " ": verb.hasSpace = true
            case "#": verb.isAlternate = true
            case "0": verb.hasZeros = true
            default: return
            }
            rest = rest.dropFirst()
        }
    }

    private mutating func takeWidth(_ verb: inout FormatVerb) {
        if rest.first == "*" {
            rest = rest.dropFirst()
            guard let width = takeNumberArgument() else {
                printer.append("%!(BADWIDTH)")
                return
            }
            if width < 0 { (verb.isLeftAligned, verb.hasZeros) = (true, false) }
            verb.width = abs(width)
        } else {
            verb.width = takeNumber()
        }
    }

    private mutating func takePrecision(_ verb: inout FormatVerb, _ isGood: inout Bool) {
        guard rest.first == "." else { return }
        rest = rest.dropFirst()
        if rest.first == "[" { isGood = takeIndex() && isGood }
        if rest.first == "*" {
            rest = rest.dropFirst()
            guard let precision = takeNumberArgument(), precision >= 0 else {
                printer.append("%!(BADPREC)")
                return
            }
            verb.precision = precision
        } else {
            verb.precision = takeNumber() ?? 0
        }
    }

    /// Takes digits; a number that is too large is none.
    private mutating func takeNumber() -> Int? {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        rest = rest.dropFirst(digits.count)
        return Int(digits).flatMap { $0 <= TemplateLimits.formatWidthMax ? $0 : nil }
    }

    private mutating func takeNumberArgument() -> Int? {
        guard nextArgument < arguments.count else { return nil }
        nextArgument += 1
        guard case .int(let number) = arguments[nextArgument - 1], abs(number) <= TemplateLimits.formatWidthMax else { return nil }
        return number
    }

    /// `[2]`, which says which argument is next.
    ///
    /// - Returns: false when there is no such argument.
    private mutating func takeIndex() -> Bool {
        guard rest.first == "[" else { return true }
        usesIndexes = true
        guard let end = rest.firstIndex(of: "]") else {
            rest = rest.dropFirst()
            return false
        }
        let number = Int(rest[rest.index(after: rest.startIndex)..<end])
        rest = rest[rest.index(after: end)...]
        guard let number, (1...max(1, arguments.count)).contains(number), number <= arguments.count else { return false }
        nextArgument = number - 1
        return true
    }

    private mutating func appendExtra() {
        printer.append("%!(EXTRA ")
        for (index, argument) in arguments[nextArgument...].enumerated() {
            if index > 0 { printer.append(", ") }
            printer.append(argument.typeName)
            if case .none = argument { continue }
            printer.append("=")
            printer.append(argument)
        }
        printer.append(")")
    }
}
