import ConfigurationText
import Foundation
import Testing

struct SecretTextTests {
    @Test func aSecretNeverDescribesItself() {
        let secret = SecretText.text("hunter2")
        #expect("\(secret)" == "<secret>")
        #expect(String(reflecting: secret) == "<secret>")
        #expect("\(HTTPAccess.Authorization.basic(username: "u", password: secret))".contains("hunter2") == false)
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    @Test func aNameInBracesIsAVariableOfTheEnvironment() throws {
        #expect(SecretText(written: "${PATH}") == .environment("PATH"))
        #expect(try SecretText(written: "${PATH}").reveal() == ProcessInfo.processInfo.environment["PATH"])
        #expect(SecretText(written: "${NOT A NAME}") == .text("${NOT A NAME}"))
        #expect(throws: ConfigurationFault.self) { try SecretText.environment("SURELY_NOT_SET_ANYWHERE").reveal() }
    }

    @Test func aFileIsReadWithoutTheWhiteSpaceAroundIt() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("secret-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("  s3cret\n".utf8).write(to: file)
        #expect(try SecretText.file(file.path).reveal() == "s3cret")
        #expect(throws: ConfigurationFault.self) { try SecretText.file(file.path + ".not").reveal() }
    }
}
