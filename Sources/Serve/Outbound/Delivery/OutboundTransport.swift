package import AlertDelivery

/// All ways out of the program for messages.
package final class OutboundTransport: DeliveryTransport {
    private let http: HTTPDelivery
    private let mail: SMTPDelivery

    /// - Parameters:
    ///   - version: of the program, which tells it to receivers.
    ///   - rules: where messages may go.
    package init(version: String, rules: AddressRules) {
        http = HTTPDelivery(version: version, rules: rules)
        mail = SMTPDelivery(rules: rules)
    }

    package func send(_ request: DeliveryRequest) async throws(DeliveryFailure) -> DeliveryAnswer { try await http.send(request) }
    package func send(_ mail: MailEnvelope) async throws(DeliveryFailure) -> MailReceipt { try await self.mail.send(mail) }

    /// Closes connections; nothing is sent afterwards.
    package func shutdown() async { await http.shutdown() }
}
