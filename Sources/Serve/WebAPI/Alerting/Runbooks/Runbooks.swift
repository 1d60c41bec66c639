package import Foundation

/// The pages that say what to do about an alert, one file of Markdown each, read once at start.
package struct Runbooks: Sendable {
    /// Alerts by name; the text of each page.
    package let pages: [String: String]

    /// Bytes of a page at most: twenty times the longest that comes with the program.
    static let bytesMax = 256 << 10
    /// Pages at most: ten times those that come with the program.
    static let pagesMax = 1_000

    package init(pages: [String: String] = [:]) { self.pages = pages }

    /// Reads every `<AlertName>.md` of a folder; `README.md` is none. Files that are too large or no UTF-8 are left out.
    ///
    /// - Throws: when the folder cannot be read.
    package init(folder: URL) throws {
        var pages: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() where name.hasSuffix(".md") && name != "README.md" {
            guard pages.count < Self.pagesMax else { break }
            let data = try Data(contentsOf: folder.appendingPathComponent(name))
            guard data.count <= Self.bytesMax, let text = String(validating: data, as: UTF8.self) else { continue }
            pages[String(name.dropLast(3))] = text
        }
        self.pages = pages
    }

    /// Ascending.
    package var names: [String] { pages.keys.sorted() }

    /// The first sentence under a page's title, for lists; empty for a page that has none.
    func summary(of name: String) -> String {
        let lines = (pages[name] ?? "").split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        return lines.first { !$0.hasPrefix("#") && !$0.isEmpty } ?? ""
    }
}
