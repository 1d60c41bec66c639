/// One line of a price list: what a model costs from a day on.
package struct PriceEntry: Sendable, Hashable {
    /// The provider's canonical name, in lower case: `openai`, `aws.bedrock`.
    package let provider: String
    /// The model as written in the list; ends in `*` when the line holds for every model that begins so.
    package let model: String
    /// The first instant at which the line holds; nil: since ever. It holds until the next line of the same provider and model.
    package let from: Timestamp?
    package let listed: ListedPrice

    package init(provider: String, model: String, from: Timestamp?, listed: ListedPrice) {
        self.provider = provider
        self.model = model
        self.from = from
        self.listed = listed
    }
}

/// A line that says: what one provider serves under a name costs what another provider lists.
package struct PriceAlias: Sendable, Hashable {
    /// The provider that the line is about.
    package let provider: String
    /// The model's name there; ends in `*` when the line holds for every model that begins so; `*` alone for all.
    package let model: String
    package let targetProvider: String
    /// The model's name at the target; nil: the same name.
    package let targetModel: String?

    package init(provider: String, model: String, targetProvider: String, targetModel: String?) {
        self.provider = provider
        self.model = model
        self.targetProvider = targetProvider
        self.targetModel = targetModel
    }
}
