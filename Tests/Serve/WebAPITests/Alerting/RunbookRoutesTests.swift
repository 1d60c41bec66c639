import Foundation
import Testing

@testable import WebAPI

/// Pages of runbooks.
struct RunbookRoutesTests {
    private static func server(credentials: RequestGuard.Credentials = RequestGuard.Credentials()) throws -> TestServer {
        var alerts = AlertServices()
        alerts.runbooks = Runbooks(pages: ["HighErrorRate": "# HighErrorRate\n\nMany requests *fail*.\n\n## Impact\n\nErrors & <worse>.\n", "Slow": "# Slow\n\nSlow.\n"])
        return try TestServer(credentials: credentials, alerts: alerts)
    }

    @Test func aRunbookIsAPage() async throws {
        let answer = try await Self.server().get("/runbooks/HighErrorRate")
        #expect(answer.status == 200 && answer.header("Content-Type") == "text/html; charset=utf-8")
        #expect(answer.text.hasPrefix("<!doctype html>") && answer.text.contains("<title>HighErrorRate · Gatewatch</title>"))
        #expect(answer.text.contains("<h1 id=\"higherrorrate\">HighErrorRate</h1>") && answer.text.contains("Errors &amp; &lt;worse&gt;."))
        #expect(answer.text.contains("expr=ALERTS%7Balertname%3D%22HighErrorRate%22%7D"))
        #expect(answer.header("Content-Security-Policy")?.contains("script-src 'self'") == true && answer.header("X-Content-Type-Options") == "nosniff")
    }

    @Test func allAreListed() async throws {
        let answer = try await Self.server().get("/runbooks")
        #expect(answer.status == 200)
        #expect(answer.text.contains("<a href=\"/runbooks/HighErrorRate\">HighErrorRate</a> Many requests <em>fail</em>.") && answer.text.contains("/runbooks/Slow"))
    }

    @Test(arguments: ["Nothing", "%3Cscript%3E", "..%2f..%2fetc%2fpasswd", "highErrorRate"])
    func aNameThatNobodyKnowsGivesTheList(_ name: String) async throws {
        let answer = try await Self.server().get("/runbooks/" + name)
        #expect(answer.status == 404 && answer.header("Content-Type") == "text/html; charset=utf-8")
        #expect(answer.text.contains("/runbooks/HighErrorRate") && !answer.text.contains("<script>"))
    }

    @Test func withoutRunbooksTheListSaysSo() async throws {
        let answer = try await TestServer().get("/runbooks")
        #expect(answer.status == 200 && answer.text.contains("not found beside the program"))
    }

    @Test func pagesNeedCredentialsAsAllOthers() async throws {
        let server = try Self.server(credentials: RequestGuard.Credentials(passwords: ["a": "secret-secret"], apiKeys: []))
        #expect(try await server.get("/runbooks/Slow").status == 401)
    }

    @Test func aFolderGivesItsPages() throws {
        let folder = try TemporaryFolder()
        try folder.write("# A\n\nFirst sentence.\n\n## More\n", to: "A.md")
        try folder.write("# Index", to: "README.md")
        try folder.write("text", to: "notes.txt")
        try folder.write(String(repeating: "x", count: Runbooks.bytesMax + 1), to: "Large.md")
        let runbooks = try Runbooks(folder: folder.url)
        #expect(runbooks.names == ["A"] && runbooks.summary(of: "A") == "First sentence." && runbooks.summary(of: "B").isEmpty)
        #expect(throws: (any Error).self) { _ = try Runbooks(folder: folder.url.appendingPathComponent("missing")) }
    }
}
