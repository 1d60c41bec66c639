internal import GatewayModel
internal import RequestQuery

/// A month of a calendar, with its ends and the month before.
struct ReportMonth {
    let year: Int
    let month: Int

    private static let names = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]

    /// - Parameter text: `2026-10`; nil is the last month that is over at `now`.
    init(_ text: String?, now: Timestamp, zone: QueryTimeZone) throws {
        guard let text else {
            let wall = now.microseconds + zone.offset(at: now)
            let parts = Timestamp(microseconds: wall).iso8601.split(separator: "-")
            let current = ReportMonth(year: Int(parts.first ?? "") ?? 1970, month: parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
            self = current.previous
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 4, parts[1].count == 2, let year = Int(parts[0]), let month = Int(parts[1]), (1970...9998).contains(year), (1...12).contains(month) else {
            throw APIError(.invalidTime, "'\(text.prefix(32))' is no month", field: "month", hint: "write it as 2026-10")
        }
        self.init(year: year, month: month)
    }

    private init(year: Int, month: Int) {
        self.year = year
        self.month = month
    }

    var previous: ReportMonth { month == 1 ? ReportMonth(year: year - 1, month: 12) : ReportMonth(year: year, month: month - 1) }
    private var next: ReportMonth { month == 12 ? ReportMonth(year: year + 1, month: 1) : ReportMonth(year: year, month: month + 1) }

    /// As people write it.
    var name: String { "\(Self.names[month - 1]) \(year)" }

    /// The start as a date, which a question reads in its time zone.
    var first: String { "\(year)-\(month < 10 ? "0" : "")\(month)-01" }
    /// The end, which is not part of it.
    var end: String { next.first }
}
