internal import Foundation

/// Text as Base64 of its UTF-8 bytes.
enum Base64Text {
    static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
