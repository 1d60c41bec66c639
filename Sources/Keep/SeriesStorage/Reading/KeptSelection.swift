internal import GatewayModel

/// One series of an answer: its samples as they were when it was selected. Later appends, flushes and merges do not change it, and reading takes no lock.
struct KeptSelection: SelectedSeries {
    let labels: SeriesLabels
    let pieces: SeriesPieces
    let onDamage: @Sendable (String) -> Void

    func read(from: Int64, through: Int64, into samples: inout SampleColumns) throws(SeriesError) {
        pieces.read(from: from, through: through, into: &samples, onDamage: onDamage)
    }
}
