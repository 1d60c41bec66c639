import ConfigurationText
import Testing

@testable import AlertRouting

@Suite struct TimeIntervalReaderTests {
    private func interval(_ yaml: String) throws(ConfigurationFault) -> TimeInterval {
        let text = "route: {receiver: r}\nreceivers: [{name: r}]\ntime_intervals:\n- name: t\n  time_intervals:\n  - {\(yaml)}"
        return try RoutingConfigurationReader.read(text, folder: "/").timeIntervals[0].intervals[0]
    }

    @Test func rangesOfAllKindsAreRead() throws {
        let interval = try interval(
            "times: [{start_time: '09:00', end_time: '24:00'}], weekdays: ['monday:Friday', sunday], days_of_month: ['1:5', '-3:-1', '10'], months: ['jan', may] , years: ['2020:2022']"
                .replacing("'jan'", with: "'january:3'"))
        #expect(interval.minutes == [540..<1440] && interval.weekdays == [1...5, 0...0] && interval.months == [1...3, 5...5] && interval.years == [2020...2022])
        #expect(interval.daysOfMonth == [.init(first: 1, last: 5), .init(first: -3, last: -1), .init(first: 10, last: 10)])
        #expect(interval.zone == .utc)
        #expect(try self.interval("location: America/New_York").zone.name == "America/New_York")
    }

    @Test(arguments: [
        "times: [{start_time: '9:00', end_time: '10:00'}]", "times: [{start_time: '10:00', end_time: '10:00'}]", "times: [{start_time: '10:00'}]",
        "times: [{start_time: '24:01', end_time: '24:00'}]", "weekdays: ['friday:monday']", "weekdays: [someday]", "days_of_month: ['0']", "days_of_month: ['32']",
        "days_of_month: ['-1:5']", "days_of_month: ['5:1']", "days_of_month: ['-1:-5']", "days_of_month: ['x']", "months: ['march:january']", "months: [foo]",
        "years: ['2022:2020']", "years: ['1:2:3']", "location: Mars/Olympus", "location: ../../etc/passwd", "time_zone: UTC", "weekdays: monday",
    ])
    func refuses(_ yaml: String) {
        #expect(throws: ConfigurationFault.self) { try interval(yaml) }
    }
}
