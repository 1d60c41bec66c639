package import AlertRouting
internal import ConfigurationText
internal import GatewayModel
internal import TextTemplates

/// A message as it leaves the program.
package enum RenderedMessage: Sendable {
    case http(DeliveryRequest)
    case mail(MailEnvelope)
}

extension SecretText {
    /// The secret, or why it cannot be read. Another attempt may find it: files of secrets are put in place by others.
    func revealed() throws(DeliveryFailure) -> String {
        do throws(ConfigurationFault) { return try reveal() } catch { throw DeliveryFailure(error.message, isRetryable: true) }
    }
}

extension EmailContext {
    /// A template of the settings, expanded as text.
    func text(_ template: String, _ what: String) throws(DeliveryFailure) -> String {
        switch expand(template, false) {
        case .success(let text): return text
        case .failure(let failure): throw DeliveryFailure("the template of \(what) cannot be expanded: \(failure.message)", isRetryable: false)
        }
    }
}

/// What a message says when an earlier attempt may have arrived, on channels that cannot tell a repetition.
enum RepetitionNote {
    static let sentence = "Possibly a repetition: whether the last attempt to send this arrived is not known."
}
