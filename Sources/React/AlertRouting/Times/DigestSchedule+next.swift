package import GatewayModel

extension DigestSchedule {
    /// When a digest is told next, after an instant.
    package func next(after time: Timestamp) -> Timestamp {
        switch self {
        case .every(let milliseconds): return time.advanced(milliseconds: milliseconds)
        case .daily(let minutes, let zone):
            // Counted from this day's start with today's offset, then corrected by the offset at that time: on a day when clocks change, each time comes once.
            let local = LocalTime(time, in: zone)
            let dayStart = time.advanced(milliseconds: -Int64(local.minute) * 60_000 - time.microseconds.remainderOfMinute / 1_000)
            for day in 0..<3 {
                for minute in minutes {
                    let guess = dayStart.advanced(milliseconds: (Int64(day) * 1_440 + Int64(minute)) * 60_000)
                    let shift = Int64(zone.offset(at: time) - zone.offset(at: guess)) * 1_000
                    let candidate = guess.advanced(milliseconds: shift)
                    if candidate > time { return candidate }
                }
            }
            return time.advanced(milliseconds: 86_400_000)
        }
    }
}

extension Int64 {
    fileprivate var remainderOfMinute: Int64 { (self % 60_000_000 + 60_000_000) % 60_000_000 }
}

extension Timestamp {
    package func advanced(milliseconds: Int64) -> Timestamp {
        let (sum, overflows) = microseconds.addingReportingOverflow(milliseconds.multipliedReportingOverflow(by: 1_000).partialValue)
        return Timestamp(microseconds: overflows ? (milliseconds > 0 ? .max : .min) : sum)
    }
}
