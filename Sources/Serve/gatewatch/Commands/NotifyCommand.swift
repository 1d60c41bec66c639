import AlertDelivery
import AlertRouting
import ArgumentParser
import ConfigurationText
import Foundation
import GatewayModel
import Outbound

/// `gatewatch notify`: receivers, without a server.
struct NotifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Tests and lists the receivers of the alertmanager.yml that the configuration names.",
        subcommands: [NotifyTestCommand.self, NotifyListCommand.self])
}

struct NotifyTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Sends a test message to every integration of a receiver, once.",
        discussion: """
            Examples:
              gatewatch notify test team-web --config /etc/gatewatch.yaml
              gatewatch notify test team-web --dry-run     shows what would be sent, secrets hidden

            Exit status: 0 when all integrations took the message, 1 when one did not, 64 when there is no such receiver, 78 wrong configuration.
            """)

    @Argument(help: "The receiver's name.")
    var receiver: String
    @Flag(help: "Print what would be sent, and send nothing.")
    var dryRun = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let (settings, configuration) = try withConfigurationErrors { try NotifyReceivers.load(options) }
        guard let found = configuration.receivers.first(where: { $0.name == receiver }) else {
            let names = configuration.receivers.map(\.name).joined(separator: ", ")
            throw ValidationError("there is no receiver '\(receiver)'; there are: \(names.isEmpty ? "none" : names)")
        }
        guard !found.integrations.isEmpty else { return print("\(receiver) has no integrations: nobody is told") }
        let transport = OutboundTransport(version: Gatewatch.version, rules: AddressRules(privateHosts: settings.alerting.privateReceivers))
        let sender = ReceiverSender(configuration, transport: transport, clock: SystemDeliveryClock())
        let failed = dryRun ? await show(found, sender) : await send(sender)
        await transport.shutdown()
        if failed { throw ExitCode.failure }
    }

    private func send(_ sender: ReceiverSender) async -> Bool {
        let results = await sender.test(receiver, newID: { UUID().uuidString.lowercased() }, now: .now()) ?? []
        for result in results { print("\(receiver): \(result.integration.kind) \(result.integration.index): \(result.error.map { "failed: \($0)" } ?? "delivered")") }
        return results.contains { $0.error != nil }
    }

    private func show(_ found: ReceiverConfiguration, _ sender: ReceiverSender) async -> Bool {
        var failed = false
        for integration in found.integrations {
            let key = IntegrationKey(receiver: found.name, kind: integration.name, index: integration.index)
            print("# \(receiver): \(key.kind) \(key.index)")
            do throws(DeliveryFailure) {
                print(try await sender.preview(OutgoingMessage(notification: TestMessage.make(to: key, id: UUID().uuidString.lowercased(), now: .now()))).redactedText + "\n")
            } catch {
                failed = true
                print("failed: \(error.message)\n")
            }
        }
        return failed
    }
}

struct NotifyListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists receivers and their integrations.")

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let (_, configuration) = try withConfigurationErrors { try NotifyReceivers.load(options) }
        for receiver in configuration.receivers {
            let kinds = receiver.integrations.map { "\($0.name) \($0.index)\($0.sendsResolved ? "" : " (firing only)")" }
            print("\(receiver.name): \(kinds.isEmpty ? "nobody is told" : kinds.joined(separator: ", "))")
        }
    }
}

/// The receivers of a configuration.
enum NotifyReceivers {
    static func load(_ options: ConfigurationOptions) throws -> (Settings, DeliveryConfiguration) {
        let settings = try options.load()
        let routing = try RoutingParts.configuration(RoutingFile(settings.alerting.configurationFile))
        do throws(ConfigurationFault) { return (settings, try DeliveryParts.configuration(routing, settings)) } catch {
            throw ConfigurationError(place: "alerting.config_file", message: error.reason)
        }
    }
}
