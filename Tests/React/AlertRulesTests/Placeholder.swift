import GatewayModel
import Testing
import AlertRules
