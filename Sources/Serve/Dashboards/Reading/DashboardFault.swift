/// What is wrong with a dashboard's file, and where.
package struct DashboardFault: Error, Sendable, Equatable {
    /// A sentence without the place.
    package var message: String
    package var place: Place
    /// The key at fault, as `sections[0].panels[1].query.measures[0]`; empty for the file as a whole.
    package var key: String
    /// What to write instead; nil when there is nothing to suggest.
    package var hint: String?

    package init(_ message: String, at place: Place = .unknown, key: String = "", hint: String? = nil) {
        self.message = message
        self.place = place
        self.key = key
        self.hint = hint
    }

    /// Line and column, from 1; 0 where they are not known.
    package struct Place: Sendable, Equatable {
        package let line: Int
        package let column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        package static let unknown = Place(line: 0, column: 0)
    }

    /// Message and hint in one sentence.
    package var sentence: String { hint.map { "\(message); \($0)" } ?? message }
}

/// What is wrong with a dashboard's file: at least one fault, in the order of the file.
package struct DashboardRefusal: Error, Sendable, Equatable {
    package let faults: [DashboardFault]

    /// More faults than this are not told: somebody who has so many begins with the first.
    package static let faultsMax = 50

    init(_ faults: [DashboardFault]) { self.faults = Array(faults.prefix(Self.faultsMax)) }

    /// The first fault.
    package var first: DashboardFault { faults.first ?? DashboardFault("the dashboard is refused") }

    /// A line a fault, `mine.yaml:3:7: there is no key quey in sections[0].panels[1]; did you mean query?`
    package func lines(file: String) -> [String] {
        faults.map { fault in
            let place = fault.place == .unknown ? "" : ":\(fault.place.line):\(fault.place.column)"
            return "\(file)\(place): \(fault.sentence)"
        }
    }
}
