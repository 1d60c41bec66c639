import GatewayModel
import Testing
import AlertRouting
