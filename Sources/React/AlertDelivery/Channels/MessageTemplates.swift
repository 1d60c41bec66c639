package import AlertRouting
package import GatewayModel
package import TextTemplates

/// The templates of messages: ours under Alertmanager's names, and those of the operator's files.
package struct MessageTemplates: Sendable {
    private let templates: TemplateSet

    /// - Parameter files: names without folders, and texts; a template that is defined again replaces the one before.
    /// - Throws: what is wrong with a file, and where.
    package init(files: [(name: String, text: String)] = []) throws(TemplateSyntaxError) {
        var templates = TemplateSet(functions: .alertmanager)
        try templates.add(name: DefaultTemplates.name, text: DefaultTemplates.text)
        for file in files { try templates.add(name: file.name, text: file.text) }
        self.templates = templates
    }

    /// Expands texts of the settings over a notification's data.
    func expansion(_ notification: Notification, externalURL: String, now: Timestamp) -> EmailContext.Expansion {
        let alerts = notification.alerts.map { notified in
            MessageAlert(
                labels: notified.alert.labels, annotations: notified.alert.annotations, isResolved: notified.isResolved, startsAt: notified.alert.startsAt,
                endsAt: notified.isResolved ? notified.alert.endsAt : nil, generatorURL: notified.alert.generatorURL)
        }
        let data = MessageData(receiver: notification.key.receiver, alerts: alerts, groupLabels: notification.groupLabels, externalURL: externalURL)
        let context = TemplateContext(now: now, externalURL: externalURL)
        return { [templates] text, isHTML in
            // Most texts are no templates at all.
            guard text.contains("{{") else { return .success(text) }
            do throws(TemplateSyntaxError) {
                let template = try templates.template(name: "", text: text)
                do throws(TemplateFailure) {
                    return .success(try isHTML ? template.renderHTML(.object(data), in: context) : template.render(.object(data), in: context))
                } catch { return .failure(error) }
            } catch { return .failure(TemplateFailure(error.message)) }
        }
    }
}
