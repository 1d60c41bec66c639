/// Texts for Slack.
///
/// Source: https://docs.slack.dev/messaging/formatting-message-text: `&`, `<` and `>` are the only characters that mean something, and must be written as entities.
enum SlackText {
    /// A text in which nothing means anything: a value `<!channel>` calls nobody.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// A text of somebody else as part of marked-up text: characters that would make it bold or code are kept from it by an invisible one in front. Within a word
    /// they mean nothing, and names with underscores stay as they are, to be copied.
    static func plain(_ text: String) -> String {
        var result = ""
        var isInWord = false
        for character in escaped(text) {
            if "*_~`".contains(character), !isInWord { result.append("\u{2060}") }
            result.append(character)
            isInWord = character.isLetter || character.isNumber || isInWord && character == "_"
        }
        return result
    }

    /// `<https://...|text>`; a bar or an angle in the address would end it.
    static func link(_ address: String, _ text: String) -> String {
        "<\(escaped(address).replacing("|", with: "%7C"))|\(escaped(text).replacing("|", with: "¦"))>"
    }

    /// A user's template may hold Slack's own marks, but not those that call everybody: labels come in there as they are.
    static func withoutCalls(_ text: String) -> String {
        text.replacing("<!", with: "&lt;!").replacing("<@", with: "&lt;@").replacing("<#", with: "&lt;#")
    }
}
