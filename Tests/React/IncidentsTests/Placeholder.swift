import GatewayModel
import Testing
import Incidents
