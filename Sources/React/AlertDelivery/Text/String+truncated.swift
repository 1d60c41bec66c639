extension String {
    /// The text, cut to so many characters, the last of them an ellipsis when something was cut.
    package func truncated(_ charactersMax: Int) -> String {
        guard let cut = index(startIndex, offsetBy: charactersMax, limitedBy: endIndex), cut < endIndex else { return self }
        return prefix(max(0, charactersMax - 1)) + "…"
    }

    /// The text, cut on a character's boundary to so many bytes of UTF-8, an ellipsis at the end when something was cut.
    package func truncated(utf8 bytesMax: Int) -> String {
        guard utf8.count > bytesMax else { return self }
        let ellipsis = "…"
        var kept = ""
        var bytes = ellipsis.utf8.count
        for character in self {
            bytes += character.utf8.count
            guard bytes <= bytesMax else { break }
            kept.append(character)
        }
        return kept + ellipsis
    }
}
