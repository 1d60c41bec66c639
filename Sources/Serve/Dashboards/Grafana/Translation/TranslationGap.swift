/// Why something cannot be said in PromQL over metric families.
package struct TranslationGap: Error, Sendable, Equatable {
    /// For people, without a full stop.
    package let reason: String
}
