/// How large and how deep templates may be, so that one of them costs only itself.
package enum TemplateLimits {
    /// Bytes of a template's text, of each file of templates too. Alertmanager's own mail template, the largest that is known, has 30 kB.
    package static let textBytesMax = 1 << 20
    /// Bytes of what a template gives. Slack, the most generous of those that get it, cuts at 40 kB; mail may have tables.
    package static let outputBytesMax = 1 << 20
    /// Bytes of text that functions make on the way, all together: what does not grow much past the output.
    package static let intermediateBytesMax = 16 << 20
    /// Actions and parentheses within each other, in the text. Reading and running recurse, on stacks of half a megabyte.
    package static let nestingMax = 100
    /// Actions, calls of templates and parentheses within each other, while it runs: where a template that calls itself ends.
    package static let depthMax = 250
    /// Parts carried out and values looked at. A notification of a hundred alerts with twenty labels takes some ten thousand.
    package static let stepsMax = 1_000_000
    /// Lists and maps put into others by functions; they are freed recursively.
    package static let nestedValuesMax = 500
    /// Columns and digits that a verb of `printf` may ask for; Go has the same limit.
    package static let formatWidthMax = 1_000_000
}
