import ByteCoding
import Testing

@testable import WebAPI

/// Saving, removing and restoring dashboards over the API.
struct DashboardChangeRoutesTests {
    private let path = "/api/v1/dashboards"

    @Test func aNewDashboardIsThereAtOnceAsItWasWritten() async throws {
        let desk = try DashboardDesk()
        let text = "# mine\n" + DashboardDesk.yaml("mine")
        let saved = try await desk.save("mine", text, known: "\"0\"")
        #expect(saved.status == 200 && saved.text == #"{"id":"mine","version":1}"#)
        let found = try await desk.server.get("\(path)/mine")
        #expect(try found.json().at("sections", "0", "panels", "0", "id")?.string == "requests")
        #expect(try found.json().at("origin")?.string == "own" && found.json().at("version")?.integer == 1)
        #expect(try await desk.server.get("\(path)/mine?format=yaml").text == text)
        let listed = try await desk.server.get(path).json().at("dashboards")?.elements?.map { $0.at("id")?.string }
        #expect(listed == ["mine", "shipped"] || listed == ["shipped", "mine"])
    }

    /// What the page sends is what it was answered, with the keys that the API adds.
    @Test func whatIsAnsweredAsJSONCanBeSentBack() async throws {
        let desk = try DashboardDesk()
        let answered = try await desk.server.get("\(path)/shipped").text
        let saved = try await desk.save("shipped", answered.replacing("As shipped", with: "Changed"), known: "\"0\"", type: "application/json")
        #expect(saved.status == 200)
        let found = try await desk.server.get("\(path)/shipped").json()
        #expect(found.at("title")?.string == "Changed" && found.at("origin")?.string == "changed")
        #expect(try await desk.server.get("\(path)/shipped?version=0&format=yaml").text == DashboardDesk.yaml("shipped", title: "As shipped"))
    }

    @Test func theSecondOfTwoWhoKnewTheSameVersionIsRefused() async throws {
        let desk = try DashboardDesk()
        #expect(try await desk.save("mine", DashboardDesk.yaml("mine")).status == 200)
        #expect(try await desk.save("mine", DashboardDesk.yaml("mine", title: "Faster"), known: "\"1\"").status == 200)
        let late = try await desk.save("mine", DashboardDesk.yaml("mine", title: "Slower"), known: "\"1\"")
        #expect(try late.apiError() == "409 conflict")
        #expect(try late.json().at("error", "field")?.string == "If-Match" && late.text.contains("version 2"))
        #expect(try await desk.title("mine") == "Faster")
        #expect(try await desk.server.send("DELETE", "\(path)/mine", headers: [("If-Match", "\"1\"")]).apiError() == "409 conflict")
        // Who sends no version, or any, means it.
        #expect(try await desk.save("mine", DashboardDesk.yaml("mine", title: "Anyhow"), known: "*").status == 200)
        #expect(try await desk.title("mine") == "Anyhow")
    }

    @Test func whoChangesWhatWasRemovedMeanwhileIsTold() async throws {
        let desk = try DashboardDesk()
        _ = try await desk.save("mine", DashboardDesk.yaml("mine"))
        #expect(try await desk.server.send("DELETE", "\(path)/mine").text == #"{"id":"mine","version":2}"#)
        let late = try await desk.save("mine", DashboardDesk.yaml("mine"), known: "\"1\"")
        #expect(try late.apiError() == "409 conflict" && late.text.contains("no file of your own"))
    }

    @Test func anEarlierVersionIsRestoredBySavingIt() async throws {
        let desk = try DashboardDesk()
        _ = try await desk.save("mine", DashboardDesk.yaml("mine", title: "First"), message: "made")
        _ = try await desk.save("mine", DashboardDesk.yaml("mine", title: "Second"), message: "tried")
        let first = try await desk.server.get("\(path)/mine?version=1&format=yaml").text
        #expect(try await desk.save("mine", first, known: "\"2\"", message: "back").text == #"{"id":"mine","version":3}"#)
        #expect(try await desk.title("mine") == "First")
        let versions = try await desk.server.get("\(path)/mine/versions").json().at("versions")?.elements ?? []
        #expect(versions.map { $0.at("version")?.integer } == [3, 2, 1] && versions.map { $0.at("message")?.string } == ["back", "tried", "made"])
        #expect(try await desk.server.get("\(path)/mine/diff?from=2&to=3").text.contains("-title: Second\n+title: First\n"))
        #expect(try await desk.server.get("\(path)/mine/diff?from=1&to=3").text.contains("@@") == false)
    }

    @Test func removingOnesOwnBringsTheShippedOneBack() async throws {
        let desk = try DashboardDesk()
        _ = try await desk.save("shipped", DashboardDesk.yaml("shipped", title: "Changed"))
        #expect(try await desk.title("shipped") == "Changed")
        #expect(try await desk.server.send("DELETE", "\(path)/shipped").status == 200)
        #expect(try await desk.title("shipped") == "As shipped")
        #expect(try await desk.server.send("DELETE", "\(path)/shipped").apiError() == "404 not_found")
        let versions = try await desk.server.get("\(path)/shipped/versions").json().at("versions")?.elements ?? []
        #expect(versions.map { $0.at("deleted")?.bool } == [true, false])
        // What was removed can still be read, and saved anew.
        #expect(try await desk.server.get("\(path)/shipped?version=1").json().at("title")?.string == "Changed")
    }

    /// A file, where its first mistake stands, and the key that it names.
    @Test(arguments: [
        (DashboardDesk.yaml("mine").replacing("question: What?", with: "question: What?\ntagz: [a]"), 4, 1, ""),
        ("id: mine\ntitle: Mine\nquestion: What?\ngroup: owner\nsections: []\n", 4, 8, "group"),
        ("id: mine\ntitle: [Mine\n", 3, 1, ""),
        (DashboardDesk.yaml("mine").replacing("chart: stat", with: "chart: pie"), 11, 12, "chart"),
        (DashboardDesk.yaml("mine").replacing("[count]", with: "[cuont(]"), 12, 29, "measures"),
    ])
    func aWrongFileIsRefusedWithItsLineAndColumn(_ text: String, _ line: Int64, _ column: Int64, _ key: String) async throws {
        let desk = try DashboardDesk()
        let refused = try await desk.save("mine", text)
        #expect(try refused.apiError() == "400 invalid_dashboard")
        let error = try refused.json().at("error")
        #expect(error?.at("position", "line")?.integer == line && error?.at("position", "column")?.integer == column, "\(refused.text)")
        #expect(key.isEmpty || error?.at("field")?.string?.contains(key) == true, "\(refused.text)")
        #expect(try refused.json().at("faults", "0", "line")?.integer == line)
        #expect(try await desk.server.get("\(path)/mine").status == 404)
        let checked = try await desk.server.send("POST", "\(path)/check", text, headers: [("Content-Type", "application/yaml")]).json()
        #expect(checked.at("valid")?.bool == false && checked.at("faults", "0", "column")?.integer == column)
    }

    @Test func allMistakesAreToldAtOnce() async throws {
        let desk = try DashboardDesk()
        let refused = try await desk.save("mine", DashboardDesk.yaml("mine").replacing("group: own", with: "group: x").replacing("chart: stat", with: "chart: y"))
        #expect(try refused.json().at("faults")?.elements?.map { $0.at("line")?.integer } == [4, 11])
    }

    @Test func aGoodFileIsCheckedWithoutBeingSaved() async throws {
        let desk = try DashboardDesk()
        let checked = try await desk.server.send("POST", "\(path)/check", DashboardDesk.yaml("mine"), headers: [("Content-Type", "application/yaml")])
        #expect(checked.text == #"{"valid":true,"faults":[]}"#)
        #expect(try await desk.server.get("\(path)/mine").status == 404)
    }

    /// What is sent, and what is answered.
    @Test(arguments: [
        ("mine", DashboardDesk.yaml("other"), "\"0\"", "400 invalid_dashboard"), ("mine", DashboardDesk.yaml("mine"), "W/\"abc\"", "400 invalid_request"),
        ("mine", DashboardDesk.yaml("mine"), "\"-1\"", "400 invalid_request"), ("Mine", DashboardDesk.yaml("Mine"), "\"0\"", "400 invalid_dashboard"),
        ("mine", "# " + String(repeating: "x", count: 512 << 10), "\"0\"", "413 too_large"), ("mine", "", "\"0\"", "400 invalid_dashboard"),
        ("mine", "sections: " + String(repeating: "[", count: 5_000), "\"0\"", "400 invalid_dashboard"),
    ])
    func whatCannotBeSavedIsRefused(_ id: String, _ text: String, _ known: String, _ told: String) async throws {
        let desk = try DashboardDesk()
        #expect(try await desk.save(id, text, known: known).apiError() == told)
        #expect(try await desk.server.get(path).json().at("dashboards")?.elements?.count == 1)
    }

    @Test func noMoreThanFiveHundredAreKept() async throws {
        let full = Dictionary(uniqueKeysWithValues: (1...500).map { ("page-\($0).yaml", "id: page-\($0)\ntitle: P\nquestion: What?\ngroup: own\nsections: []\n") })
        let desk = try DashboardDesk(own: full)
        #expect(try await desk.save("mine", DashboardDesk.yaml("mine")).apiError() == "422 query_limit")
        #expect(try await desk.save("page-7", DashboardDesk.yaml("page-7", title: "Seven")).status == 200)
        #expect(try await desk.title("page-7") == "Seven")
    }

    @Test(arguments: ["/mine", "/mine/versions", "/mine?version=1", "/mine/export/grafana", "/mine/export/kibana", "/mine/diff?from=0&to=1"])
    func whatIsNotThereIsNotFound(_ target: String) async throws {
        #expect(try await DashboardDesk().server.get(path + target).apiError() == "404 not_found")
        #expect(try await TestServer().get(path + target).apiError() == "404 not_found")
    }
}

/// The exports of a dashboard as a browser fetches them.
struct DashboardExportRoutesTests {
    private let path = "/api/v1/dashboards"

    @Test(arguments: [("grafana", "application/json", "shipped.json"), ("kibana", "application/x-ndjson", "shipped.ndjson")])
    func onesOwnIsExportedBeforeTheShippedOne(_ kind: String, _ type: String, _ file: String) async throws {
        let desk = try DashboardDesk()
        let before = try await desk.server.get("\(path)/shipped/export/\(kind)")
        #expect(before.status == 200 && before.text.contains("As shipped") && before.header("Content-Type") == type)
        #expect(before.header("Content-Disposition") == "attachment; filename=\"\(file)\"")
        _ = try await desk.save("shipped", DashboardDesk.yaml("shipped", title: "Changed"))
        #expect(try await desk.server.get("\(path)/shipped/export/\(kind)").text.contains("Changed"))
    }

    @Test(arguments: ["grafana?inputs=yes", "kibana?source=mongo", "kibana?index=A%20B"])
    func aWrongOptionIsRefused(_ target: String) async throws {
        #expect(try await DashboardDesk().server.get("\(path)/shipped/export/\(target)").apiError() == "400 invalid_request")
    }
}
