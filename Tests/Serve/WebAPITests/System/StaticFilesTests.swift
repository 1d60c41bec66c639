import ByteCoding
import Foundation
import Testing

@testable import WebAPI

private let script = String(repeating: "console.log('gatewatch')\n", count: 200)

private func page() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("<!doctype html><title>Gatewatch</title>", to: "index.html")
    try folder.write(script, to: "app/main.js")
    try folder.write("body{}", to: "style.css")
    try folder.write("{}", to: "vendor/data.json")
    try folder.write("export {}", to: "tests/unit.js")
    try folder.write("secret", to: ".hidden.txt")
    try folder.write("secret", to: ".git/config.txt")
    try folder.write("secret", to: "app/.env.txt")
    try folder.write("#!/bin/sh", to: "app/run.sh")
    try folder.write("no suffix", to: "README")
    return folder
}

private let html = [("Accept", "text/html,application/xhtml+xml;q=0.9")]

struct StaticFilesTests {
    @Test func onlyFilesOfKnownTypesAreServed() throws {
        let folder = try page()
        #expect(try StaticFiles(folder: folder.url).paths == ["app/main.js", "index.html", "style.css", "vendor/data.json"])
    }

    @Test func linksAreNotFollowedOutOfTheFolder() throws {
        let folder = try page()
        let outside = try TemporaryFolder()
        try outside.write("secret", to: "secret.txt")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/app/link.txt", withDestinationPath: outside.path + "/secret.txt")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/linked", withDestinationPath: outside.path)
        #expect(try StaticFiles(folder: folder.url).paths == ["app/main.js", "index.html", "style.css", "vendor/data.json"])
    }

    @Test func folderWithoutAPageIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(throws: (any Error).self) { try StaticFiles(folder: folder.url) }
        #expect(throws: (any Error).self) { try StaticFiles(folder: folder.url.appendingPathComponent("missing")) }
    }

    @Test func browsersGetThePageAndClientsTheDescription() async throws {
        let folder = try page()
        let server = try TestServer(page: folder.url)
        let answer = try await server.get("/", headers: html)
        #expect(answer.status == 200)
        #expect(answer.text.contains("<title>Gatewatch"))
        #expect(answer.header("Content-Type") == "text/html; charset=utf-8")
        #expect(try await server.get("/").json().at("tagline") != nil)
        #expect(try await server.get("/", headers: [("Accept", "application/json")]).json().at("tagline") != nil)
        #expect(try await TestServer().get("/", headers: html).status == 404)
    }

    @Test func pageForbidsForeignScripts() async throws {
        let folder = try page()
        let server = try TestServer(page: folder.url)
        let answer = try await server.get("/", headers: html)
        let policy = try #require(answer.header("Content-Security-Policy"))
        let rules = policy.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        for rule in ["default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'", "connect-src 'self'"] { #expect(rules.contains(rule)) }
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        #expect(answer.header("X-Frame-Options") == "SAMEORIGIN")
        let script = try await server.get("/app/main.js")
        #expect(script.header("Content-Security-Policy") == nil)
        #expect(script.header("X-Content-Type-Options") == "nosniff")
        #expect(script.header("Content-Type") == "text/javascript; charset=utf-8")
    }

    @Test func unchangedFileIsNotSentAgain() async throws {
        let folder = try page()
        let server = try TestServer(page: folder.url)
        let first = try await server.get("/app/main.js")
        let tag = try #require(first.header("ETag"))
        #expect(first.header("Cache-Control") == "no-cache")
        #expect(try await server.get("/vendor/data.json").header("Cache-Control") == "public, max-age=86400")
        for value in [tag, "W/" + tag, "\"other\", \(tag)"] {
            let answer = try await server.get("/app/main.js", headers: [("If-None-Match", value)])
            #expect(answer.status == 304)
            #expect(answer.header("ETag") == tag)
            #expect(answer.bytes.isEmpty)
        }
        #expect(try await server.get("/app/main.js", headers: [("If-None-Match", "\"other\"")]).status == 200)

        try folder.write(script + "changed", to: "app/main.js")
        #expect(try await TestServer(page: folder.url).get("/app/main.js").header("ETag") != tag)
    }

    @Test func compressedFormIsTheSameFile() async throws {
        let folder = try page()
        let server = try TestServer(page: folder.url)
        let plain = try await server.get("/app/main.js")
        #expect(plain.text == script)
        #expect(plain.header("Vary") == "Accept-Encoding")
        let packed = try await server.get("/app/main.js", headers: [("Accept-Encoding", "br, gzip")])
        #expect(packed.header("Content-Encoding") == "gzip")
        #expect(packed.bytes.count < plain.bytes.count / 4)
        #expect(try Gzip.decompress(packed.bytes, limit: 1 << 20) == plain.bytes)
        // What does not shrink is sent as it is.
        #expect(try await server.get("/style.css", headers: [("Accept-Encoding", "gzip")]).header("Content-Encoding") == nil)
    }

    @Test(arguments: ["/tests/unit.js", "/.hidden.txt", "/.git/config.txt", "/app/.env.txt", "/app/run.sh", "/README", "/app/", "/app%2Fmain.js", "/index.html"])
    func otherPathsAreNotServed(_ path: String) async throws {
        let folder = try page()
        let answer = try await TestServer(page: folder.url).get(path)
        #expect(answer.status == 404 || answer.status == 400)
        #expect(!answer.text.contains("secret"))
    }
}
