internal import Foundation

/// A secret of a configuration: as text, or where it is read from each time it is needed, so that it can be changed without a restart.
///
/// It never describes itself: `"\(secret)"` is `<secret>`, in logs, answers and exports alike.
package enum SecretText: Sendable, Equatable {
    case text(String)
    /// The path of a file whose text, without white space around it, is the secret.
    case file(String)
    /// The name of a variable of the environment.
    case environment(String)

    /// Bytes of a file of a secret at most.
    private static let bytesMax = 1 << 20

    /// A secret as written in a file: `${NAME}` stands for the environment's variable of that name, everything else for itself.
    package init(written text: String) {
        if text.hasPrefix("${"), text.hasSuffix("}"), text.count > 3, text.dropFirst(2).dropLast().allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) {
            self = .environment(String(text.dropFirst(2).dropLast()))
        } else {
            self = .text(text)
        }
    }

    /// The secret itself. Reads a file.
    ///
    /// - Throws: a sentence that names the file or the variable, never what is in it.
    package func reveal() throws(ConfigurationFault) -> String {
        switch self {
        case .text(let text): return text
        case .file(let path):
            do {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
                guard bytes.count <= Self.bytesMax else { throw ConfigurationFault("the file of a secret, \(path), is larger than \(Self.bytesMax) bytes") }
                return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            } catch let fault as ConfigurationFault { throw fault } catch {
                throw ConfigurationFault("the file of a secret, \(path), cannot be read: \(error.localizedDescription)")
            }
        case .environment(let name):
            guard let value = ProcessInfo.processInfo.environment[name] else { throw ConfigurationFault("the variable \(name) of the environment, which holds a secret, is not set") }
            return value
        }
    }
}

extension SecretText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
