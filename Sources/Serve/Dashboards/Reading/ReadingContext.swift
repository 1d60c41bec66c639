internal import ConfigurationText

/// What a reading goes through: where it is, what was wrong so far, and what is known of the whole dashboard.
struct ReadingContext: Sendable {
    private(set) var faults: [DashboardFault] = []
    /// The key that is read, as `sections[0].panels`.
    private(set) var path = ""
    /// The dashboard's variables, known once they are read.
    var variables: [Dashboard.Variable] = []
    /// Ids of panels that were read so far.
    var panelIDs: Set<String> = []

    var faultCount: Int { faults.count }
    /// ` in sections[0].panels[1]`; empty for the file itself.
    var inWords: String { path.isEmpty ? "" : " in \(path)" }

    /// Says that the value of the current key is wrong. A message that begins with `must` gets the key's name in front.
    mutating func fault(_ message: String, at place: DashboardFault.Place, hint: String? = nil) {
        let name = path.isEmpty ? "the file" : String(path.drop { $0 == "." })
        faults.append(DashboardFault(message.hasPrefix("must ") ? "\(name) \(message)" : message, at: place, key: path.isEmpty ? "" : name, hint: hint))
    }

    /// Goes one step into the file: `.title` or `[3]`.
    mutating func within<Result>(_ step: String, _ body: (inout ReadingContext) -> Result) -> Result {
        let outer = path
        path = path.isEmpty ? String(step.drop { $0 == "." }) : path + step
        let result = body(&self)
        path = outer
        return result
    }
}

/// Finds the name that somebody may have meant.
enum NearestName {
    /// `did you mean query?`; nil where none is near.
    static func hint(_ name: String, among names: [String]) -> String? {
        let nearest = names.min { (NameDistance.between($0, name), $0) < (NameDistance.between($1, name), $1) }
        return nearest.flatMap { NameDistance.between($0, name) <= max(2, name.count / 3) ? "did you mean \($0)?" : nil }
    }
}
