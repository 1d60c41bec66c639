import GatewayModel
import SeriesIngest
import Testing

struct SeriesCacheTests {
    private func find(_ cache: SeriesCache, _ text: String) -> Int? { Array(text.utf8).withUnsafeBytes { cache.find($0) } }

    @Test func everySpellingKeepsItsKeyAndReference() {
        var cache = SeriesCache()
        for number in 0..<5_000 {
            let text = "spelling \(number)"
            #expect(find(cache, text) == nil)
            let entry = Array(text.utf8).withUnsafeBytes { cache.insert($0, key: Array("key \(number)".utf8)) }
            cache.learn(entry, SeriesReference(UInt64(number) + 1))
        }
        for number in 0..<5_000 {
            guard let entry = find(cache, "spelling \(number)") else { return #expect(Bool(false), "\(number) is lost") }
            #expect(cache.key(entry) == Array("key \(number)".utf8) && cache.references[entry] == SeriesReference(UInt64(number) + 1))
        }
        #expect(find(cache, "spelling") == nil)
    }

    @Test func aFullCacheStartsAnew() {
        var cache = SeriesCache(seriesMax: 10)
        for number in 0..<11 { _ = Array("\(number)".utf8).withUnsafeBytes { cache.insert($0, key: []) } }
        #expect(cache.count == 1 && cache.generation == 1)
        #expect(find(cache, "0") == nil && find(cache, "10") == 0)
    }
}
