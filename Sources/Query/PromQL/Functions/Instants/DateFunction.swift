internal import GatewayModel

/// A part of the date or the time of day (UTC) of numbers that are seconds since 1970; without argument of the instant itself.
struct DateFunction: InstantFunction {
    /// What is asked, of days and of seconds of the day since 1970.
    let part: @Sendable (_ day: Int64, _ secondOfDay: Int64) -> Int64

    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        guard let argument = arguments.first else {
            return .vector([StepRow(.none, values: (0..<context.grid.count).map { value(ofSeconds: context.grid[$0] / 1_000) })])
        }
        var rows = argument.rows
        for index in rows.indices {
            rows[index].mapNumbers { number, _ in value(ofSeconds: Self.seconds(number)) }
            context.dropName(of: &rows[index])
        }
        return .vector(rows)
    }

    private func value(ofSeconds seconds: Int64) -> Double {
        let day = seconds >= 0 ? seconds / 86_400 : (seconds + 1) / 86_400 - 1
        return Double(part(day, seconds - day * 86_400))
    }

    /// Towards zero; what no integer can hold, NaN too, is the earliest instant there is, as Go converts it.
    private static func seconds(_ number: Double) -> Int64 { Int64(exactly: number.rounded(.towardZero)) ?? (.min / 2) }

    static let all: [String: any InstantFunction] = [
        "minute": DateFunction { _, second in second / 60 % 60 },
        "hour": DateFunction { _, second in second / 3_600 },
        // 1970-01-01 was a Thursday.
        "day_of_week": DateFunction { day, _ in ((day + 4) % 7 + 7) % 7 },
        "day_of_month": DateFunction { day, _ in Timestamp.civil(fromDays: day).day },
        "day_of_year": DateFunction { day, _ in day - Timestamp.daysFromCivil(year: Timestamp.civil(fromDays: day).year, month: 1, day: 1) + 1 },
        "days_in_month": DateFunction { day, _ in daysInMonth(of: day) },
        "month": DateFunction { day, _ in Timestamp.civil(fromDays: day).month },
        "year": DateFunction { day, _ in Timestamp.civil(fromDays: day).year },
    ]

    private static func daysInMonth(of day: Int64) -> Int64 {
        let (year, month, _) = Timestamp.civil(fromDays: day)
        let next = month == 12 ? Timestamp.daysFromCivil(year: year + 1, month: 1, day: 1) : Timestamp.daysFromCivil(year: year, month: month + 1, day: 1)
        return next - Timestamp.daysFromCivil(year: year, month: month, day: 1)
    }
}
