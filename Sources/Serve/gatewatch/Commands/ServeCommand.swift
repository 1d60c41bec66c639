import ArgumentParser
import Foundation
import GatewayModel
import HTTPTransport
import Logging
import ServiceLifecycle

/// Options of the commands that serve.
struct ListenOptions: ParsableArguments {
    @Option(name: .long, help: "The address to serve, host:port. Beyond loopback credentials are required.")
    var listen: String?

    @Option(name: .long, help: "The folder of the page's files.")
    var web: String?

    @Option(name: .long, help: "The least severe message that is logged: trace, debug, info, notice, warning, error.")
    var logLevel: String?

    func apply(to values: inout ConfigurationValues) {
        if let listen { values.set("listen", listen, place: "option --listen") }
        if let web { values.set("web", web, place: "option --web") }
        if let logLevel { values.set("log.level", logLevel, place: "option --log-level") }
    }
}

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the page, the APIs and the Elasticsearch door over a data folder.",
        discussion: """
            Examples:
              gatewatch serve
              gatewatch serve --listen 127.0.0.1:9200 --data /var/lib/gatewatch
              GATEWATCH_AUTH_USERNAME=elastic GATEWATCH_AUTH_PASSWORD_FILE=/etc/gatewatch/password gatewatch serve --listen 0.0.0.0:7600

            SIGTERM stops it: requests in flight are finished, records in memory are written. `gatewatch config` lists all settings.
            """)

    @OptionGroup var listening: ListenOptions
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let values = try withConfigurationErrors { try options.loadValues { listening.apply(to: &$0) } }
        let settings = try withConfigurationErrors { try Settings(values) }
        let logger = ProgramLog.bootstrap(settings)
        let instance = try withStartErrors { try GatewatchInstance(settings: settings, yaml: ConfigCommand.yaml(values), isDemo: false, logger: logger) }
        try await withServeErrors { try await instance.run(with: [Announcement(server: instance.server, settings: settings, logger: logger)]) }
    }
}

/// Makes the program's logger.
enum ProgramLog {
    static func bootstrap(_ settings: Settings) -> Logger {
        let level = Logger.Level(rawValue: settings.logLevel) ?? .info
        let isJSON = settings.logFormat == .json
        return Logger(label: "gatewatch") { LineLogHandler(label: $0, level: level, isJSON: isJSON) }
    }
}

/// Says where it is served once it is.
struct Announcement: Service {
    let server: HTTPServer
    let settings: Settings
    let logger: Logger

    func run() async throws {
        let port = try await server.boundPort()
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        logger.info("serving", metadata: ["address": "http://\(host):\(port)", "data": "\(settings.dataFolder.path)"])
        try? await gracefulShutdown()
    }
}

/// Turns errors at start into one line and an exit status.
func withStartErrors<T>(_ body: () throws -> T) throws -> T {
    do { return try withConfigurationErrors(body) } catch let error as StorageError {
        StandardError.print("gatewatch: " + StorageSentence.of(error))
        if case .locked = error { throw ExitStatus.temporary }
        throw ExitCode.failure
    }
}

/// The same for errors while serving.
func withServeErrors(_ body: () async throws -> Void) async throws {
    do { try await body() } catch let error as HTTPServerError {
        switch error {
        case .cannotListen(let host, let port, let cause): StandardError.print("gatewatch: cannot listen on \(host):\(port): \(cause)")
        case .listenerClosed: StandardError.print("gatewatch: the listening socket was closed")
        case .stopped: StandardError.print("gatewatch: stopped before it served")
        }
        throw ExitCode.failure
    }
}

/// A store's error as a sentence that says what to do.
enum StorageSentence {
    static func of(_ error: StorageError) -> String {
        switch error {
        case .full(let reason): "nothing can be written: \(reason)"
        case .closed: "the store is closed"
        case .locked(let folder, let holder): "the folder \(folder) is in use by \(holder); stop it, or use another --data folder"
        case .system(let operation, let file, let code): unsafe "\(operation) \(file): \(String(cString: strerror(code)))"
        case .damaged(let file, let what, let offset): "\(file) is damaged at byte \(offset): \(what)"
        case .unsupportedFormat(let file, let version): "\(file) has format \(version), which a newer Gatewatch wrote; upgrade this program"
        }
    }
}
