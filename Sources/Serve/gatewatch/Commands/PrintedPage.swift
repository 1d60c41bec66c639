import ArgumentParser
import Foundation

/// A page of HTML, printed to PDF by a browser that is installed.
struct PrintedPage {
    /// Names under which Chromium and Chrome are installed, the first that is found is taken.
    private static let browsers = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"]

    let html: [UInt8]

    /// - Throws: an exit code, after it has said what is wrong.
    func write(to file: URL) throws {
        guard let browser = Self.browser else {
            StandardError.print("gatewatch: no browser was found to print with (\(Self.browsers.joined(separator: ", "))); write the page with --output and print it from your own")
            throw ExitCode.failure
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatewatch-report-\(UUID().uuidString)", isDirectory: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let page = folder.appendingPathComponent("report.html")
            try Data(html).write(to: page)
            let printed = folder.appendingPathComponent("report.pdf")
            try run(browser, profile: folder.appendingPathComponent("profile"), page: page, printed: printed)
            try Data(contentsOf: printed).write(to: file, options: .atomic)
        } catch {
            StandardError.print("gatewatch: the PDF could not be made: \(error.localizedDescription)")
            throw ExitCode.failure
        }
    }

    private func run(_ browser: URL, profile: URL, page: URL, printed: URL) throws {
        let process = Process()
        process.executableURL = browser
        // As root a browser's sandbox refuses to start; the page is our own and has no scripts.
        let sandbox = getuid() == 0 ? ["--no-sandbox"] : []
        process.arguments = ["--headless", "--disable-gpu", "--no-pdf-header-footer", "--user-data-dir=\(profile.path)", "--print-to-pdf=\(printed.path)"] + sandbox + [page.absoluteString]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }

    private static var browser: URL? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for name in browsers {
            for folder in folders where FileManager.default.isExecutableFile(atPath: folder + "/" + name) { return URL(fileURLWithPath: folder + "/" + name) }
        }
        return nil
    }
}
