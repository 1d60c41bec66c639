package import ByteCoding

/// Writes dashboards: as JSON for the page and scripts, and as YAML for people.
package enum DashboardWriter {
    /// The file's keys as JSON, defaults filled in where they are not empty.
    ///
    /// - Parameter added: writes further members before the file's own, as `origin`.
    package static func write(_ dashboard: Dashboard, to writer: inout JSONWriter, added: (inout JSONWriter) -> Void = { _ in }) {
        guard case .object(let members) = DashboardTables.dashboard.write(dashboard, .full).content else { return }
        writer.object { writer in
            added(&writer)
            for member in members {
                writer.key(member.name)
                member.value.write(to: &writer)
            }
        }
    }

    /// The file's keys as JSON text.
    package static func json(_ dashboard: Dashboard) -> String {
        var writer = JSONWriter(reserving: 16 << 10)
        write(dashboard, to: &writer)
        return writer.string
    }

    /// The file in its canonical form: keys in the order of their table, only what differs from the defaults, one line for what is short.
    package static func yaml(_ dashboard: Dashboard) -> String {
        YAMLText.write(DashboardTables.dashboard.write(dashboard, .brief))
    }
}

extension DocumentValue {
    /// Writes a value that was made here: words without quotes are numbers, `true` or `false`.
    fileprivate func write(to writer: inout JSONWriter) {
        switch content {
        case .text(let text): writer.value(text)
        case .plain(let word): writer.raw(word.utf8)
        case .list(let elements): writer.array { for element in elements { element.write(to: &$0) } }
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.key(member.name)
                    member.value.write(to: &writer)
                }
            }
        }
    }
}
