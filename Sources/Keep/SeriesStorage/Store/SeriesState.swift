internal import DurableFiles
internal import GatewayModel

/// What readers see, and what writers change, under one lock that is held briefly.
struct SeriesState {
    var directory = SeriesDirectory()
    /// By number.
    var blocks: [SeriesBlock] = []
    var metadata: [String: [MetricMetadata]] = [:]
    /// Entries in `metadata`.
    var metadataCount = 0
    var exemplars: ExemplarRing
    /// The generation of samples that `active` parts of series belong to; counts up when they are sealed.
    var generation: UInt32 = 1
    /// Bytes and samples of `active` parts.
    var activeBytes = 0
    var activeSamples: Int64 = 0
    /// When the first of them came.
    var activeSince: Timestamp?
    /// Samples that are on their way to blocks; nil when no flush is under way.
    var sealed: Sealed?
    /// Why the last flush failed; nil when it did not.
    var flushFailure: StorageError?
    /// The first day that is kept; samples before are refused.
    var retainedFromDay: Int32 = .min
    /// Sentences about what could not be read.
    var notes: [String] = []
    var totals = SeriesTotals()

    struct Sealed {
        let series: [KeptSeries]
        let samples: Int64
        /// The first log whose samples are not among them.
        let nextLog: UInt64
    }

    /// Sentences kept at most: they go with answers, and the event log has them all.
    static let notesMax = 20

    init(exemplarsMax: Int) { exemplars = ExemplarRing(max: exemplarsMax) }

    mutating func note(_ text: String) { if notes.count < Self.notesMax { notes.append(text) } }

    /// Keeps what is known of a family; the newest first where several targets disagree.
    mutating func keep(_ family: SampleBatch.FamilyMetadata, max: Int) {
        var known = metadata[family.family] ?? []
        if known.first == family.metadata { return }
        if let place = known.firstIndex(of: family.metadata) {
            known.remove(at: place)
        } else {
            guard metadataCount < max, known.count < Self.metadataPerFamilyMax else { return }
            metadataCount += 1
        }
        metadata[family.family] = [family.metadata] + known
    }

    /// Different descriptions of one family at most, 16: as many versions of a program at once.
    private static let metadataPerFamilyMax = 16
}

/// What a store has done since it was opened.
struct SeriesTotals: Sendable {
    var samples: Int64 = 0
    var refused: [SampleRefusal: Int64] = [:]
    var droppedExemplars: Int64 = 0
    var synchronisations: Int64 = 0
    var flushes: Int64 = 0
    var merges: Int64 = 0
    var flushedBytes: Int64 = 0
    var mergedBytes: Int64 = 0
}
