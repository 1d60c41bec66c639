internal import GatewayModel

/// One series of the store: its labels, and its samples that are not in blocks yet.
///
/// `@unchecked Sendable` holds because what can change is only touched while the store's state is locked; readers leave with copies.
final class KeptSeries: @unchecked Sendable {
    /// Never given to another series.
    let id: UInt32
    let key: [UInt8]
    let labels: SeriesLabels

    /// The time of the newest sample that was accepted, in milliseconds since 1970; `.min` when there is none.
    @exclusivity(unchecked) var newest = Int64.min
    /// The bits of its value; nil when they are not known, as after a start, or it is a histogram.
    @exclusivity(unchecked) var newestBits: UInt64?
    /// The generation of logs that says which labels the id stands for; 0 when none does.
    @exclusivity(unchecked) var definedIn: UInt32 = 0
    /// Samples that came in since the last flush began.
    @exclusivity(unchecked) var active = HeadSamples()
    /// Samples that are on their way to blocks.
    @exclusivity(unchecked) var sealed = HeadSamples()
    /// Blocks that have samples of the series.
    @exclusivity(unchecked) var blocks: Int32 = 0

    init(id: UInt32, key: [UInt8], labels: SeriesLabels) {
        self.id = id
        self.key = key
        self.labels = labels
    }

    /// Whether the store has nothing of the series any more.
    var isEmpty: Bool { unsafe blocks == 0 && active.isEmpty && sealed.isEmpty }
}

/// A series that the directory keeps alive, without counting references: two atomic operations for each sample would be a third of what taking it in costs.
///
/// Used on the write queue only, which alone takes series out of the directory, and not kept from one group of batches to the next.
@safe struct SeriesHandle {
    let id: UInt32
    private let series: Unmanaged<KeptSeries>

    init(_ series: KeptSeries) {
        id = series.id
        unsafe self.series = Unmanaged.passUnretained(series)
    }

    @inline(__always) func with<R>(_ body: (KeptSeries) -> R) -> R { unsafe series._withUnsafeGuaranteedRef { body($0) } }
}
