internal import ConfigurationText

/// Reads an entry of `slack_configs`.
struct SlackReader {
    let global: GlobalDefaults
    let http: NotifierAccessReader

    func read(_ fields: inout YAMLFields) throws(ConfigurationFault) -> SlackSettings {
        var settings = try target(&fields)
        settings.channel = try fields.text("channel", default: "")
        settings.username = try fields.text("username") ?? settings.username
        settings.color = try fields.text("color") ?? settings.color
        settings.title = try fields.text("title") ?? settings.title
        settings.titleLink = try fields.text("title_link") ?? settings.titleLink
        settings.pretext = try fields.text("pretext") ?? settings.pretext
        settings.text = try fields.text("text") ?? settings.text
        settings.messageText = try fields.text("message_text", default: "")
        settings.hasShortFields = try fields.bool("short_fields", default: false)
        settings.footer = try fields.text("footer") ?? settings.footer
        settings.fallback = try fields.text("fallback") ?? settings.fallback
        settings.callbackID = try fields.text("callback_id") ?? settings.callbackID
        settings.iconEmoji = try fields.text("icon_emoji") ?? settings.iconEmoji
        settings.iconURL = try fields.text("icon_url") ?? settings.iconURL
        settings.imageURL = try fields.text("image_url", default: "")
        settings.thumbURL = try fields.text("thumb_url", default: "")
        settings.linksNames = try fields.bool("link_names", default: false)
        settings.markdownIn = try fields.texts("mrkdwn_in")
        settings.timeoutSeconds = try http.seconds(&fields, "timeout")
        for var field in try fields.fieldsList("fields") { settings.fields.append(try self.field(&field)) }
        for var action in try fields.fieldsList("actions") { settings.actions.append(try self.action(&action)) }
        if try fields.bool("update_message", default: false) {
            guard settings.usesWebAPI else { throw fields.failure("update_message can only be used with bot tokens", at: "update_message") }
            throw fields.failure("not supported: update_message; every message is a new one", at: "update_message")
        }
        return settings
    }

    /// Where messages go: an incoming webhook, or the Web API with a bot's token.
    private func target(_ fields: inout YAMLFields) throws(ConfigurationFault) -> SlackSettings {
        let ownURL = try http.secretURL(&fields, "api_url")
        let ownToken = try http.secret(&fields, "app_token")
        guard ownURL == nil || ownToken == nil else {
            throw fields.failure("at most one of api_url/api_url_file & app_token/app_token_file must be configured", at: "app_token")
        }
        let appURL = try http.url(&fields, "app_url") ?? global.slackAppURL
        let ownAccess = try http.access(&fields)
        var access = ownAccess ?? global.access
        let hasOwnAuthorization = ownAccess.map { $0.authorization != .none } ?? false
        let token = ownToken ?? (hasOwnAuthorization || ownURL != nil ? nil : global.slackToken)
        if let token {
            guard access.authorization == .none else { throw fields.failure("http authorization can't be set when using Slack App tokens", at: "http_config") }
            access.authorization = .credentials(type: "Bearer", token)
        }
        guard let url = token != nil ? .text(appURL) : ownURL ?? global.slackURL else {
            throw fields.failure("no Slack API URL nor App token set either inline or in a file")
        }
        var settings = SlackSettings(url: url)
        settings.access = access
        settings.usesWebAPI = token != nil || url == .text(SlackSettings.webAPI)
        return settings
    }

    private func field(_ fields: inout YAMLFields) throws(ConfigurationFault) -> SlackSettings.Field {
        guard let title = try fields.text("title"), !title.isEmpty else { throw fields.failure("missing title in Slack field configuration") }
        guard let value = try fields.text("value"), !value.isEmpty else { throw fields.failure("missing value in Slack field configuration") }
        let isShort = fields.has("short") ? try fields.bool("short", default: false) : nil
        try fields.finish()
        return SlackSettings.Field(title: title, value: value, isShort: isShort)
    }

    private func action(_ fields: inout YAMLFields) throws(ConfigurationFault) -> SlackSettings.Action {
        guard let type = try fields.text("type"), !type.isEmpty else { throw fields.failure("missing type in Slack action configuration") }
        guard let text = try fields.text("text"), !text.isEmpty else { throw fields.failure("missing text in Slack action configuration") }
        var action = SlackSettings.Action(type: type, text: text)
        action.url = try fields.text("url", default: "")
        action.style = try fields.text("style", default: "")
        let name = try fields.text("name", default: ""), value = try fields.text("value", default: "")
        if var confirmation = try fields.fields("confirm") { action.confirmation = try self.confirmation(&confirmation) }
        try fields.finish()
        if !action.url.isEmpty {
            action.confirmation = nil
            return action
        }
        guard !name.isEmpty else { throw fields.failure("missing name or url in Slack action configuration") }
        action.name = name
        action.value = value
        return action
    }

    private func confirmation(_ fields: inout YAMLFields) throws(ConfigurationFault) -> SlackSettings.Confirmation {
        guard let text = try fields.text("text"), !text.isEmpty else { throw fields.failure("missing text in Slack confirmation configuration") }
        var confirmation = SlackSettings.Confirmation(text: text)
        confirmation.title = try fields.text("title", default: "")
        confirmation.okText = try fields.text("ok_text", default: "")
        confirmation.dismissText = try fields.text("dismiss_text", default: "")
        try fields.finish()
        return confirmation
    }
}
