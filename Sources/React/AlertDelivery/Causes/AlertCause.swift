/// What most likely lies behind an alert.
package struct AlertCause: Sendable, Equatable {
    /// With figures: `gpt-4o at openai for client batch-7: 312 of 340 additional errors, mostly rate_limit`.
    package var sentence: String
    /// The records that it is about, in the filter language.
    package var filter: String

    package init(sentence: String, filter: String) {
        self.sentence = sentence
        self.filter = filter
    }
}
