import ArgumentParser
import ByteCoding

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Prints every setting: its value here, default, unit, environment variable and meaning.",
        discussion: """
            Settings come from, later ones winning: the defaults, the YAML file (--config or GATEWATCH_CONFIG), `.env` in the working folder, the environment, options.
              gatewatch config                    all settings as a commented YAML file
              gatewatch config --json             the same for scripts
              gatewatch config --check --config /etc/gatewatch.yaml
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print only whether the configuration is right.")
    var check = false

    func run() throws {
        let values = try withConfigurationErrors {
            let values = try options.loadValues()
            _ = try Settings(values)
            return values
        }
        if check { print("the configuration is right") } else if json { print(Self.json(values)) } else { print(Self.yaml(values), terminator: "") }
    }

    /// All keys as a YAML file with comments; set values are shown, defaults are commented out.
    static func yaml(_ values: ConfigurationValues) -> String {
        var text = "# Gatewatch settings. Lines that begin with # show defaults.\n"
        var section = ""
        for key in ConfigurationKey.all {
            let parts = key.name.split(separator: ".").map(String.init)
            if parts.count > 1, parts[0] != section { text += "\n\(parts[0]):\n" }
            section = parts.count > 1 ? parts[0] : ""
            let indent = parts.count > 1 ? "  " : ""
            let name = parts.count > 1 ? parts[1...].joined(separator: ".") : key.name
            text += "\(indent)# \(key.summary)\n\(indent)# Unit: \(key.unit)." + (key.environment.map { " Environment: \($0)." } ?? "") + "\n"
            if key.isMap {
                let entries = values.map(key.name).sorted { $0.key < $1.key }
                text += entries.isEmpty ? "\(indent)# \(name): {}\n" : "\(indent)\(name):\n" + entries.map { "\(indent)  \"\($0.key)\": \"\($0.value)\"\n" }.joined()
            } else if let value = values.values[key.name] {
                text += "\(indent)\(name): \(key.isSecret ? "\"********\"" : "\"\(value.text)\"")  # \(value.place)\n"
            } else {
                text += "\(indent)# \(name): \(key.defaultValue.isEmpty ? "" : "\"\(key.defaultValue)\"")\n"
            }
        }
        return text
    }

    static func json(_ values: ConfigurationValues) -> String {
        var writer = JSONWriter()
        writer.array { array in
            for key in ConfigurationKey.all {
                array.object { entry in
                    entry.member("name", key.name)
                    entry.member("value", key.isSecret && values.text(key.name) != nil ? "********" : values.text(key.name))
                    entry.member("default", key.defaultValue.isEmpty ? nil : key.defaultValue)
                    entry.member("unit", key.unit)
                    entry.member("environment", key.environment)
                    entry.member("set_by", values.values[key.name]?.place)
                    entry.member("summary", key.summary)
                }
            }
        }
        return writer.string
    }
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() {
        print(json ? "{\"name\":\"gatewatch\",\"version\":\"\(Gatewatch.version)\",\"elasticsearch\":\"8.19.0\"}" : "gatewatch \(Gatewatch.version)")
    }
}
