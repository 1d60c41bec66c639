/// What the routes of rules, alerts, silences, messages and incidents need: each part is nil where it does not run.
package struct AlertServices: Sendable {
    package init() {}
}
