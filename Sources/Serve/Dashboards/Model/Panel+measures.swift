internal import RequestQuery

extension Panel.Query {
    /// The measure that is called `name`, as the question writes it; `name` itself where it is a measure of its own.
    ///
    /// Columns and choices of a panel name measures either way.
    func written(_ name: String) -> String {
        measures.first { text in (try? QueryMeasure(text))?.name == name } ?? name
    }
}
