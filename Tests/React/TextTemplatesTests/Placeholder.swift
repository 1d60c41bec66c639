import GatewayModel
import Testing
import TextTemplates
