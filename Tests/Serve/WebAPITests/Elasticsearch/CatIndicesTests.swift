import ByteCoding
import Testing

@testable import WebAPI

/// Indices `alpha` with 2 records, `beta` with 10, `gamma` with none.
private func filledServer(unwritable: String? = nil) async throws -> TestServer {
    let server = try TestServer(unwritable: unwritable)
    try await server.store((0..<2).map { Documents.call(at: $0) }, index: "alpha")
    try await server.store((0..<10).map { Documents.call(at: $0) }, index: "beta")
    _ = try await server.send("PUT", "/gamma")
    return server
}

struct CatIndicesTests {
    @Test func jsonHoldsNothingButStrings() async throws {
        let answer = try await filledServer().get("/_cat/indices?format=json")
        let rows = try #require(try answer.json().elements)
        #expect(rows.map { $0.at("index")?.string } == ["alpha", "beta", "gamma"])
        let names = ["health", "status", "index", "uuid", "pri", "rep", "docs.count", "docs.deleted", "store.size", "pri.store.size", "dataset.size"]
        for row in rows {
            #expect(row.names == names)
            #expect(row.members?.allSatisfy { $0.value.string != nil } == true)
            #expect(row["uuid"]?.string?.count == 22)
        }
        #expect(rows.map { $0["docs.count"]?.string } == ["2", "10", "0"])
        #expect(Set(rows.map { $0["uuid"]?.string }).count == 3)
    }

    /// Query string and the text.
    static let tables: [NamedCase<String>] = [
        NamedCase("?h=index,docs.count", "alpha 2 \nbeta  10\ngamma 0 \n"),
        NamedCase("?h=index,docs.count&v", "index docs.count\nalpha 2         \nbeta  10        \ngamma 0         \n"),
        NamedCase("?h=i,dc&v=true", "i     dc\nalpha 2 \nbeta  10\ngamma 0 \n"),
        NamedCase("?h=index&v=false", "alpha\nbeta \ngamma\n"),
        NamedCase("?h=index&s=docs.count", "gamma\nalpha\nbeta \n"),
        NamedCase("?h=index&s=dc:desc", "beta \nalpha\ngamma\n"),
        NamedCase("?h=index&s=health,index:desc", "gamma\nbeta \nalpha\n"),
        NamedCase("?h=dc&s=index:desc", "0 \n10\n2 \n"),
        NamedCase("?h=index,nothing&v", "index\nalpha\nbeta \ngamma\n"),
        NamedCase("/alpha?h=index,health,status,pri,rep", "alpha green open 1 0\n"),
        NamedCase("/*a,-gamma?h=index", "alpha\nbeta \n"),
        NamedCase("/nothing*?h=index", ""),
        NamedCase("?health=red&h=index", ""),
    ]

    @Test(arguments: tables) func textIsAlignedSelectedAndSorted(_ expected: NamedCase<String>) async throws {
        let answer = try await filledServer().get("/_cat/indices" + expected.name)
        #expect(answer.text == expected.value)
        #expect(answer.header("Content-Type")?.hasPrefix("text/plain") == true)
        #expect(answer.header("X-Elastic-Product") == "Elasticsearch")
    }

    @Test func sizesAreNumbersOfBytesWhenAsked() async throws {
        let server = try await filledServer()
        let sizes = try await server.get("/_cat/indices?h=store.size&bytes=b").text.split(separator: "\n").compactMap { Int($0.filter { $0 != " " }) }
        #expect(sizes.count == 3)
        #expect(sizes[1] > sizes[0] && sizes[0] > sizes[2] && sizes[2] == 0)
    }

    @Test func missingIndexIsNotFound() async throws {
        #expect(try await filledServer().get("/_cat/indices/missing").elasticError() == "404 index_not_found_exception")
    }

    @Test func unwritableStoreMakesIndicesRed() async throws {
        #expect(try await filledServer(unwritable: "full").get("/_cat/indices/alpha?h=health").text == "red\n")
    }

    @Test(arguments: [(0, "0b"), (1_023, "1023b"), (1_024, "1kb"), (1_536, "1.5kb"), (12_595, "12.3kb"), (4 << 20, "4mb"), (3 << 30, "3gb"), (5 << 40, "5tb"), (5 << 50, "5120tb")])
    func sizesAreSpelledAsElasticsearchSpellsThem(_ bytes: Int, _ text: String) {
        #expect(CatTable.size(bytes) == text)
    }
}
