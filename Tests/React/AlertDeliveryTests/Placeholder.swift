import GatewayModel
import Testing
import AlertDelivery
