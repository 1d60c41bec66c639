import Testing

@testable import GatewayModel

struct LabelPatternTests {
    @Test(arguments: [
        ("a", "a"), ("", ""), ("a|b", "b"), ("(a|b)c", "bc"), (".*", "any\nthing"), (".+", "é"), ("foo.*", "foobar"), (".*foo.*bar", "xfooybar"),
        ("[a-c]+", "abccba"), ("[^a-c]+", "xyz"), ("[]a]+", "]a]"), ("[a-]+", "a-"), ("[[:digit:]]+", "123"), ("\\d{3}", "404"), ("5..", "503"),
        ("\\w+\\.\\w+", "a_1.b"), ("(?i)foo", "FoO"), ("(?i)straße", "STRAßE"), ("(?i)k", "\u{212a}"), ("(?i:a)b", "Ab"), ("^foo$", "foo"), ("^a|b$", "b"),
        ("\\bfoo\\b bar", "foo bar"), ("(?m)^a$\n^b$", "a\nb"), ("a\\Bb", "ab"), ("\\Aa\\z", "a"), ("a{2,3}", "aaa"), ("a{,3}", "a{,3}"), ("x{2,}", "xxxx"),
        ("\\Qa.b\\E*", "a.bbb"), ("\\x41\\x{e9}\\101", "Aé\u{41}"), ("\\p{Lu}\\pN", "É7"), ("\\PL+", "123"), ("[\\d\\-x]+", "1-x"), ("ж+", "жжж"),
        ("[а-я]+", "привет"),
        ("(?P<name>a)(?<other>b)", "ab"), ("(?s).", "\n"), ("(a*)*", "aaa"), ("(?:)", ""), ("a??b", "ab"), ("(?U)a*", "aaa"), ("[^x]", "\n"), ("😀.", "😀😀"),
        ("[\u{10000}-\u{10ffff}]", "😀"), ("\\.", "."), ("a||b", ""),
    ])
    func matchesWholeTexts(_ pattern: String, _ text: String) throws { #expect(try LabelPattern(pattern).matches(text)) }

    @Test(arguments: [
        ("a", "ab"), ("a", "ba"), ("a|b", "ab"), ("", "a"), (".+", ""), ("foo.*", "xfoo"), (".*foo", "foox"), ("ab.*ba", "aba"), (".*aa.*aa.*", "aaa"),
        ("[^a-c]+", "xay"), ("(?i)foo", "fooo"), ("foo", "FOO"), ("\\bfoo", "xfoo"), ("a{2,3}", "aaaa"), ("\\d", "a"), ("\\d", "٣"), ("\\w", "é"),
        ("(?-s).", "\n"),
        ("a$b", "ab"), ("a^b", "ab"), ("a\\Bb", "a b"), ("[[:upper:]]", "a"), ("\\p{Ll}", "A"), ("😀", "😁"), ("é", "e\u{301}"),
    ])
    func matchesNothingElse(_ pattern: String, _ text: String) throws { #expect(try !LabelPattern(pattern).matches(text)) }

    /// The words are those of Go's `regexp/syntax`.
    @Test(arguments: [
        ("(", "missing closing ): `(`"), ("a)", "unexpected ): `a)`"), ("[a", "missing closing ]: `[a`"), ("x[a", "missing closing ]: `[a`"),
        ("*", "missing argument to repetition operator: `*`"), ("a|+?b", "missing argument to repetition operator: `+?`"),
        ("(*)", "missing argument to repetition operator: `*`"),
        ("a**", "invalid nested repetition operator: `**`"), ("a*+?", "invalid nested repetition operator: `*+?`"),
        ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
        ("a{1001}", "invalid repeat count: `{1001}`"), ("a{3,2}", "invalid repeat count: `{3,2}`"), ("(a{100}){100}", "invalid repeat count: `{100}`"),
        ("\\", "trailing backslash at end of expression: ``"), ("\\8", "invalid escape sequence: `\\8`"), ("\\y", "invalid escape sequence: `\\y`"),
        ("\\xz0", "invalid escape sequence: `\\xz0`"), ("[z-a]", "invalid character class range: `z-a`"),
        ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
        ("\\p{Foo}", "invalid character class range: `\\p{Foo}`"), ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?i-)a", "invalid or unsupported Perl syntax: `(?i-)`"),
        ("(?P<n", "invalid named capture: `(?P<n`"), ("(?P<a b>x)", "invalid named capture: `(?P<a b>`"),
    ])
    func refusesInRE2sWords(_ pattern: String, _ message: String) {
        #expect { try LabelPattern(pattern) } throws: { ($0 as? LabelPatternError)?.message == "error parsing regexp: " + message }
    }

    @Test(arguments: [
        ("a", ["a"]), ("a|b", ["a", "b"]), ("(GET|POST)", ["GET", "POST"]), ("v[12]", ["v1", "v2"]), ("a?", ["", "a"]), ("^x$", ["x"]),
        ("(a|b)(c|d)", ["ac", "ad", "bc", "bd"]),
        ("a|a", ["a"]), ("a\\.b", ["a.b"]), ("(?i)a", ["A", "a"]), ("", [""]),
    ])
    func knowsTheTextsOfFinitePatterns(_ pattern: String, _ literals: [String]) throws { #expect(try LabelPattern(pattern).literals == literals) }

    @Test(arguments: [".*", "a+", "a.", "[^a]", "a{1000}", "\\ba"]) func knowsNoTextsOfOthers(_ pattern: String) throws {
        #expect(try LabelPattern(pattern).literals == nil)
    }

    @Test func knowsWhatTextsStartWith() throws {
        #expect(try LabelPattern("api-.*").prefix == "api-")
        #expect(try LabelPattern("a+").prefix == "")
    }

    // MARK: Groups

    @Test(arguments: [
        ("(.*):(\\d+)", "host:80", "$1-$2", "host-80"), ("(a)|(b)", "b", "[$1][$2]", "[][b]"), ("(?P<x>.+)", "v", "${x}y$x", "vyv"), ("(.+)", "v", "$1x", ""),
        ("(.+)", "v", "${1}x", "vx"), ("(.+)", "v", "$$1 $", "$1 $"), ("(.*)(.*)", "ab", "$1|$2", "ab|"), ("(.*?)(.*)", "ab", "$1|$2", "|ab"),
        ("(a|ab)(c|bcd)?", "abcd", "$1|$2", "a|bcd"),
        (".*", "x", "$0", "x"), ("(é+)(.)", "ééz", "$2$1", "zéé"), ("(.+)", "v", "${1", "${1"), ("a", "a", "const", "const"), ("(a*)+", "aa", "$1", "aa"),
        ("(?:(x)|y)+", "xy", "$1", "x"), ("([^,]*),(.*)", ",b", "$1;$2", ";b"),
    ])
    func expandsTemplates(_ pattern: String, _ text: String, _ template: String, _ expected: String) throws {
        #expect(try LabelPattern(pattern).expanding(template, with: text) == expected)
    }

    @Test func expandsNothingWithoutAMatch() throws { #expect(try LabelPattern("a").expanding("$0", with: "b") == nil) }

    // MARK: Costs

    /// Patterns over which engines that go back need exponential time.
    @Test(arguments: ["(a*)*b", "(a|a)*b", "(a|aa)+b", "((a+)+)+b", "(.*)(.*)(.*)(.*)(.*)b", "(a?){500}a{500}b", "(x+x+)+y", ".*.*.*.*=.*b"])
    func catastrophicPatternsFinish(_ pattern: String) throws {
        let compiled = try LabelPattern(pattern)
        let text = String(repeating: "a", count: 2000)
        #expect(!compiled.matches(text))
        #expect(compiled.matches(text + "b") == (pattern.first == "(" && !pattern.hasPrefix("(x") && !pattern.hasPrefix("(a?")))
    }

    /// A state for each way in which the last 15 letters may lie: more than are kept.
    @Test func manyStatesAreForgotten() throws {
        let compiled = try LabelPattern("(a|b)*a(a|b){14}")
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<8 {
            let letters = (0..<5000).map { _ in generator.next() % 2 == 0 ? "a" : "b" }
            #expect(compiled.matches(letters.joined()) == (letters[letters.count - 15] == "a"))
        }
    }

    @Test func longListsOfTextsAreMatched() throws {
        let texts = (0..<20_000).map { "10.0.\($0 / 256).\($0 % 256):9100" }
        let pattern = try LabelPattern(texts.joined(separator: "|").replacing(".", with: "\\."), remembersGroups: false)
        #expect(pattern.literals?.count == 20_000)
        #expect(pattern.matches("10.0.70.7:9100") && !pattern.matches("10.0.80.7:9100"))
    }

    /// Sixteen letters of which each may be two.
    @Test func productsAreNotWrittenOut() throws {
        let pattern = try LabelPattern(String(repeating: "[ab]", count: 16))
        #expect(pattern.literals == nil)
        #expect(pattern.matches("abababababababab"))
    }

    @Test func hugePatternsAreRefused() {
        #expect { try LabelPattern("(\\pL{500}){2}") } throws: { "\($0)".contains("expression too large") }
        #expect { try LabelPattern(String(repeating: "(", count: 100_000)) } throws: { "\($0)".contains("expression nests too deeply") }
        #expect { try LabelPattern(String(repeating: "(?:", count: 2000) + String(repeating: ")", count: 2000)) } throws: { "\($0)".contains("nests too deeply") }
    }

    @Test func severalThreadsMatchAtOnce() async throws {
        let pattern = try LabelPattern("(a|b)*c[0-9]{3}")
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 { group.addTask { pattern.matches("abba" + "c\(number + 100)") && !pattern.matches("abba\(number)") } }
            for await answer in group { #expect(answer) }
        }
    }
}
