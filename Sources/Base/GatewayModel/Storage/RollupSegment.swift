/// A segment each row of which stands for many records: those of one part that agree in the table's dimensions and lie in the same stretch of time.
///
/// Its `time` is the start of the stretch (or the part's first time, if that is later), so that rows fall into the buckets and ranges in which
/// their records lie, wherever those are cut at multiples of ``step``. Dimensions are read as in any segment, and their codes are those of the part;
/// fields that are neither dimension nor time cannot be read. What the rows stand for is read by the calls declared here. No row is ever hidden.
package protocol RollupSegment: RecordSegment {
    /// Microseconds of the stretch of a row, which starts at a multiple of it since 1970; nil when that is the whole part.
    var step: Int64? { get }
    /// Whether a question that needs no more than this can be answered from here, with undamaged columns.
    ///
    /// Fields that no record of the part has are always at hand.
    func serves(_ demand: RollupDemand) -> Bool
    /// Reads of each row of a block how many records it stands for, always at least one.
    func readRecords(block: Int, into counts: inout [Int64]) throws(StorageError)
    /// Reads of each row of a block the sum of the field's present values (0 where there are none), and how many of its records have none.
    func readSums(_ field: RequestField, block: Int, into sums: inout [Int64], absentees: inout [Int64]) throws(StorageError)
    /// Reads of each row of a block the sketch of the field's present values.
    func readSketches(_ field: RequestField, block: Int) throws(StorageError) -> EncodedSketches
    /// Reads of each row of a block how many of the field's present values lie in each slot of ``ValueLimits/counted(_:)``.
    func readCounts(_ field: RequestField, block: Int) throws(StorageError) -> SlotCounts
}

/// What a question needs of a table that is to answer it in place of the records.
package struct RollupDemand: Sendable, Equatable {
    /// Fields that are grouped by, filtered by or counted distinctly.
    package var dimensions: Set<RequestField> = []
    /// Fields of which sums and averages are wanted.
    package var sums: Set<RequestField> = []
    /// Fields of which percentiles, minima or maxima are wanted.
    package var sketches: Set<RequestField> = []
    /// Fields of which it is wanted how many values lie below limits, all of them among ``ValueLimits/counted(_:)``.
    package var counts: Set<RequestField> = []

    package init(
        dimensions: Set<RequestField> = [], sums: Set<RequestField> = [], sketches: Set<RequestField> = [], counts: Set<RequestField> = []
    ) {
        self.dimensions = dimensions
        self.sums = sums
        self.sketches = sketches
        self.counts = counts
    }
}
