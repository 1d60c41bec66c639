import ConfigurationText
import Foundation
import Testing

@testable import AlertRouting

/// Alertmanager's own test files: taken or refused as it does, but for the receivers that are not there.
@Suite(.enabled(if: SharedSuites.areAvailable, "the shared suites are not beside the project"))
struct SuiteConfigurationTests {
    /// Files that Alertmanager 0.34 loads and that use nothing that is lacking.
    private static let good: Set<String> = [
        "conf.empty-fields.yml", "conf.group-by-all.yml", "conf.http-config.good.yml", "conf.slack-default-api-url-file.yml", "conf.smtp-no-username-or-password.yml",
        "conf.smtp-password-global-and-local.yml", "conf.routing.yml", "conf.routing-reverted.yml",
    ]
    private static let lacking = ["mattermost", "opsgenie", "rocketchat", "sns", "telegram", "victorops", "wechat"]

    @Test func everyFileHasAlertmanagersVerdict() throws {
        var seen = 0
        for file in try SharedSuites.alertmanagerFiles() where file.path.contains("testdata/conf.") {
            seen += 1
            let name = String(file.path.split(separator: "/").last ?? "")
            let fault = Self.fault(file.text)
            if Self.good.contains(name) || file.path.hasSuffix("cli/testdata/conf.good.yml") {
                #expect(fault == nil, "\(file.path): \(fault?.reason ?? "")")
            } else {
                #expect(fault != nil, "\(file.path) is taken")
                #expect(fault?.line ?? 0 > 0 || file.text.hasPrefix("BAD"), "\(file.path) is refused without a place: \(fault?.reason ?? "")")
            }
        }
        #expect(seen >= 40)
    }

    @Test func lackingReceiversAreNamedWithAWayOut() throws {
        for file in try SharedSuites.alertmanagerFiles() where file.path.contains("config/testdata/conf.") {
            // Files that are wrong before a receiver is looked at are refused for that.
            guard let kind = Self.lacking.first(where: { file.path.contains("conf.\($0)-default") }) else { continue }
            let fault = try #require(Self.fault(file.text), "\(file.path)")
            #expect(fault.message.contains("not supported: \(kind)_configs") && fault.message.contains("webhook_configs"), "\(file.path): \(fault.reason)")
        }
        let good = try #require(try SharedSuites.alertmanagerFiles().first { $0.path.hasSuffix("config/testdata/conf.good.yml") })
        let fault = try #require(Self.fault(good.text))
        #expect(fault.message.contains("victorops_configs") && good.text.split(separator: "\n", omittingEmptySubsequences: false)[fault.line - 1].contains("victorops_configs"))
    }

    static func fault(_ text: String) -> ConfigurationFault? {
        do throws(ConfigurationFault) {
            _ = try RoutingConfigurationReader.read(text, folder: "/etc/alertmanager")
            return nil
        } catch { return error }
    }
}
