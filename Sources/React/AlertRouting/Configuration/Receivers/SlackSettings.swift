package import ConfigurationText

/// `slack_configs`. All texts are templates.
package struct SlackSettings: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package var title: String
        package var value: String
        /// nil for `short_fields`.
        package var isShort: Bool?

        package init(title: String, value: String, isShort: Bool?) {
            self.title = title
            self.value = value
            self.isShort = isShort
        }
    }

    package struct Action: Sendable, Equatable {
        package var type: String
        package var text: String
        /// Of a button that opens a page; then the other three are empty.
        package var url = ""
        package var style = ""
        package var name = ""
        package var value = ""
        package var confirmation: Confirmation?

        package init(type: String, text: String) {
            self.type = type
            self.text = text
        }
    }

    package struct Confirmation: Sendable, Equatable {
        package var text: String
        package var title = ""
        package var okText = ""
        package var dismissText = ""

        package init(text: String) { self.text = text }
    }

    package var access = HTTPAccess()
    /// An incoming webhook's URL; with a bot's token, which is then among ``access``, the Web API's.
    package var url: SecretText
    package var usesWebAPI = false
    package var channel = ""
    package var username = #"{{ template "slack.default.username" . }}"#
    package var color = #"{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}"#
    package var title = #"{{ template "slack.default.title" . }}"#
    package var titleLink = #"{{ template "slack.default.titlelink" . }}"#
    package var pretext = #"{{ template "slack.default.pretext" . }}"#
    package var text = #"{{ template "slack.default.text" . }}"#
    /// The text above the attachment.
    package var messageText = ""
    package var fields: [Field] = []
    package var hasShortFields = false
    package var footer = #"{{ template "slack.default.footer" . }}"#
    package var fallback = #"{{ template "slack.default.fallback" . }}"#
    package var callbackID = #"{{ template "slack.default.callbackid" . }}"#
    package var iconEmoji = #"{{ template "slack.default.iconemoji" . }}"#
    package var iconURL = #"{{ template "slack.default.iconurl" . }}"#
    package var imageURL = ""
    package var thumbURL = ""
    package var linksNames = false
    package var markdownIn: [String] = []
    package var actions: [Action] = []
    /// Seconds; nil for the transport's.
    package var timeoutSeconds: Double?

    package init(url: SecretText) { self.url = url }

    package static let webAPI = "https://slack.com/api/chat.postMessage"
}
