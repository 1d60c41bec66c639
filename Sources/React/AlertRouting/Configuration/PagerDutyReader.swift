internal import ConfigurationText

/// Reads an entry of `pagerduty_configs`.
struct PagerDutyReader {
    let global: GlobalDefaults
    let http: NotifierAccessReader

    func read(_ fields: inout YAMLFields) throws(ConfigurationFault) -> PagerDutySettings {
        var settings = PagerDutySettings(url: try http.url(&fields, "url") ?? global.pagerDutyURL)
        settings.access = try http.access(&fields) ?? global.access
        settings.routingKey = try http.secret(&fields, "routing_key")
        settings.serviceKey = try http.secret(&fields, "service_key")
        guard settings.routingKey != nil || settings.serviceKey != nil else { throw fields.failure("missing service or routing key in PagerDuty config") }
        settings.client = try fields.text("client") ?? settings.client
        settings.clientURL = try fields.text("client_url") ?? settings.clientURL
        settings.description = try fields.text("description") ?? settings.description
        settings.details = try details(&fields)
        for var link in try fields.fieldsList("links") {
            settings.links.append(PagerDutySettings.Link(href: try link.text("href", default: ""), text: try link.text("text", default: "")))
            try link.finish()
        }
        for var image in try fields.fieldsList("images") {
            settings.images.append(
                PagerDutySettings.Image(source: try image.text("src", default: ""), alternative: try image.text("alt", default: ""), href: try image.text("href", default: "")))
            try image.finish()
        }
        settings.source = try fields.text("source", default: "")
        if settings.source.isEmpty { settings.source = settings.client }
        settings.severity = try fields.text("severity", default: "")
        settings.kind = try fields.text("class", default: "")
        settings.component = try fields.text("component", default: "")
        settings.group = try fields.text("group", default: "")
        settings.timeoutSeconds = try http.seconds(&fields, "timeout")
        return settings
    }

    private func details(_ fields: inout YAMLFields) throws(ConfigurationFault) -> [TemplateTree.Entry] {
        var given: [TemplateTree.Entry] = []
        if let node = fields.take("details") {
            guard case .map(let entries) = try TemplateTreeReader.read(node) else { throw fields.failure("details must be a mapping", at: "details") }
            given = entries
        }
        given += PagerDutySettings.defaultDetails.filter { standard in !given.contains { $0.name == standard.name } }
        return given.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
